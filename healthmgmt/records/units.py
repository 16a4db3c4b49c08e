"""Units as they are written in reports, and conversion to the catalogue's canonical unit.

Pure. A unit that is not known for an indicator is an error, never a guess.
"""

import math
import re
import tomllib
import unicodedata
from decimal import Decimal
from functools import cache

from healthmgmt.records import catalogue

# IFCC master equation for HbA1c: NGSP % = 0.09148 x IFCC mmol/mol + 2.152
IFCC_SLOPE, IFCC_OFFSET = 0.09148, 2.152
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
POWER = re.compile(r"^[x*]?10(?:\^|\*\*|\*|e\+?)?\(?(3|6|9|12)\)?(?=/)")


class UnknownUnit(ValueError):
    """The text is no unit that this indicator is reported in."""


def superscripts(text: str) -> str:
    """`10⁹` as `10^9`: otherwise folding to half-width would make it 109."""
    return SUPERSCRIPTS.sub(lambda match: "^" + match.group().translate(SUPERSCRIPT), text)


def fold(text: str) -> str:
    """The form in which written units are compared (see data/units.toml)."""
    text = superscripts(text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(text.split()).replace("μ", "u").replace("×", "x").replace("iu", "u").replace("[u]", "u")
    text = POWER.sub(r"10*\1", text)
    return text.replace("m^2", "m2").replace("m^3", "m3").strip("·.,;:")


@cache
def _written() -> dict[str, str]:
    """Folded text -> UCUM unit, for every unit of the catalogue and of units.toml."""
    words = tomllib.loads((catalogue.DATA / "units.toml").read_text(encoding="utf-8"))
    table = {}
    for unit, spellings in words.items():
        for spelling in (unit, *spellings):
            table.setdefault(fold(spelling), unit)
    return table


def parse(text: str) -> str | None:
    """The UCUM unit that a written unit means, e.g. `μmol/L` -> `umol/L`; None when it is no unit."""
    return _written().get(fold(text)) if text else None


@cache
def _accepted(code: str) -> dict[str, str]:
    """Folded text -> the catalogue's own unit token, for the units one indicator may be reported in."""
    indicator = catalogue.load()[code]
    tokens = (indicator.unit, *indicator.alt_units)
    table = {fold(token): token for token in tokens}
    for text, unit in _written().items():
        for token in tokens:
            if fold(unit) == fold(token):
                table.setdefault(text, token)
    return table


def resolve(code: str, written: str) -> str:
    """The catalogue's token for a written unit of an indicator; raises UnknownUnit.

    `mg/dL` for urea is refused: urea and urea nitrogen have different factors, the caller must say which
    (`mg/dL(urea)`, `mg/dL(BUN)`).
    """
    token = _accepted(code).get(fold(written))
    if token is None:
        raise UnknownUnit(f"{written!r} is no unit of {code}")
    return token


def convert(code: str, value, unit: str):
    """A value in a written unit -> the canonical unit. `value` is a number or a numpy array.

    Numbers are multiplied as decimals, so that 1.1 m is 110 cm and not 110.00000000000001; nothing is
    rounded. Raises UnknownUnit.
    """
    indicator = catalogue.load()[code]
    token = resolve(code, unit)
    if token == indicator.unit:
        return value
    rule = indicator.alt_units[token]
    if rule == "IFCC":
        return value * IFCC_SLOPE + IFCC_OFFSET
    if rule == "F":
        return (value - 32) / 1.8
    if rule == "LOG":
        return 10 ** (value - 5)
    if isinstance(value, int | float) and math.isfinite(value):
        return float(Decimal(repr(value)) * Decimal(rule))
    return value * float(rule)
