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
from healthmgmt.exams import access, columns, correcting, groups, presenters, purging, repairing, selectors, services
from healthmgmt.exams.forms import AlikeForm, CellForm, LeaveForm
from healthmgmt.exams.groups import Viewer
from healthmgmt.exams.models import Mending, Upload, UploadRow
from healthmgmt.people.access import get_person_or_404

PAGE_ROWS = 50
MOST_URGENT = 20


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def problems(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why rows wait (or, with `state=refused`, were left out); with `reason` and `column` the rows of one cause."""
    upload = access.get_upload_or_404(request.user, uuid)
    if upload.purged_at is not None:
        # The receipt says when the rows were removed, and why they had waited.
        return redirect("exams:upload", uuid)
    state = UploadRow.State.REFUSED if request.GET.get("state") == "refused" else UploadRow.State.WAITING
    if request.GET.get("reason", "") not in presenters.SENTENCES:
        return page(request, upload, state)
    viewer = _viewer(request, upload)
    reason, column = request.GET["reason"], viewer.meant(request.GET.get("column", ""))
    # The numbers alone come of an index, however far behind the page is.
    numbers = selectors.group_problems(upload, reason=reason, column=column, state=state).values_list("number", flat=True)
    found = Paginator(numbers, PAGE_ROWS)
    shown = found.get_page(request.GET.get("page"))
    rows = selectors.rows_of(upload, shown.object_list)
    _note_viewed(request, upload, rows)
    allowed = _allowed(request, upload, state)
    context = allowed | {"group": groups.shown_page(viewer, reason, column, found.count, rows), "page": shown, "state": state}
    if allowed["may_mend"]:
        context |= {"texts": groups.equal_texts(viewer, reason, column), "alike": _alike_offer(request, upload, reason, column)}
    return render(request, "exams/group.html", context)


def page(request: HttpRequest, upload: Upload, state: str = UploadRow.State.WAITING) -> HttpResponse:
    """All causes, each with its first rows; rows that are urgent before all."""
    viewer, found = _viewer(request, upload), selectors.problem_groups(upload, state)
    rows = selectors.first_rows(upload, found)
    urgent = list(selectors.urgent_rows(upload)[:MOST_URGENT]) if state == UploadRow.State.WAITING else []
    _note_viewed(request, upload, [*rows.values(), *urgent])
    context = _allowed(request, upload, state) | _counts(upload, state, found) | {
        "groups": groups.shown_groups(viewer, found, rows),
        "urgent": [groups.urgent_row(viewer, row) for row in urgent],
        "is_roster_asked": any(group.reason in selectors.OF_ROSTER for group in found),
    }
    return render(request, "exams/problems.html", context)


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def counts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How many rows wait, are mended, can go in, now; when a decision for many rows was carried out the whole page is asked for."""
    upload = access.get_upload_or_404(request.user, uuid)
    shown = _counts(upload, UploadRow.State.WAITING, selectors.problem_groups(upload))
    if request.GET.get("under") and shown["under"] is None or upload.state not in repairing.MENDABLE:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "exams/_counts.html", _allowed(request, upload, UploadRow.State.WAITING) | shown)


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Do without the values, or the rows, of one cause; or of one row."""
    upload = access.get_mendable_or_404(request.user, uuid)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Rejected(_("It was not said what to leave out."))
    given, viewer = form.cleaned_data, _viewer(request, upload)
    group = {"reason": given["reason"], "column": viewer.meant(given["column"]), "by": Actor.of_request(request)}
    if given["number"] is None:
        act = correcting.mend_alike(upload, kind=given["what"], hands=viewer.hands, **group)
        messages.success(request, presenters.alike_sentence(act))
    else:
        act = repairing.leave_values if given["what"] == "values" else repairing.leave_rows
        messages.success(request, presenters.left_out_sentence(given["what"], act(upload, numbers=[given["number"]], **group)))
    return redirect(_onward(viewer, given if request.POST.get("from") == "group" else None))


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def cell(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Type a cell of a row anew, or take that back."""
    upload = access.get_mendable_or_404(request.user, uuid)
    form = CellForm(request.POST)
    if not form.is_valid():
        raise Rejected(_("This text is too long for a cell."))
    given, viewer, by = form.cleaned_data, _viewer(request, upload), Actor.of_request(request)
    if given["back"]:
        act = correcting.take_back(upload, number, hands=viewer.hands, by=by)
    else:
        act = correcting.type_cells(upload, number, {given["index"]: given["text"]}, hands=viewer.hands, by=by)
    messages.success(request, presenters.mended_sentence(act, upload.rows.get(number=number)))
    return redirect(_onward(viewer, given if given["reason"] else None, just=act.pk))


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def alike(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decide the same for all rows of one cause."""
    upload = access.get_mendable_or_404(request.user, uuid)
    form = AlikeForm(request.POST)
    if not form.is_valid():
        raise Rejected(_("This cannot be decided for these rows."))
    given, viewer = form.cleaned_data, _viewer(request, upload)
    like = given.pop("like")
    decided = given | {"column": viewer.meant(given["column"])} | (correcting.said_in(upload, like) if like else {})
    act = correcting.mend_alike(upload, hands=viewer.hands, by=Actor.of_request(request), **decided)
    messages.success(request, presenters.alike_sentence(act))
    return redirect(_onward(viewer, given))


@requires(Permission.UPLOAD_REPAIR)
@require_POST
def check_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Compare with the roster again."""
    upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_REPAIR)
    messages.success(request, presenters.checked_again_sentence(repairing.check_again(upload, by=Actor.of_request(request))))
    return redirect(_onward(_viewer(request, upload)))


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
    return redirect(_onward(_viewer(request, upload)))


