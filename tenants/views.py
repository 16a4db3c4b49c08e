"""The operators' side of the bare domain: who needs somebody, and trying again what was given up."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from tenants import access, operating, presenters

PER_PAGE = 50


@requires(Permission.OPERATE)
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    standings = operating.standings()
    page = Paginator(standings, PER_PAGE).get_page(request.GET.get("page"))
    context = presenters.overview(standings) | {"page": page, "rows": [presenters.row(one) for one in page]}
    return render(request, "tenants/organisations.html", context)


@requires(Permission.OPERATE)
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = access.get_organisation_or_404(slug)
    standing = operating.standing(found)
    jobs = [presenters.failed(job) for job in operating.failed_jobs(found)]
    context = {"heading": presenters.heading(standing), "row": presenters.row(standing), "jobs": jobs}
    return render(request, "tenants/organisation.html", context)


@requires(Permission.OPERATE)
@require_POST
def retry(request: HttpRequest, slug: str, job: int) -> HttpResponse:
    found = access.get_organisation_or_404(slug)
    try:
        operating.retry(found, job, by=Actor.of_request(request))
    except Rejected as error:
        # Somebody was quicker, or the button was pressed twice.
        messages.info(request, str(error.message))
    else:
        messages.success(request, _("Job %(number)d is tried again.") % {"number": job})
    return redirect("operator:organisation", slug=slug)
