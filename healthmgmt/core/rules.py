"""The rule that every view declares, and its enforcement."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from healthmgmt.core.permissions import Permission

if TYPE_CHECKING:
    # DRF's views name the class below as their default and load it while they are loaded.
    from rest_framework.views import APIView


@dataclass(frozen=True)
class Rule:
    """What a view asks of its caller: `public`, `signed_in`, or one of several permissions."""

    kind: str
    permissions: tuple[Permission, ...] = ()

    def allows(self, user: Any) -> bool:
        if self.kind == "public":
            return True
        if not user.is_authenticated:
            return False
        return self.kind == "signed_in" or any(user.can(permission) for permission in self.permissions)


PUBLIC = Rule("public")
SIGNED_IN = Rule("signed_in")


def requires(*permissions: Permission | Rule) -> Callable:
    """Declare and enforce a view's rule; works on functions and on DRF views' classes.

    Without any of the permissions 403; without a session the sign-in page. Objects are authorised when they are loaded.
    """
    rule = permissions[0] if isinstance(permissions[0], Rule) else Rule("permission", tuple(Permission(p) for p in permissions))

    def declare(view: "Callable | type[APIView]") -> "Callable | type[APIView]":
        if isinstance(view, type):
            view.access_rule = rule
            return view

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not rule.allows(request.user):
                if not request.user.is_authenticated:
                    return _to_sign_in(request)
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access_rule = rule
        return guarded

    return declare


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to the page that was looked at: a form's own address answers no GET."""
    is_page = request.method in ("GET", "HEAD") and not request.headers.get("HX-Request")
    looked_at = request.get_full_path() if is_page else request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(looked_at)
    response = redirect_to_login(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    if request.headers.get("HX-Request"):
        # A fragment must not be filled with the sign-in page: the whole page goes there.
        response = HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


class DeclaredPermission(BasePermission):
    """DRF's side of `requires`: a view without a declared rule is refused."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        rule = getattr(view, "access_rule", None)
        return rule is not None and rule.allows(request.user)
