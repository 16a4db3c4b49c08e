"""Rows that were downloaded, mended in a spreadsheet and delivered again: each goes back to its own row of its upload.

Only what was changed in the file is changed here, by who may change it. What was changed here meanwhile is not overwritten.
Delivering the same file twice changes nothing. Runs inside the job that reads the delivery.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from healthmgmt.core import exporting
from healthmgmt.core.actors import Actor
from healthmgmt.exams import access, correcting, downloads, keyed, mending, repairing, rowkeys, services
from healthmgmt.exams.access import Hands
from healthmgmt.exams.correcting import Column
from healthmgmt.exams.groups import Viewer
from healthmgmt.exams.mending import Cells
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.exams.presenters import MASK
from healthmgmt.work.registry import Run

NOBODY = Hands(mends=False, values=False, sees=False)
# What became of the rows of a delivery: merged, unchanged, changed here meanwhile, not waiting any more, of no upload that the
# deliverer may mend, with a clinical value that is not theirs to change.
OUTCOMES = ("merged", "same", "meanwhile", "gone", "foreign", "value")
MOST_NAMED = 50


class Busy(RuntimeError):
    """The upload's rows go in, or are mended by a job, just now."""


class Line(NamedTuple):
    """A row of the delivery whose key is right, and where it stands in the file."""

    key: rowkeys.Key
    row: int
    cells: Sequence[str]


