"""A small organisation full of ordinary disorder, and the plain recount that the facts must equal."""

import random
from collections import Counter
from datetime import date, timedelta

from healthmgmt.care.models import Alert
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Period, Unit
from healthmgmt.people.models import Employment, Person
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.insight import caring

COLOURS = ["red", "orange", "yellow", "blue", "green", "grey"]
TODAY = date(2026, 11, 20)
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
        results={code: rng.choice([1, 1, 200]) for code in codes} | caring.answers(rng) if rng.random() < 0.95 else {},
    )


def assess(person: Person, exams: list[Exam], rng: random.Random) -> None:
    told: list[Assessment] = []
    for number in range(rng.choice([0, 1, 2]) if exams else 0):
        read = rng.sample(exams, rng.randint(1, len(exams)))
        made = Assessment.objects.create(
            person=person,
            assessed_on=TODAY - timedelta(rng.randint(0, 3)),
            colour=rng.choice(COLOURS),
            reasons=caring.reasons(rng),
            exams=[exam.pk for exam in read],
            pack="cn",
            edition=rng.choice(["2024", "2024", "2023"]),
            is_current=number == 0,
            is_history=number > 0 and rng.random() < 0.5,
            before=rng.choice([None, *told]),
        )
        told.append(made)
        if made.colour == "red" or rng.random() < 0.1:
            after = timedelta(hours=rng.choice([2, 23, 25, 160, 170]))
            closed = {"closed_at": made.stored_at, "closed_by": "x", "outcome": "artefact"} if rng.random() < 0.5 else {}
            opened = Alert.objects.create(person=person, assessment=made, code=f"critical_{number}", measured_on=read[0].taken_on, **closed)
            Alert.objects.filter(pk=opened.pk).update(opened_at=made.stored_at - after)


def recount(period: Period, before: Period, today: date) -> dict[int, Counter]:
    """Every measure of every unit's subtree, person by person."""
    found = {unit.pk: Counter() for unit in Unit.objects.all()}
    for person in Person.objects.all():
        day = min(today, period.deadline_on)
        at = unit_on(person, day)
        if at is None:
            continue
        made = assessment_of(person, period)
        newest_on = max(exam.taken_on for exam in person.exams.all() if exam.pk in made.exams and exam.state == "current") if made else None
        measures = measures_of(person, period) + caring.care_measures(person, period, before, made, newest_on, today)
        add(found, at, measures + exposure_measures(person, period, caring.hazards_on(person, day)))
    return found


def exposure_measures(person: Person, period: Period, kinds: set[str]) -> Counter:
    """Nothing more is asked of anybody by the pack of these tests."""
    taken = [exam for exam in person.exams.all() if exam.state == "current" and period.starts_on <= exam.taken_on <= period.ends_on]
    usable = [exam for exam in taken if exam.results]
    is_done = bool(usable) and items_of(person, taken) == len(ITEMS)
    return Counter({f"exposed_{kind}": 1 for kind in kinds} | {f"exposed_done_{kind}": int(is_done) for kind in kinds})


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
            measures = Counter(compared=1)
            if earlier.colour in ("red", "orange", "yellow"):
                became = change(again, later)
                group = "enrolled" if caring.is_enrolled(person, before, min(today, period.ends_on)) else "others"
                measures.update({became: 1, f"{group}_{became}": 1})
            add(found, at, measures)
    return found


def recount_flows(period: Period, before: Period, today: date) -> Counter:
    """From which colour to which, of everybody who was assessed and due in either period."""
    found = Counter()
    for person in Person.objects.all():
        earlier, later = (
            made.colour if (made := assessment_of(person, one)) and unit_on(person, min(today, one.deadline_on)) else "none" for one in (before, period)
        )
        found[earlier, later] += 1
    del found["none", "none"]
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
    alerts = [one for one in person.alerts.all() if period.starts_on <= one.measured_on <= period.ends_on]
    has_open = any(one.closed_at is None for one in alerts)
    counter.update(alerted=int(has_open), settled=int(bool(alerts) and not has_open))
    return counter + caring.alert_measures(alerts)


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