def _row_page(request: HttpRequest, upload: Upload, row: UploadRow, error: str) -> HttpResponse:
    sought = request.GET.get("q", row.name).strip()
    people = list(access.candidates(request.user, upload, sought))
    by = Actor.of_request(request)
    audit.record_people("upload.people_searched", [person.pk for person in people], by=by, subject=upload)
    _note_viewed(request, upload, [row])
    viewer = _viewer(request, upload)
    context = presenters.about(upload) | {
        "row": groups.shown_row(upload, row, ""),
        "problems": [groups.shown_problem(viewer, problem) for problem in row.problems],
        "is_waiting": row.state == UploadRow.State.WAITING and upload.state in repairing.MENDABLE,
        "sought": sought,
        "people": people,
        "error": error,
    }
    return render(request, "exams/row.html", context, status=422 if error else 200)


def _viewer(request: HttpRequest, upload: Upload) -> Viewer:
    return Viewer(upload, access.hands(request.user, upload))


def _allowed(request: HttpRequest, upload: Upload, state: str) -> dict[str, Any]:
    """What stands above the page, and what the user may do with the rows shown."""
    user, is_open = request.user, upload.state in repairing.MENDABLE and state == UploadRow.State.WAITING
    return presenters.about(upload) | {
        "columns_line": columns.summary(upload.layout) if access.may_answer(user, upload) else None,
        "may_mend": is_open and access.hands(user, upload).mends,
        "may_name": is_open and user.can(Permission.UPLOAD_REPAIR, upload.unit),
        "may_apply": is_open and not upload.check_only and user.can(Permission.UPLOAD_CREATE, upload.unit),
        "may_download": access.may_download(user, upload),
        "is_open": is_open,
    }


def _counts(upload: Upload, state: str, found: list[selectors.Group]) -> dict[str, Any]:
    """The part of the page that moves by itself."""
    mended, under = selectors.mended_count(upload), selectors.under_way(upload)
    is_first, removed_on = upload.state == Upload.State.CHECKED, purging.kept_until(upload)
    return {
        "state": state,
        "is_first": is_first,
        "lead": presenters.causes_sentence(upload, state, causes=len(found), mended=mended),
        "equation": presenters.equation(upload, mended),
        "to_go_in": upload.accepted if is_first else mended,
        "staying": upload.waiting - mended,
        "removed_on": removed_on,
        "kept_until": removed_on if purging.is_near(upload, timezone.localdate()) else None,
        "under": under,
        "under_sentence": presenters.under_way_sentence(under) if under else "",
    }


def _alike_offer(request: HttpRequest, upload: Upload, reason: str, column: str) -> dict[str, Any] | None:
    """After a cell was typed anew: in how many other rows of the group the cell says the same."""
    just = request.GET.get("just", "")
    act = Mending.objects.filter(upload=upload, kind=Mending.Kind.CELLS, pk=just).first() if just.isdecimal() and len(just) < 10 else None
    if act is None or act.made_by != Actor.of_request(request).label:
        return None
    count = correcting.count_alike(upload, act, reason, column)
    return {"like": act.pk, "count": count} if count else None


def _note_viewed(request: HttpRequest, upload: Upload, rows: Iterable[UploadRow]) -> None:
    """On record for everybody who is known in these rows."""
    people = {row.person_id for row in rows if row.person_id is not None}
    audit.record_people("upload.rows_viewed", people, by=Actor.of_request(request), subject=upload)


def _onward(viewer: Viewer, group: dict[str, Any] | None = None, *, just: int | None = None) -> str:
    """Back to the causes, or to the one that was looked at while rows of it are left."""
    upload = viewer.upload
    if group and selectors.group_problems(upload, reason=group["reason"], column=viewer.meant(group["column"])).exists():
        query = {"reason": group["reason"], "column": group["column"]} | ({"just": just} if just else {})
        return f"{reverse('exams:problems', args=[upload.uuid])}?{urlencode(query)}"
    return reverse("exams:upload" if upload.state == Upload.State.CHECKED else "exams:problems", args=[upload.uuid])
