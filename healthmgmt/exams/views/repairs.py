"""The rows of an upload that wait: all causes, one cause, one row; and what can be done about them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, groups, presenters, purging, repairing, selectors, services
from healthmgmt.exams.forms import LeaveForm
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.people.access import get_person_or_404

PAGE_ROWS = 50


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def problems(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why rows wait (or, with `state=refused`, were left out); with `reason` and `column` the rows of one cause."""
    upload = access.get_upload_or_404(request.user, uuid)
    if upload.purged_at is not None:
        # The receipt says when the rows were removed, and why they had waited.
        return redirect("exams:upload", uuid)
    state = UploadRow.State.REFUSED if request.GET.get("state") == "refused" else UploadRow.State.WAITING
    reason, column = request.GET.get("reason", ""), request.GET.get("column", "")
    if reason not in presenters.SENTENCES:
        return page(request, upload, state)
    found = Paginator(selectors.group_rows(upload, reason=reason, column=column, state=state), PAGE_ROWS)
    shown = found.get_page(request.GET.get("page"))
    _note_viewed(request, upload, shown.object_list)
    group = groups.shown_page(upload, reason, column, found.count, shown.object_list)
    context = _allowed(request, upload, state) | {"group": group, "page": shown, "state": state}
    return render(request, "exams/group.html", context)


def page(request: HttpRequest, upload: Upload, state: str = UploadRow.State.WAITING) -> HttpResponse:
    """All causes, each with its first rows."""
    found = selectors.problem_groups(upload, state)
    rows = selectors.first_rows(upload, found)
    _note_viewed(request, upload, rows.values())
    mended = selectors.mended_count(upload)
    is_first = upload.state == Upload.State.CHECKED
    context = _allowed(request, upload, state) | {
        "state": state,
        "is_first": is_first,
        "lead": presenters.causes_sentence(upload, state, causes=len(found), mended=mended),
        "equation": presenters.equation(upload, mended),
        "groups": [groups.shown_group(upload, group, rows) for group in found],
        "to_go_in": upload.accepted if is_first else mended,
        "staying": upload.waiting - mended,
        "kept_until": purging.kept_until(upload) if purging.is_near(upload, timezone.localdate()) else None,
        "is_roster_asked": any(group.reason in repairing.OF_ROSTER for group in found),
    }
    return render(request, "exams/problems.html", context)


@requires(Permission.UPLOAD_REPAIR)
@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Do without the values, or the rows, of one cause; or of one row."""
    upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_REPAIR)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Rejected(_("It was not said what to leave out."))
    given = form.cleaned_data
    act = repairing.leave_values if given["what"] == "values" else repairing.leave_rows
    changed = act(upload, reason=given["reason"], column=given["column"], number=given["number"], by=Actor.of_request(request))
    messages.success(request, presenters.left_out_sentence(given["what"], changed))
    return redirect(_onward(upload, given if request.POST.get("from") == "group" else None))


@requires(Permission.UPLOAD_REPAIR)
@require_POST
def check_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Compare with the roster again."""
    upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_REPAIR)
    messages.success(request, presenters.checked_again_sentence(repairing.check_again(upload, by=Actor.of_request(request))))
    return redirect(_onward(upload))


@requires(Permission.UPLOAD_REPAIR)
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """One row that waits, and who it may be about; POST says who."""
    upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_REPAIR)
    services.refuse_purged(upload)
    found = get_object_or_404(upload.rows.defer("raw", "values", "texts", "other"), number=number)
    error = ""
    if request.method == "POST":
        try:
            return _assign(request, upload, found)
        except Rejected as rejection:
            error = str(rejection.message)
    return _row_page(request, upload, found, error)


def _assign(request: HttpRequest, upload: Upload, row: UploadRow) -> HttpResponse:
    try:
        chosen = UUID(request.POST.get("person", ""))
    except ValueError:
        raise Rejected(_("Please choose a person.")) from None
    person = get_person_or_404(request.user, chosen, Permission.ROSTER_VIEW)
    mended = repairing.assign_person(upload, row.number, person=person, by=Actor.of_request(request))
    messages.success(request, presenters.named_sentence(mended))
    return redirect(_onward(upload))


def _row_page(request: HttpRequest, upload: Upload, row: UploadRow, error: str) -> HttpResponse:
    sought = request.GET.get("q", row.name).strip()
    people = list(access.candidates(request.user, upload, sought))
    by = Actor.of_request(request)
    audit.record_people("upload.people_searched", [person.pk for person in people], by=by, subject=upload)
    _note_viewed(request, upload, [row])
    context = presenters.about(upload) | {
        "row": groups.shown_row(upload, row, ""),
        "problems": [(problem["cell"], presenters.sentence(problem["reason"], problem["column"])) for problem in row.problems],
        "is_waiting": row.state == UploadRow.State.WAITING and upload.state in repairing.MENDABLE,
        "sought": sought,
        "people": people,
        "error": error,
    }
    return render(request, "exams/row.html", context, status=422 if error else 200)


def _allowed(request: HttpRequest, upload: Upload, state: str) -> dict[str, Any]:
    """What stands above the page, and what the user may do with the rows shown."""
    user, is_open = request.user, upload.state in repairing.MENDABLE and state == UploadRow.State.WAITING
    return presenters.about(upload) | {
        "may_mend": is_open and user.can(Permission.UPLOAD_REPAIR, upload.unit),
        "may_apply": is_open and not upload.check_only and user.can(Permission.UPLOAD_CREATE, upload.unit),
        "may_download": access.may_download(user, upload),
    }


def _note_viewed(request: HttpRequest, upload: Upload, rows: Iterable[UploadRow]) -> None:
    """On record for everybody who is known in these rows."""
    people = {row.person_id for row in rows if row.person_id is not None}
    audit.record_people("upload.rows_viewed", people, by=Actor.of_request(request), subject=upload)


def _onward(upload: Upload, group: dict[str, Any] | None = None) -> str:
    """Back to the causes, or to the one that was looked at while rows of it are left."""
    if group and selectors.group_rows(upload, reason=group["reason"], column=group["column"]).exists():
        query = urlencode({"reason": group["reason"], "column": group["column"]})
        return f"{reverse('exams:problems', args=[upload.uuid])}?{query}"
    return reverse("exams:upload" if upload.state == Upload.State.CHECKED else "exams:problems", args=[upload.uuid])
