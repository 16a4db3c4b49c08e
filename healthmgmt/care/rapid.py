"""Alerts for rapid worsening: opened where class A results are, told more slowly, and nobody's colour."""

from collections.abc import Sequence

from django.db import transaction

from healthmgmt.audit import services as audit
from healthmgmt.care import escalating, worsening
from healthmgmt.care.models import Alert
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.work import services as work

# What lies nearer together than this cannot meet a rule: a part of the earlier value, below 0 for a fall. Creatinine rises by more than a
# fifth when the filtration rate falls by a quarter; no haemoglobin is so high that 20 g/L are less than 7 per cent of it.
ROUGHLY = {"egfr": 0.2, "hgb": -0.07, "weight": -0.049}


def open_rapid(first: int, last: int, *, by: Actor) -> int:
    """An alert for each person in a range of assessments who worsened rapidly; returns how many are new. Twice is once: one for a
    person, rule and day of the later value."""
    with transaction.atomic():
        wanted = [_alert(one) for one in worsening.worsened(_pairs(first, last))]
        Alert.objects.bulk_create(wanted, ignore_conflicts=True)
        made = Alert.objects.filter(uuid__in=[one.uuid for one in wanted]).order_by("pk").values_list("pk", "person_id")
        opened: Sequence[tuple[int, int]] = list(made)
        audit.record_people("alert.opened", sorted({person for _alert, person in opened}), by=by)
        if opened:
            escalating.begin(opened[0][0], opened[-1][0], is_rapid=True)
            work.announce("care.alerts_changed", change=f"rapid:{first}-{last}", first=first, last=last)
    return len(opened)


def _pairs(first: int, last: int) -> list[worsening.Pair]:
    known = worsening.load()
    asked = {
        "first": first, "last": last, "fresh_days": known.fresh_days,
        "codes": [rule.code for rule in known.rules], "reads": [rule.read for rule in known.rules],
        "least": [ROUGHLY[rule.value] for rule in known.rules], "days": [rule.within_days for rule in known.rules],
    }  # fmt: skip
    return [worsening.Pair(*row) for row in sql.rows("care/worsened_values", asked)]


def _alert(one: worsening.Worsened) -> Alert:
    facts = {"was": round(one.was, 4), "was_on": one.pair.was_on.isoformat(), "now": round(one.now, 4)}
    return Alert(person_id=one.pair.person, assessment_id=one.pair.assessment, code=one.pair.code, measured_on=one.pair.now_on, facts=facts)
