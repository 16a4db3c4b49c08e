"""What holds for every response: nothing undeclared, nothing cached, a strict content policy, rejections in words."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from healthmgmt.core.exceptions import Rejected

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class PolicyMiddleware:
    """Refuses views without a declared rule and sets the headers that every answer carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> None:
        holder = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
        if getattr(holder, "access_rule", None) is None:
            raise ImproperlyConfigured(f"{request.resolver_match.route} declares no access rule.")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Rejected):
            return render(request, "errors/rejected.html", {"message": error.message}, status=422)
        return None
