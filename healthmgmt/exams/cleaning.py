"""Rows of text -> rows ready for the staging table, block by block and column by column. Pure.

A cell is a value, "not measured", or a problem that a person has to look at; nothing is guessed and no row is
dropped. Problems name the cell and a reason, never the value.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, product
from json.encoder import encode_basestring as quote

from healthmgmt.core import resident_id
from healthmgmt.exams import cells
from healthmgmt.exams.interpreting import CHANNELS, CONTROL, FINDINGS, ID_NUMBER, LONGEST_CELL, Interpreter, Outcome, interpreter
from healthmgmt.exams.reading.sheets import Row, Sheet, column_letters
from healthmgmt.exams.recognising import Column, Layout
from healthmgmt.records import coding

FIELDS = (
    "number", "emp_no", "id_no", "sheet", "sheet_row", "places", "name", "sex", "dept", "exam_date",
    "raw", "values", "reported", "qualifiers", "ranges", "texts", "other", "findings", "problems",
)  # fmt: skip
PAIR = ("sbp", "dbp")
PRESSURES = (PAIR, ("sbp_home", "dbp_home"))
MASKED = "*"
NOTHING_NOTED = "[]"
HIDDEN = "\0"
LACKING = frozenset(map(FIELDS.index, ("id_no", "places", "exam_date")))  # may be nothing
SHORTEST_ID = 18
# Bytes of a text by what they may be part of: what JSON has to write in another way, a number, anything else.
SPECIAL, DIGIT, OTHER = b"\1", b"0", b" "
LONG_NUMBER = DIGIT * (SHORTEST_ID - 1)
KINDS = b"".join(SPECIAL if one < 32 or one == 92 else DIGIT if 48 <= one < 58 else OTHER for one in range(256))
LONGEST_SHEET_NAME = 80
FEWEST_ZEROS = 2  # one may be a slip of the hand


@dataclass(frozen=True, slots=True)
class Options:
    """`today`: days after it are in the future; `date_order`: see cells.day; `country` decides the ID check."""

    today: date
    country: str = "cn"
    date_order: str = ""
    is_1904: bool = False


@dataclass(slots=True)
class Block:
    """Some rows of a sheet, turned into columns, and what is found about them."""

    sheet: Sheet
    numbers: range
    rows: Sequence[Row]
    columns: list[tuple[str, ...]]
    cut: set[int]  # rows (by position in the block) whose cells do not match the heading
    is_even: bool = False  # every row has a cell for each column and no other
    problems: dict[int, list[dict]] = field(default_factory=dict)
    members: dict[str, list[list[str]]] = field(default_factory=dict)  # what columns give nearly every row, by channel
    extras: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def add(self, position: int, column: Column | None, reason: str, code: str | None = None) -> None:
        """Without a column the problem is at the last cell that holds anything."""
        number, row = self.rows[position]
        index = column.index if column else next(at for at in range(len(row) - 1, -1, -1) if row[at].strip())
        problem = {
            "cell": self.sheet.place(number, index),
            "column": column.heading if column else "",
            "reason": reason,
            "code": code,
            "value": None,
        }
        self.problems.setdefault(position, []).append(problem)

    def extra(self, channel: str, position: int, fragment: str) -> None:
        self.extras.setdefault(channel, {}).setdefault(position, []).append(fragment)


class Cleaner:
    """Cleans the rows of one sheet; keeps what it learned about texts from block to block.

    `hints` are those of another one that has cleaned the rows before.
    """

    def __init__(self, layout: Layout, options: Options, hints: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self.layout = layout
        self.options = options
        self.width = len(layout.columns)
        keys = other_keys(layout.columns)
        made = (interpreter(column, keys.get(column.index, "")) for column in layout.columns)
        self.interpreters: list[Interpreter] = [one for one in made if one]
        for one in self.interpreters:
            one.seen.update((hints or {}).get(str(one.column.index), {}))
        # The database takes an object apart in half the time whose keys come as it orders them.
        self._by_key = sorted(self.interpreters, key=lambda one: _key_order((*_items(one.column), one.column.code or "")[0]))
        self._dates: dict[str, tuple[str | None, str]] = {}
        self._sexes: dict[str, str | None] = {}
        self._merged: dict[tuple, str] = {}
        self._doubled = _doubled(self.interpreters)
        self._flagged = [one for one in self.interpreters if one.column.role in ("flag", "indicator") and _sets_flags(one)]

    def clean(self, sheet: Sheet, rows: Sequence[Row], first: int) -> list[tuple[str | None, ...]]:
        """Rows shaped as FIELDS, in order; `first` is the number of the first one under the heading."""
        return list(zip(*self.columns(sheet, rows, first), strict=True))

    def columns(self, sheet: Sheet, rows: Sequence[Row], first: int) -> list[Sequence[str | None]]:
        """The same, a list of texts for each of FIELDS."""
        block = self._block(sheet, rows, first)
        dates = self._exam_dates(block)
        emp_nos, names, ids, sexes, depts = self._people(block)
        self._understand(block)
        self._note_faults(block)
        doubles = self._note_doubles(block)
        values = self._values(block)
        made = {channel: self._channel(block, channel) for channel in CHANNELS[1:]}
        raws = self._raws(block)
        findings = self._channel(block, FINDINGS, brackets="[]")
        problems = [NOTHING_NOTED] * len(rows)
        for at, noted in block.problems.items():
            problems[at] = json.dumps(noted, ensure_ascii=False)
        for at, codes in doubles.items():
            for texts in (values, *made.values()):
                texts[at] = _without(texts[at], codes)
        for at in block.cut:
            values[at] = "{}"
            for texts in made.values():
                texts[at] = "{}"
            findings[at] = "[]"
        for one in self.interpreters:
            one.forget()
        count = len(rows)
        return [
            list(map(str, block.numbers)), emp_nos, ids, [sheet.name[:LONGEST_SHEET_NAME]] * count, [str(number) for number, _ in rows], self._places(block),
            names, sexes, depts, dates, raws, values, *(made[channel] for channel in CHANNELS[1:]), findings, problems,
        ]  # fmt: skip

    def hints(self) -> dict[str, dict[str, int]]:
        """What was seen of each column by now that tells what it may be as a whole: {index of the column: Interpreter.seen}."""
        return {str(one.column.index): dict(one.seen) for one in self.interpreters if one.column.role == "indicator"}

    def proposals(self) -> list[dict]:
        """What the columns as a whole suggest and only people may decide: another unit, zeros that stand for "not measured"."""
        found = []
        for one in self.interpreters:
            column = one.column
            if column.role != "indicator":
                continue
            told = {"index": column.index, "heading": column.heading, "code": column.code}
            if one.seen["unit"] and (unit := one.looks_like):
                found.append(told | {"kind": "unit", "unit": unit, "count": one.seen["unit"]})
            if one.seen["zeros"] >= FEWEST_ZEROS:
                found.append(told | {"kind": "zeros", "count": one.seen["zeros"]})
        return found

    def _block(self, sheet: Sheet, rows: Sequence[Row], first: int) -> Block:
        """Turn rows into columns; note rows that hold fewer or more cells than the heading."""
        width, cut, padded = self.width, set(), []
        if set(map(len, (row for _, row in rows))) == {width}:
            return Block(sheet, range(first, first + len(rows)), rows, list(zip(*(row for _, row in rows))), cut, is_even=True)
        for at, (_, row) in enumerate(rows):
            if len(row) != width:
                if len(row) < width:
                    if sheet.is_ragged:
                        cut.add(at)
                    row = [*row, *[""] * (width - len(row))]
                else:
                    if any(text.strip() for text in row[width:]):
                        cut.add(at)
                    row = row[:width]
            padded.append(row)
        block = Block(sheet, range(first, first + len(rows)), rows, list(zip(*padded)), cut)
        for at in cut:
            length = len(rows[at][1])
            block.add(at, self.layout.columns[length] if length < width else None, "columns")
        return block

    def _texts(self, block: Block, role: str) -> tuple[Column | None, Sequence[str]]:
        column = self.layout.of_role(role)
        return column, block.columns[column.index] if column else [""] * len(block.rows)

    def _exam_dates(self, block: Block) -> list[str | None]:
        column, texts = self._texts(block, "exam_date")
        known = self._dates
        for text in set(texts).difference(known):
            known[text] = self._day(text)
        found = [known[text] for text in texts]
        for at, (_, problem) in enumerate(found):
            if problem and at not in block.cut:
                block.add(at, column, problem)
        return [iso for iso, _ in found]

    def _day(self, text: str) -> tuple[str | None, str]:
        day = cells.day(text, self.options.date_order, self.options.is_1904)
        if day is None:
            return None, "characters" if CONTROL.search(text) else "date"
        return (None, "future-date") if day > self.options.today else (day.isoformat(), "")

    def _people(self, block: Block) -> Iterable[list]:
        """emp_no, name, id_no, sex, dept of each row."""
        found = {}
        for role in ("emp_no", "name", "dept", "id_no"):
            column, texts = self._texts(block, role)
            found[role] = list(map(str.strip, texts)) if column else texts
            joined = "".join(texts)
            if not joined.isprintable():
                found[role] = [text.translate(cells.UNSEEN).strip() for text in texts]
            if role == "emp_no" and "'" in joined:
                found[role] = [text.removeprefix("'") for text in found[role]]
            if not joined.isprintable() and CONTROL.search(joined):
                for at, text in enumerate(texts):
                    if CONTROL.search(text) and at not in block.cut:
                        block.add(at, column, "characters")
                found[role] = [CONTROL.sub("", text) for text in found[role]]
        column, texts = self._texts(block, "sex")
        for text in set(texts).difference(self._sexes):
            self._sexes[text] = coding.sex(text)
        sexes = [self._sexes[text] or "" for text in texts]
        id_column = self.layout.of_role("id_no")
        ids = self._id_numbers(block, id_column, found["id_no"]) if id_column else [None] * len(block.rows)
        return found["emp_no"], found["name"], ids, sexes, found["dept"]

    def _id_numbers(self, block: Block, column: Column, texts: list[str]) -> list[str | None]:
        """A masked number (`7601**********0988`) says nothing; a wrong check digit is a problem."""
        ids: list[str | None] = []
        is_checked = self.options.country == "cn"
        for at, text in enumerate(texts):
            number = resident_id.normalise(text)
            if is_checked and resident_id.is_valid(number):
                ids.append(number)
            elif not text or MASKED in text or coding.is_not_measured(text, "num"):
                ids.append(None)
            else:
                if is_checked and at not in block.cut:
                    block.add(at, column, "id-number")
                ids.append(number)
        return ids

    def _understand(self, block: Block) -> None:
        """What the cells say; problems and sparse members column by column, columns without any are passed over at once."""
        for one in self._by_key:
            texts = block.columns[one.column.index]
            for channel, fragments in one.dense.items():
                block.members.setdefault(channel, []).append(list(map(fragments.__getitem__, texts)))
        for one in self.interpreters:
            texts = block.columns[one.column.index]
            if one.odd and not one.odd.keys().isdisjoint(texts):
                self._note_odd_cells(block, one, texts)

    def _note_odd_cells(self, block: Block, one: Interpreter, texts: Sequence[str]) -> None:
        sparse = [channel for channel in (*CHANNELS, FINDINGS) if channel not in one.dense]
        for at, text in enumerate(texts):
            outcome = one.odd.get(text)
            if outcome is None or at in block.cut:
                continue
            if outcome.problem:
                code = "sbp" if one.column.role == "bp" else one.column.code
                block.add(at, one.column, outcome.problem, code)
                if outcome.hint:
                    one.seen[outcome.hint] += 1
            for channel in sparse:
                if fragment := getattr(outcome, channel):
                    block.extra(channel, at, fragment)

    def _note_faults(self, block: Block) -> None:
        """Cells that the sheet shows without a result: formulas that were never computed, error values."""
        if not block.sheet.faults:
            return
        for at, (number, _) in enumerate(block.rows):
            for column in self.layout.columns:
                fault = block.sheet.faults.get((number, column.index))
                if fault and column.role != "ignored" and at not in block.cut:
                    noted = block.problems.get(at, [])
                    here = block.sheet.place(number, column.index)
                    block.problems[at] = [problem for problem in noted if problem["cell"] != here]
                    block.add(at, column, fault, column.code)

    def _places(self, block: Block) -> list[str | None]:
        """Where the cells of each row stand in the file, for sheets that were turned; else they are where they seem to be."""
        moved = block.sheet.moved
        return [json.dumps(moved(number)) for number, _ in block.rows] if moved else [None] * len(block.rows)

    def _note_doubles(self, block: Block) -> dict[int, set[str]]:
        """Rows where two columns give different results of one item: none counts. A turned sheet has a column for each unit, and
        a pair of pressures may stand beside one column of each.
        """
        found: dict[int, set[str]] = {}
        for code, group in self._doubled.items():
            for at, texts in enumerate(zip(*(block.columns[one.column.index] for one in group))):
                told = [(one, one.outcome(text)) for one, text in zip(group, texts) if text]
                given = [(one, outcome) for one, outcome in told if outcome.values or outcome.texts or outcome.problem]
                if len({(_number(one, outcome, code), outcome.qualifiers, outcome.problem) for one, outcome in given}) > 1:
                    found.setdefault(at, set()).add(code)
                    if not any(outcome.problem for _, outcome in given):
                        block.add(at, given[1][0].column, "conflict", code)
        return found

    def _values(self, block: Block) -> list[str]:
        texts = self._channel(block, "values", self._flags(block))
        for upper, lower in PRESSURES:
            for first, second in product(self._of_code(upper), self._of_code(lower)):
                highs = map(first.numbers.__getitem__, block.columns[first.column.index])
                lows = map(second.numbers.__getitem__, block.columns[second.column.index])
                for at, (high, low) in enumerate(zip(highs, lows)):
                    if high is not None and low is not None and high <= low and at not in block.cut:
                        block.add(at, second.column, "order", lower)
                        texts[at] = _without(texts[at], {upper, lower})
        return texts

    def _of_code(self, code: str) -> list[Interpreter]:
        return [one for one in self.interpreters if one.column.role == "indicator" and one.column.code == code]

    def _flags(self, block: Block) -> list[str] | None:
        """The flags of each row as members, the stronger answer winning where two columns give the same flag."""
        if not self._flagged:
            return None
        merged, found = self._merged, []
        for pairs in zip(*(map(one.flags.__getitem__, block.columns[one.column.index]) for one in self._flagged)):
            fragment = merged.get(pairs)
            if fragment is None:
                flags: dict[str, float] = {}
                for flag, value in chain.from_iterable(pairs):
                    flags[flag] = max(value, flags.get(flag, 0.0))
                fragment = merged[pairs] = "".join(f"{quote(flag)}:{int(flags[flag])}," for flag in sorted(flags, key=_key_order))
            found.append(fragment)
        return found

    def _channel(self, block: Block, channel: str, more: list[str] | None = None, brackets: str = "{}") -> list[str]:
        """One JSON object (or list) a row from the members that the columns give; each of these ends with a comma."""
        parts = block.members.get(channel, [])
        if more is not None:
            parts = [*parts, more]
        opening, closing = brackets
        texts = [f"{opening}{row[:-1]}{closing}" for row in map("".join, zip(*parts))] if parts else [brackets] * len(block.rows)
        for at, fragments in block.extras.get(channel, {}).items():
            texts[at] = opening + ",".join(filter(None, (texts[at][1:-1], *fragments))) + closing
        return texts

    def _raws(self, block: Block) -> list[str]:
        """The row's cells as a JSON list; identity numbers are left out wherever they stand."""
        id_column = self.layout.of_role("id_no")
        hidden = id_column.index if id_column else self.width
        if plain := self._plain_raws(block, hidden):
            return plain
        raws = []
        for at, (_, row) in enumerate(block.rows):
            has_id = hidden < len(row)
            shown = [*row[:hidden], "", *row[hidden + 1 :]] if has_id else row
            joined = "".join(shown)
            if joined.isprintable() and '"' not in joined and "\\" not in joined:
                # Every sign stands for itself in JSON.
                if has_id:
                    shown[hidden] = HIDDEN
                raw = '["{}"]'.format('","'.join(shown)).replace(f'"{HIDDEN}"', "null")
            else:
                quoted = list(map(quote, shown))
                if has_id:
                    quoted[hidden] = "null"
                raw = f"[{','.join(quoted)}]"
            if "\\u00" in raw or (max(map(len, shown)) >= SHORTEST_ID and (ID_NUMBER.search(raw) or len(raw) > LONGEST_CELL)):
                raw = self._careful_raw(block, at, row, id_column)
            raws.append(raw)
        return raws

    def _plain_raws(self, block: Block, hidden: int) -> list[str] | None:
        """The same of a block in which every sign stands for itself in JSON, as of most, seen at one glance at all of it; None for others."""
        if not block.is_even:
            return None
        around = [side for side in (block.columns[:hidden], block.columns[hidden + 1 :]) if side]
        sides = [list(map('","'.join, zip(*side))) for side in around]
        text = " ".join(chain.from_iterable(sides)).encode()
        kinds, between = text.translate(KINDS), sum(len(side) - 1 for side in around)
        if SPECIAL in kinds or LONG_NUMBER in kinds or text.count(b'"') != 2 * between * len(block.rows):
            return None
        if max(map(len, chain.from_iterable(sides))) > LONGEST_CELL:
            return None
        members = ['"{}"'] * len(sides)
        if hidden < self.width:
            members.insert(1 if hidden else 0, "null")
        return list(map(f"[{','.join(members)}]".format, *sides))

    def _careful_raw(self, block: Block, at: int, row: list[str], id_column: Column | None) -> str:
        kept: list[str | None] = []
        for index, text in enumerate(row):
            is_id = (id_column and index == id_column.index) or any(
                resident_id.valid_resident_id(match) for match in ID_NUMBER.findall(text)
            )
            kept.append(None if is_id else CONTROL.sub("\ufffd", text[:LONGEST_CELL]))
            column = self.layout.columns[index] if index < self.width else None
            if len(text) > LONGEST_CELL and not any(one.column is column for one in self.interpreters):
                block.add(at, column, "too-long")
        return json.dumps(kept, ensure_ascii=False)


