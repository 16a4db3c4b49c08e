"""Who does something: every write names its actor."""

import getpass
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Actor:
    """A user, or the system on behalf of the login that started it. `address` is where a request came from."""

    label: str
    user_id: int | None = None
    address: str = ""

    @classmethod
    def of(cls, user: Any, address: str = "") -> "Actor":
        """A signed-in user. Raises PermissionError for anybody else: no write is anonymous."""
        if not getattr(user, "is_authenticated", False):
            raise PermissionError("Nobody is signed in.")
        return cls(label=f"user:{user.pk}", user_id=user.pk, address=address)

    @classmethod
    def of_request(cls, request: HttpRequest) -> "Actor":
        """The user of a request, with the address it came from."""
        return cls.of(request.user, address=request.META.get("REMOTE_ADDR", ""))

    @classmethod
    def system(cls) -> "Actor":
        """`system:<login name>`, for commands and jobs without a user."""
        return cls(label=f"system:{getpass.getuser()}")
