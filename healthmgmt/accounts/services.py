"""What can be done with accounts. Every change is recorded, and what weakens a session ends it."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import lockout
from healthmgmt.accounts.activation import ALPHABET, VALID_DAYS, code_digest, new_code
from healthmgmt.accounts.authentication import token_digest
from healthmgmt.accounts.models import ActivationCode, ApiToken, User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected

TOKEN_DAYS = 365
GENERATED_LENGTH = 20


def generate_password() -> str:
    """A password for somebody who is told it once: 20 letters and digits, 99 bits."""
    return "".join(secrets.choice(ALPHABET + "abcdefghijkmnpqrstuvwxyz") for _n in range(GENERATED_LENGTH))


def create_user(
    *,
    by: Actor,
    email: str | None = None,
    mobile: str | None = None,
    employee_no: str | None = None,
    name: str = "",
    password: str | None = None,
    language: str = settings.LANGUAGE_CODE,
    is_operator: bool = False,
) -> User:
    """A user who can sign in as any of the identifiers given; without a password only by activation.

    Raises Rejected: no identifier, one that is taken or of the wrong form, a weak password.
    """
    user = User(
        email=_checked_email(email),
        mobile=(mobile or "").strip() or None,
        employee_no=(employee_no or "").strip() or None,
        name=name,
        language=language,
        is_operator=is_operator,
    )
    if not (user.email or user.mobile or user.employee_no):
        raise Rejected(_("A user needs an e-mail address, a mobile number or an employee number."))
    _check_free(user)
    _put_password(user, password)
    with transaction.atomic():
        user.save(force_insert=True)
        audit.record("account.created", by=by, subject=user, detail={"is_operator": is_operator})
    return user


def set_password(user: User, *, password: str, by: Actor) -> None:
    """Give a user another password; sessions opened with the old one end. Raises Rejected when it is weak."""
    _put_password(user, password, field="password")
    with transaction.atomic():
        user.save(update_fields=["password"])
        audit.record("account.password_set", by=by, subject=user)


def change_password(user: User, *, current: str, password: str, by: Actor) -> None:
    """A user's own change, which asks for the present password at the same pace as signing in does.

    Raises Rejected: the present password is wrong, the new one is weak.
    """
    attempt = lockout.take(f"user {user.pk}", by.address)
    if not user.check_password(current):
        raise Rejected(_("The present password is not right."), field="current")
    lockout.succeed(attempt)
    set_password(user, password=password, by=by)


def sign_in(request: HttpRequest, *, identifier: str, password: str) -> User:
    """Open a session. Raises Rejected with one sentence for every kind of wrong pair, lockout.Slowed after too many."""
    user = authenticate(request, identifier=identifier, password=password)
    if user is None:
        raise Rejected(_("The name or the password is not right."))
    with transaction.atomic():
        login(request, user)
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])
        audit.record("account.signed_in", by=Actor.of(user, request.META.get("REMOTE_ADDR", "")), subject=user)
    return user


def sign_out(request: HttpRequest) -> None:
    """End the present session."""
    if request.user.is_authenticated:
        audit.record("account.signed_out", by=Actor.of_request(request), subject=request.user)
    logout(request)


def issue_code(user: User, *, by: Actor) -> str:
    """A one-time activation code in place of any earlier one; only its digest is kept."""
    code = new_code()
    with transaction.atomic():
        ActivationCode.objects.update_or_create(
            user=user,
            defaults={"digest": code_digest(code), "expires_at": timezone.now() + timedelta(days=VALID_DAYS), "used_at": None},
        )
        audit.record("account.code_issued", by=by, subject=user)
    return code


def activate(code: str, *, password: str, address: str = "") -> User:
    """Redeem a code for a password of the user's choice; the code is spent. Raises Rejected, or lockout.Slowed."""
    attempt = lockout.take(f"activation from {address}", address)
    with transaction.atomic():
        now = timezone.now()
        usable = Q(used_at=None, expires_at__gt=now, user__is_active=True)
        found = ActivationCode.objects.select_for_update().select_related("user").filter(usable, digest=code_digest(code)).first()
        if found is None:
            raise Rejected(_("This code is not known, was used already or has expired."), field="code")
        set_password(found.user, password=password, by=Actor.of(found.user, address))
        found.used_at = now
        found.save(update_fields=["used_at"])
        audit.record("account.activated", by=Actor.of(found.user, address), subject=found.user)
    lockout.succeed(attempt)
    return found.user


def create_token(user: User, *, label: str, by: Actor, days: int = TOKEN_DAYS) -> str:
    """An API token, shown this once; only its digest is kept."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user, digest=token_digest(secret), label=label[:60], expires_at=timezone.now() + timedelta(days=days)
        )
        audit.record("account.token_created", by=by, subject=token, detail={"user": user.pk})
    return secret


def revoke_token(token: ApiToken, *, by: Actor) -> None:
    """Make a token useless."""
    with transaction.atomic():
        audit.record("account.token_revoked", by=by, subject=token, detail={"user": token.user_id})
        token.delete()


def choose_monthly_mail(user: User, *, wanted: bool, by: Actor) -> None:
    """Send a user the monthly mail about numbers, or stop it. Choosing the same twice changes nothing."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk).exclude(wants_monthly_mail=wanted).update(wants_monthly_mail=wanted):
            audit.record("account.monthly_mail_chosen", by=by, subject=user, detail={"wanted": wanted})


def end_sessions(user: User, *, by: Actor, reason: str = "") -> None:
    """Sign a user out everywhere: after a change of roles, or when a device was lost."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
        user.refresh_from_db(fields=["session_epoch"])
        audit.record("account.sessions_ended", by=by, subject=user, reason=reason)


def deactivate(user: User, *, by: Actor, reason: str = "") -> None:
    """Close an account: no session, no token, no sign-in."""
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record("account.deactivated", by=by, subject=user, reason=reason)
        end_sessions(user, by=by)


def reactivate(user: User, *, by: Actor) -> None:
    """Open a closed account again, with the password and the roles that it had. Open already is no error."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            audit.record("account.reopened", by=by, subject=user)


def choose_language(user: User, *, language: str, by: Actor) -> None:
    """The language of a user's pages. Raises Rejected for one that there is none of."""
    if language not in dict(settings.LANGUAGES):
        raise Rejected(_("The pages do not exist in this language."))
    with transaction.atomic():
        user.language = language
        user.save(update_fields=["language"])
        audit.record("account.language_chosen", by=by, subject=user, detail={"language": language})


def _checked_email(email: str | None) -> str | None:
    email = (email or "").strip().lower()
    if not email:
        return None
    try:
        validate_email(email)
    except ValidationError as error:
        raise Rejected(_("“%(email)s” is not an e-mail address.") % {"email": email}, field="email") from error
    return email


def _check_free(user: User) -> None:
    """Any identifier is unique among all kinds, since one box takes all of them at sign-in."""
    for field in ("email", "mobile", "employee_no"):
        value = getattr(user, field)
        if value and User.objects.filter(Q(email__iexact=value) | Q(mobile=value) | Q(employee_no=value)).exists():
            raise Rejected(_("There is already a user “%(identifier)s”.") % {"identifier": value}, field=field)


def _put_password(user: User, password: str | None, field: str = "password") -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Rejected(" ".join(error.messages), field=field) from error
    user.set_password(password)
