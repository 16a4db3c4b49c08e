"""Counting a period and publishing what may be shown of it."""

import json
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.care import endings, returning, templates
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.insight import chains, metrics, publishing, selectors
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.organization.selectors import today as current_day
from healthmgmt.risk import editions

# Items of the minimum set that the roster supplies, not an examination.
OF_THE_PERSON = ("sex", "age")


def count_period(period: Period, *, today: date) -> bool:
    """Count an open period anew, in one transaction, and publish it when it is time to; True when a number changed.

    Two publications of a day would tell what one event between them changed, so there is one, on the first count of a
    local day. A period that is not open stays as it was counted last. Twice is once.
    """
    with transaction.atomic():
        period = _locked(period)
        if period.state != Period.State.OPEN:
            return False
        changed = _count(period, today)
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
        _count(period, today)
        _publish(period)
    return True


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
        _count(period, current_day())
        _publish(period)
        audit.record("numbers.published", by=by, subject=period)


def _locked(period: Period) -> Period:
    """One count of a period at a time, and none while it is being closed."""
    return Period.objects.select_for_update().get(pk=period.pk)


def _count(period: Period, today: date) -> bool:
    return bool(sql.execute("insight/count_units", _parameters(period, today)))


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


def _parameters(period: Period, today: date) -> dict[str, Any]:
    registry = metrics.load()
    before = selectors.period_before(period)
    # What everybody has to have; items for people under a hazard are no part of it.
    minimum = [item for item in editions.in_force(today).minimum if not item.only]
    alternatives = []
    for number, item in enumerate(minimum):
        measured = [code for code in item.any_of if code not in OF_THE_PERSON]
        alternatives += [{"item": number, "codes": [code]} for code in measured]
        alternatives += [{"item": number, "codes": registry.derived[code]} for code in measured if code in registry.derived]
    return {
        "period": period.pk,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "deadline_on": period.deadline_on,
        "reference_day": min(period.deadline_on, today),
        "before_starts_on": before and before.starts_on,
        "before_ends_on": before and before.ends_on,
        "before_reference_day": before and min(before.deadline_on, today),
        "alternatives": json.dumps(alternatives),
        "items": len(minimum),
        "asks_sex": any("sex" in item.any_of for item in minimum),
        "asks_age": any("age" in item.any_of for item in minimum),
        "metrics": registry.metrics_json(),
        "now": timezone.now(),
    } | _of_the_whole(min(period.ends_on, today), today)


def _of_the_whole(as_of: date, today: date) -> dict[str, Any]:
    """What the statement has to know for the facts of the whole organisation, up to a day."""
    told, goals = chains.load(), templates.load().goals
    limits = {high.slug: {code: limit for goal in high.goals for code, limit in goals[goal].below.items()} for high in told.highs}
    back = returning.by_unit(None, today=today).values()
    given = {"returned.asked": sum(one.asked for one in back), "returned.came": sum(one.returned for one in back)}
    return {
        "as_of": as_of,
        "timezone": organisation_settings().timezone,
        "reached": list(endings.load().reached),
        "highs": json.dumps(
            [
                {"slug": high.slug, "reasons": high.reasons, "condition": high.condition, "treatment": high.treatment}
                | {"below": limits[high.slug], "codes": list(limits[high.slug])}
                for high in told.highs
            ]
        ),
        "given": json.dumps([{"name": name, "people": people} for name, people in given.items()]),
        "named": json.dumps([{"name": name, "version": version} for name, version in told.versions().items()]),
    }


def _publish(period: Period) -> None:
    registry, smallest_group = metrics.load(), organisation_settings().smallest_group
    facts: dict[int, dict[str, publishing.Count]] = {}
    counted = UnitFact.objects.filter(period=period).order_by()
    for unit, metric, numerator, denominator in counted.values_list("unit_id", "metric", "numerator", "denominator"):
        facts.setdefault(unit, {})[metric] = (numerator, denominator)
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    found = publishing.publications(parents, facts, registry, smallest_group, _hidden_before(period))
    PublishedRow.objects.filter(period=period).delete()
    _store(found, period, smallest_group)


def _hidden_before(period: Period) -> frozenset[str] | None:
    """The metrics hidden at the top of the period before; None when nothing is published of it."""
    before = selectors.period_before(period)
    published = selectors.published_root(before) if before else None
    return None if published is None else frozenset(slug for slug, cell in published.cells.items() if cell["hidden"])


def _store(found: list[publishing.Publication], period: Period, smallest_group: int) -> None:
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
                whole=one.whole,
                smallest_group=smallest_group,
                published_at=now,
            )
            for one in level.values()
        ]
        stored |= dict(zip(level, PublishedRow.objects.bulk_create(rows, batch_size=1000), strict=True))
        waiting = {place: one for place, one in waiting.items() if place not in level}
