"""Reading what was published; nothing is counted here, and no number comes from raw facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core import sql
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.suppression import SMALL_GROUP
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import metrics
from healthmgmt.insight.access import units_with_numbers
from healthmgmt.insight.flowing import Flow
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import newest_period, organisation_settings, period_named
from healthmgmt.risk.models import Assessment

# Of more people than this the whole is counted anew.
MOST_PEOPLE = 20_000


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
    """A unit, or several that are shown together; `units` are their ids, `people` how many are due.

    `head` is the unit under whose address the row stands; `has_below` says whether rows below it are published.
    """

    name: str
    units: tuple[int, ...]
    people: int | None
    figures: tuple[Figure, ...]
    head: int
    own_units: tuple[int, ...] = ()
    has_below: bool = False
    below: tuple["ScoreRow", ...] = ()

    def figure(self, metric: str) -> Figure | None:
        """None where the metric is not told of this row."""
        return next((one for one in self.figures if one.metric == metric), None)


@dataclass(frozen=True)
class Scorecard:
    """A unit and those below it in a period. `earlier` are the rows of the unit in the periods before, oldest first;
    `before` those below it in the last of them, by the units that they count; `flows` are told of the whole organisation alone."""

    unit: Unit
    period: Period
    row: ScoreRow
    children: tuple[ScoreRow, ...]
    smallest_group: int
    published_at: datetime
    earlier: tuple[tuple[Period, ScoreRow], ...] = ()
    before: Mapping[frozenset[int], ScoreRow] = field(default_factory=dict)
    flows: tuple[Flow, ...] = ()


def scorecard(viewer: User, unit: Unit, period: Period) -> Scorecard:
    """The published numbers of a unit and the rows below it, as far as the viewer reaches.

    Raises Rejected when the viewer may not see the unit, or nothing was counted for the period yet.
    """
    if not units_with_numbers(viewer).filter(pk=unit.pk).exists():
        raise Rejected(_("There is no such unit."), field="unit")
    return card(unit, period, period_before(period))


def card(unit: Unit, period: Period, before: Period | None, *, levels: int = 1) -> Scorecard:
    """The published numbers of a unit and of one or two levels below it, and those of the period `before`; whoever asks has
    been let in.

    Small siblings stand in one row; a unit that is part of such a row shows that row. Raises Rejected when nothing was
    counted for the period yet.
    """
    rows = list(_rows(unit, period, before, levels))
    root = next((row for row in rows if row.period_id == period.pk and row.parent_id is None), None)
    if root is None:
        raise Rejected(_("Nothing was counted for the period “%(name)s” yet.") % {"name": period.name}, field="period")
    reader = _Reader(unit, rows)
    # A small unit stands in the row that it shares and again below it; the first is the higher one.
    first = {row.period_id: row for row in reversed(rows) if unit.pk in row.units and row.period.starts_on <= period.starts_on}
    present = first.pop(period.pk, None)
    own = sorted(first.values(), key=lambda row: row.period.starts_on)
    last = own[-1] if own and own[-1].period == before else None
    return Scorecard(
        unit=unit,
        period=period,
        row=reader.row(present) if present else _not_shown(unit),
        children=reader.below(present),
        smallest_group=root.smallest_group,
        published_at=root.published_at,
        earlier=tuple((row.period, reader.row(row)) for row in own),
        before={frozenset((*row.units, *row.own_units)): row for row in reader.below(last)},
        flows=() if unit.level else tuple(Flow(*one) for one in root.flows),
    )


def _rows(unit: Unit, period: Period, before: Period | None, levels: int) -> QuerySet[PublishedRow]:
    """The tops of all periods, the rows of a unit in them, and what is below it in the period and the one before."""

    def of_unit(prefix: str) -> Q:
        if unit.level:
            return Q(**{f"{prefix}units__contains": [unit.pk]})
        return Q(**{f"{prefix}id__isnull": False, f"{prefix}parent": None})

    wanted = Q(parent=None) | of_unit("") | of_unit("parent__") & Q(period__in=[one.pk for one in (period, before) if one])
    if levels > 1:
        wanted |= of_unit("parent__parent__") & Q(period=period)
    has_below = Exists(PublishedRow.objects.filter(parent=OuterRef("pk")))
    return PublishedRow.objects.filter(wanted).select_related("period").annotate(has_below=has_below).order_by("id")


class _Reader:
    """Turns rows into what is shown of them, with the names of their units."""

    def __init__(self, unit: Unit, rows: list[PublishedRow]) -> None:
        self.unit = unit
        self.units = Unit.objects.in_bulk({pk for row in rows for pk in (*row.units, *row.own_units)})
        self.children: dict[int, list[PublishedRow]] = {}
        for row in rows:
            if row.parent_id is not None and self._is_within(row):
                self.children.setdefault(row.parent_id, []).append(row)

    def row(self, row: PublishedRow) -> ScoreRow:
        figures = [
            Figure(metric.slug, cell["numerator"], cell["denominator"], cell["hidden"])
            for metric in metrics.load().metrics
            if (cell := row.cells.get(metric.slug))
        ]
        names = [self.units[pk].name for pk in row.units]
        names += [_("%(unit)s (itself)") % {"unit": self.units[pk].name} for pk in row.own_units]
        return ScoreRow(
            name=" + ".join(names),
            units=(*row.units, *row.own_units),
            people=row.people,
            figures=tuple(figures),
            head=row.unit_id,
            own_units=tuple(row.own_units),
            has_below=row.has_below,
            below=self.below(row),
        )

    def below(self, row: PublishedRow | None) -> tuple[ScoreRow, ...]:
        return tuple(self.row(child) for child in self.children.get(row.pk, [])) if row else ()

    def _is_within(self, row: PublishedRow) -> bool:
        """A row that a unit shares has rows below it that are none of the unit's."""
        return any(self.units[pk].path.startswith(self.unit.path) for pk in (*row.units, *row.own_units))


