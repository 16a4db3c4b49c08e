"""What is read, judged and stored of a million people at once is what a plain reading gives of each."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import place_flags
from healthmgmt.people.models import Exposure, Person
from healthmgmt.risk import loading, measures, packs, services, storing, stratification
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import ground

TODAY, SINCE = date(2026, 3, 2), date(2024, 3, 2)
CODES = ["sbp", "dbp", "tc", "hdl", "ldl", "fpg", "tg", "alt", "creatinine", "waist", "bmi", "hgb", "smoking", "treatment:bp", "family:ascvd", "condition:diabetes"]  # fmt: skip
FLAGS = ("exposure:high_altitude",)
# As laboratories write them, and as nobody should.
UNITS = ["mg/dL", "g/dL", "µmol/L", "mm Hg", 'a"b', "a\\b", "tab\tand\nline", "{1: 2, 3}"]


def value(rng: random.Random, code: str) -> float | int:
    if ":" in code or code == "smoking":
        return rng.choice([0, 1, 2])
    return rng.choice([round(rng.uniform(1, 9), 2), rng.randint(20, 200), rng.uniform(1, 9), rng.uniform(1, 2) * 1e-7, 1e16])


def exam(rng: random.Random, person: Person, taken_on: date, upload: Upload, number: int) -> Exam:
    results = {code: value(rng, code) for code in rng.sample(CODES, rng.randint(0, len(CODES)))}
    some = [code for code in results if rng.random() < 0.3]
    return Exam(
        person=person, taken_on=taken_on, upload=upload, row_number=number, results=results,
        state=rng.choice([*["current"] * 6, "superseded", "repeated", "withdrawn"]),
        reported={code: [rng.uniform(1, 300), rng.choice(UNITS)] for code in some},
        qualifiers={code: rng.choice(["<", "<=", ">", ">="]) for code in results if rng.random() < 0.2},
        ranges={code: [None, rng.choice([None, 40, 50.5])] for code in results if rng.random() < 0.3},
    )  # fmt: skip


@pytest.fixture
def crowd(org_a) -> list[Upload]:
    """Ninety people: some without an exam, some with four, also of one day; some too old or not to come yet. Three uploads."""
    rng = random.Random(20260302)
    Settings.objects.update_or_create(pk=1, defaults={"window_months": 24})
    units = [ground(), casting.unit("North", ground(), place="北京"), casting.unit("South", ground(), place="广州")]
    people = [
        casting.person(f"P{number}", rng.choice(units), sex=rng.choice(["m", "f", ""]), birth=rng.choice([None, date(1966, 1, 10), date(1990, 2, 28)]))
        for number in range(90)
    ]
    uploads = [Upload.objects.create(file_name="", sha256="", size=0, unit=units[0], state=Upload.State.APPLYING) for _ in range(3)]
    days = [TODAY - timedelta(days=back) for back in (-1, 0, 40, 40, 40, 400, 729, 730, 731)]
    exams = []
    for number, person in enumerate(people[:-3]):
        for upload in rng.sample(uploads, rng.choice([0, 1, 2, 3, 3])):
            exams.append(exam(rng, person, rng.choice(days), upload, number))
    Exam.objects.bulk_create(exams)
    for person in people[::4]:
        Exposure.objects.create(person=person, kind="high_altitude", since=date(2025, 1, 20))
    return uploads


def plainly(person: Person, asked: tuple[str, ...] = ()) -> tuple[measures.Person, list[int]]:
    """One person's newest values by a loop over records, and the exams that any of them is from."""
    exams = Exam.objects.filter(person=person, state="current", taken_on__gt=SINCE, taken_on__lte=TODAY).order_by("taken_on", "id")
    newest = {code: one for one in exams for code in one.results}
    place = place_flags().get(person.unit_id, (np.nan, np.nan))
    parts = {
        "values": {code: float(one.results[code]) for code, one in newest.items()},
        "days": {code: one.taken_on for code, one in newest.items()},
        "reported": {code: tuple(one.reported[code]) for code, one in newest.items() if code in one.reported},
        "qualifiers": {code: one.qualifiers[code] for code, one in newest.items() if code in one.qualifiers},
        "uppers": {code: one.ranges[code][1] for code, one in newest.items() if one.ranges.get(code, [0, None])[1] is not None},
    }
    for flag in asked:
        for exposure in person.exposures.all():
            parts["values"][flag], parts["days"][flag] = 1.0, exposure.since
    north, urban = (None if np.isnan(one) else bool(one) for one in place)
    return measures.Person(person.sex, person.birth, **parts, north=north, urban=urban), [one.pk for one in exams if one in newest.values()]


