"""Every published number of the units below one, two levels deep, as a table."""

from dataclasses import dataclass
from typing import Any

from healthmgmt.core.drawing import COLOURS
from healthmgmt.insight import figures, metrics
from healthmgmt.insight.figures import Shown
from healthmgmt.insight.selectors import Scorecard, ScoreRow


@dataclass(frozen=True)
class Column:
    """A metric; `colour` is set where it is one of the six."""

    slug: str
    name: str
    colour: str


@dataclass(frozen=True)
class Row:
    """A unit with its cells in the order of the columns; `level` 0 is the unit of the page."""

    name: str
    level: int
    people: int | None
    cells: tuple[tuple[Column, Shown], ...]


def departments(card: Scorecard) -> dict[str, Any]:
    """The unit, then those below it by coverage, the worst first, each with those below it."""
    told = [metric for metric in metrics.load().metrics if metric.scope == "tree" and (not metric.hazard or card.row.figure(metric.slug))]
    columns = [Column(one.slug, one.words[figures.language()]["name"], one.slug if one.slug in COLOURS else "") for one in told]
    rows = [_row(card.row, 0, columns)]
    for child in _worst_first(card.children):
        rows.append(_row(child, 1, columns))
        rows += [_row(below, 2, columns) for below in _worst_first(child.below)]
    return {"columns": columns, "rows": rows, "why_hidden": figures.why_hidden(card)}


def _worst_first(rows: tuple[ScoreRow, ...]) -> list[ScoreRow]:
    return sorted(rows, key=lambda row: (figures.share(row, "covered"), row.name))


def _row(row: ScoreRow, level: int, columns: list[Column]) -> Row:
    return Row(row.name, level, row.people, tuple((column, figures.of(row, column.slug)) for column in columns))
