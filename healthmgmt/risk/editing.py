"""An organisation's own edition in the making: the three texts of a pack, changed one intention at a time. Pure.

The texts stay what `packs.parse` reads, so that an own edition is a pack like any other. A line is known by its key, which no
change of a limit, a colour or another line alters. What was taken away stands at the end of the head, with its source.
"""

import csv
import hashlib
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from healthmgmt.records import catalogue, units

from .lines import COLUMNS, ORDINAL, REASON_COLOURS, TIMES_UPPER, Line
from .packs import Pack, parse

# How packs call class A results: they stay red, and none of them vanishes.
CRITICAL = "critical_"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
NOT_IN_TEXT = re.compile(r"[\x00-\x1f\x7f]")
TABLE = re.compile(r"^\[", re.MULTILINE)
TAKEN_AWAY = "\n# Lines of the pack it is based on that it does without.\n"
MOST_UPPERS = 100.0
# Two limits of one line mean the same when they differ by less: published ones are rounded.
SAME_LIMIT = 0.05
SEPARATOR = "|"


class EditFault(ValueError):
    """A change that cannot be made; `code` and `values` say why, `field` names the input at fault."""

    def __init__(self, code: str, field: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


@dataclass(frozen=True)
class Texts:
    """Head (TOML), lines (CSV) and words (TOML) of a pack."""

    head: str
    lines: str
    words: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the three texts."""
        content = "\0".join((self.head, self.lines, self.words)).encode()
        return hashlib.sha256(content).hexdigest()

    def parse(self) -> Pack:
        """Raises PackError with every fault."""
        return parse(self.head, self.lines, self.words, {code: one.unit for code, one in catalogue.load().items()})


@dataclass(frozen=True)
class Source:
    """What a change rests on; where one language is empty, the other speaks for it."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class NewLimit:
    """Another limit of a line, as typed: a number, `15 x upper` or `2+`, and in the conventional unit where the line has one."""

    key: str
    limit: str
    conventional_limit: str
    source: Source


@dataclass(frozen=True)
class NewColour:
    """Another colour of a reason."""

    reason: str
    colour: str
    source: Source


@dataclass(frozen=True)
class Removal:
    """A line less."""

    key: str
    source: Source


@dataclass(frozen=True)
class Restoration:
    """A line as it is in the pack that the edition is based on: taken away or changed before."""

    key: str


@dataclass(frozen=True)
class NewLine:
    """A further alternative of a reason; `limit` in the catalogue's unit."""

    reason: str
    indicator: str
    op: str
    limit: str
    sex: str
    source: Source
    conventional_limit: str = ""
    conventional_unit: str = ""


@dataclass(frozen=True)
class NewWindow:
    """Values count for so many months."""

    months: int


Change = NewLimit | NewColour | Removal | Restoration | NewLine | NewWindow
Row = dict[str, str]


def key_of(line: Line) -> str:
    """What a line is known by."""
    parts = [line.reason, line.indicator, line.op, line.sex] + ([line.limit_text] if line.is_flag else [])
    return SEPARATOR.join(parts)


def copied(texts: Texts, *, name: str, edition: str, title_zh: str, title_en: str, window_months: int | None = None) -> Texts:
    """The same rules under another name."""
    head = texts.head.partition(TAKEN_AWAY)[0]
    head = re.sub(r"\A(#.*\n)+", "", head) if "\n" in head else head
    given = {"name": name, "edition": edition, "title_zh": title_zh, "title_en": title_en, "words": None}
    if window_months is not None and "window_months" in tomllib.loads(head):
        given["window_months"] = window_months
    return replace(texts, head=_with(head, given))


def dated(texts: Texts, effective_from: date) -> Texts:
    """In force from a day."""
    return replace(texts, head=_with(texts.head, {"effective_from": effective_from, "effective_to": None}))


def changed(texts: Texts, base: Texts, change: Change) -> Texts:
    """The texts after one change; `base` are those that they were copied from. Raises EditFault."""
    match change:
        case NewLimit():
            return _new_limit(texts, change)
        case NewColour():
            return _new_colour(texts, base, change)
        case Removal():
            return _removal(texts, change)
        case Restoration():
            return _restoration(texts, base, change)
        case NewLine():
            return _new_line(texts, base, change)
    return _new_window(texts, change)


def _new_limit(texts: Texts, change: NewLimit) -> Texts:
    rows = _rows(texts.lines)
    row = _row(rows, change.key)
    if row["op"] == "=":
        raise EditFault("no_limit", "limit")
    row["limit"] = _limit(row, change.limit)
    row["conventional_limit"] = _conventional(row, change.conventional_limit)
    phrases = _source(change.source)
    row["source"] = _name(phrases)
    return replace(texts, lines=_text(rows), words=_with_source(texts.words, phrases))


def _new_colour(texts: Texts, base: Texts, change: NewColour) -> Texts:
    rows = _rows(texts.lines)
    of_reason = [row for row in rows if row["reason"] == change.reason]
    if not of_reason:
        raise EditFault("no_reason", "reason")
    if change.colour not in REASON_COLOURS:
        raise EditFault("no_colour", "colour")
    if change.reason.startswith(CRITICAL):
        raise EditFault("class_a_stays_red", "colour")
    phrases, words = _source(change.source), texts.words
    before, sources = {_key(row): row["source"] for row in _rows(base.lines)}, _sources(texts.words)
    for row in of_reason:
        row["colour"] = change.colour
        # What the limit rests on still holds; what the colour rests on comes behind it.
        first = sources.get(before.get(_key(row), ""))
        both = {one: f"{first[one]}; {phrases[one]}" for one in phrases} if first else phrases
        row["source"], words = _name(both), _with_source(words, both)
    return replace(texts, lines=_text(rows), words=words)


def _removal(texts: Texts, change: Removal) -> Texts:
    rows = _rows(texts.lines)
    row = _row(rows, change.key)
    rows.remove(row)
    if not any(one["reason"] == row["reason"] for one in rows):
        _check_not_needed(row["reason"], texts)
    phrases = _source(change.source)
    entry = {"line": change.key, "source_zh": phrases["zh"], "source_en": phrases["en"]}
    return replace(texts, head=_taking_away(texts.head, [*taken_away(texts), entry]), lines=_text(rows))


def _check_not_needed(reason: str, texts: Texts) -> None:
    """Raises EditFault where a reason may not vanish with its last line."""
    if reason.startswith(CRITICAL):
        raise EditFault("class_a_stays", "key")
    pack = texts.parse()
    named = {name for modifier in pack.modifiers for name in modifier.limits}
    named |= {feed.reason for use in pack.calculators for feed in use.feeds}
    if reason in named or len(pack.reason_colours) == 1:
        raise EditFault("reason_is_needed", "key")


def _restoration(texts: Texts, base: Texts, change: Restoration) -> Texts:
    rows, before = _rows(texts.lines), _rows(base.lines)
    order = [_key(row) for row in before]
    if change.key not in order:
        raise EditFault("no_line", "key")
    row = before[order.index(change.key)]
    # The reason keeps the colour that it has here.
    same = next((one for one in rows if one["reason"] == row["reason"] and _key(one) != change.key), None)
    row = row | ({"colour": same["colour"]} if same else {})
    kept = [one for one in rows if _key(one) != change.key]
    later = set(order[order.index(change.key) + 1 :])
    place = next((place for place, one in enumerate(kept) if _key(one) in later), len(kept))
    kept.insert(place, row)
    left = [one for one in taken_away(texts) if one["line"] != change.key]
    return replace(texts, head=_taking_away(texts.head, left), lines=_text(kept), words=texts.words)


def _new_line(texts: Texts, base: Texts, change: NewLine) -> Texts:
    rows, known = _rows(texts.lines), catalogue.load()
    colour = next((row["colour"] for row in (*rows, *_rows(base.lines)) if row["reason"] == change.reason), "")
    indicator = known.get(change.indicator)
    if not colour:
        raise EditFault("no_reason", "reason")
    if indicator is None or indicator.value_type not in ("num", "ord"):
        raise EditFault("no_indicator", "indicator")
    if change.op not in (">=", ">", "<=", "<"):
        raise EditFault("no_op", "op")
    if change.sex not in ("", "m", "f"):
        raise EditFault("no_sex", "sex")
    if change.conventional_unit and change.conventional_unit not in indicator.alt_units:
        raise EditFault("no_unit", "conventional_unit")
    phrases = _source(change.source)
    is_ordinal = indicator.value_type == "ord"
    row = dict.fromkeys(COLUMNS, "") | {
        "reason": change.reason, "colour": colour, "indicator": change.indicator, "op": change.op, "sex": change.sex,
        "limit": "1+" if is_ordinal else change.limit.strip(), "unit": "" if is_ordinal else indicator.unit,
        "conventional_unit": change.conventional_unit, "source": _name(phrases),
    }  # fmt: skip
    if any(_key(one) == _key(row) for one in rows):
        raise EditFault("line_exists", "indicator")
    row["limit"] = _limit(row, change.limit)
    row["conventional_limit"] = _conventional(row, change.conventional_limit)
    places = [place for place, one in enumerate(rows) if one["reason"] == change.reason]
    rows.insert(places[-1] + 1 if places else len(rows), row)
    names = {change.indicator: {"zh": indicator.name_zh, "en": _inside(indicator.name_en)}}
    words = _with_phrases(_with_source(texts.words, phrases), "indicator", names)
    return replace(texts, lines=_text(rows), words=words)


def _new_window(texts: Texts, change: NewWindow) -> Texts:
    head = tomllib.loads(texts.head)
    if "window_months" not in head:
        raise EditFault("no_window", "months")
    low, high = head["window_months_range"]
    if not low <= change.months <= high:
        raise EditFault("window_range", "months", least=low, most=high)
    return replace(texts, head=_with(texts.head, {"window_months": change.months}))


def _limit(row: Row, typed: str) -> str:
    """The limit as it stands in a pack. Raises EditFault where it is none, or one that no value can have."""
    text = _folded(typed).lower()
    if TIMES_UPPER.fullmatch(row["limit"]) or TIMES_UPPER.fullmatch(text):
        number = text.removesuffix("x upper").strip()
        if not NUMBER.fullmatch(number) or not 0 < float(number) <= MOST_UPPERS:
            raise EditFault("limit_times", "limit")
        return f"{number} x upper"
    if ORDINAL.fullmatch(row["limit"]):
        if not ORDINAL.fullmatch(f"{text.removesuffix('+')}+"):
            raise EditFault("limit_ordinal", "limit")
        return f"{text.removesuffix('+')}+"
    if not NUMBER.fullmatch(text):
        raise EditFault("limit_number", "limit")
    indicator = catalogue.load().get(row["indicator"])
    if indicator is not None and not indicator.is_plausible(float(text)):
        raise EditFault("limit_impossible", "limit", least=indicator.low_plausible, most=indicator.high_plausible)
    return text


def _conventional(row: Row, typed: str) -> str:
    """The limit in the other unit; the two have to mean the same."""
    unit, text = row["conventional_unit"], _folded(typed)
    if not unit:
        if text:
            raise EditFault("no_conventional", "conventional_limit")
        return ""
    zero, one = (units.convert(row["indicator"], value, unit) for value in (0.0, 1.0))
    near = (float(row["limit"]) - zero) / (one - zero)
    if not NUMBER.fullmatch(text):
        raise EditFault("conventional_number", "conventional_limit", unit=unit, near=near)
    if abs(float(text) - near) > SAME_LIMIT * abs(near):
        raise EditFault("conventional_differs", "conventional_limit", unit=unit, near=near)
    return text


def _inside(name: str) -> str:
    """A name of the catalogue as it stands inside a sentence; abbreviations as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _folded(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip()


def _rows(text: str) -> list[Row]:
    return [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


def _text(rows: Iterable[Row]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _key(row: Row) -> str:
    return SEPARATOR.join([row["reason"], row["indicator"], row["op"], row["sex"]] + ([row["limit"]] if row["op"] == "=" else []))


def _row(rows: Sequence[Row], key: str) -> Row:
    found = next((row for row in rows if _key(row) == key), None)
    if found is None:
        raise EditFault("no_line", "key")
    return found


def _source(source: Source) -> dict[str, str]:
    zh, en = (NOT_IN_TEXT.sub(" ", text).strip() for text in (source.zh, source.en))
    if not zh and not en:
        raise EditFault("no_source", "source")
    return {"zh": zh or en, "en": en or zh}


def _name(phrases: Mapping[str, str]) -> str:
    """What the cell of a line says, and the words know in both languages."""
    return phrases["zh"] if phrases["zh"] == phrases["en"] else f"{phrases['zh']} / {phrases['en']}"


def _sources(words: str) -> dict[str, Mapping[str, str]]:
    return tomllib.loads(words).get("source", {})


def _with_source(words: str, phrases: Mapping[str, str]) -> str:
    return _with_phrases(words, "source", {_name(phrases): phrases})


def _with_phrases(words: str, kind: str, phrases: Mapping[str, Mapping[str, str]]) -> str:
    """The words with further phrases of a kind; what they have already stays."""
    known = tomllib.loads(words).get(kind, {})
    added = [
        f"{json.dumps(code, ensure_ascii=False)} = {{ zh = {_quoted(one['zh'])}, en = {_quoted(one['en'])} }}\n"
        for code, one in phrases.items()
        if code not in known
    ]
    if not added:
        return words
    heading = re.search(rf"^\[{kind}\][^\n]*\n", words, re.MULTILINE)
    if heading is None:
        return f"{words.rstrip()}\n\n[{kind}]\n{''.join(added)}"
    return words[: heading.end()] + "".join(added) + words[heading.end() :]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _with(head: str, given: Mapping[str, str | int | date | None]) -> str:
    """The head with other values at its top level; None takes one out."""
    first_table = TABLE.search(head)
    end = first_table.start() if first_table else len(head)
    top, rest = head[:end], head[end:]
    for key, value in given.items():
        line = "" if value is None else f"{key} = {value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)}\n"
        pattern = re.compile(rf"^{key}[ \t]*=[^\n]*\n", re.MULTILINE)
        top = pattern.sub(lambda _match, line=line: line, top) if pattern.search(top) else f"{line}{top}"
    return top + rest


def taken_away(texts: Texts) -> list[dict[str, str]]:
    """The lines that were taken away: `line` (its key), `source_zh`, `source_en`."""
    return list(tomllib.loads(texts.head).get("taken_away", ()))


def _taking_away(head: str, entries: Sequence[Mapping[str, str]]) -> str:
    head = head.partition(TAKEN_AWAY)[0]
    if not entries:
        return head
    blocks = ["[[taken_away]]\n" + "".join(f"{name} = {_quoted(text)}\n" for name, text in entry.items()) for entry in entries]
    return head + TAKEN_AWAY + "".join(blocks)