def read_plainly(upload: Upload | None = None) -> tuple[list[int], measures.Measures, list[list[int]]]:
    found = Person.objects.order_by("id").filter(**{"exams__upload": upload} if upload else {}).distinct()
    inside = {"exams__state": "current", "exams__taken_on__gt": SINCE, "exams__taken_on__lte": TODAY}
    people = [person for person in found if Person.objects.filter(pk=person.pk, **inside).exists()]
    told = [plainly(person, FLAGS) for person in people]
    return [person.pk for person in people], measures.of_people([one for one, _ in told]), [exams for _, exams in told]


def read(upload: Upload | None = None, after: int = 0, last: int = 10**9) -> loading.Slice:
    return loading.load(
        after=after, last=last, since=SINCE, as_of=TODAY, upload=upload and upload.pk, places=place_flags(), flags=FLAGS
    )  # fmt: skip


def sides(found: measures.Measures, code: str) -> list[tuple]:
    """One indicator's cells as they are judged: what nobody has is what everybody lacks."""
    column, size = found.columns[code], found.size
    parts = [
        column.value,
        np.full(size, np.nan) if column.reported is None else column.reported,
        [""] * size if column.unit is None else ["" if unit < 0 else found.units[unit] for unit in column.unit.tolist()],
        np.zeros(size, dtype=np.int8) if column.qualifier is None else column.qualifier,
        np.full(size, np.nan) if column.upper is None else column.upper,
        column.measured_on.astype(str),
    ]
    return [tuple(map(repr, cells)) for cells in zip(*[getattr(part, "tolist", lambda part=part: part)() for part in parts], strict=True)]


@pytest.mark.parametrize("number", [None, 0, 1, 2])
def test_slice_holds_what_a_plain_reading_gives(crowd, number):
    upload = None if number is None else crowd[number]
    found, (people, plain, exams) = read(upload), read_plainly(upload)
    assert len(people) > 10
    assert (found.people.tolist(), found.exams) == (people, exams)
    assert found.measures.sex.tolist() == plain.sex.tolist()
    assert found.measures.birth.astype(str).tolist() == plain.birth.astype(str).tolist()
    assert repr(found.measures.north.tolist()) == repr(plain.north.tolist())
    assert repr(found.measures.urban.tolist()) == repr(plain.urban.tolist())
    assert set(found.measures.columns) == set(plain.columns)
    for code in plain.columns:
        given = [cells for cells, value in zip(sides(found.measures, code), plain.columns[code].value.tolist()) if value == value]
        assert given == [cells for cells, value in zip(sides(plain, code), plain.columns[code].value.tolist()) if value == value], code


def test_slices_together_hold_what_one_holds(crowd):
    whole, ids = read(), list(Person.objects.order_by("id").values_list("pk", flat=True))
    parts = [read(after=ids[start] - 1, last=ids[min(start + 6, 89)]) for start in range(0, 90, 7)]
    assert [person for part in parts for person in part.people.tolist()] == whole.people.tolist()
    assert [exams for part in parts for exams in part.exams] == whole.exams
    for code in CODES:
        values = [part.measures.value(code)[place] for part in parts for place in range(part.measures.size)]
        assert repr(values) == repr(list(whole.measures.value(code)))


def test_nobody_is_a_slice_without_people(crowd):
    found = read(after=10**6)
    assert (found.people.tolist(), found.exams, found.measures.size) == ([], [], 0)


def assess(pack: str = "") -> None:
    work.submit("risk.assess", f"{pack}{Job.objects.count()}", {"as_of": TODAY.isoformat(), "pack": pack})
    work.drain(kinds=("risk.assess",))


def stored() -> dict[int, tuple]:
    fields = "colour", "reasons", "scores", "missing", "is_incomplete", "exams", "pack", "edition", "is_current", "assessed_on"
    present = Assessment.objects.filter(is_history=False)
    return {row[0]: row[1:] for row in present.order_by("id").values_list("person_id", *fields)}


