"""What the columns of a file were taken for: looked at, corrected, and asked about."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, answering, columns, layouts, mapping, presenters, rereading, selectors
from healthmgmt.exams.models import Upload
from healthmgmt.exams.progress import WORKING
from healthmgmt.exams.recognising import Column

PAGE_COLUMNS = 150  # with their fields fewer than a form may have
SHOWN_VERSIONS = 10


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_http_methods(["GET", "POST"])
def mapped(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every column with what it was taken for; POST says what some of them are."""
    upload = access.get_answerable_or_404(request.user, uuid)
    if upload.state in WORKING or not upload.layout.get("columns"):
        return redirect("exams:upload", uuid)
    if request.method == "GET":
        return _page(request, upload)
    said, faults = mapping.answers(_columns(request, upload), request.POST)
    if faults:
        return _page(request, upload, faults=faults, error=_("Nothing was saved yet. Please look at the columns that are marked."))
    if not said:
        messages.info(request, _("Nothing was changed."))
        return redirect("exams:columns", uuid)
    return _say(request, upload, layouts.agree, said)


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_GET
def units(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The units of the item that was just chosen for a column."""
    upload = access.get_answerable_or_404(request.user, uuid)
    index = request.GET.get("index", "")
    headings = {str(column.index): column.heading for column in _columns(request, upload)}
    role, code = mapping.item_of(request.GET.get(f"item-{index}", "")) or ("other", None)
    shown = {"index": int(index) if index in headings else 0, "heading": headings.get(index, ""), "unit": "", "is_fresh": True}
    shown["units"] = mapping.unit_choices(role, code)
    return render(request, "exams/_unit_choice.html", {"column": shown})


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes or no to what the numbers of a column suggest."""
    upload = access.get_answerable_or_404(request.user, uuid)
    index, kind, is_yes = request.POST.get("index", ""), request.POST.get("kind", ""), request.POST.get("say") == "yes"
    try:
        known = {str(column.index): column.index for column in _columns(request, upload)}
        said, declined = mapping.answer_to(upload, known.get(index, -1), kind, is_yes=is_yes)
    except LookupError:
        return _page(request, upload, error=_("This was answered already."))
    return _say(request, upload, layouts.agree, said, declined=declined)


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def go_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What an earlier version said counts again."""
    upload = access.get_answerable_or_404(request.user, uuid)
    version = request.POST.get("version", "")
    return _say(request, upload, layouts.go_back, int(version) if version.isdecimal() else -1)


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_POST
def read_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read the file again with the newest answers."""
    upload = access.get_answerable_or_404(request.user, uuid)
    try:
        again = rereading.read_again(upload, by=Actor.of_request(request))
    except Rejected as error:
        return _page(request, upload, error=str(error.message))
    return redirect("exams:upload", again.uuid)


def _say(request: HttpRequest, upload: Upload, service: Callable[..., Any], *said: Any, **more: Any) -> HttpResponse:
    """Make what was said a new version; what is refused is said on the page, beside the column that it is about."""
    try:
        service(upload, *said, seen=request.POST.get("seen", ""), by=Actor.of_request(request), user=request.user, **more)
    except Rejected as error:
        return _page(request, upload, faults=getattr(error, "faults", None), error=str(error.message))
    return _onward(request, upload)


def _onward(request: HttpRequest, upload: Upload) -> HttpResponse:
    upload.refresh_from_db()
    if upload.state in WORKING:
        messages.success(request, _("Kept for this exam centre's files. This file is being read again with it."))
        return redirect("exams:upload", upload.uuid)
    messages.success(request, _("Kept: the next files are read with it."))
    return redirect("exams:columns", upload.uuid)


def _columns(request: HttpRequest, upload: Upload) -> list[Column]:
    return mapping.columns_for(upload, shows_cells=access.may_see_cells(request.user, upload))


def _page(request: HttpRequest, upload: Upload, *, faults: Mapping[int, str] | None = None, error: str = "") -> HttpResponse:
    upload = Upload.objects.select_related("centre", "unit", "agreed").get(pk=upload.pk)
    found, shows_cells = _columns(request, upload), access.may_see_cells(request.user, upload)
    sample, versions = mapping.sampled(selectors.sample_rows(upload), upload.layout), list(selectors.layouts(upload).select_related("made_by"))
    _note_viewed(request, upload, mapping.people_shown(found, sample, shows_cells=shows_cells))
    # Also where no single column is at fault what was said stays in its fields; not where others said something else meanwhile.
    sent = request.POST if faults is not None else None
    lines = _lines(found, sample, shows_cells, sent, faults or {})
    page = Paginator(lines, PAGE_COLUMNS).get_page(request.GET.get("page"))
    newest = versions[0] if versions else None
    context = presenters.about(upload) | {
        "open": [line for line in page if line.note == "kept" or line.error],
        "rest": [line for line in page if line.note != "kept" and not line.error],
        "page": page,
        "recognised": len([line for line in lines if line.note in ("recognised", "split")]),
        "total": len([line for line in lines if line.heading]),
        "questions": mapping.questions(upload, found, sample, shows_cells=shows_cells),
        "items": mapping.item_texts(),
        # What was sent was said about what was seen then.
        "seen": sent.get("seen", "") if sent else layouts.seen(upload, newest),
        "error": error,
        "shows_cells": shows_cells,
    }
    return render(request, "exams/columns.html", context | _standing(upload, newest, versions, shows_cells), status=422 if error else 200)


def _lines(
    found: list[Column], sample: mapping.Sampled, shows_cells: bool, sent: Mapping[str, str] | None, faults: Mapping[int, str]
) -> list[mapping.MappedColumn]:
    """All columns: those with a fault first, then those that were not recognised."""
    repeated, lines = answering.repeated(found), []
    for one in sorted(found, key=lambda one: (one.index not in faults, one.role != "other")):
        own = sent if sent and f"item-{one.index}" in sent else None
        lines.append(mapping.mapped(one, sample, shows_cells=shows_cells, repeated=repeated, sent=own, error=faults.get(one.index, "")))
    return lines


def _standing(upload: Upload, newest: Any, versions: list, shows_cells: bool) -> dict[str, Any]:
    """How this reading stands to the answers that count, and their history."""
    is_behind = newest is not None and newest.pk != upload.agreed_id
    is_open, is_kept = layouts.is_open(upload), rereading.is_kept(upload)
    again, failed = selectors.read_again_as(upload), upload.layout.get("refused", "")
    own = answering.fingerprint(answering.columns_of(upload.layout))
    return {
        "is_behind": is_behind,
        "may_read_again": is_behind and is_kept and is_open and again is None,
        "is_open": is_open,
        "is_kept": is_kept,
        "lacking": presenters.lacking_in(upload) if rereading.awaits_answers(upload) else "",
        "went_in": upload.state in rereading.WENT_IN,
        "again": again,
        "failed": presenters.sentence(failed) if failed else "",
        "mended": selectors.mended_rows(upload).count(),
        "history": mapping.history(versions, own, shows_cells=shows_cells)[:SHOWN_VERSIONS],
    }


def _note_viewed(request: HttpRequest, upload: Upload, people: set[int]) -> None:
    """Every opening is on record, also for everybody whose cells are shown."""
    by = Actor.of_request(request)
    audit.record("upload.columns_viewed", by=by, subject=upload, detail={"columns": len(columns.shown(upload.layout))})
    audit.record_people("upload.columns_viewed", people, by=by, subject=upload)
