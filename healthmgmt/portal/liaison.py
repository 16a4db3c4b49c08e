"""The liaison's pages: the home that says what is due, missing and stuck, and the list of people due."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams.access import arrived_by_link, uploading_units
from healthmgmt.exams.presenters import arrivals
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import present_round
from healthmgmt.portal import completeness, due_lists, liaison_words
from healthmgmt.portal.forms import DueFilter

PAGE_SIZE = 50
SHOWN_FILES = 5


@requires(Permission.WORK_STATE_VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is due, who is missing, what is stuck: counts only, so nobody's record is opened."""
    around = present_round(request.user, Permission.WORK_STATE_VIEW)
    progress = completeness.progress(request.user, around)
    mending = completeness.mending(request.user, around)
    parts = liaison_words.bar_parts(progress)
    context = {
        "round": around,
        "progress": progress,
        "sentence": liaison_words.home_sentence(around, progress, mending),
        "parts": parts,
        "bar": [(part["count"], part["fill"]) for part in parts],
        "stuck": liaison_words.stuck(
            around, progress, mending, completeness.file_to_apply(request.user), completeness.late_centre(request.user, around)
        ),
        "files": completeness.latest_files(request.user, SHOWN_FILES),
        "arrivals": arrivals(request.user, arrived_by_link(request.user)),
        "delivers_for": len(uploading_units(request.user)),
    }
    return render(request, "portal/liaison.html", context)


@requires(Permission.WORK_STATE_VIEW)
@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """Who is due and who lacks a result, by name; never a result."""
    around = present_round(request.user, Permission.WORK_STATE_VIEW)
    form = DueFilter(request.GET, user=request.user)
    page = Paginator(completeness.due_list(request.user, around, **form.narrowed()), PAGE_SIZE).get_page(request.GET.get("page"))
    people = list(page.object_list)
    audit.record_people("due.viewed", [person.pk for person in people], by=Actor.of_request(request))
    progress = completeness.progress(request.user, around, form.chosen_unit)
    rows = completeness.open_rows_of(request.user, people, around)
    context = {
        "form": form,
        "page": page,
        "rows": [(person, completeness.Standing(person.standing).label, rows.get(person.pk)) for person in people],
        "round": around,
        "unit": form.chosen_unit,
        "sentence": liaison_words.due_sentence(progress, page.paginator.count, is_narrowed=form.is_narrowing),
    }
    return render(request, "portal/due.html", context)


@requires(Permission.WORK_STATE_VIEW)
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind everybody of the user's units who has no result and stands in no file."""
    around = present_round(request.user, Permission.WORK_STATE_VIEW)
    count = 0
    if around.period is not None and around.period.state == Period.State.OPEN:
        missing = completeness.due_list(request.user, around, standings=(completeness.Standing.MISSING,))
        count = due_lists.remind(missing, period=around.period, today=around.today, by=Actor.of_request(request))
    said = ngettext(
        "%(count)d person was reminded. Nobody is reminded twice a week.", "%(count)d people were reminded. Nobody is reminded twice a week.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("portal:due")


@requires(Permission.WORK_STATE_VIEW)
@require_GET
def due_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook; recorded for everybody on it."""
    around = present_round(request.user, Permission.WORK_STATE_VIEW)
    form = DueFilter(request.GET, user=request.user)
    workbook = due_lists.workbook(completeness.due_list(request.user, around, **form.narrowed()), by=Actor.of_request(request))
    headers = {"Content-Disposition": content_disposition_header(True, _("people due.xlsx"))}
    return HttpResponse(workbook, content_type=workbooks.CONTENT_TYPE, headers=headers)
