"""The home page, and the two pages that machines read."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from drf_spectacular.views import SpectacularAPIView

from healthmgmt.core.rules import PUBLIC, SIGNED_IN, requires
from healthmgmt.portal import styleguide
from healthmgmt.portal.sides import sides_of
from healthmgmt.work import selectors as work


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Where a user lands: the first page of the side that comes first; a page that says what to do for who has no role."""
    first = next((side.pages[0].view for side in sides_of(request.user)), "portal:home")
    if first != request.resolver_match.view_name:
        return redirect(first)
    return render(request, "portal/home.html")


@requires(PUBLIC)
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component; its address exists while DEBUG is on."""
    return render(request, "styleguide/index.html", styleguide.examples())


@requires(PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while database, broker and the oldest unclaimed job are in order, else 503 with the reason."""
    faults = work.faults()
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


@requires(SIGNED_IN)
class SchemaView(SpectacularAPIView):
    """OpenAPI 3 description of the API."""
