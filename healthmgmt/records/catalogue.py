"""The indicator catalogue: what can be measured at an examination, in which unit, within which limits.

Read once from `data/exam_items.csv`, the shared reference, and `data/further_items.csv`: what rules ask for beyond it. Codes follow LOINC where the item has one (LOINC is copyright
Regenstrief Institute, Inc.), units are UCUM. Plausible limits are hard limits: outside of them a number
cannot be right. Reference limits are defaults that a report's own limits replace.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
VALUE_TYPES = ("num", "ord", "code", "text")
LOINC = re.compile(r"[0-9]{1,5}-[0-9]")
NUMBER_COLUMNS = (
    "low_plausible", "high_plausible", "ref_low_m", "ref_high_m", "ref_low_f", "ref_high_f", "panic_low",
)  # fmt: skip


class CatalogueError(ValueError):
    """A line of the catalogue that cannot be used; the message names the file's line and column."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One item. `unit` is the canonical unit (UCUM); `alt_units` maps a unit to its factor or token.

    canonical = value x factor; the tokens `IFCC`, `F` and `LOG` stand for the three conversions that
    are not a factor (records/units.py). Limits are in the canonical unit, None where not known;
    `panic_high` is text for ordinal items (`3+`).
    """

    code: str
    loinc: str
    name_en: str
    name_zh: str
    synonyms: tuple[str, ...]
    unit: str
    alt_units: Mapping[str, str]
    low_plausible: float | None
    high_plausible: float | None
    ref_low_m: float | None
    ref_high_m: float | None
    ref_low_f: float | None
    ref_high_f: float | None
    panic_low: float | None
    panic_high: str
    value_type: str
    category: str
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.code, self.name_en, self.name_zh, *self.synonyms)

    @property
    def is_numeric(self) -> bool:
        return self.value_type == "num"

    def is_plausible(self, value: float) -> bool:
        """Whether a value in the canonical unit can be right at all."""
        above = self.low_plausible is None or value >= self.low_plausible
        return above and (self.high_plausible is None or value <= self.high_plausible)


class Catalogue(Mapping[str, Indicator]):
    """The indicators by code, in the order of the file."""

    def __init__(self, indicators: list[Indicator]) -> None:
        self._by_code = {indicator.code: indicator for indicator in indicators}
        if len(self._by_code) != len(indicators):
            raise CatalogueError("a code stands twice in the catalogue")

    def __getitem__(self, code: str) -> Indicator:
        return self._by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)


@cache
def load() -> Catalogue:
    """The product's catalogue, read once."""
    return Catalogue([*read(DATA / "exam_items.csv").values(), *read(DATA / "further_items.csv").values()])


def read(path: Path) -> Catalogue:
    """Read and check a catalogue file; raises CatalogueError with line and column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        return Catalogue([_indicator(row, rows.line_num) for row in rows])


def _indicator(row: dict[str, str], line: int) -> Indicator:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row["code"]):
        raise CatalogueError(f"line {line}, code: {row['code']!r} is not a code")
    if row["value_type"] not in VALUE_TYPES:
        raise CatalogueError(f"line {line}, value_type: {row['value_type']!r} is unknown")
    if row["loinc"] and not LOINC.fullmatch(row["loinc"]):
        raise CatalogueError(f"line {line}, loinc: {row['loinc']!r} is not a LOINC code")
    if not row["unit_ucum"]:
        raise CatalogueError(f"line {line}, unit_ucum: a unit is needed")
    numbers = {column: _number(row[column], line, column) for column in NUMBER_COLUMNS}
    _check_order(numbers, line)
    return Indicator(
        code=row["code"],
        loinc=row["loinc"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        synonyms=tuple(word.strip() for word in row["synonyms"].split("|") if word.strip()),
        unit=row["unit_ucum"],
        alt_units=_alt_units(row["alt_units"], line),
        panic_high=row["panic_high"],
        value_type=row["value_type"],
        category=row["category"],
        source=row["source"],
        **numbers,
    )


def _number(text: str, line: int, column: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise CatalogueError(f"line {line}, {column}: {text!r} is not a number") from None


def _check_order(numbers: Mapping[str, float | None], line: int) -> None:
    for low, high in (("low_plausible", "high_plausible"), ("ref_low_m", "ref_high_m"), ("ref_low_f", "ref_high_f")):
        if numbers[low] is not None and numbers[high] is not None and numbers[low] > numbers[high]:
            raise CatalogueError(f"line {line}, {low}: it is above {high}")


def _alt_units(text: str, line: int) -> dict[str, str]:
    """`mg/dL:0.0555|mmol/mol:IFCC` as a mapping; the factor stays text so that it keeps its exact digits."""
    units = {}
    for pair in filter(None, text.split("|")):
        unit, _, factor = pair.rpartition(":")
        if not unit or not re.fullmatch(r"IFCC|F|LOG|[0-9]+(\.[0-9]+)?", factor):
            raise CatalogueError(f"line {line}, alt_units: {pair!r} is not unit:factor")
        units[unit] = factor
    return units
