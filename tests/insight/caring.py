"""What care and activities leave behind for the people of `making`, and the plain recount of what is counted of it."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from healthmgmt.care.models import Contact, Plan, Step
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.organization.models import Period, Unit
from healthmgmt.people.models import Exposure, Person
from healthmgmt.risk.models import Assessment

ZONE = ZoneInfo("Asia/Shanghai")
REACHED = {"will_be_seen_today", "will_come", "referred", "in_treatment", "not_now", "to_physician"}
SEEN = {"visit", "recheck", "referral", "case_review"}
# Condition: reasons, what examinations say of a diagnosis and a treatment, goals of care.
CONDITIONS = {
    "bp": ({"hypertension"}, "condition:hypertension", "treatment:bp", ({"sbp": 140, "dbp": 90},)),
    "glucose": ({"hyperglycaemia"}, "condition:diabetes", "treatment:glucose", ({"hba1c": 7.0}, {"fpg": 7.0})),
    "lipids": ({"hyperlipidaemia"}, "condition:dyslipidaemia", "treatment:lipid", ({"ldl": 3.4},)),
}
STEPS = ("have", "know", "treated", "seen", "at_target")
FUNNEL = ("invited", "opened", "signed_up", "took_part", "finished")
GRACE = 14


def reasons(rng: random.Random) -> list[dict]:
    return [{"code": code} for code in ("hypertension", "hyperglycaemia", "hyperlipidaemia") if rng.random() < 0.5]


def answers(rng: random.Random) -> dict[str, int]:
    told = [name for _reasons, told, treated, _goals in CONDITIONS.values() for name in (told, treated)]
    return {name: rng.choice([0, 1, 1]) for name in told if rng.random() < 0.6}


def care_for(period: Period, rng: random.Random, today: date) -> None:
    """Plans with steps of all ages and states, contacts, hazards and activities of everybody there is, as it comes."""
    activities = [activity(period, rng, sensitivity) for sensitivity in ("coverage", "coverage", "health")]
    for person in Person.objects.order_by("pk"):
        for assessment in person.assessments.order_by("pk")[: rng.choice([0, 1])]:
            a_plan(person, assessment, rng, today)
        for _ in range(rng.choice([0, 0, 1])):
            day = today - timedelta(rng.randint(0, 700))
            Contact.objects.create(person=person, made_at=moment(day, rng), made_by="x", ending=rng.choice(Contact.Ending.values))
        for kind in ("noise", "high_altitude", "something else"):
            if rng.random() < 0.2:
                since = today - timedelta(rng.randint(0, 900))
                Exposure.objects.create(person=person, kind=kind, since=since, until=rng.choice([None, since + timedelta(rng.randint(0, 700))]))
        for one in activities:
            if rng.random() < 0.6:
                participate(one, person, rng, today)


def moment(day: date, rng: random.Random) -> datetime:
    return datetime.combine(day, time(rng.randint(0, 23), 30), tzinfo=UTC)


def a_plan(person: Person, assessment: Assessment, rng: random.Random, today: date) -> None:
    plan = Plan.objects.create(person=person, assessment=assessment, template="orange", version=2, colour="orange", opened_on=today - timedelta(500))
    for number in range(rng.choice([0, 1, 1, 2])):
        due_on = today - timedelta(rng.randint(-20, 500))
        state = rng.choice(["done", "done", "planned", "skipped"])
        ended = {"ended_at": moment(min(today, due_on + timedelta(rng.randint(0, 40))), rng), "ended_by": "x"} if state != "planned" else {}
        Step.objects.create(
            plan=plan, number=number, kind=rng.choice(["visit", "lesson", "recheck", "call"]), doer=rng.choice(["person", "case_manager", "case_manager"]),
            due_on=due_on, window_days=rng.choice([0, 7, 30]), state=state, **ended,
        )  # fmt: skip


def activity(period: Period, rng: random.Random, sensitivity: str) -> Activity:
    starts_on = period.starts_on + timedelta(rng.randint(-60, 200))
    return Activity.objects.create(
        kind="steps", edition=1, sensitivity=sensitivity, unit=Unit.objects.get(level=0), starts_on=starts_on, ends_on=starts_on + timedelta(30),
        state=rng.choice(["open", "open", "draft"]) if sensitivity == "coverage" else "open", made_by="x",
    )  # fmt: skip


def participate(one: Activity, person: Person, rng: random.Random, today: date) -> None:
    at, stage = moment(today - timedelta(30), rng), rng.randint(1, 5)
    Participation.objects.create(
        unit=person.unit,
        activity=one, person=person, invited_at=at, opened_at=at if stage > 1 else None, enrolled_at=at if stage > 2 else None,
        way="steps" if stage > 2 else "", first_act_on=at.date() if stage > 3 else None, finished_at=at if stage > 4 else None,
    )  # fmt: skip


def local(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def spoken_on(person: Person, since: date, until: date) -> list[date]:
    days = [local(one.made_at) for one in person.contacts.all() if one.ending in REACHED]
    return [day for day in days if since <= day <= until]


def steps_of(person: Person) -> list[Step]:
    return [step for plan in person.plans.all() for step in plan.steps.all()]


def is_enrolled(person: Person, before: Period, until: date) -> bool:
    done = [step for step in steps_of(person) if step.state == "done" and step.due_on >= before.starts_on]
    return bool(spoken_on(person, before.starts_on, until)) or any(local(step.ended_at) >= before.starts_on for step in done)


def alert_measures(alerts: list) -> Counter:
    """How fast the slowest of a person's alerts was closed."""
    counter = Counter(alerts_any=int(bool(alerts)))
    if alerts and all(one.closed_at for one in alerts):
        slowest = max(one.closed_at - one.opened_at for one in alerts)
        counter.update(closed_in_week=int(slowest <= timedelta(days=7)), closed_in_day=int(slowest <= timedelta(hours=24)))
    return counter


