"""One-time links in the browser, for those who hand them out."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, presenters
from healthmgmt.exams import links as upload_links
from healthmgmt.exams.forms import LinkForm

PAGE_LINKS = 20


@requires(Permission.UPLOAD_LINKS)
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """The links for the user's units, the newest first; POST makes one, which is shown in that answer and nowhere again."""
    if request.method == "GET":
        return _list(request, LinkForm(request.user))
    form = LinkForm(request.user, request.POST)
    if form.is_valid():
        try:
            made, token = upload_links.make(**form.cleaned_data, by=Actor.of_request(request), user=request.user)
        except Rejected as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            address = organisations.address(reverse("handing_over:opened", args=[token]))
            return _list(request, LinkForm(request.user), made=made, address=address)
    return _list(request, form, status=422)


@requires(Permission.UPLOAD_LINKS)
@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload_links.revoke(access.get_link_or_404(request.user, uuid), by=Actor.of_request(request))
    messages.success(request, _("The link is revoked. Whoever has it cannot deliver with it any more."))
    return redirect("exams:links")


def _list(request: HttpRequest, form: LinkForm, *, status: int = 200, **more: object) -> HttpResponse:
    found = access.links_visible_to(request.user).select_related("centre", "unit", "made_by", "upload").order_by("-id")
    page = Paginator(found, PAGE_LINKS).get_page(request.GET.get("page"))
    now = timezone.now()
    context = more | {
        "form": form,
        "page": page,
        "lines": [presenters.link_line(link, now=now, may_see=request.user.can(Permission.UPLOAD_VIEW, link.unit)) for link in page],
        "centres": access.centres_known_to(request.user).values_list("name", flat=True),
    }
    return render(request, "exams/links.html", context, status=status)
