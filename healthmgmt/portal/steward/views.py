"""The data steward's pages: what is in force, the log of acts, and the rules line by line."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.audit import sealing
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.exams import selectors as exams
from healthmgmt.exams.quality import Counts
from healthmgmt.organization import services as organization
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.selectors import organisation_settings, today
from healthmgmt.partners.models import ExamCentre
from healthmgmt.portal.steward import log, quality
from healthmgmt.portal.steward.forms import LogFilter, SmallestGroupForm
from healthmgmt.portal.steward.home import CHECKED_SEALS, overview, sentence, verdict


@requires(Permission.PACKS_APPROVE)
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The overview, with the one setting that the steward decides."""
    check_whole(request.user, Permission.PACKS_APPROVE)
    form = SmallestGroupForm(request.POST or None, initial={"smallest_group": organisation_settings().smallest_group})
    if form.is_valid():
        try:
            organization.set_smallest_group(form.cleaned_data["smallest_group"], by=Actor.of_request(request))
        except Rejected as error:
            form.add_error("smallest_group", error.message)
        else:
            messages.success(request, _("Saved. A stricter limit holds within minutes, a looser one from tomorrow."))
            return redirect("portal:steward")
    found = overview(today(), page_language())
    context = {"found": found, "form": form, "sentence": sentence(found, page_language()), "checked_seals": CHECKED_SEALS}
    return render(request, "steward/home.html", context, status=422 if form.errors else 200)


@requires(Permission.ACCESS_LOG_READ)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Compare the newest sealed acts with their seals."""
    check_whole(request.user, Permission.ACCESS_LOG_READ)
    checked = sealing.verify(CHECKED_SEALS)
    audit.record("audit.verified", by=Actor.of_request(request), detail={"seals": checked.seals, "faults": len(checked.faults)})
    (messages.warning if checked.faults else messages.success)(request, verdict(checked))
    return redirect("portal:steward")


@requires(Permission.ACCESS_LOG_READ)
@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Who did what to whose data; reading it is an act as well."""
    check_whole(request.user, Permission.ACCESS_LOG_READ)
    form = LogFilter(request.GET)
    narrowing = form.narrowing()
    page = log.read(narrowing)
    by = Actor.of_request(request)
    audit.record("access_log.viewed", by=by, detail={"narrowed_by": narrowing.fields_used, "entries": len(page.entries)})
    audit.record_people("access_log.person_shown", page.people, by=by)
    context = {"form": form, "page": page, "sentence": log.sentence(narrowing, page)}
    return render(request, "steward/log.html", context)


@requires(Permission.QUALITY_VIEW)
@require_GET
def data_quality(request: HttpRequest) -> HttpResponse:
    """The exam centres, with what of their deliveries is worth a word."""
    check_whole(request.user, Permission.QUALITY_VIEW)
    listed = quality.centres(exams.quality_counts(quality.since(today())))
    return render(request, "steward/quality.html", {"centres": listed, "sentence": quality.sentence(listed)})


@requires(Permission.QUALITY_VIEW)
@require_GET
def centre_quality(request: HttpRequest, pk: int) -> HttpResponse:
    """One exam centre, item by month; 0 are the files that named none."""
    check_whole(request.user, Permission.QUALITY_VIEW)
    centre = get_object_or_404(ExamCentre, pk=pk) if pk else None
    counts = exams.quality_counts(quality.since(today()), pk).get(pk, Counts())
    context = {
        "centre": centre,
        "sentence": quality.centre_sentence(counts),
        "rows": counts.of(""),
        "reasons": quality.reasons(counts.of("")),
        "items": quality.items(counts, organisation_settings().smallest_group),
    }
    return render(request, "steward/centre_quality.html", context)
