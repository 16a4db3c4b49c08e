"""A closed period counted again, and what explains that it would say something else today; its numbers stay as they are.

What happened after the closing is told apart by what happened to the people concerned: another unit, an examination withdrawn, corrected
or delivered later, another judgement. A metric whose definition has another version since is named as such. Of health content no numbers
are told: beside what is published they are a subtraction, and who withdrew an examination would know whose it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.suppression import COVERAGE_FLOOR
from healthmgmt.insight import counting, metrics, services
from healthmgmt.insight.counting import Part
from healthmgmt.insight.metrics import Metric
from healthmgmt.insight.models import UnitFact
from healthmgmt.organization.models import Period, Unit

DEFINITION = "definition"


@dataclass(frozen=True)
class Difference:
    """A metric of a unit that would be counted otherwise: (numerator, denominator) as stored and as counted again, None of health
    content and of few people. `versions` are those of the definition; `reasons` {why: people or None}."""

    unit: Unit
    metric: str
    stored: tuple[int, int] | None
    recounted: tuple[int, int] | None
    versions: tuple[int, int]
    reasons: dict[str, int | None]


def differences(period: Period) -> list[Difference]:
    """Every metric of every unit that counting a closed period again would change, from the top of the tree down.

    Raises Rejected for a period that is open, or of which nothing was kept person by person.
    """
    if period.closed_at is None:
        raise Rejected(_("The period “%(name)s” is open; its numbers follow what happens.") % {"name": period.name}, field="period")
    if not counting.is_counted(period):
        raise Rejected(_("Nothing was counted for the period “%(name)s” yet.") % {"name": period.name}, field="period")
    parts = counting.recounted(period, today=services.closing_day(period), as_of=period.closed_at)
    stored = {(fact.unit_id, fact.metric): fact for fact in UnitFact.objects.filter(period=period)}
    by_reason = {reason: counting.rolled_up([part for part in parts if part.reason == reason], {}) for reason in _reasons(parts)}
    units = list(Unit.objects.order_by("path"))
    found = []
    for unit in units:
        for metric in metrics.load().metrics:
            fact = stored.get((unit.pk, metric.slug))
            if fact is not None:
                found += _difference(unit, metric, fact, by_reason)
    return found


def _reasons(parts: Iterable[Part]) -> list[str]:
    return sorted({part.reason for part in parts})


def _difference(unit: Unit, metric: Metric, fact: UnitFact, by_reason: Mapping[str, Mapping[int, Counter]]) -> list[Difference]:
    changes = {reason: counts[unit.pk] for reason, counts in by_reason.items() if unit.pk in counts}
    moved = {reason: (counts[metric.numerator], counts[metric.denominator]) for reason, counts in changes.items()}
    moved = {reason: change for reason, change in moved.items() if any(change)}
    is_redefined = fact.definition != metric.version
    if not moved and not is_redefined:
        return []
    is_told = metric.sensitivity == "coverage" and fact.denominator >= COVERAGE_FLOOR
    numerator, denominator = (sum(change[place] for change in moved.values()) for place in (0, 1))
    reasons = {reason: max(map(abs, change)) if is_told else None for reason, change in moved.items()}
    return [
        Difference(
            unit=unit,
            metric=metric.slug,
            stored=(fact.numerator, fact.denominator) if is_told else None,
            recounted=(fact.numerator + numerator, fact.denominator + denominator) if is_told else None,
            versions=(fact.definition, metric.version),
            reasons=reasons | ({DEFINITION: None} if is_redefined else {}),
        )
    ]
