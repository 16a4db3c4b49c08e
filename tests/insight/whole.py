"""What is told of the whole organisation alone, recounted person by person in plain words."""

from collections import Counter
from datetime import date, timedelta

from healthmgmt.care.models import Step
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from tests.insight.making import assessment_of, cared_on, change, local, unit_on

# (reasons, illness, treatment, limits below which it is at target)
HIGHS = {
    "hypertension": ({"hypertension", "critical_bp"}, "condition:hypertension", "treatment:bp", {"sbp": 140, "dbp": 90}),
    "hyperglycaemia": ({"hyperglycaemia", "critical_glucose"}, "condition:diabetes", "treatment:glucose", {"hba1c": 7, "fpg": 7}),
    "hyperlipidaemia": ({"hyperlipidaemia"}, "condition:dyslipidaemia", "treatment:lipid", {"ldl": 3.4}),
}


def recount_whole(period: Period, before: Period, today: date) -> Counter:
    found: Counter = Counter()
    for person in Person.objects.all():
        if unit_on(person, min(today, period.deadline_on)):
            found.update(cascades(person, period, today))
            found.update(closing(person, period))
        if unit_on(person, min(today, before.deadline_on)):
            found.update(changes(person, period, before))
        found.update(returning(person, today))
    return found


def cascades(person: Person, period: Period, today: date) -> list[str]:
    made = assessment_of(person, period)
    if made is None:
        return []
    exams = sorted((one for one in person.exams.all() if one.state == "current" and period.starts_on <= one.taken_on <= period.ends_on), key=lambda one: (one.taken_on, one.pk))
    cared, names = [day for day in cared_on(person) if day <= today], []
    for high, (codes, condition, treatment, limits) in HIGHS.items():
        treated = any(one.results.get(treatment) == 1 for one in exams)
        told = treated or any(one.results.get(condition) == 1 for one in exams)
        measured = [one.results for one in exams if set(limits) & set(one.results)]
        at_target = bool(measured) and all(measured[-1][code] < limit for code, limit in limits.items() if code in measured[-1])
        steps = {
            "have": told or any(reason["code"] in codes for reason in made.reasons),
            "know": told or any(day >= made.assessed_on for day in cared),
            "treated": treated,
            # Half a year before 20 November 2026.
            "seen": any(day > date(2026, 5, 20) for day in cared),
            "at_target": at_target,
        }
        for step, is_so in steps.items():
            if not is_so:
                break
            names.append(f"{high}.{step}")
    return names


def closing(person: Person, period: Period) -> list[str]:
    alerts = [one for one in person.alerts.all() if period.starts_on <= one.measured_on <= period.ends_on]
    found = ["alert_closing.opened"] if alerts else []
    for step, within in (("within_week", timedelta(days=7)), ("within_day", timedelta(days=1))):
        if alerts and all(one.closed_at and one.closed_at - one.opened_at <= within for one in alerts):
            found.append(f"alert_closing.{step}")
    return found


def changes(person: Person, period: Period, before: Period) -> list[str]:
    earlier, later = assessment_of(person, before), assessment_of(person, period)
    if earlier is None:
        return []
    found = [f"flow.{earlier.colour}.{later.colour}"] if later else []
    if earlier.colour in ("red", "orange", "yellow"):
        known = {one.pk for one in person.assessments.all() if one.pk and _is_of(person, one, before)}
        again = later.before if later and later.before_id in known else None
        found.append(f"{change(again, later)}.{'enrolled' if took_part(person, period) else 'not_enrolled'}")
    return found


def _is_of(person: Person, assessment, period: Period) -> bool:
    days = [one.taken_on for one in person.exams.all() if one.state == "current" and one.pk in assessment.exams]
    return bool(days) and period.starts_on <= max(days) <= period.ends_on


def took_part(person: Person, period: Period) -> bool:
    spoken = [local(one.made_at) for one in person.contacts.all() if one.ending != "not_reached"]
    done = [local(step.ended_at) for step in Step.objects.filter(plan__person=person, state="done", doer="person")]
    return any(period.starts_on <= day <= period.ends_on for day in spoken + done)


def returning(person: Person, today: date) -> list[str]:
    """From the first contact of the last ninety days, but for the last fifteen, that ended with coming."""
    asked = sorted(one.made_at for one in person.contacts.all() if one.ending == "will_come" and 16 <= (today - local(one.made_at)).days <= 105)
    if not asked:
        return []
    day = local(asked[0])
    exams = [one.taken_on for one in person.exams.all() if one.state == "current"]
    came = any(day <= one <= day + timedelta(days=15) for one in exams)
    return ["returned.asked", "returned.came"] if came else ["returned.asked"]
