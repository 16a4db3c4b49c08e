"""Cells of waiting rows that people changed: what a row says with them, cleaned by the code that cleaned the file, and stored.

The raw row stays as it came. Each change is a MendedCell, the newest of a cell counts. Set-based: a few statements for any
number of rows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from healthmgmt.core import sql
from healthmgmt.core.encryption import encrypt
from healthmgmt.exams import selectors, staging
from healthmgmt.exams.cleaning import Cleaner, Options, clean_again, other_keys
from healthmgmt.exams.models import MendedCell, Mending, Upload, UploadRow
from healthmgmt.exams.reading.sheets import Sheet
from healthmgmt.exams.recognising import Layout
from healthmgmt.people.identity import canonical, id_hash

# What only the file itself could tell of a cell; such a cell is at fault until it is typed anew.
OF_FILE = frozenset({"formula", "cell-error", "characters", "too-long"})
RAGGED = frozenset({"csv", "tsv", "html"})
NAMING_ROLES = frozenset({"emp_no", "name", "id_no"})
Cells = Mapping[int, str]


def texts_of(upload: Upload, rows: Iterable[UploadRow], *, version: Mapping[int, int] | None = None) -> dict[int, list[str]]:
    """What each cell of these rows says with all that was changed, by row number; with `version`, as of that version of a row."""
    rows, layout = list(rows), Layout.from_json(upload.layout)
    texts = {row.number: _kept(row, layout) for row in rows}
    former = version or {}
    changed: dict[int, set[int]] = {}
    for cell in _changes(upload, [row.number for row in rows if row.version]):
        if cell.version <= former.get(cell.number, cell.version):
            put(texts[cell.number], cell.index, cell.after)
            changed.setdefault(cell.number, set()).add(cell.index)
    width = len(layout.columns)
    for number, indexes in changed.items():
        if len(indexes) >= width:
            # Typed anew as a whole: what stood behind the last heading is gone.
            del texts[number][width:]
    return texts


def mend(upload: Upload, rows: Sequence[UploadRow], changes: Mapping[int, Cells], *, mending: Mending, today: date) -> tuple[list[int], list[int]]:
    """Change cells (row number -> index -> text) of rows that are under lock, clean the rows again and ask roster and other rows.

    Returns the numbers of the rows that changed, and of all that were asked about again; a cell that says the same already is left alone.
    """
    before = texts_of(upload, rows)
    wanted = {number: {at: text for at, text in cells.items() if _at(before[number], at) != text} for number, cells in changes.items()}
    rows = [row for row in rows if wanted.get(row.number)]
    if not rows:
        return [], []
    numbers = [row.number for row in rows]
    partners = staging.waiting_partners(upload.pk, numbers)
    lines = _cleaned(upload, rows, before, wanted, today)
    states = [*selectors.going_in(upload), UploadRow.State.WAITING]
    sql.execute("exams/mend_rows", {"upload": upload.pk, "rows": json.dumps(lines, ensure_ascii=False), "states": states})
    MendedCell.objects.bulk_create(
        MendedCell(
            mending=mending, upload=upload, number=row.number, index=at, version=row.version + 1, before=_at(before[row.number], at), after=text
        )
        for row in rows
        for at, text in sorted(wanted[row.number].items())
    )
    touched = sorted({*numbers, *partners, *staging.waiting_partners(upload.pk, numbers)})
    staging.check_again(upload, numbers=touched)
    return numbers, touched


def put(texts: list[str], at: int, text: str) -> None:
    """Write a cell, also behind the last one of a short row."""
    texts.extend([""] * (at + 1 - len(texts)))
    texts[at] = text


def first_texts(upload: Upload, number: int) -> Cells:
    """What the changed cells of a row said in the file."""
    first: dict[int, str] = {}
    for cell in _changes(upload, [number]):
        first.setdefault(cell.index, cell.before)
    return first


def typed_before(*, upload: int, source: int, is_aside: bool) -> Iterator[tuple[int, MendedCell]]:
    """What people typed into rows of another reading: the newest of each cell, with the number that the row has in this one."""
    found = sql.rows("exams/typed_before", {"upload": upload, "source": source, "is_aside": is_aside})
    cells = MendedCell.objects.in_bulk([cell for _number, cell in found])
    return ((number, cells[cell]) for number, cell in found)


def _changes(upload: Upload, numbers: Sequence[int]) -> Iterable[MendedCell]:
    return MendedCell.objects.filter(upload=upload, number__in=numbers).order_by("id").iterator() if numbers else ()


def _at(texts: Sequence[str], at: int) -> str:
    return texts[at] if at < len(texts) else ""


def _kept(row: UploadRow, layout: Layout) -> list[str]:
    """The raw cells; where an identity number was taken out of one, what is kept of it elsewhere."""
    if None not in row.raw:
        return list(row.raw)
    keys, id_column = other_keys(layout.columns), layout.of_role("id_no")
    texts = []
    for at, text in enumerate(row.raw):
        if text is None:
            column = layout.columns[at] if at < len(layout.columns) else None
            text = row.id_no if column is id_column else row.other.get(keys.get(at, ""), "") or (column and row.texts.get(column.code)) or ""
        texts.append(text)
    return texts


def _cleaned(
    upload: Upload, rows: Sequence[UploadRow], before: Mapping[int, list[str]], wanted: Mapping[int, Cells], today: date
) -> list[dict[str, Any]]:
    layout = Layout.from_json(upload.layout)
    options = Options(today, date_order=upload.layout.get("date_order", ""), is_1904=upload.layout.get("is_1904", False))
    given = []
    for row in rows:
        texts = list(before[row.number])
        for problem in _faults(row, wanted[row.number]):
            put(texts, row.index_of(problem["cell"]), "")
        for at, text in wanted[row.number].items():
            put(texts, at, text)
        given.append((row.sheet_row, texts))
    if layout.form == "long":
        # Each with the addresses that its cells have in the file.
        found = [clean_again(layout, options, row.sheet, one, row.number, row.places) for row, one in zip(rows, given, strict=True)]
    else:
        sheet = Sheet("", lambda: iter(()), is_ragged=upload.layout.get("format") in RAGGED)
        found = Cleaner(layout, options).clean(sheet, given, 1)
    return [_line(row, staging.StagedRow(*fields), wanted[row.number], layout) for row, fields in zip(rows, found, strict=True)]


def _faults(row: UploadRow, wanted: Cells) -> list[dict[str, Any]]:
    """What the file had against cells that are not typed anew."""
    noted = [*row.problems, *row.left_out]
    return [one for one in noted if one["reason"] in OF_FILE and row.index_of(one["cell"]) not in (None, *wanted)]


def _line(row: UploadRow, cleaned: staging.StagedRow, wanted: Cells, layout: Layout) -> dict[str, Any]:
    """A row as `exams/mend_rows` takes it: what cleaning found, what the file had against cells, and what was decided before."""
    is_renamed = any(layout.columns[at].role in NAMING_ROLES for at in wanted if at < len(layout.columns))
    found = json.loads(cleaned.problems_json)
    problems = [*(one for one in row.problems if one in _faults(row, wanted)), *found]
    if row.person_chosen and not is_renamed:
        naming = {column.heading for column in layout.columns if column.role in NAMING_ROLES}
        problems = [one for one in problems if one["reason"] != "id-number" and one["column"] not in naming]
    known = {(one["cell"], one["reason"]) for one in found}
    left_out = [one for one in row.left_out if one in _faults(row, wanted) or (one["cell"], one["reason"]) in known and row.index_of(one["cell"]) not in wanted]
    gone = {(one["cell"], one["reason"]) for one in left_out}
    codes = {code for one in left_out for code in one["codes"]}
    channels = {
        name: {code: value for code, value in json.loads(getattr(cleaned, f"{name}_json")).items() if code not in codes}
        for name in ("values", "reported", "qualifiers", "ranges", "texts")
    }
    id_no = canonical(cleaned.id_no) if cleaned.id_no else ""
    return channels | {
        "number": row.number,
        "emp_no": cleaned.emp_no or "",
        "name": cleaned.name or "",
        "id_no": "\\x" + encrypt(id_no).hex() if id_no else "\\x",
        "id_hash": id_hash(id_no) if id_no else "",
        "sex": cleaned.sex or "",
        "dept": cleaned.dept or "",
        "exam_on": cleaned.exam_on,
        "other": json.loads(cleaned.other_json),
        "findings": json.loads(cleaned.findings_json),
        "problems": [one for one in problems if (one["cell"], one["reason"]) not in gone],
        "left_out": left_out,
        "is_renamed": is_renamed,
    }
