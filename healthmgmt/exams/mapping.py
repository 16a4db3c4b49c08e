"""The columns of a file as the page shows them that corrects what they were taken for, and what was said on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.templatetags.health import number
from healthmgmt.exams import answering, cells, columns, headings, presenters, quarantine
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.groups import FINDING_ROLES
from healthmgmt.exams.models import ExamLayout, Upload, UploadRow
from healthmgmt.exams.recognising import SINGLE, Column
from healthmgmt.records import catalogue

SAMPLES = 3
LONGEST_SAMPLE = 40
FEWEST_FOR_MEDIAN = 20
# Of visual acuity, which has no unit but two ways to be written.
SCALES = {"{decimal}": gettext_lazy("decimal"), "5-mark": gettext_lazy("five-mark scale")}
BOTH_PRESSURES = gettext_lazy("Blood pressure, both in one cell")
FAULTS = {
    "item": gettext_lazy("There is no item of this name. Please choose one from the list, or leave the field empty."),
    "repeated": gettext_lazy("This heading stands more than once in the file, so that its columns cannot be told apart. They are kept as they are written."),
    "unit": gettext_lazy("This item is not measured in this unit."),
    "stated-unit": gettext_lazy("The heading names a unit in which this item is not measured."),
    "twice": gettext_lazy("Another column holds the same already. Only one can."),
    "needed": gettext_lazy("Without this column no row is anybody's, or of any day. Another column has to take its place."),
}


KINDS = {
    "empty": gettext_lazy("empty"),
    "numbers": gettext_lazy("numbers"),
    "dates": gettext_lazy("dates"),
    "words": gettext_lazy("words"),
}


class Sampled(NamedTuple):
    """What stands in the first rows: by column the first texts that differ, and whose they are; its numbers; what most cells are like."""

    texts: dict[int, list[tuple[str, int | None]]]
    numbers: dict[int, list[float]]
    kinds: dict[int, str]


class MappedColumn(NamedTuple):
    """A column with its fields as they stand, or as they were sent; `samples` are masked where the user may not see them.

    `is_fresh`: the choice of units was made anew for an item that was typed in.
    """

    index: int
    letter: str
    heading: str
    note: str
    meaning: str
    item: str
    unit: str
    units: list[tuple[str, str]]
    is_numeric: bool
    zero_is_missing: bool
    is_ignored: bool
    samples: list[str]
    kind: str
    may_answer: bool
    error: str
    is_fresh: bool


class Question(NamedTuple):
    """What the numbers of a column suggest, as a question to be answered with yes or no."""

    index: int
    kind: str
    heading: str
    title: str
    why: str
    yes: str
    no: str


class ShownVersion(NamedTuple):
    """A version of the answers in words."""

    version: int
    layout: ExamLayout
    changes: list[tuple[str, str]]
    is_current: bool
    is_of_these_headings: bool


def columns_for(upload: Upload, *, shows_cells: bool) -> list[Column]:
    """The columns that a user may know of: of those that are kept from employers not even that they are there."""
    found = answering.columns_of(upload.layout)
    return found if shows_cells else [column for column in found if not quarantine.is_kept(asdict(column))]


def sampled(rows: Iterable[UploadRow], layout: Mapping[str, Any]) -> Sampled:
    """From rows with `raw` and `person_id`; of a refused file no row is kept, and its layout says what the cells were like."""
    texts: dict[int, list[tuple[str, int | None]]] = {}
    numbers: dict[int, list[float]] = {}
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    # Cells of a file repeat each other: each text is looked at once.
    judged: dict[str, tuple[str, float | None]] = {}
    for row in rows:
        for index, text in enumerate(row.raw):
            if not text or not text.strip():
                continue
            if (known := judged.get(text)) is None:
                known = judged[text] = (cells.kind(text), cells.bare_number(text))
            kind, found = known
            kinds[index][kind] += 1
            if found is not None:
                numbers.setdefault(index, []).append(found)
            kept, shown = texts.setdefault(index, []), text.strip()[:LONGEST_SAMPLE]
            if len(kept) < SAMPLES and shown not in [sample for sample, _person in kept]:
                kept.append((shown, row.person_id))
    told = {column["index"]: kind for column, kind in zip(layout.get("columns", ()), layout.get("kinds", ()))}
    return Sampled(texts, numbers, told or {index: cells.mostly(found) for index, found in kinds.items()})


def people_shown(found: list[Column], sample: Sampled, *, shows_cells: bool) -> set[int]:
    """Whose cells are shown in clear."""
    shown = [column.index for column in found if shows_cells or column.role in FINDING_ROLES]
    return {person for index in shown for _text, person in sample.texts.get(index, ()) if person is not None}


def item_texts() -> list[str]:
    """What can be chosen, in the language of the page: identity columns first, then all items."""
    roles = [str(columns.ROLES[role]) for role in SINGLE if role != "bp"]
    return [*roles, str(BOTH_PRESSURES), *(columns.item_name(code) for code in catalogue.load())]


def item_of(text: str) -> tuple[str, str | None] | None:
    """Role and code of what was chosen or typed; None where it is neither."""
    sought = headings.fold(text)
    for role in SINGLE:
        words = BOTH_PRESSURES if role == "bp" else columns.ROLES[role]
        if sought == headings.fold(str(words)):
            return role, None
    for indicator in catalogue.load().values():
        if sought in map(headings.fold, (indicator.name_zh, indicator.name_en, indicator.code)):
            return "indicator", indicator.code
    return None


def item_text(column: Column) -> str:
    """What stands in the field of a column; empty where it is kept raw or not used."""
    if column.role in answering.KEPT:
        return ""
    if column.role == "bp":
        return str(BOTH_PRESSURES)
    if column.role == "indicator":
        return columns.item_name(column.code)
    return columns.shown_column(column).meaning


def unit_choices(role: str, code: str | None) -> list[tuple[str, str]]:
    """The units of an item as (token, words); all units where the item is not chosen yet."""
    if role == "bp":
        code = "sbp"
    elif role not in ("indicator", *answering.KEPT) or (code and not catalogue.load()[code].is_numeric):
        return []
    tokens = answering.unit_tokens(code) if code else _all_units()
    return [(token, _unit_words(token)) for token in tokens] if len(tokens) > 1 or _unit_words(tokens[0]) else []


def _unit_words(token: str) -> str:
    return str(SCALES.get(token) or presenters.unit_words(token))


@cache
def _all_units() -> tuple[str, ...]:
    found = {token for code in catalogue.load() for token in answering.unit_tokens(code) if _unit_words(token)}
    return tuple(sorted(found, key=str.casefold))


def mapped(
    column: Column, sample: Sampled, *, shows_cells: bool, repeated: set[str], sent: Mapping[str, str] | None = None, error: str = ""
) -> MappedColumn:
    """A column for the page; `sent` is what was sent of it and not accepted."""
    shown, index = columns.shown_column(column), column.index
    item, unit, zero, ignored = item_text(column), _unit(column), column.zero_is_missing, column.role == "ignored"
    role, code = column.role, column.code
    if sent is not None:
        item, unit = sent.get(f"item-{index}", ""), sent.get(f"unit-{index}", "")
        zero, ignored = f"zero-{index}" in sent, f"ignore-{index}" in sent
        role, code = item_of(item) or ("other", None)
    is_clear = shows_cells or column.role in FINDING_ROLES
    texts = [text for text, _person in sample.texts.get(index, ())]
    return MappedColumn(
        index=index,
        letter=shown.letter,
        heading=column.heading,
        note=shown.note,
        meaning=shown.meaning,
        item=item,
        unit=unit,
        units=unit_choices(role, code),
        is_numeric=role in answering.KEPT or (role == "indicator" and catalogue.load()[code].is_numeric),
        zero_is_missing=zero,
        is_ignored=ignored,
        samples=texts if is_clear else [presenters.MASK] if texts else [],
        kind=str(KINDS[sample.kinds.get(index, "empty")]),
        may_answer=bool(column.heading) and headings.fold(column.heading) not in repeated,
        error=str(FAULTS[error]) if error else "",
        is_fresh=sent is not None and f"fresh-{index}" in sent,
    )


def _unit(column: Column) -> str:
    is_measured = column.role == "bp" or (column.role == "indicator" and catalogue.load()[column.code].is_numeric)
    return column.unit or "" if is_measured else ""


def answers(found: Sequence[Column], sent: Mapping[str, str]) -> tuple[list[Answer], dict[int, str]]:
    """What was said otherwise than it stands, and what cannot be understood of it, by column."""
    said, faults = [], {}
    for column in found:
        if f"item-{column.index}" not in sent:
            continue
        answer = _answer(column, sent)
        if isinstance(answer, str):
            faults[column.index] = answer
        elif answer is not None:
            said.append(answer)
    return said, faults


def _answer(column: Column, sent: Mapping[str, str]) -> Answer | str | None:
    index = column.index
    text, unit, zero = sent[f"item-{index}"].strip(), sent.get(f"unit-{index}", ""), f"zero-{index}" in sent
    if f"ignore-{index}" in sent:
        return None if column.role == "ignored" else Answer(index, "ignored")
    if not text:
        return None if column.role == "other" else Answer(index, "other")
    is_same = headings.fold(text) == headings.fold(item_text(column))
    if is_same and (column.role not in ("indicator", "bp") or (unit == _unit(column) and zero == column.zero_is_missing)):
        return None
    chosen = item_of(text)
    if chosen is None:
        return "item"
    role, code = chosen
    # A unit that stood there before, and stands there still, was not chosen now, unless its choice was made anew for the item
    # (`fresh`); of the same item it is kept where it was stated or found.
    is_kept = is_same and (column.unit_stated or (code and unit != catalogue.load()[code].unit))
    is_chosen = unit and (unit != _unit(column) or is_kept or f"fresh-{index}" in sent)
    return Answer(index, role, code, unit if is_chosen else None, zero_is_missing=zero and role == "indicator")


def questions(upload: Upload, found: Sequence[Column], sample: Sampled, *, shows_cells: bool) -> list[Question]:
    """The proposals of an upload's reading. Numbers are named only as a median of many, and only to who may see cells."""
    by_index = {column.index: column for column in found}
    return [
        _question(one, by_index[one["index"]], sample if shows_cells else None)
        for one in upload.layout.get("proposals", ())
        if one["index"] in by_index and by_index[one["index"]].code == one["code"]
    ]


