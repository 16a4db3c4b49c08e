"""What holds between a session and its user on every request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from healthmgmt.audit.services import AuditUnavailable

SEEN = "seen"
UNATTENDED = "X-Unattended"


class SessionGuardMiddleware:
    """Looks at the session before any view runs and renews it, speaks the user's language, and answers 503 for what cannot be recorded.

    A session whose hash is of another organisation, an earlier password or an ended epoch is emptied by the look itself
    (User._get_session_auth_hash).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _renew(request)
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AuditUnavailable):
            return None
        message = _("This cannot be shown or done now, because it could not be put on record. Please try again later.")
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": message}, status=503)
        return render(request, "errors/unavailable.html", {"message": message}, status=503)


def _renew(request: HttpRequest) -> None:
    """Let the session's idle time begin anew; not at each request, for each is a row to be written and a wait for the disk, and not
    for what a page asks by itself while nobody may be there."""
    if request.headers.get(UNATTENDED):
        return
    now = int(timezone.now().timestamp())
    if now - request.session.get(SEEN, 0) >= settings.SESSION_RENEWED_AFTER:
        request.session[SEEN] = now
