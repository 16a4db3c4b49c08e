"""Counting a period and publishing what may be shown of it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.insight import counting, flowing, metrics, publishing, selectors
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.organization.selectors import today as current_day


def count_period(period: Period, *, today: date, people: Sequence[int] | None = None) -> bool:
    """Count an open period anew, in one transaction, and publish it when it is time to; True when a number changed. Only `people`, where
    they are named, everybody else was counted before, and nothing is published.

    Two publications of a day would tell what one event between them changed, so there is one, on the first count of a
    local day. A period that is not open stays as it was counted last. Twice is once.
    """
    with transaction.atomic():
        period = _locked(period)
        if period.state != Period.State.OPEN:
            return False
        if people is not None and counting.is_counted(period) and not _is_time(period, today, changed=True):
            return counting.count_people(period, people, today=today)
        changed = counting.count_all(period, today=today)
        if _is_time(period, today, changed=changed):
            _publish(period)
    return changed


def settle_period(period: Period, *, today: date) -> bool:
    """Count and publish a period once more after its closing; from then on its table is frozen. True the first time."""
    with transaction.atomic():
        period = _locked(period)
        published = selectors.published_root(period)
        if period.closed_at is None or (published is not None and published.published_at >= period.closed_at):
            return False
        counting.count_all(period, today=min(today, closing_day(period)), as_of=period.closed_at)
        _publish(period)
    return True


def closing_day(period: Period) -> date:
    """The local day on which a period was closed."""
    return local_day(period.closed_at, organisation_settings().timezone)


def publish_open_periods(*, by: Actor) -> list[Period]:
    """Publish what is counted now, without waiting for the next day: for going live, never a matter of course."""
    with transaction.atomic():
        periods = list(Period.objects.filter(state=Period.State.OPEN).order_by("starts_on"))
        for period in periods:
            publish(period, by=by)
    return periods


def publish(period: Period, *, by: Actor) -> None:
    """Count an open period anew and publish it at once. Raises Rejected when it is not open."""
    with transaction.atomic():
        period = _locked(period)
        if period.state != Period.State.OPEN:
            raise Rejected(_("The period “%(name)s” is closed; its numbers stay as they were published.") % {"name": period.name})
        counting.count_all(period, today=current_day())
        _publish(period)
        audit.record("numbers.published", by=by, subject=period)


def _locked(period: Period) -> Period:
    """One count of a period at a time, and none while it is being closed."""
    return Period.objects.select_for_update().get(pk=period.pk)


def _is_time(period: Period, today: date, *, changed: bool) -> bool:
    """Whether an open period may be published now."""
    settings = organisation_settings()
    published = selectors.published_root(period)
    if published is None or published.smallest_group < settings.smallest_group:
        return True
    if local_day(published.published_at, settings.timezone) < today:
        return True
    # What says nothing of anybody's health may be replaced at any time.
    return changed and not publishing.holds_health_content(published.cells, metrics.load())


def _publish(period: Period) -> None:
    registry, smallest_group = metrics.load(), organisation_settings().smallest_group
    facts: dict[int, dict[str, publishing.Count]] = {}
    counted = UnitFact.objects.filter(period=period).order_by()
    for unit, metric, numerator, denominator in counted.values_list("unit_id", "metric", "numerator", "denominator"):
        facts.setdefault(unit, {})[metric] = (numerator, denominator)
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    found = publishing.publications(parents, facts, registry, smallest_group, _hidden_before(period))
    PublishedRow.objects.filter(period=period).delete()
    _store(found, _flows(found[0], facts[found[0].unit], smallest_group, _hidden_before(period)), period, smallest_group)


def _flows(top: publishing.Publication, counted: dict[str, publishing.Count], smallest_group: int, hidden_before: frozenset[str] | None) -> list[list]:
    """The flows between colours that may be shown beside the whole organisation's other numbers; none while nothing is published of the
    period before."""
    if hidden_before is None or top.people is None:
        return []
    counts = {place: counted.get(f"{counting.FLOW}{'_'.join(place)}", (0, 0))[0] for place in flowing.PLACES}
    hidden_now = {slug for slug, cell in top.cells.items() if cell["hidden"]}
    shown = flowing.shown_flows(counts, hidden_before=hidden_before, hidden_now=hidden_now, smallest_group=smallest_group)
    return [[one.source, one.target, one.people] for one in shown]


def _hidden_before(period: Period) -> frozenset[str] | None:
    """The metrics hidden at the top of the period before; None when nothing is published of it."""
    before = selectors.period_before(period)
    published = selectors.published_root(before) if before else None
    return None if published is None else frozenset(slug for slug, cell in published.cells.items() if cell["hidden"])


def _store(found: list[publishing.Publication], flows: list[list], period: Period, smallest_group: int) -> None:
    """Level by level, since a row needs the number of its parent."""
    now = timezone.now()
    stored: dict[int, PublishedRow] = {}
    waiting = dict(enumerate(found))
    while waiting:
        level = {place: one for place, one in waiting.items() if one.parent is None or one.parent in stored}
        rows = [
            PublishedRow(
                period=period,
                unit_id=one.unit,
                parent=stored.get(one.parent),
                units=list(one.units),
                own_units=list(one.own_units),
                people=one.people,
                cells=one.cells,
                flows=flows if one.parent is None else [],
                smallest_group=smallest_group,
                published_at=now,
            )
            for one in level.values()
        ]
        stored |= dict(zip(level, PublishedRow.objects.bulk_create(rows, batch_size=1000), strict=True))
        waiting = {place: one for place, one in waiting.items() if place not in level}
