"""What one cell says: a number with its sign and unit, a blood pressure, a day. Pure, and never a guess."""

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from healthmgmt.records import catalogue, coding, units

DATA = Path(__file__).parent / "data"
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{0,20})?|\.[0-9]{1,20}"
PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
NUMBER = re.compile(rf"([+-]?(?:{DIGITS})(?:e[+-]?[0-9]{{1,3}})?)", re.IGNORECASE)
WRITTEN = re.compile(
    rf"(<=|>=|=<|=>|<|>|≤|≥|≦|≧|小于等于|大于等于|小于|大于|低于|高于)?\s*{NUMBER.pattern}\s*(.*)", re.IGNORECASE | re.DOTALL
)
MARKS = re.compile(r"^(?:[↑↓*]+|\(?(?:[HL]|HH|LL|偏高|偏低|高|低)\)?|\([↑↓]\))$", re.IGNORECASE)
LEADING_MARKS = re.compile(r"^(?:[↑↓*]+\s*|(?:HH|LL|[HL])\s+)(?=[0-9.<>≤≥])")
TRAILING_MARKS = re.compile(r"\s*(?:[↑↓*]+|(?<=[\s0-9])(?:HH|LL|[HL]))$")
PAIR = re.compile(r"(?<![0-9/\\.-])[0-9]{2,3}\s*[/\\-]\s*[0-9]{2,3}(?![0-9/\\-])")
PRESSURE = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*[/\\-]\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*([^0-9]*)")
SEPARATORS = ",;:、"
# Signs without a width, which come along when somebody copies from a web page and are seen by nobody.
UNSEEN = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
WITH_LIMITS = re.compile(r"(.*[^\s(\[【])\s*[(\[【]([^()\[\]【】]+)[)\]】]", re.DOTALL)
SIGNS = {
    "=<": "<=", "≤": "<=", "≦": "<=", "小于等于": "<=", "=>": ">=", "≥": ">=", "≧": ">=", "大于等于": ">=",
    "小于": "<", "低于": "<", "大于": ">", "高于": ">",
}  # fmt: skip
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年년]([0-9]{1,2})[-/.月월]([0-9]{1,2})[日일]?")
YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
CLOCK = re.compile(r"[\sT]+(?:[上下]午)?[0-9]{1,2}[:时]([0-9]{1,2}([:分][0-9]{1,2}(\.[0-9]+)?秒?)?分?)?(?:\s*[AP]M)?$", re.I)
SERIAL_DAYS = (20_000, 80_000)  # 1954 to 2119
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class Measured:
    """A cell of a numeric indicator: exactly one of `value` (canonical) and `problem`, or neither: no result.

    `number` and `unit` are the file's own where its unit is not the canonical one.
    """

    value: float | None = None
    qualifier: str = ""
    number: float | None = None
    unit: str = ""
    problem: str = ""


NOTHING = Measured()


@cache
def unit_hints() -> dict[str, tuple[float, float, str]]:
    """code -> (lowest, highest, unit) of single numbers that look like another unit."""
    return _units_file()["numbers"]


@cache
def unit_medians() -> dict[str, list[tuple[float, float, str]]]:
    """code -> [(lowest, highest, unit), ...] of the median of a column that looks like another unit."""
    return _units_file()["medians"]


@cache
def _units_file() -> dict:
    return tomllib.loads((DATA / "unit_hints.toml").read_text(encoding="utf-8"))


def _folded(text: str) -> str:
    """Half-width signs, no blanks around; without the apostrophe by which spreadsheets keep a text from becoming a number."""
    return unicodedata.normalize("NFKC", text).translate(UNSEEN).strip().removeprefix("'")


def unmarked(folded: str) -> str:
    """A half-width text without the marks by which laboratories point at a result: before it (`↑5.4`, `H 5.4`) and behind it."""
    return TRAILING_MARKS.sub("", LEADING_MARKS.sub("", folded))


def holds_pair(text: str) -> bool:
    """Whether a pair of numbers like one of pressures stands somewhere in a text."""
    return PAIR.search(_folded(text)) is not None


def bare_number(text: str) -> float | None:
    """The number in a cell that holds a number, with or without marks and a range behind it, and nothing else."""
    match = NUMBER.fullmatch(unmarked(_folded(text)))
    if match is None and (parts := with_limits(text)):
        match = NUMBER.fullmatch(unmarked(parts[0]))
    return float(match.group(1).replace(",", "")) if match else None


def kind(text: str) -> str:
    """What a filled cell is like: `numbers`, `dates` or `words`."""
    if bare_number(text) is not None:
        return "numbers"
    return "dates" if day(text, "dmy") or day(text, "mdy") else "words"


def mostly(kinds: Counter[str]) -> str:
    """What the filled cells of a column are like, by their kinds: what more than half of them are, else `words`; `empty` without any."""
    if not kinds:
        return "empty"
    found, times = kinds.most_common(1)[0]
    return found if times * 2 > kinds.total() else "words"


def kind_of(texts: Iterable[str]) -> str:
    """What the cells of a column are like."""
    return mostly(Counter(kind(text) for text in texts if text.strip()))


def measure(code: str, text: str, unit: str | None) -> Measured:
    """Read a cell of a numeric indicator whose column is in `unit` (a catalogue token; None: not usable)."""
    if PLAIN.fullmatch(text):
        return judge(code, float(text), "", unit)
    folded = _folded(text)
    if coding.is_not_measured(folded, "num"):
        return NOTHING
    match = WRITTEN.fullmatch(_once(unmarked(folded)))
    if match is None:
        return Measured(problem="number")
    sign, digits, rest = match.groups()
    number = float(digits.replace(",", ""))
    if not math.isfinite(number):
        return Measured(problem="number")
    rest = rest.strip()
    if rest and not MARKS.match(rest):
        # `6,1` is no six in the unit 1.
        if rest[0] in SEPARATORS or units.parse(rest) is None:
            return Measured(problem="number")
        try:
            unit = units.resolve(code, rest)
        except units.UnknownUnit:
            return Measured(problem="unit")
    return judge(code, number, SIGNS.get(sign or "", sign or ""), unit)


