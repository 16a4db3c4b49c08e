"""What happened that a user is told of: the list, and the way to each page."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from healthmgmt.accounts import notices, services
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import SIGNED_IN, requires

PAGE = 30


@requires(SIGNED_IN)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    count = notices.unread(request.user)
    page = Paginator(notices.of_user(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "notices": notices.shown(page), "count": count, "sentence": _sentence(count),
        "is_mailed_monthly": request.user.can(Permission.SCORECARD_VIEW) and bool(request.user.email),
    }  # fmt: skip
    return render(request, "accounts/notices.html", context)


@requires(SIGNED_IN)
@require_POST
def follow(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read one notice and go where it leads."""
    found = get_object_or_404(notices.of_user(request.user), uuid=uuid)
    notices.read(notices.of_user(request.user).filter(pk=found.pk))
    return redirect(found.link)


@requires(SIGNED_IN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.read(notices.of_user(request.user))
    return redirect("notices:all")


@requires(Permission.SCORECARD_VIEW)
@require_POST
def monthly_mail(request: HttpRequest) -> HttpResponse:
    """Stop the monthly mail about numbers, or have it sent again."""
    services.choose_monthly_mail(request.user, wanted=request.POST.get("wanted") == "1", by=Actor.of_request(request))
    return redirect("notices:all")


def _sentence(count: int) -> str:
    if not count:
        return _("You have read everything.")
    return ngettext("%(count)d thing is new to you.", "%(count)d things are new to you.", count) % {"count": count}
