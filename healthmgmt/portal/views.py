"""The home page, and the two pages that machines read."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView

from healthmgmt.core.rules import PUBLIC, SIGNED_IN, requires
from healthmgmt.portal import selectors
from healthmgmt.work import selectors as work


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Where a user lands: who they are here, and what their roles let them see."""
    return render(request, "portal/home.html", selectors.home(request.user))


@requires(PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while database, broker and the oldest unclaimed job are in order, else 503 with the reason."""
    faults = work.faults()
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


@requires(SIGNED_IN)
class SchemaView(SpectacularAPIView):
    """OpenAPI 3 description of the API."""