def published_periods() -> list[Period]:
    """The periods of which something is published, the newest first."""
    return list(Period.objects.filter(Exists(PublishedRow.objects.filter(period=OuterRef("pk")))).order_by("-starts_on"))


@dataclass(frozen=True)
class WorkState:
    """What waits in a unit and since when, and when its newest file of the period came."""

    waiting: int = 0
    oldest_at: datetime | None = None
    newest_file_at: datetime | None = None

    def with_also(self, other: "WorkState") -> "WorkState":
        """Of two units together."""
        return WorkState(
            self.waiting + other.waiting,
            min((one for one in (self.oldest_at, other.oldest_at) if one), default=None),
            max((one for one in (self.newest_file_at, other.newest_file_at) if one), default=None),
        )


def work_states(card: Scorecard) -> dict[int, WorkState]:
    """How work stands now in the unit of a scorecard and in each row below it, by the row's head; no health content."""
    whole = {pk: row.head for row in card.children for pk in row.units if pk not in row.own_units}
    own = {pk: row.head for row in card.children for pk in row.own_units}
    period = {"starts_on": card.period.starts_on, "ends_on": card.period.ends_on}
    found: dict[int, WorkState] = {}
    for line in sql.dicts("insight/work_state", {"path": card.unit.path, **period}):
        state = WorkState(line["waiting"], line["oldest_at"], line["newest_file_at"])
        above = [int(pk) for pk in line["path"].split(".") if pk]
        heads = {card.unit.pk, own.get(above[-1]), next((whole[pk] for pk in reversed(above) if pk in whole), None)}
        for head in heads - {None}:
            found[head] = found.get(head, WorkState()).with_also(state)
    return found


@dataclass(frozen=True)
class Closing:
    """What the closing of an open period would fix: who counts as not covered, and how many rows wait and would not count."""

    due: int
    not_covered: int
    waiting: int


def closing(unit: Unit, period: Period) -> Closing | None:
    """Of a unit, as published and as work stands now; None for a period that is not open, or where nothing may be shown."""
    if period.state != Period.State.OPEN:
        return None
    told = card(unit, period, None)
    figure = told.row.figure("covered")
    if figure is None or figure.hidden:
        return None
    waiting = work_states(told).get(unit.pk, WorkState()).waiting
    return Closing(figure.denominator, figure.denominator - figure.numerator, waiting)


def waiting_rows(unit: Unit) -> int:
    """How many rows of files delivered within a unit wait for repair."""
    files = Upload.objects.filter(unit__path__startswith=unit.path, state=Upload.State.PARTLY_APPLIED)
    return files.aggregate(rows=Sum("waiting"))["rows"] or 0


def scorecard_period(name: str = "") -> Period:
    """The period of this name, else the newest. Raises Rejected when there is none."""
    if name:
        return period_named(name)
    period = newest_period()
    if period is None:
        raise Rejected(_("No period has been opened yet."), field="period")
    return period


def _not_shown(unit: Unit) -> ScoreRow:
    """A unit below one that is itself too small to stand alone."""
    figures = tuple(Figure(metric.slug, None, None, SMALL_GROUP) for metric in metrics.load().metrics if metric.scope == "tree" and not metric.hazard)
    return ScoreRow(unit.name, (unit.pk,), None, figures, unit.pk)


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


def people_of_event(ids: Mapping[str, Any]) -> list[int] | None:
    """Whom an event was about by the ids that it told: a person, an upload, or a range of assessments; None for everybody, and for so many
    that they are counted as fast with everybody else."""
    if "person" in ids:
        return [ids["person"]]
    if "upload" in ids:
        found = Exam.objects.filter(upload=ids["upload"])
    elif "first" in ids:
        found = Assessment.objects.filter(pk__range=(ids["first"], ids["last"]))
    else:
        return None
    people = list(found.order_by().values_list("person", flat=True).distinct()[: MOST_PEOPLE + 1])
    return people if len(people) <= MOST_PEOPLE else None


def flows(period: Period) -> tuple[Flow, ...]:
    """The flows between the colours of the period before and those of this one, of the whole organisation, as far as they are shown."""
    top = published_root(period)
    return tuple(Flow(*one) for one in top.flows) if top else ()


def is_counted(period: Period) -> bool:
    """Whether anything was published of a period."""
    return PublishedRow.objects.filter(period=period).exists()


def smallest_group() -> int:
    """How many people a group must have before anything about its health is shown."""
    return organisation_settings().smallest_group
