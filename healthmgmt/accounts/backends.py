"""Signing in by employee number, e-mail address or mobile number."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from healthmgmt.accounts import lockout, notices
from healthmgmt.accounts.models import User
from healthmgmt.core import organisations


class IdentifierBackend(BaseBackend):
    """Django's road to a user; the same pace and the same work for accounts that exist and that do not."""

    def authenticate(
        self, request: HttpRequest | None, identifier: str | None = None, password: str | None = None, **others: Any
    ) -> User | None:
        """The user, or None when the pair is wrong. Raises lockout.Slowed before the password is looked at."""
        if not identifier or password is None:
            return None
        user = User.objects.by_identifier(identifier)
        attempt = lockout.take(lockout.account_of(user, identifier), request.META.get("REMOTE_ADDR", "") if request else "")
        if user is None:
            # Hash all the same, so that the time taken does not tell whether the account exists.
            User().set_password(password)
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        lockout.succeed(attempt)
        return user

    def get_user(self, user_id: int) -> User | None:
        """With what is unread, inside an organisation: every page tells it. Operators have no notices."""
        users = User.objects.filter(pk=user_id, is_active=True)
        return (users if organisations.current() == organisations.PUBLIC else notices.with_unread(users)).first()
