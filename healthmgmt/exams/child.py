"""The process that opens files from outside: `python -m healthmgmt.exams.child --fd N --options-fd N`.

It holds no secrets, no database and no Django, limits its own memory and time, and writes JSON lines:

    {"kind": "layout", "format", "encoding", "sheets", "date_order", "is_1904", "columns": [...], "header_rows": [...]}
    {"kind": "passed", "count"}                       rows that were stored before
    {"kind": "rows", "count", "hints", "lines"}       cleaning.FIELDS as lines (see there); behind its frame, see `_write`
    {"kind": "refused", "reason", "received"}         with the columns where only people can say which one is lacking
                                                      (recognising.columns_told), or
    {"kind": "end", "received", "proposals": [...]}   see Cleaner.proposals

Options: {"name", "today": "2024-05-01", "country": "cn", "limits": {...}, "layout": null | layout frame, "stored": {"rows", "hints"}},
as JSON in a file of their own: what was agreed about columns may be longer than an argument. `stored` are the rows that an earlier
run has taken, with the hints that came with the last of them (a Cleaner's, one for each sheet): they are not cleaned once more.
A file of mended rows (see keyed) begins with {"kind": "layout", "mends": true, "headings"} instead, and its "rows" are [number,
sheet row, key, cells]. A refusal may come after rows: then nothing of the file is to be kept.
"""

import argparse
import gc
import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import islice

from healthmgmt.exams import cells, headings, headrows, keyed, lines, longform, reading, recognising
from healthmgmt.exams.cleaning import LACKING, Cleaner, Options
from healthmgmt.exams.datarows import data_rows
from healthmgmt.exams.headrows import Heading
from healthmgmt.exams.reading import FileRefused, Limits, Row, Sheet, Workbook
from healthmgmt.exams.recognising import Layout

MEMORY = 1 << 30
CPU_SECONDS = 60
CONTAINERS = 100_000  # made anew before cycles are looked for
SAMPLE_ROWS = 200
BLOCK_ROWS = 250  # few enough to stay near the processor
TEXT_FORMATS = ("csv", "tsv")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--options-fd", type=int, required=True)
    arguments = parser.parse_args()
    limit_self()
    # Rows are lists by the hundred thousand and no cycles; to look for some each few hundred would take a tenth of the time.
    gc.set_threshold(CONTAINERS)
    try:
        with os.fdopen(arguments.options_fd, "rb") as file:
            options = json.load(file)
        for frame in frames(_content(arguments.fd, Limits(**options.get("limits") or {})), options):
            _write(frame)
    except MemoryError:
        _write({"kind": "refused", "reason": "too-large", "received": 0})
    return 0


def limit_self() -> None:
    """Memory, processor time, no core dump, no written files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def frames(data: bytes, options: dict) -> Iterator[dict]:
    """A file's bytes -> its frames, ending with `end` or `refused`."""
    try:
        yield from _frames(data, options)
    except FileRefused as refusal:
        yield {"kind": "refused", "reason": refusal.reason, "received": refusal.received, **refusal.told}


def _frames(data: bytes, options: dict) -> Iterator[dict]:
    limits = Limits(**options.get("limits") or {})
    book = reading.open_workbook(data, limits, headings.count_known)
    if rows := keyed.found(book):
        yield from _keyed_frames(rows, limits)
        return
    known = Layout.from_json(options["layout"]) if options.get("layout") else None
    chosen = _data_sheets(book, known)
    parts = longform.find(chosen[0][1], known)
    if parts:
        order = _date_order(chosen, parts.layout)
        read_day = partial(_day, order=order, is_1904=book.is_1904)
        layout, turned, expected = longform.turn(parts, [sheet for sheet, _ in chosen], known, read_day, limits.results)
        tables = [(sheet, layout) for sheet in turned]
    else:
        layout = _layout(chosen, known)
        order = _date_order(chosen, layout)
        tables = [(sheet, recognising.recognise(sample, known)) for sheet, sample in chosen]
        expected = _expected(data, book, tables)
    yield {
        "kind": "layout", "format": book.format, "encoding": book.encoding, "date_order": order,
        "is_1904": book.is_1904, "sheets": [sheet.name for sheet, _ in chosen], "expected": expected,
        **layout.as_json(),
    }  # fmt: skip
    settings = Options(date.fromisoformat(options["today"]), options.get("country") or "cn", order, book.is_1904)
    yield from _rows(tables, settings, limits, **(options.get("stored") or {"rows": 0, "hints": []}))


def _day(text: str, order: str, is_1904: bool) -> str:
    day = cells.day(text, order, is_1904)
    return day.isoformat() if day else ""


def _rows(tables: list[tuple[Sheet, Layout]], settings: Options, limits: Limits, rows: int, hints: list[dict]) -> Iterator[dict]:
    """`rows` were stored before, and `hints` tell what was seen in them."""
    received, proposals, told = 0, {}, []
    for at, (sheet, layout) in enumerate(tables):
        cleaner = Cleaner(layout, settings, hints[at] if at < len(hints) else {})
        read = _rows_of(sheet, layout)
        while block := list(islice(read, min(BLOCK_ROWS, max(rows - received, 0) or BLOCK_ROWS))):
            _check_columns(block, limits)
            if received + len(block) > limits.rows:
                raise FileRefused("too-large", received + len(block) + sum(1 for _ in read))
            if received < rows:
                yield {"kind": "passed", "count": len(block)}
            else:
                found = lines.encode(cleaner.columns(sheet, block, received + 1), LACKING)
                yield {"kind": "rows", "count": len(block), "hints": [*told, cleaner.hints()], "lines": found}
            received += len(block)
        # One for each sheet, also for one without rows.
        told.append(cleaner.hints())
        _merge(proposals, cleaner.proposals())
    if not received:
        raise FileRefused("no-rows")
    yield {"kind": "end", "received": received, "proposals": list(proposals.values())}


