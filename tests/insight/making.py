"""A small organisation full of ordinary disorder, and the plain recount that the facts must equal."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

from healthmgmt.care.models import Alert, Contact, Plan, Step
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Period, Unit
from healthmgmt.people.models import Employment, Person
from healthmgmt.risk.models import Assessment
from tests import cast as casting

COLOURS = ["red", "orange", "yellow", "blue", "green", "grey"]
TODAY = date(2026, 11, 20)
ANSWERS = ["condition:hypertension", "treatment:bp", "condition:diabetes", "treatment:glucose", "condition:dyslipidaemia", "treatment:lipid"]
CODES = ["hypertension", "critical_bp", "hyperglycaemia", "hyperlipidaemia", "overweight"]
ITEMS = ["sex", "age", "bmi", "sbp", "dbp", "glucose", "tc", "tg"]


def units(root: Unit, rng: random.Random) -> list[Unit]:
    """The root, and two or three levels below it."""
    found, level = [root], [root]
    for depth in range(rng.choice([2, 3])):
        level = [casting.unit(f"U{depth}-{at.pk}-{number}", at) for at in level for number in range(rng.randint(1, 3))]
        found += level
    return found


def populate(period: Period, rng: random.Random, people: int, since: int = -60) -> None:
    """People hired, moved and gone at all times, with exams, assessments and alerts inside and outside of the period.

    The first exams are `since` days after its start.
    """
    root = Unit.objects.get(level=0)
    everywhere = units(root, rng)
    upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=root)
    for number in range(people):
        person = Person.objects.create(
            emp_no=f"R{number}",
            name="N",
            unit=rng.choice(everywhere),
            sex=rng.choice(["m", "f", ""]),
            birth=rng.choice([None, date(1980, 1, 1)]),
        )
        employ(person, everywhere, rng)
        exams = [an_exam(person, upload, number * 10 + k, period, rng, since) for k in range(rng.choice([0, 1, 1, 2]))]
        assess(person, exams, rng)
        care_for(person, rng)


def employ(person: Person, everywhere: list[Unit], rng: random.Random) -> None:
    day = date(2015, 1, 1) + timedelta(rng.randint(0, 4300))
    for _ in range(rng.choice([1, 1, 2])):
        end = day + timedelta(rng.randint(0, 900))
        Employment.objects.create(person=person, unit=rng.choice(everywhere), started_on=day, ended_on=end)
        day = end + timedelta(1)
    if rng.random() < 0.8:
        Employment.objects.create(person=person, unit=person.unit, started_on=min(day, date(2026, 12, 1)), ended_on=None)


def an_exam(person: Person, upload: Upload, row: int, period: Period, rng: random.Random, since: int) -> Exam:
    codes = [code for code in ("height", "weight", "bmi", "sbp", "dbp", "fpg", "hba1c", "tc", "tg") if rng.random() < 0.8]
    return Exam.objects.create(
        person=person,
        upload=upload,
        row_number=row,
        # Days apart, since one upload has one exam of a person and day.
        taken_on=period.starts_on + timedelta(rng.randint(since, 380) // 10 * 10 + row % 10),
        state=rng.choice(["current", "current", "current", "superseded", "withdrawn"]),
        results=results(codes, rng) if rng.random() < 0.95 else {},
    )


def results(codes: list[str], rng: random.Random) -> dict[str, float]:
    """Values on both sides of every target, and answers about illnesses and treatment."""
    values = {"sbp": [120, 150], "dbp": [70, 95], "fpg": [5.5, 8], "hba1c": [6, 8]}
    answers = {code: rng.choice([0, 1]) for code in ANSWERS if rng.random() < 0.5}
    return {code: rng.choice(values.get(code, [1])) for code in codes} | answers | ({"ldl": rng.choice([3, 4])} if rng.random() < 0.5 else {})


def care_for(person: Person, rng: random.Random) -> None:
    """Contacts and steps of a plan, some of the time."""
    for _ in range(rng.choice([0, 0, 1, 2])):
        day = TODAY - timedelta(rng.randint(-3, 400))
        Contact.objects.create(person=person, made_at=f"{day}T02:00Z", made_by="x", ending=rng.choice(["will_come", "not_reached", "in_treatment"]))
    made = person.assessments.order_by("pk").first()
    if made is None or rng.random() < 0.4:
        return
    plan = Plan.objects.create(person=person, assessment=made, template="orange", version=2, colour="orange", opened_on=date(2025, 1, 1))
    for number in range(rng.choice([0, 1, 2])):
        day = TODAY - timedelta(rng.randint(0, 400))
        doer = rng.choice(["person", "case_manager"])
        end = {"ended_at": f"{day}T02:00Z", "ended_by": "x"} | ({"state": "done"} if rng.random() < 0.7 else {"state": "cancelled"})
        Step.objects.create(plan=plan, number=number, kind="call", doer=doer, due_on=date(2025, 1, 1), **end)


def assess(person: Person, exams: list[Exam], rng: random.Random) -> None:
    told: list[Assessment] = []
    for number in range(rng.choice([0, 1, 2]) if exams else 0):
        read = rng.sample(exams, rng.randint(1, len(exams)))
        made = Assessment.objects.create(
            person=person,
            assessed_on=TODAY - timedelta(rng.randint(0, 3)),
            colour=rng.choice(COLOURS),
            reasons=[{"code": code} for code in CODES if rng.random() < 0.3],
            exams=[exam.pk for exam in read],
            pack="cn",
            edition=rng.choice(["2024", "2024", "2023"]),
            is_current=number == 0,
            is_history=number > 0 and rng.random() < 0.5,
            before=rng.choice([None, *told]),
        )
        told.append(made)
        if made.colour == "red" or rng.random() < 0.1:
            alert = Alert.objects.create(person=person, assessment=made, code=f"critical_{number}", measured_on=read[0].taken_on)
            if rng.random() < 0.5:
                alert.closed_at, alert.closed_by, alert.outcome = alert.opened_at + timedelta(hours=rng.choice([5, 24, 30, 168, 300])), "x", "artefact"
                alert.save()


def recount(period: Period, today: date) -> dict[int, Counter]:
    """Every measure of every unit's subtree, person by person."""
    found = {unit.pk: Counter() for unit in Unit.objects.all()}
    for person in Person.objects.all():
        at = unit_on(person, min(today, period.deadline_on))
        if at is None:
            continue
        add(found, at, measures_of(person, period))
    return found


