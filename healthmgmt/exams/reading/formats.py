"""Number formats that show a fraction as a percentage: 0.056 that a spreadsheet shows as 5.6% is 5.6% for us, too. Pure.

The readers hand on the bare fraction, which would pass as a percentage where the unit of an item is one.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from xml.etree import ElementTree

BUILT_IN = frozenset({9, 10})  # 0% and 0.00% in every spreadsheet, ECMA-376 part 1, 18.8.30
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')


def is_percentage(code: str) -> bool:
    """Whether a format's code shows a percentage: a sign that is no literal."""
    return "%" in LITERAL.sub("", code)


def percentages(formats: Iterable[int], own: Mapping[int, str]) -> frozenset[int]:
    """Places of the cell formats that show percentages. `formats`: the number format of each; `own`: what the file defines."""
    shown = {number for number, code in own.items() if is_percentage(code)} | BUILT_IN.difference(own)
    return frozenset(place for place, number in enumerate(formats) if number in shown)


def of_styles(xml: bytes) -> frozenset[int]:
    """The same of the part `xl/styles.xml`; none of what cannot be understood, which the reader refuses in its own words."""
    try:
        root = ElementTree.fromstring(xml)
        own = {int(one.get("numFmtId", "")): one.get("formatCode", "") for one in root.iterfind("{*}numFmts/{*}numFmt")}
        return percentages([int(one.get("numFmtId", 0)) for one in root.iterfind("{*}cellXfs/{*}xf")], own)
    except (ElementTree.ParseError, ValueError):
        return frozenset()


def shown(number: float) -> float:
    """0.056 -> 5.6, in decimals, so that nothing is added behind the point."""
    return float(Decimal(repr(number)).scaleb(2))
