"""Counting a period and publishing what may be shown of it."""

import json
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.insight import metrics, publishing
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import packs

# Items of the minimum set that the roster supplies, not an examination.
OF_THE_PERSON = ("sex", "age")


def count_period(period: Period, *, today: date) -> bool:
    """Count an open period anew and publish it, in one transaction; True when a number changed.

    A period that is not open stays as it was counted last. Twice is once.
    """
    with transaction.atomic():
        # One count of a period at a time, and none while it is being closed.
        period = Period.objects.select_for_update().get(pk=period.pk)
        if period.state != Period.State.OPEN:
            return False
        smallest_group = organisation_settings().smallest_group
        changed = sql.execute("insight/count_units", _parameters(period, today))
        is_published = PublishedRow.objects.filter(period=period, smallest_group=smallest_group).exists()
        if changed or not is_published:
            _publish(period, smallest_group)
    return bool(changed)


def _parameters(period: Period, today: date) -> dict[str, Any]:
    registry = metrics.load()
    minimum = packs.in_force(organisation_settings().pack, today).minimum
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
        "alternatives": json.dumps(alternatives),
        "items": len(minimum),
        "asks_sex": any("sex" in item.any_of for item in minimum),
        "asks_age": any("age" in item.any_of for item in minimum),
        "metrics": registry.metrics_json(),
    }


def _publish(period: Period, smallest_group: int) -> None:
    registry = metrics.load()
    facts: dict[int, dict[str, publishing.Count]] = {}
    counted = UnitFact.objects.filter(period=period).order_by()
    for unit, metric, numerator, denominator in counted.values_list("unit_id", "metric", "numerator", "denominator"):
        facts.setdefault(unit, {})[metric] = (numerator, denominator)
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    found = publishing.publications(parents, facts, registry, smallest_group)
    PublishedRow.objects.filter(period=period).delete()
    _store(found, period, smallest_group)


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
                smallest_group=smallest_group,
                published_at=now,
            )
            for one in level.values()
        ]
        stored |= dict(zip(level, PublishedRow.objects.bulk_create(rows, batch_size=1000), strict=True))
        waiting = {place: one for place, one in waiting.items() if place not in level}
