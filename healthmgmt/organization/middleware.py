"""What stands around every page of an organisation, and its time: pages write times as the organisation counts them."""

from collections.abc import Callable
from contextlib import nullcontext
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from healthmgmt.core import organisations
from healthmgmt.organization.selectors import frame


class FrameMiddleware:
    """Reads the organisation's frame once a request and sets its time zone; on the bare domain there is neither. A request for a page
    only reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with organisations.only_reading() if request.method in ("GET", "HEAD") else nullcontext():
            request.frame = frame() if organisations.current() != organisations.PUBLIC else None
            try:
                if request.frame is not None:
                    timezone.activate(ZoneInfo(request.frame.timezone))
                return self.get_response(request)
            finally:
                timezone.deactivate()
