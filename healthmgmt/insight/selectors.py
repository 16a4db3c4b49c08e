"""Reading what was published; nothing is counted here, and no number comes from raw facts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.suppression import SMALL_GROUP
from healthmgmt.insight import metrics
from healthmgmt.insight.access import units_with_numbers
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import newest_period, period_named


@dataclass(frozen=True)
class Figure:
    """One metric of one row. `numerator` and `percent` are None where `hidden` says why."""

    metric: str
    numerator: int | None
    denominator: int | None
    hidden: str

    @property
    def percent(self) -> float | None:
        if self.numerator is None or not self.denominator:
            return None
        return round(100 * self.numerator / self.denominator, 1)


@dataclass(frozen=True)
class ScoreRow:
    """A unit, or several that are shown together; `units` are their ids, `people` how many are due."""

    name: str
    units: tuple[int, ...]
    people: int | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Scorecard:
    """A unit and those below it in a period."""

    unit: Unit
    period: Period
    row: ScoreRow
    children: tuple[ScoreRow, ...]
    smallest_group: int
    published_at: datetime


def scorecard(viewer: User, unit: Unit, period: Period) -> Scorecard:
    """The published numbers of a unit and the rows below it, as far as the viewer reaches.

    Small siblings stand in one row; a unit that is part of such a row shows that row. Raises Rejected when the viewer may
    not see the unit, or nothing was counted for the period yet.
    """
    if not units_with_numbers(viewer).filter(pk=unit.pk).exists():
        raise Rejected(_("There is no such unit."), field="unit")
    rows = PublishedRow.objects.filter(period=period).order_by("id")
    root = rows.filter(parent=None).first()
    if root is None:
        raise Rejected(_("Nothing was counted for the period “%(name)s” yet.") % {"name": period.name}, field="period")
    own = rows.filter(units__contains=[unit.pk]).first()
    below = list(rows.filter(parent=own)) if own else []
    units = Unit.objects.in_bulk({pk for row in [root, *below, *([own] if own else [])] for pk in (*row.units, *row.own_units)})
    within = [row for row in below if any(units[pk].path.startswith(unit.path) for pk in (*row.units, *row.own_units))]
    return Scorecard(
        unit=unit,
        period=period,
        row=_score_row(own, units) if own else _not_shown(unit),
        children=tuple(_score_row(row, units) for row in within),
        smallest_group=root.smallest_group,
        published_at=root.published_at,
    )


def scorecard_period(name: str = "") -> Period:
    """The period of this name, else the newest. Raises Rejected when there is none."""
    if name:
        return period_named(name)
    period = newest_period()
    if period is None:
        raise Rejected(_("No period has been opened yet."), field="period")
    return period


def _score_row(row: PublishedRow, units: dict[int, Unit]) -> ScoreRow:
    figures = [
        Figure(metric.slug, cell["numerator"], cell["denominator"], cell["hidden"])
        for metric in metrics.load().metrics
        if (cell := row.cells.get(metric.slug))
    ]
    names = [units[pk].name for pk in row.units]
    names += [_("%(unit)s (itself)") % {"unit": units[pk].name} for pk in row.own_units]
    return ScoreRow(" + ".join(names), (*row.units, *row.own_units), row.people, tuple(figures))


def _not_shown(unit: Unit) -> ScoreRow:
    """A unit below one that is itself too small to stand alone."""
    figures = tuple(Figure(metric.slug, None, None, SMALL_GROUP) for metric in metrics.load().metrics)
    return ScoreRow(unit.name, (unit.pk,), None, figures)


def period_before(period: Period) -> Period | None:
    """The period directly before another."""
    return Period.objects.filter(ends_on__lt=period.starts_on).order_by("-starts_on").first()


def published_root(period: Period) -> PublishedRow | None:
    """The row of the whole organisation in a period, None while nothing is published of it."""
    return PublishedRow.objects.filter(period=period, parent=None).first()


def is_publication_behind() -> bool:
    """Whether an open period was counted differently since it was published."""
    published = PublishedRow.objects.filter(period=OuterRef("period"), parent=None).values("published_at")[:1]
    return UnitFact.objects.filter(period__state=Period.State.OPEN, computed_at__gt=Subquery(published)).exists()


def is_counted(period: Period) -> bool:
    """Whether anything was published of a period."""
    return PublishedRow.objects.filter(period=period).exists()
