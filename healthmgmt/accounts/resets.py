"""A forgotten password: asking for a link, the mail that brings it, and the new password it is good for."""

import logging
from smtplib import SMTPException

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from healthmgmt.accounts import lockout, mails, services
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import services as work

logger = logging.getLogger(__name__)


class Spent(Rejected):
    """The link was used, is older than an hour, or the password was changed since."""

    def __init__(self) -> None:
        super().__init__(_("This link was used already or is older than an hour."))


class _Tokens(PasswordResetTokenGenerator):
    """Signed and not stored. What a session hangs on, a token hangs on: organisation, password and epoch; and on the address."""

    key_salt = "healthmgmt.accounts.reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.get_session_auth_hash()} {user.email} {timestamp}"


_tokens = _Tokens()


def ask(identifier: str, *, address: str) -> None:
    """Have a link sent to the user of this identifier. Nothing in the answer, and little in its time, says whether there is one.

    Raises lockout.Slowed: each time counts, for the account and for the address, apart from the tries at signing in.
    """
    user = User.objects.by_identifier(identifier)
    attempt = lockout.take(f"reset {lockout.account_of(user, identifier)}", f"reset {address}")
    user_id = user.pk if user else 0
    if organisations.current() == organisations.PUBLIC:
        _mail_at_once(user_id)
        return
    # Sent by a job, so that a mail server that is down loses nothing; one a minute, however often the button is pressed.
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    work.submit("accounts.mail_reset", f"{attempt.account}:{minute}", {"user": user_id}, lane="now")


def mail_link(user_id: int) -> bool:
    """Send a user a link that is made for this mail; False for nobody, a closed account, one without address or never activated."""
    user = User.objects.filter(pk=user_id, is_active=True, email__isnull=False).first()
    if user is None or not user.has_usable_password():
        return False
    with translation.override(user.language):
        link = organisations.address(reverse("accounts:reset_open", args=[_token(user)]))
        subject, text = mails.reset(organisations.name() or _("Platform operations"), link)
    with transaction.atomic():
        audit.record("account.reset_mailed", by=Actor.system(), subject=user)
        send_mail(subject, text, None, [user.email])
    return True


def holder(token: str) -> User | None:
    """Whose password a link may set now."""
    return _holder(token, User.objects.all())


def redeem(token: str, *, password: str, address: str) -> User:
    """Set a new password by a link, which ends the link and every session. Raises Spent, or Rejected for a weak password."""
    with transaction.atomic():
        user = _holder(token, User.objects.select_for_update())
        if user is None:
            raise Spent
        services.set_password(user, password=password, by=Actor.of(user, address))
        audit.record("account.password_reset", by=Actor.of(user, address), subject=user)
    return user


def _token(user: User) -> str:
    return f"{user.pk}-{_tokens.make_token(user)}"


def _holder(token: str, users) -> User | None:
    number, _hyphen, signed = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = users.filter(pk=int(number), is_active=True).first()
    return user if user is not None and _tokens.check_token(user, signed) else None


def _mail_at_once(user_id: int) -> None:
    """On the bare domain, where there are no jobs."""
    try:
        mail_link(user_id)
    except (SMTPException, OSError) as error:
        # The page must answer as it does to strangers.
        logger.error("the mail for operator %s was not sent: %s", user_id, type(error).__name__)