def care_measures(person: Person, period: Period, before: Period, made: Assessment | None, newest_on: date | None, today: date) -> Counter:
    """Follow-up, the three cascades, hazards and general activities of one person who is due."""
    until = min(today, period.ends_on)
    counter = Counter()
    if made is not None:
        spoken = spoken_on(person, before.starts_on, until)
        is_spoken = any(day >= newest_on for day in spoken)
        if made.colour in ("red", "orange"):
            counter[follow_up(person, period, until, is_spoken)] += 1
        for slug, (codes, told, treated, goals) in CONDITIONS.items():
            if codes & {reason["code"] for reason in made.reasons}:
                far = how_far(person, period, before, until, told, treated, goals, is_spoken)
                counter.update({f"{slug}_{step}": 1 for step in STEPS[:far]})
    counter.update(dict.fromkeys(FUNNEL[: stage_of(person, period)], 1))
    return counter


def follow_up(person: Person, period: Period, until: date, is_spoken: bool) -> str:
    in_time = overdue = False
    for step in steps_of(person):
        if step.doer == "person" or not period.starts_on <= step.due_on <= until:
            continue
        last_on = step.due_on + timedelta(max(step.window_days, GRACE))
        is_done = step.state == "done" and local(step.ended_at) <= last_on
        in_time |= is_done
        overdue |= not is_done and last_on < until and step.state not in ("cancelled", "skipped", "declined")
    return "followed_up" if not overdue and (in_time or is_spoken) else "not_followed_up"


def how_far(person: Person, period: Period, before: Period, until: date, told: str, treated: str, goals: tuple, is_spoken: bool) -> int:
    exams = [exam for exam in person.exams.all() if exam.state == "current" and period.starts_on <= exam.taken_on <= period.ends_on]
    says_treated = any(exam.results.get(treated) == 1 for exam in exams)
    if not (says_treated or is_spoken or any(exam.results.get(told) == 1 for exam in exams)):
        return 1
    treats = [one for one in person.contacts.all() if one.ending == "in_treatment" and period.starts_on <= local(one.made_at) <= until]
    if not (says_treated or treats):
        return 2
    if not is_seen(person, before, until, exams):
        return 3
    return 5 if at_target(exams, goals) else 4


def is_seen(person: Person, before: Period, until: date, exams: list) -> bool:
    days = spoken_on(person, before.starts_on, until)
    days += [local(step.ended_at) for step in steps_of(person) if step.state == "done" and step.kind in SEEN and step.due_on >= before.starts_on]
    taken = sorted(exam.taken_on for exam in exams if exam.results)
    days += [taken[-1]] if taken and taken[-1] > taken[0] and taken[-1] <= until else []
    return any(day > until - timedelta(183) for day in days)


def at_target(exams: list, goals: tuple) -> bool:
    reached = []
    for goal in goals:
        having = [exam for exam in exams if all(code in exam.results for code in goal)]
        if having:
            newest = max(having, key=lambda exam: (exam.taken_on, exam.pk))
            reached.append(all(newest.results[code] < limit for code, limit in goal.items()))
    return bool(reached) and all(reached)


def stage_of(person: Person, period: Period) -> int:
    found = [0]
    for one in person.participations.all():
        is_general = one.activity.sensitivity == "coverage" and one.activity.state in ("open", "ended")
        if is_general and one.activity.starts_on <= period.ends_on and one.activity.ends_on >= period.starts_on:
            found.append(5 if one.finished_at else 4 if one.first_act_on else 3 if one.enrolled_at else 2 if one.opened_at else 1)
    return max(found)


def hazards_on(person: Person, day: date) -> set[str]:
    return {one.kind for one in person.exposures.all() if one.kind != "something else" and one.since <= day and (one.until is None or one.until >= day)}
