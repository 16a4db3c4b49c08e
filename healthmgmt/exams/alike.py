"""What one decision makes of a cell: the same for all cells that are wrong in the same way. Pure, and never a guess: a cell
that the rule does not fit is left as it is."""

import unicodedata

from healthmgmt.exams import cells
from healthmgmt.exams.recognising import Column
from healthmgmt.records import catalogue, units

DAY_ORDERS = ("dmy", "mdy")


def with_unit(text: str, unit: str) -> str | None:
    """`98` in `mg/dL` -> `98 mg/dL`, with the range that stands behind it; None for a text that is no bare number, or states a unit."""
    result, written, _limits = cells.with_limits(text) or (text, "", None)
    match = cells.WRITTEN.fullmatch(cells.unmarked(unicodedata.normalize("NFKC", result).strip()))
    if match is None or match.group(3).strip():
        return None
    behind = f" ({written})" if written else ""
    return f"{match.group(1) or ''}{match.group(2)} {unit}{behind}"


def with_day_order(text: str, order: str) -> str | None:
    """`03/04/2026` -> `2026-04-03` where the day stands first (`dmy`); None for what is no such day."""
    if not cells.needs_order({text}):
        return None
    day = cells.day(text, order)
    return day.isoformat() if day else None


def exchanged(text: str) -> str | None:
    """`80/120` -> `120/80`; None for what is no pair of pressures."""
    match = cells.PRESSURE.fullmatch(cells.unmarked(unicodedata.normalize("NFKC", text).strip()))
    return f"{match.group(2)}/{match.group(1)}{match.group(3)}" if match else None


def units_of(column: Column) -> list[str]:
    """The units that may be stated for a column's cells, which are not in the column's own; none for what has no unit."""
    item = catalogue.load().get(column.code or "")
    if column.role != "indicator" or item is None or not item.is_numeric:
        return []
    return [token for token in (item.unit, *item.alt_units) if token != column.unit and _is_known(item.code, token)]


def _is_known(code: str, token: str) -> bool:
    """Whether a cell that states the unit so is understood."""
    try:
        return units.parse(token) is not None and bool(units.resolve(code, token))
    except units.UnknownUnit:
        return False