def add(found: dict[int, Counter], at: Unit, measures: Counter) -> None:
    for pk in map(int, at.path.strip(".").split(".")):
        found[pk].update(measures)


def recount_improvement(period: Period, before: Period, today: date) -> dict[int, Counter]:
    """Who was due and assessed in the period before, and what became of those at risk."""
    found = {unit.pk: Counter() for unit in Unit.objects.all()}
    for person in Person.objects.all():
        at, earlier = unit_on(person, min(today, before.deadline_on)), assessment_of(person, before)
        if at is not None and earlier is not None:
            later = assessment_of(person, period)
            again = later.before if later and later.before_id in {made.pk for made in assessments_in(person, before)} else None
            add(found, at, Counter({"compared": 1, **({change(again, later): 1} if earlier.colour in ("red", "orange", "yellow") else {})}))
    return found


def change(earlier: Assessment | None, later: Assessment | None) -> str:
    if later is None or earlier is None or "grey" in (later.colour, earlier.colour):
        return "no_follow_up"
    worst_first = COLOURS.index(later.colour) - COLOURS.index(earlier.colour)
    return "improved" if worst_first > 0 else "worsened" if worst_first < 0 else "unchanged"


def unit_on(person: Person, day: date) -> Unit | None:
    then = [one for one in person.employments.all() if one.started_on <= day and (one.ended_on is None or one.ended_on >= day)]
    return max(then, key=lambda one: (one.started_on, one.pk)).unit if then else None


def measures_of(person: Person, period: Period) -> Counter:
    counter = Counter(due=1)
    taken = [exam for exam in person.exams.all() if exam.state == "current" and period.starts_on <= exam.taken_on <= period.ends_on]
    usable = [exam for exam in taken if exam.results]
    if usable:
        items = items_of(person, usable)
        counter.update(covered=1, items_present=items, items_due=len(ITEMS), complete=int(items == len(ITEMS)))
        counter.update(on_time=int(min(exam.taken_on for exam in usable) <= period.deadline_on))
    if made := assessment_of(person, period):
        counter.update({"assessed": 1, made.colour: 1})
        if made.colour in ("red", "orange"):
            counter.update(["followed" if any(day >= made.assessed_on for day in cared_on(person)) else "not_followed"])
    alerts = [one for one in person.alerts.all() if period.starts_on <= one.measured_on <= period.ends_on]
    has_open = any(one.closed_at is None for one in alerts)
    counter.update(alerted=int(has_open), settled=int(bool(alerts) and not has_open))
    return counter


def cared_on(person: Person) -> list[date]:
    """The days on which somebody spoke with the person or did a step for them."""
    spoken = [local(one.made_at) for one in person.contacts.all() if one.ending != "not_reached"]
    steps = Step.objects.filter(plan__person=person, state="done").exclude(doer="person")
    return spoken + [local(step.ended_at) for step in steps]


def local(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()


def items_of(person: Person, exams: list[Exam]) -> int:
    def measured(*codes: str) -> bool:
        return any(all(code in exam.results for code in codes) for exam in exams)

    return sum(
        [
            person.sex != "",
            person.birth is not None,
            measured("bmi") or measured("height", "weight"),
            measured("sbp"),
            measured("dbp"),
            measured("fpg") or measured("hba1c"),
            measured("tc"),
            measured("tg"),
        ]
    )


def assessment_of(person: Person, period: Period) -> Assessment | None:
    """The current one, else what rests on exams that all count and knows the newest, what was said then first."""
    states = {exam.pk: exam.state for exam in person.exams.all()}

    def rank(one: Assessment) -> tuple:
        is_whole = all(states[pk] == "current" for pk in one.exams)
        return (one.is_current, is_whole, max(one.exams), not one.is_history, one.assessed_on, one.pk)

    return max(assessments_in(person, period), key=rank, default=None)


def assessments_in(person: Person, period: Period) -> list[Assessment]:
    days = {exam.pk: exam.taken_on for exam in person.exams.all() if exam.state == "current"}
    belonging = []
    for made in person.assessments.all():
        read = [days[pk] for pk in made.exams if pk in days]
        if read and period.starts_on <= max(read) <= period.ends_on:
            belonging.append(made)
    return belonging