def _rows_of(sheet: Sheet, layout: Layout) -> Iterator[Row]:
    """A sheet that was turned holds nothing but data rows."""
    return iter(sheet.read()) if layout.form == "long" else data_rows(sheet, layout)


def _merge(proposals: dict[tuple, dict], more: list[dict]) -> None:
    """Several sheets of one heading propose together."""
    for one in more:
        known = proposals.setdefault((one["index"], one["kind"], one.get("unit")), one | {"count": 0})
        known["count"] += one["count"]


def _keyed_frames(rows: keyed.Keyed, limits: Limits) -> Iterator[dict]:
    """Frames of a file of mended rows: nothing is understood here, the rows go back to the upload that they came from."""
    expected = sum(map(len, rows.blocks()))
    if expected > limits.rows:
        raise FileRefused("too-large", expected)
    yield {"kind": "layout", "mends": True, "headings": rows.headings, "expected": expected, "columns": []}
    for block in rows.blocks():
        yield {"kind": "rows", "count": len(block), "rows": block}
    yield {"kind": "end", "received": expected}


def _expected(data: bytes, book: Workbook, tables: list[tuple[Sheet, Layout]]) -> int:
    """About how many data rows will come, for a progress bar: lines of a text, which are not parsed twice for that."""
    if book.format in TEXT_FORMATS:
        return data.count(b"\n")
    return sum(1 for sheet, layout in tables for _ in data_rows(sheet, layout))


def _data_sheets(book: Workbook, known: Layout | None) -> list[tuple[Sheet, list[Row]]]:
    """The sheets that hold a table of results, each with its first rows; raises FileRefused.

    A sheet without a known heading (instructions, lists for drop-downs) is none, nor is an empty form when another sheet holds
    rows. A hidden sheet counts like any other while it has the heading of those that are seen; another one is somebody's help sheet.
    """
    agreed = recognising.agreed_columns(known)
    found = []
    fallback: list[tuple[Sheet, list[Row]]] = []
    for sheet in book.sheets:
        sample = list(islice(sheet.read(), SAMPLE_ROWS))
        heading = headrows.find_heading(sample, agreed)
        if heading and heading.known > 1:
            found.append((sheet, sample, heading))
        elif sample:
            fallback.append((sheet, sample))
    filled = [one for one in found if one[1][-1][0] > one[2].rows[-1]]
    chosen = [(sheet, sample) for sheet, sample, _ in filled or found[:1]] or fallback[:1]
    if not chosen:
        raise FileRefused("empty")
    if len(_kinds(filled)) > 1:
        filled = [one for one in filled if not one[0].is_hidden] or filled
        chosen = [(sheet, sample) for sheet, sample, _ in filled]
    if len(_kinds(filled)) > 1:
        raise FileRefused("several-sheets", _count(chosen, known))
    return chosen


def _kinds(found: list[tuple[Sheet, list[Row], Heading]]) -> set[tuple[str, ...]]:
    """The different headings of sheets."""
    return {tuple(map(headings.fold, heading.names)) for _, _, heading in found}


def _layout(chosen: list[tuple[Sheet, list[Row]]], known: Layout | None) -> Layout:
    try:
        return recognising.recognise(chosen[0][1], known)
    except FileRefused as refusal:
        refusal.received = _count(chosen, known)
        raise


def _count(chosen: list[tuple[Sheet, list[Row]]], known: Layout | None) -> int:
    """Data rows of a file whose columns cannot be used."""
    agreed = recognising.agreed_columns(known)
    total = 0
    for sheet, sample in chosen:
        heading = headrows.find_heading(sample, agreed)
        layout = Layout([], heading.rows if heading else [sample[0][0]])
        total += sum(1 for _ in data_rows(sheet, layout))
    return total


def _check_columns(block: list[Row], limits: Limits) -> None:
    if max(len(row) for _, row in block) > limits.columns:
        used = {index for _, row in block for index, text in enumerate(row) if text}
        if len(used) > limits.columns:
            raise FileRefused("too-large")


def _date_order(chosen: list[tuple[Sheet, list[Row]]], layout: Layout) -> str:
    """`dmy`, `mdy` or "". Only the whole column can say which number is the day: one more pass where needed."""
    column = layout.of_role("exam_date")
    if column is None:
        return ""
    index = column.index

    def texts(rows: Iterable[Row]) -> set[str]:
        return {row[index] for _, row in rows if index < len(row)}

    if not any(cells.needs_order(texts(sample)) for _, sample in chosen):
        return ""
    return cells.date_order(set().union(*(texts(sheet.read()) for sheet, _ in chosen)))


def _content(fd: int, limits: Limits) -> bytes:
    """The file from its beginning, one byte more than allowed at most."""
    with os.fdopen(os.dup(fd), "rb") as file:
        file.seek(0)
        return file.read(limits.file + 1)


def _write(frame: dict) -> None:
    """A frame as a line of JSON. The lines of rows follow it as they are: instead of them it says how many bytes they have."""
    following = frame.get("lines", b"")
    told = {**frame, "lines": len(following)} if following else frame
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + following)
    sys.stdout.buffer.flush()


def _report_crash(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Where it broke, without the message: it may hold a cell's content."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    sys.stderr.write(f"{kind.__name__} at {place}\n")


if __name__ == "__main__":
    sys.excepthook = _report_crash
    sys.exit(main())