def judge(code: str, number: float, qualifier: str, unit: str | None) -> Measured:
    """A number in a known unit -> the canonical value, if it can be right at all."""
    if unit is None:
        return Measured(problem="unit")
    indicator = catalogue.load()[code]
    value = units.convert(code, number, unit)
    if not indicator.is_plausible(value):
        # Of a value in another unit already, that it would look like one of that unit says nothing.
        return Measured(problem="unit" if unit == indicator.unit and _looks_like_other_unit(code, value) else "range")
    if unit == indicator.unit:
        return Measured(value, qualifier)
    return Measured(value, qualifier, number, unit)


def _looks_like_other_unit(code: str, value: float) -> bool:
    hint = unit_hints().get(code)
    return hint is not None and hint[0] <= value <= hint[1]


def _once(text: str) -> str:
    """`5.42 5.42`, `5.4 5.40` (the same result twice) as one; everything else as it is."""
    parts = text.split()
    if len(parts) < 2 or not all(map(NUMBER.fullmatch, parts)):
        return text
    return parts[0] if len({float(part.replace(",", "")) for part in parts}) == 1 else text


def pressure(text: str, unit: str | None) -> tuple[Measured, Measured]:
    """`120/80`, `120-80`, `120／80mmHg` -> systolic, diastolic. A fault shows in the first."""
    folded = _folded(text)
    if coding.is_not_measured(folded, "num"):
        return NOTHING, NOTHING
    match = PRESSURE.fullmatch(unmarked(folded))
    if match is None:
        return Measured(problem="number"), NOTHING
    stated = match.group(3).strip()
    if stated:
        try:
            unit = units.resolve("sbp", stated)
        except units.UnknownUnit:
            return Measured(problem="number"), NOTHING
    high = judge("sbp", float(match.group(1)), "", unit)
    low = judge("dbp", float(match.group(2)), "", unit)
    if high.problem or low.problem:
        return Measured(problem=high.problem or low.problem), NOTHING
    if high.value <= low.value:
        return Measured(problem="order"), NOTHING
    return high, low


def limits(text: str) -> tuple[float | None, float | None] | None:
    """A reference range as written: `3.9-6.1`, `3.9～6.1`, `<5.2`, `≥90`, `0.9--1.2`; None when it is none."""
    folded = re.sub(r"\s+", "", _folded(text)).replace("～", "-").replace("~", "-")
    folded = re.sub(r"[-—–]+", "-", folded)
    both = re.fullmatch(rf"({DIGITS})-({DIGITS})(\D.*)?", folded)
    if both:
        low, high = float(both.group(1).replace(",", "")), float(both.group(2).replace(",", ""))
        return (low, high) if low <= high else None
    one = re.fullmatch(rf"(<=|>=|<|>|≤|≥)({DIGITS})(\D.*)?", folded)
    if one:
        number = float(one.group(2).replace(",", ""))
        return (None, number) if one.group(1) in ("<", "<=", "≤") else (number, None)
    return None


def with_limits(text: str) -> tuple[str, str, tuple[float | None, float | None]] | None:
    """A result with the report's range behind it in brackets, `5.42 (3.9-6.1) ↑`, as the result, the range as written, and the range; None
    for anything else."""
    match = WITH_LIMITS.fullmatch(unmarked(_folded(text)))
    found = limits(match.group(2)) if match else None
    return (match.group(1), match.group(2), found) if found else None


def day(text: str, order: str = "", is_1904: bool = False) -> date | None:
    """A day in the forms that reports use; None when it is none or could be two days.

    `order` is `dmy` or `mdy` for a column whose days come before or after the month, "" when nothing
    decides it. Excel serial numbers are read by the workbook's own calendar.
    """
    folded = _folded(text)
    folded = CLOCK.sub("", folded).replace(" ", "")
    match = YEAR_FIRST.fullmatch(folded)
    if match:
        return _date(*match.groups())
    if re.fullmatch(r"[0-9]{8}", folded):
        return _date(folded[:4], folded[4:6], folded[6:])
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", folded):
        return _serial(float(folded), is_1904)
    match = YEAR_LAST.fullmatch(folded)
    if match and order:
        first, second, year = match.groups()
        return _date(year, second, first) if order == "dmy" else _date(year, first, second)
    return None


def _date(year: str, month: str, day_: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day_))
    except ValueError:
        return None
    return found if found >= EARLIEST else None


def _serial(number: float, is_1904: bool) -> date | None:
    if not SERIAL_DAYS[0] <= number <= SERIAL_DAYS[1]:
        return None
    return (date(1904, 1, 1) if is_1904 else date(1899, 12, 30)) + timedelta(days=int(number))


def needs_order(texts: set[str]) -> bool:
    """Whether any of the texts is a day with the year last."""
    return any(YEAR_LAST.match(_folded(text)) for text in texts)


def date_order(texts: set[str]) -> str:
    """`dmy` or `mdy` when the texts of a column allow only one of them, else ""."""
    pairs = [
        (int(match.group(1)), int(match.group(2)))
        for text in texts
        if (match := YEAR_LAST.match(_folded(text)))
    ]
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first == month_first:
        return ""
    return "dmy" if day_first else "mdy"