def clean_again(
    layout: Layout, options: Options, sheet: str, row: Row, number: int, places: Mapping[str, str] | None = None
) -> tuple[str | None, ...]:
    """One row once more, after a cell of it was mended: shaped as FIELDS. `row` is (sheet row, cells); `places` as stored."""
    moved = {int(index): address for index, address in places.items()} if places else None
    again = Sheet(sheet, lambda: iter(()), moved=(lambda _number: moved) if moved else None)
    return Cleaner(layout, options).clean(again, [row], number)[0]


def _doubled(interpreters: list[Interpreter]) -> dict[str, list[Interpreter]]:
    """Items that several columns give."""
    found: dict[str, list[Interpreter]] = {}
    for one in interpreters:
        for code in _items(one.column):
            found.setdefault(code, []).append(one)
    return {code: group for code, group in found.items() if len(group) > 1}


def _key_order(key: str) -> tuple[int, bytes]:
    """As jsonb orders keys: the shorter before the longer, in bytes."""
    return len(key.encode()), key.encode()


def _items(column: Column) -> tuple[str, ...]:
    if column.role == "bp":
        return PAIR
    return (column.code,) if column.role == "indicator" else ()


def _number(one: Interpreter, outcome: Outcome, code: str) -> float | None:
    """What a cell says of an item; of a pair of pressures one of the two."""
    return outcome.lower if (one.column.role, code) == ("bp", PAIR[1]) else outcome.number


def _without(text: str, codes: set[str]) -> str:
    kept = json.loads(text)
    return json.dumps({key: kept[key] for key in kept if key not in codes}, ensure_ascii=False)


def _sets_flags(one: Interpreter) -> bool:
    return one.column.role == "flag" or "texts" in one.dense


def other_keys(columns: list[Column]) -> dict[int, str]:
    """Column index -> the name under which an unrecognised column is kept; equal headings are numbered."""
    keys: dict[int, str] = {}
    for column in columns:
        if column.role not in ("other", "remark"):
            continue
        name = "remark" if column.role == "remark" else column.heading.strip() or column_letters(column.index)
        key, again = name, 2
        while key in keys.values():
            key, again = f"{name} ({again})", again + 1
        keys[column.index] = key
    return keys