def merge(run: Run, delivery: Upload, layout: Mapping[str, Any], frames: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Bring the rows of a delivery home, batch by batch; a run that was stopped goes on where it was. Returns the last frame, as
    `merged` when all is done."""
    done = run.cursor.get("merged", 0)
    for frame in frames:
        if frame["kind"] == "refused":
            return frame
        if frame["kind"] == "end":
            with run.batch(done=done, total=done):
                _settle(delivery, done, apply=run.payload["apply"])
            return {"kind": "merged"}
        block = [row for row in frame["rows"] if row[0] > done]
        if block:
            done = block[-1][0]
            with run.batch(done=done, total=max(layout["expected"], done), cursor={"merged": done}):
                _merge_block(delivery, layout["headings"], block)
    raise RuntimeError("The reading child ended without saying how.")


def _merge_block(delivery: Upload, headings: Sequence[str], block: Sequence[Sequence[Any]]) -> None:
    found = [(rowkeys.read(key), row, cells) for _number, row, key, cells in block]
    target = delivery.mends or _target(delivery, [key.upload for key, _row, _cells in found if key])
    tally = delivery.layout.get("outcomes") or {name: [] for name in OUTCOMES}
    lines = []
    for key, row, cells in found:
        if key and target and key.upload == target.uuid:
            lines.append(Line(key, row, cells))
        else:
            tally["foreign"].append(row)
    if lines:
        _merge_lines(delivery, target, headings, lines, tally)
    delivery.mends, delivery.state = target, Upload.State.READING
    delivery.layout = {"outcomes": tally}
    delivery.save(update_fields=["mends", "layout", "state"])


def _target(delivery: Upload, uuids: Sequence[UUID]) -> Upload | None:
    """The upload that the first known key names, if who delivers may mend it."""
    for uuid in dict.fromkeys(uuids):
        upload = Upload.objects.filter(uuid=uuid).select_related("unit").first()
        if upload is not None and hands_of(delivery, upload).mends:
            return upload
    return None


def hands_of(delivery: Upload, upload: Upload) -> Hands:
    """What who delivers may do with another upload. Without a user it has to come the same way: same centre, same unit."""
    user = delivery.uploaded_by
    if user is None:
        is_alike = upload.uploaded_by_id is None and (upload.centre_id, upload.unit_id) == (delivery.centre_id, delivery.unit_id)
        return Hands(is_alike, is_alike, is_alike)
    return access.hands(user, upload) if access.visible_to(user).filter(pk=upload.pk).exists() else NOBODY


def _merge_lines(delivery: Upload, target: Upload, headings: Sequence[str], lines: Sequence[Line], tally: dict[str, list[int]]) -> None:
    hands = hands_of(delivery, target)
    if target.state == Upload.State.APPLYING or target.mendings.filter(finished_at=None).exists():
        raise Busy(f"Rows of upload {target.pk} are under way; this is tried again.")
    is_open = target.state in repairing.MENDABLE
    target = repairing.opened(target) if is_open else target
    viewer = Viewer(target, hands)
    wanted = {line.key.number: line for line in lines}
    rows = {row.number: row for row in target.rows.select_for_update().filter(number__in=wanted).order_by("number")}
    now = mending.texts_of(target, rows.values())
    then = mending.texts_of(target, rows.values(), version={number: wanted[number].key.version for number in rows})
    columns = _columns(headings, viewer)
    changes: dict[int, Cells] = {}
    for number, line in wanted.items():
        row = rows.get(number)
        outcome, cells = ("foreign", {}) if row is None else _judged(viewer, row, line, columns, then[number], now[number])
        if outcome == "merged" and (not is_open or row.state != UploadRow.State.WAITING):
            outcome = "gone"
        if outcome == "merged":
            changes[number] = cells
        tally[outcome].append(line.row)
    # A row that stands twice in the file: its last line counts.
    tally["same"] += [line.row for line in lines if wanted[line.key.number] is not line]
    if changes:
        correcting.merge_cells(target, [rows[number] for number in sorted(changes)], changes, by=_actor(delivery))


def _columns(headings: Sequence[str], viewer: Viewer) -> dict[int, Column]:
    """Which column of the upload each column of the file is: the headings are those that were downloaded, in any order."""
    left = [column for column in correcting.columns_of(viewer.upload) if column.heading not in viewer.kept]
    found = {}
    for at, heading in enumerate(headings):
        column = next((one for one in left if _same(heading, one.heading)), None)
        if column is not None and heading != keyed.HEADING:
            found[at] = column
            left.remove(column)
    return found


def _judged(
    viewer: Viewer, row: UploadRow, line: Line, columns: Mapping[int, Column], then: Sequence[str], now: Sequence[str]
) -> tuple[str, Cells]:
    """What becomes of a line, and the cells that it changes."""
    cells = {}
    for at, column in columns.items():
        said = line.cells[at] if at < len(line.cells) else ""
        before, present = (texts[column.index] if column.index < len(texts) else "" for texts in (then, now))
        if _same(said, downloads.shown(viewer, column, before)) or _same(said, downloads.shown(viewer, column, present)):
            continue
        if said.strip() == MASK and not viewer.hands.sees:
            continue
        if before != present:
            return "meanwhile", {}
        if not correcting.may_type(column, viewer.hands):
            return "value", {}
        cells[column.index] = _meant(said)
    if cells and any(problem["reason"] == "columns" for problem in row.problems):
        # Cells were put in order: the row is what the file says now, from the first heading to the last.
        cells = {column.index: now[column.index] if column.index < len(now) else "" for column in viewer.columns.values()} | cells
    return ("merged", cells) if cells else ("same", {})


def _same(said: str, text: str) -> bool:
    return said.strip() in (text.strip(), exporting.safe_text(exporting.FOREIGN.sub("\ufffd", text)).strip())


def _meant(said: str) -> str:
    """A cell without the mark that keeps spreadsheets from running it."""
    return said[1:] if said.startswith("'") and said[1:].startswith(exporting.RUNS) else said


def _settle(delivery: Upload, received: int, *, apply: bool) -> None:
    """Close the delivery: it holds no rows of its own. The receipt of the upload that it mends has moved on."""
    tally = delivery.layout.get("outcomes") or {}
    if delivery.mends is None:
        services.refuse(delivery, reason="foreign-rows" if received else "no-rows", received=received)
        return
    delivery.received, delivery.accepted, delivery.unchanged = received, len(tally["merged"]), len(tally["same"])
    delivery.refused = received - delivery.accepted - delivery.unchanged
    delivery.state, delivery.finished_at = Upload.State.MERGED, timezone.now()
    delivery.layout = {"outcomes": {name: rows[:MOST_NAMED] for name, rows in tally.items()}, "counts": {name: len(rows) for name, rows in tally.items()}}
    delivery.save()
    target = Upload.objects.get(pk=delivery.mends_id)
    if apply and not target.check_only and target.state in repairing.MENDABLE:
        services.request_apply(target, by=_actor(delivery))


def _actor(delivery: Upload) -> Actor:
    return Actor(label=f"user:{delivery.uploaded_by_id}", user_id=delivery.uploaded_by_id) if delivery.uploaded_by_id else Actor.system()