def _question(one: Mapping[str, Any], column: Column, sample: Sampled | None) -> Question:
    item, count = columns.item_name(one["code"]), number(one["count"])
    if one["kind"] == "zeros":
        return Question(
            column.index, "zeros", column.heading, _("“%(heading)s”: does 0 mean “not measured”?") % {"heading": column.heading},
            _("%(item)s cannot be 0, and %(count)s cells are.") % {"item": item, "count": count},
            _("Yes, 0 means not measured"), _("No"),
        )  # fmt: skip
    usual, other = _unit_words(catalogue.load()[one["code"]].unit), _unit_words(one["unit"])
    why = _("The heading names no unit, and the numbers of %(count)s cells fit %(unit)s, not %(usual)s.") % {"count": count, "unit": other, "usual": usual}
    if middle := _median(sample, column.index):
        why = presenters.joined([why, _("Half of them are below %(median)s.") % {"median": middle}])
    return Question(
        column.index, "unit", column.heading, _("“%(heading)s”: is it measured in %(unit)s?") % {"heading": column.heading, "unit": other}, why,
        _("Yes, in %(unit)s") % {"unit": other}, _("No, in %(unit)s") % {"unit": usual},
    )  # fmt: skip


def _median(sample: Sampled | None, index: int) -> str:
    numbers = sorted(sample.numbers.get(index, ())) if sample else []
    return f"{numbers[len(numbers) // 2]:g}" if len(numbers) >= FEWEST_FOR_MEDIAN else ""