@pytest.mark.parametrize("name", ["cn", "high-altitude", "jp-tokutei"])
def test_everybody_is_told_what_one_alone_would_be(crowd, monkeypatch, name):
    monkeypatch.setattr(services, "SLICE_PEOPLE", 9)
    pack, alone = services.pack_in_force(TODAY, name), {}
    for person in Person.objects.order_by("id"):
        one, exams = plainly(person, pack.flags)
        if exams:
            outcome = stratification.evaluate(pack, measures.of_people([one]), services.uppers())
            texts = outcome.reasons_json()[0], outcome.scores_json()[0], outcome.missing_json()[0]
            colour, incomplete = packs.COLOURS[outcome.colour[0]], bool(outcome.incomplete[0])
            alone[person.pk] = (colour, *map(json.loads, texts), incomplete, exams, pack.name, pack.edition, True, TODAY)
    assess(name)
    assert len(alone) > 20
    assert stored() == alone


def test_assessment_that_broke_off_goes_on_after_its_last_slice(crowd, monkeypatch):
    monkeypatch.setattr(services, "SLICE_PEOPLE", 30)
    afters, load, evaluate = [], loading.load, stratification.evaluate

    def breaking(*given):
        if len(afters) == 2:
            raise ArithmeticError
        return evaluate(*given)

    monkeypatch.setattr(loading, "load", lambda **asked: afters.append(asked["after"]) or load(**asked))
    monkeypatch.setattr(stratification, "evaluate", breaking)
    assess()
    ends = list(Person.objects.order_by("id").values_list("pk", flat=True))[29::30]
    job = Job.objects.get(kind="risk.assess")
    assert afters == [0, ends[0], ends[0], ends[1]]
    assert (job.state, job.attempts, job.done, job.total) == (Job.State.DONE, 2, ends[2], ends[2])
    people = Assessment.objects.filter(is_current=True).count()
    made = Assessment.objects.filter(is_history=False).count()
    assert (job.cursor["people"], sum(job.cursor["colours"].values()), made) == (people, people, people)


def test_assessing_again_stores_nothing(crowd):
    assess()
    before = list(Assessment.objects.order_by("id").values_list("pk", flat=True))
    assess()
    assert list(Assessment.objects.order_by("id").values_list("pk", flat=True)) == before


def test_upload_is_assessed_in_slices_of_its_own_people(crowd, monkeypatch):
    monkeypatch.setattr(services, "SLICE_PEOPLE", 4)
    monkeypatch.setattr(services, "today", lambda: TODAY)
    ends, upload = [], crowd[1]
    load = loading.load
    monkeypatch.setattr(loading, "load", lambda **asked: ends.append((asked["after"], asked["last"])) or load(**asked))
    work.submit("risk.assess_upload", "one", {"upload": upload.pk})
    work.drain(kinds=("risk.assess_upload",))
    theirs = sorted(set(Exam.objects.filter(upload=upload).values_list("person_id", flat=True)))
    assert [last for _, last in ends] == [*theirs[3::4], *([theirs[-1]] if len(theirs) % 4 else [])]
    assert set(stored()) == {person for person, read_ in zip(*read_plainly(upload)[::2]) if read_}
    job = Job.objects.get(kind="risk.assess_upload")
    assert (job.done, job.total) == (theirs[-1], theirs[-1])


def test_who_is_assessed_anew_has_one_current_assessment(crowd):
    assess()
    high = {"results": {"sbp": 250, "dbp": 80}, "qualifiers": {}}
    Exam.objects.filter(results__has_key="sbp").update(**high)
    inside = Exam.objects.filter(**high, state="current", taken_on__gt=SINCE, taken_on__lte=TODAY)
    changed = set(inside.values_list("person_id", flat=True))
    assess()
    current = Assessment.objects.filter(is_current=True)
    assert changed
    assert set(current.filter(colour="red", reasons__contains=[{"code": "critical_bp", "value": 250}]).values_list("person", flat=True)) >= changed
    assert current.count() == current.values("person").distinct().count() == len(stored())


def test_texts_with_signs_of_copy_are_stored_as_they_are(crowd, monkeypatch):
    reasons, edition = [{"code": "a\\tb", "unit": '\\N"µ\n'}], "2026\t\\N"
    monkeypatch.setattr(stratification.Outcome, "reasons_json", lambda outcome: [json.dumps(reasons)] * outcome.measures.size)
    found = read()
    outcome = stratification.evaluate(services.pack_in_force(TODAY), found.measures, services.uppers())
    storing.store(found, replace(outcome, pack=replace(outcome.pack, edition=edition)), as_of=TODAY)
    assert {(json.dumps(row[1]), row[7]) for row in stored().values()} == {(json.dumps(reasons), edition)}
