"""Counting: what people count as, kept person by person, and the facts of units that are the sums of it up the tree."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from healthmgmt.care import endings, returning, templates
from healthmgmt.core import sql
from healthmgmt.insight import metrics, selectors
from healthmgmt.insight.metrics import Condition
from healthmgmt.insight.models import PersonFact
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import editions

# Items of the minimum set that the roster supplies, not an examination.
OF_THE_PERSON = ("sex", "age")
OF_EXPOSURE = "exposure:"
FLOW = "flow_"
# A flow has no share and no direction; its version stands with its fact as that of a metric does.
FLOW_VERSION = 1
Counts = Mapping[str, int]


class Part(NamedTuple):
    """Counts of the people directly in a unit, or of the whole organisation where `unit` is None; `reason` says why they differ."""

    unit: int | None
    reason: str
    counts: Counts


def count_all(period: Period, *, today: date, as_of: datetime | None = None) -> bool:
    """Count everybody anew; True when a number changed. In the caller's transaction, which holds the period. `as_of`: what care did later
    does not count."""
    parts = _count(period, today, as_of or timezone.now(), people=None)
    return _store(period, rolled_up(parts, returned_of(period, today)), adds=False)


def count_people(period: Period, people: Sequence[int], *, today: date) -> bool:
    """Count some people anew, of a period that was counted before; True when a number changed. What nobody's own event moves (returned
    within 15 days) follows once a day."""
    if not people:
        return False
    return _store(period, rolled_up(_count(period, today, timezone.now(), people=people), Counter()), adds=True)


def is_counted(period: Period) -> bool:
    """Whether there is something that the counts of some people can be added to."""
    return PersonFact.objects.filter(period=period).exists()


def recounted(period: Period, *, today: date, as_of: datetime) -> list[Part]:
    """What counting a period again would change, with the reasons; nothing is kept."""
    with transaction.atomic():
        return _parts(_parameters(period, today, as_of) | {"people": None, "writes": False, "is_whole": False})


def rolled_up(parts: Iterable[Part], whole: Counts) -> dict[int, Counter]:
    """The counts of each unit with everything below it; those of the whole organisation stand with the root."""
    found: dict[int, Counter] = {}
    above = {pk: [int(one) for one in path.split(".") if one] for pk, path in Unit.objects.order_by().values_list("pk", "path")}
    root = next(pk for pk, path in above.items() if len(path) == 1)
    for part in parts:
        for unit in above[part.unit] if part.unit is not None else [root]:
            counter = found.setdefault(unit, Counter())
            for name, count in part.counts.items():
                counter[name] += count
    found.setdefault(root, Counter()).update(whole)
    return found


def returned_of(period: Period, today: date) -> Counter:
    """Who was asked to come and came within 15 days, of the whole organisation, as care defines it."""
    found = returning.by_unit(None, today=min(today, period.ends_on)).values()
    return Counter(asked_to_come=sum(one.asked for one in found), returned=sum(one.returned for one in found))


def _count(period: Period, today: date, as_of: datetime, *, people: Sequence[int] | None) -> list[Part]:
    named = {"people": None if people is None else list(people), "writes": True, "is_whole": people is None}
    return _parts(_parameters(period, today, as_of) | named)


def _parts(parameters: dict[str, Any]) -> list[Part]:
    sql.row("insight/in_bulk", {"bulk": parameters["people"] is None})
    rows = sql.dicts("insight/count_people", parameters)
    sql.row("insight/in_bulk", {"bulk": False})
    return [Part(row["unit_id"], row["reason"], {name: count or 0 for name, count in row["counts"].items()}) for row in rows]


def _store(period: Period, found: Mapping[int, Counter], *, adds: bool) -> bool:
    """Write the facts of units: as they were counted, or `adds` to what is there."""
    root = Unit.objects.values_list("pk", flat=True).get(level=0)
    facts = [fact for unit, counts in found.items() for fact in _facts(unit, counts, is_root=unit == root, is_all=not adds)]
    if not adds:
        facts += [fact for unit in Unit.objects.exclude(pk__in=found).values_list("pk", flat=True) for fact in _facts(unit, Counter(), is_root=False, is_all=True)]
    columns = {"units": [], "metrics": [], "numerators": [], "denominators": [], "definitions": []}
    for fact in facts:
        for column, value in zip(columns.values(), fact, strict=True):
            column.append(value)
    (changed,) = sql.row("insight/store_facts", columns | {"period": period.pk, "adds": adds, "now": timezone.now()})
    return bool(changed)


def _facts(unit: int, counts: Counter, *, is_root: bool, is_all: bool) -> Iterable[tuple[int, str, int, int, int]]:
    """The facts of a unit: with `is_all` also those that count nobody, save of hazards."""
    for metric in metrics.load().metrics:
        numerator, denominator = counts[metric.numerator], counts[metric.denominator]
        if (is_root or metric.scope == "tree") and (numerator or denominator or is_all and not metric.hazard):
            # Somebody who was asked to come may have left since.
            yield unit, metric.slug, numerator, max(denominator, numerator) if is_all else denominator, metric.version
    for name in counts if is_root else ():
        if name.startswith(FLOW) and (counts[name] or is_all):
            yield unit, name, counts[name], counts[name], FLOW_VERSION


def _parameters(period: Period, today: date, as_of: datetime) -> dict[str, Any]:
    before, registry, follow_up = selectors.period_before(period), metrics.load(), metrics.load().follow_up
    return {
        "period": period.pk,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "deadline_on": period.deadline_on,
        "reference_day": min(period.deadline_on, today),
        "until": min(period.ends_on, today),
        "as_of": as_of,
        "before_starts_on": before and before.starts_on,
        "before_ends_on": before and before.ends_on,
        "before_reference_day": before and min(before.deadline_on, today),
        "timezone": organisation_settings().timezone,
        "reached": endings.load().reached,
        "grace": follow_up.grace_days,
        "seen_days": follow_up.seen_days,
        "seen_kinds": list(follow_up.seen_kinds),
        "conditions": json.dumps([_condition(one) for one in registry.conditions]),
        "kinds": [metric.hazard for metric in registry.metrics if metric.hazard],
        **_items(today),
    }


def _condition(condition: Condition) -> dict[str, Any]:
    """What tells of one of the three highs, and the goals that count as its target."""
    shipped = templates.load()
    parts = {part.version: part for plan in shipped.plans for part in plan.parts if part.slug == condition.part}
    part = parts[max(parts)]
    return {
        "slug": condition.slug,
        "reasons": list(part.reasons),
        "told": {condition.told: 1},
        "treated": {condition.treated: 1},
        "goals": [{"slug": goal, "below": shipped.goals[goal].below} for goal in part.goals],
    }


def _items(today: date) -> dict[str, Any]:
    """The mandatory items as bits: those of everybody (`basic`), and those that are asked of people under a hazard beside them."""
    derived, alternatives, asked = metrics.load().derived, [], Counter()
    bits = {"sex": 0, "age": 0, "basic": 0}
    for number, item in enumerate(editions.in_force(today).minimum):
        bit = 1 << number
        if item.only:
            asked[item.only.removeprefix(OF_EXPOSURE)] |= bit
        else:
            bits["basic"] |= bit
        for code in item.any_of:
            if code in OF_THE_PERSON:
                bits[code] |= bit
            else:
                alternatives.append({"item": number, "codes": [code]})
                alternatives += [{"item": number, "codes": derived[code]}] if code in derived else []
    return {
        "alternatives": json.dumps(alternatives),
        "items": bits["basic"].bit_count(),
        "basic": bits["basic"],
        "sex_item": bits["sex"],
        "age_item": bits["age"],
        "asked": json.dumps([{"kind": kind, "items": mask} for kind, mask in asked.items()]),
    }