def answer_to(upload: Upload, index: int, kind: str, *, is_yes: bool) -> tuple[list[Answer], list[tuple[str, str]]]:
    """What yes or no to a question means, as answers and as questions answered with no. Raises LookupError where nobody asks it."""
    one = next((one for one in upload.layout.get("proposals", ()) if (one["index"], one["kind"]) == (index, kind)), None)
    if one is None:
        raise LookupError(f"Nobody asks {kind} of column {index}.")
    column = next(column for column in answering.columns_of(upload.layout) if column.index == index)
    usual = catalogue.load()[one["code"]].unit
    if kind == "unit":
        return [Answer(index, "indicator", one["code"], one["unit"] if is_yes else usual, column.zero_is_missing)], []
    if not is_yes:
        return [], [(column.heading, "zeros")]
    known = column.unit if column.unit_stated or column.unit not in (None, usual) else None
    return [Answer(index, "indicator", one["code"], known, zero_is_missing=True)], []


def history(versions: Sequence[ExamLayout], fingerprint: str, *, shows_cells: bool) -> list[ShownVersion]:
    """Versions with what each says otherwise than the one before it; `versions` are the newest first and lack none between."""
    shown = []

    def is_told(heading: str, column: Column | None) -> bool:
        return shows_cells or not quarantine.is_kept({"heading": heading, "code": column and column.code})

    for place, one in enumerate(versions):
        before = versions[place + 1].layout if place + 1 < len(versions) else answering.EMPTY
        changes = [change for change in answering.changes(before, one.layout) if is_told(change.heading, change.after)]
        told = [(change.heading, _in_words(change.after)) for change in changes]
        declined = [entry for entry in one.layout["declined"] if entry not in before["declined"] and is_told(entry["heading"], None)]
        told += [(entry["heading"], _("0 is a value")) for entry in declined]
        shown.append(ShownVersion(one.version, one, told, place == 0, one.fingerprint == fingerprint))
    return shown


def _in_words(column: Column | None) -> str:
    if column is None:
        return _("as it is recognised")
    shown = columns.shown_column(column)
    zero = _("0 means not measured") if column.zero_is_missing else ""
    return ", ".join(filter(None, (shown.meaning, shown.unit, zero)))
