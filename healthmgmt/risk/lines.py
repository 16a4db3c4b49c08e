"""The lines of a rule pack: rows of its CSV, checked and turned into frozen dataclasses. What is wrong with a row goes to `faults`, a
list of sentences that name it."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import feeds
from .feeds import CALCULATED

REASON_COLOURS = ("blue", "yellow", "orange", "red")
OPS = (">=", "<=", ">", "<", "=")
SEXES = ("", "m", "f")
FLAG_PREFIXES = ("condition:", "treatment:", "family:", "finding:", "exposure:")
COLUMNS = (
    "reason", "colour", "indicator", "op", "limit", "unit", "conventional_limit", "conventional_unit", "sex", "source",
)  # fmt: skip
REASON = re.compile(r"[a-z][a-z0-9_]*")
INDICATOR = re.compile(r"([a-z]+:)?[a-z][a-z0-9_]*")
OF_A_CALCULATOR = re.compile(CALCULATED + r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
TIMES_UPPER = re.compile(r"(\d+(?:\.\d+)?) x upper")
ORDINAL = re.compile(r"([1-4])\+")


@dataclass(frozen=True)
class Line:
    """One alternative of one reason. `number` counts rule rows from 1; `limit` is canonical, or a multiple of the
    upper reference limit when `times_upper`; a flag line has limit 1 and op "=", the word of a calculator (`= active`) its
    position among those of the output. With `only` it speaks of people for whom that flag is true."""

    number: int
    reason: str
    colour: str
    indicator: str
    op: str
    limit: float
    limit_text: str
    times_upper: bool
    unit: str
    conventional_limit: float | None
    conventional_unit: str
    sex: str
    source: str
    only: str = ""

    @property
    def is_flag(self) -> bool:
        return self.op == "="

    @property
    def is_calculated(self) -> bool:
        """Rests on an output of a calculator of the pack, `calc:model.output`."""
        return self.indicator.startswith(CALCULATED)


def parse_lines(text: str, faults: list[str]) -> tuple[Line, ...]:
    """All rows of the CSV that can be used."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        faults.append(f"columns must be {', '.join(COLUMNS)}")
        return ()
    lines = []
    for number, row in enumerate(reader, start=1):
        if None in row or None in row.values():
            faults.append(f"line {number}: wrong number of fields")
            continue
        cells = {name: cell.strip() for name, cell in row.items()}
        line = parse_line(number, cells, faults)
        if line:
            lines.append(line)
    if not lines:
        faults.append("a pack needs lines")
    return tuple(lines)


def parse_line(number: int, cells: Mapping[str, str], faults: list[str]) -> Line | None:
    """One row of text cells to a Line; what is wrong goes to `faults`."""
    before = len(faults)
    checks = (
        (REASON.fullmatch(cells["reason"]), "reason", "reason must be lower-case words joined by _"),
        (cells["colour"] in REASON_COLOURS, "colour", f"colour must be one of {', '.join(REASON_COLOURS)}"),
        (_is_indicator(cells["indicator"]), "indicator", "unknown kind of indicator"),
        (cells["op"] in OPS, "op", f"op must be one of {' '.join(OPS)}"),
        (cells["sex"] in SEXES, "sex", "sex must be m, f or empty"),
    )
    faults += [f"line {number}: {text}, not {cells[key]!r}" for passed, key, text in checks if not passed]
    limit, times_upper = _limit(number, cells, faults)
    conventional = _conventional(number, cells, faults)
    if len(faults) > before:
        return None
    return Line(
        number, cells["reason"], cells["colour"], cells["indicator"], cells["op"], limit, cells["limit"], times_upper,
        cells["unit"], conventional, cells["conventional_unit"], cells["sex"], cells["source"],
    )  # fmt: skip


def _is_indicator(code: str) -> bool:
    match = INDICATOR.fullmatch(code)
    if OF_A_CALCULATOR.fullmatch(code):
        return True
    return bool(match) and (match.group(1) is None or match.group(1) in FLAG_PREFIXES)


def _limit(number: int, cells: Mapping[str, str], faults: list[str]) -> tuple[float, bool]:
    text, is_flag = cells["limit"], cells["indicator"].startswith(FLAG_PREFIXES)
    if cells["indicator"].startswith(CALCULATED):
        return _calculated_limit(number, cells, faults), False
    if is_flag or cells["op"] == "=":
        if (cells["op"], text) != ("=", "true") or not is_flag:
            faults.append(f"line {number}: a flag is compared as `= true`, a value never is")
        return 1.0, False
    upper, ordinal = TIMES_UPPER.fullmatch(text), ORDINAL.fullmatch(text)
    if upper:
        return float(upper.group(1)), True
    if ordinal:
        return float(ordinal.group(1)), False
    return _number(number, "limit", text, faults), False


def _calculated_limit(number: int, cells: Mapping[str, str], faults: list[str]) -> float:
    """A number in the unit of the output, or the position of a word among those the output can be."""
    code, output = cells["indicator"], feeds.output(cells["indicator"])
    if output is None:
        faults.append(f"line {number}: no calculator gives {code}")
    elif output.words:
        if cells["op"] == "=" and cells["limit"] in output.words:
            return float(output.words.index(cells["limit"]))
        faults.append(f"line {number}: {code} is compared as `=` one of {', '.join(output.words)}")
    elif cells["op"] == "=" or cells["unit"] != output.unit:
        faults.append(f"line {number}: {code} is a number in {output.unit}")
    else:
        return _number(number, "limit", cells["limit"], faults)
    return 0.0


def _conventional(number: int, cells: Mapping[str, str], faults: list[str]) -> float | None:
    text, unit = cells["conventional_limit"], cells["conventional_unit"]
    if bool(text) != bool(unit):
        faults.append(f"line {number}: conventional_limit and conventional_unit go together")
    if not text:
        return None
    if TIMES_UPPER.fullmatch(cells["limit"]):
        faults.append(f"line {number}: a multiple of the upper limit has no conventional limit")
    return _number(number, "conventional_limit", text, faults)


def _number(number: int, column: str, text: str, faults: list[str]) -> float:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        faults.append(f"line {number}: {column} must be a number, `N x upper` or an ordinal such as 2+, not {text!r}")
        return 0.0
    return float(text)


def contradictions(lines: Iterable[Line]) -> list[str]:
    """Faults: lines that say again or otherwise what another says."""
    faults, colours, seen = [], {}, {}
    for line in lines:
        first = colours.setdefault(line.reason, line)
        if first.colour != line.colour:
            faults.append(f"line {line.number}: {line.reason} is {first.colour} in line {first.number}")
        key = (line.reason, line.indicator, line.op, line.sex, line.limit_text if line.is_flag else "")
        if key in seen:
            faults.append(f"line {line.number}: says again what line {seen[key]} says of {line.indicator}")
        seen.setdefault(key, line.number)
    return faults


def unknown(lines: Iterable[Line], units: Mapping[str, str]) -> list[str]:
    """Faults: lines on indicators without a unit here, or in another one."""
    faults = []
    for line in lines:
        if line.is_flag or line.is_calculated:
            continue
        if line.indicator not in units:
            faults.append(f"line {line.number}: no indicator {line.indicator} in the catalogue")
        elif line.unit and line.unit != units[line.indicator]:
            faults.append(f"line {line.number}: {line.indicator} is kept in {units[line.indicator]}, not {line.unit}")
    return faults
