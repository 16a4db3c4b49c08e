"""From one edition to the next and back: the past judged again by the past's edition gives the past's answer."""

import json
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.core.actors import Actor
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Exposure
from healthmgmt.risk import approving, drafts, editions, packs, selectors, services
from healthmgmt.risk.editing import NewColour, NewLimit, NewLine, NewWindow, Removal
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.packs import PackError
from healthmgmt.work import services as work
from tests import cast as casting
from tests.risk.own import SBP, WHY, approved, draft_of, second_steward, simulated

RANGES = {
    "sbp": (95, 145), "dbp": (55, 92), "fpg": (4, 7.2), "tc": (3, 6), "tg": (0.5, 2.2), "hdl": (0.9, 2), "ldl": (1, 4), "waist": (60, 95), "alt": (5, 80),
    "height": (160, 190), "weight": (50, 85), "creatinine": (40, 100), "hgb": (110, 190), "uric_acid": (200, 500), "sleep_hours": (4, 9),
}  # fmt: skip
ANSWERS = {"smoking": (0, 2), "treatment:bp": (0, 1), "condition:diabetes": (0, 0, 0, 1), "family:ascvd": (0, 1)}

# Days ago. None is about to become too old, for 13 months or for 18: that would be another answer.
AGES = [*range(20, 380), *range(420, 520), *range(580, 700)]


def crowd(unit: casting.Unit, seed: int, count: int = 60) -> None:
    """People with one or two exams each, near the limits of many lines."""
    random = Random(seed)
    upload = Upload.objects.create(file_name="crowd", sha256="", size=0, unit=unit, state=Upload.State.APPLIED)
    exams = []
    for number in range(count):
        one = casting.person(f"X{number}", unit, sex=random.choice("mf"), birth=date(random.randint(1950, 2000), 5, 6))
        for ago in random.sample(AGES, random.randint(1, 2)):
            values = {code: round(random.uniform(*ends), 1) for code, ends in RANGES.items() if random.random() < 0.85}
            values |= {code: random.choice(answers) for code, answers in ANSWERS.items() if random.random() < 0.85}
            taken_on = today() - timedelta(days=ago)
            exams.append(Exam(person=one, upload=upload, taken_on=taken_on, results=values, row_number=len(exams), reported={}))
    Exam.objects.bulk_create(exams)


def stored() -> list[tuple]:
    """Every assessment there is, as it stands."""
    return list(Assessment.objects.order_by("id").values_list("id", *ANSWER, "assessed_on"))


ANSWER = ("person_id", "colour", "reasons", "scores", "missing", "is_incomplete", "exams", "pack", "edition")


def judged(day: date) -> list[str]:
    """Everybody judged as of a day, by whatever is in force on it: the answers as text, byte by byte."""
    last = Assessment.objects.order_by("-id").values_list("id", flat=True).first() or 0
    work.submit("risk.assess", f"{day}:{last}", {"as_of": day.isoformat(), "pack": ""})
    work.drain(kinds=("risk.assess",))
    found = Assessment.objects.filter(assessed_on=day).order_by("person_id", "id")
    newest = {row[0]: json.dumps(row, sort_keys=False) for row in found.values_list(*ANSWER)}
    return [newest[person] for person in sorted(newest)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_past_judged_again_in_the_past_s_edition_gives_the_past_s_answer(cast, seed):
    """Byte for byte, after the switch to an own edition, with a later one approved, and after the way back."""
    crowd(cast.a1, seed)
    yesterday, tomorrow, later = (today() + timedelta(days=days) for days in (-1, 1, 5))
    past = judged(yesterday)
    assert len(past) > 40 and all('"cn", "2024"' in row for row in past)
    rows = stored()

    approved(cast, "2026", limit="133")
    own = judged(today())
    draft = drafts.copy("cn-own", "2026", edition="2027", title_zh="版", title_en="Next", by=Actor.of(cast.steward))
    for change in (
        NewColour("low_hdl", "yellow", WHY), Removal("overweight|bmi|>=|", WHY), NewWindow(13),
        NewLine("anaemia", "hgb", "<", "125", "", WHY, "12.5", "g/dL"), NewLimit("hyperglycaemia|fpg|>=|", "6.5", "117", WHY),
    ):  # fmt: skip
        draft = drafts.change(draft, change, by=Actor.of(cast.steward))
    agreed(draft, cast, tomorrow)
    agreed(drafts.copy("cn", "2024", edition="back", title_zh="版", title_en="Back", by=Actor.of(cast.steward)), cast, later)
    after = [judged(day) for day in (tomorrow, later)]

    assert [{tuple(json.loads(row)[-2:]) for row in found} for found in (own, *after)] == [
        {("cn-own", "2026")}, {("cn-own", "2027")}, {("cn-own", "back")},
    ]  # fmt: skip
    assert colours(own) != colours(past) and colours(after[0]) != colours(own)
    # Back is what was, but for the names of the edition; and every day says again what it said.
    assert [row.replace('"cn-own", "back"', '"cn", "2024"') for row in after[1]] == past
    assert [judged(day) for day in (yesterday, today(), tomorrow, later)] == [past, own, *after]
    assert stored()[: len(rows)] == rows


def agreed(draft, cast: casting.Cast, day: date) -> None:
    simulated(draft, cast)
    own = approving.propose(draft, effective_from=day, why="Committee", by=Actor.of(cast.steward))
    approving.approve(own, part="steward", by=Actor.of(second_steward(cast)))
    approving.approve(own, part="physician", by=Actor.of(cast.physician))


def colours(rows: list[str]) -> dict[int, str]:
    return {person: colour for person, colour, *_ in map(json.loads, rows)}


def test_approval_from_today_puts_everybody_under_the_new_edition(cast):
    crowd(cast.a1, 4, 20)
    judged(today())
    approved(cast)
    work.drain(kinds=("risk.assess",))
    current = Assessment.objects.filter(is_current=True)
    assert set(current.values_list("pack", "edition")) == {("cn-own", "2026")}
    assert current.count() == current.values("person").count() > 10


def test_assessments_by_an_own_edition_are_told_in_its_words(cast):
    crowd(cast.a1, 5)
    approved(cast, limit="133")
    work.drain(kinds=("risk.assess",))
    told = [reason for line in selectors.exported() for reason in line["reasons"] if reason["code"] == "hypertension" and reason["limit"] == 133]
    assert told and all("at or above 133 mmHg" in reason["text_en"] and "达到或高于 133 mmHg" in reason["text_zh"] for reason in told)
    one = Assessment.objects.filter(is_current=True).first()
    exams = list(one.person.exams.all())
    assert services.outlook_of(one, exams, one.person) is not None


def test_own_edition_takes_the_additions_of_the_settings(cast):
    Settings.objects.update(pack="cn+high-altitude")
    own = approved(cast)
    pack = services.pack_in_force(today())
    assert (pack.name, pack.edition) == ("cn-own+high-altitude", "2026+2024")
    assert editions.load(pack.name, pack.edition) == pack
    assert services.pack_in_force(today(), "high-altitude") == pack
    assert services.pack_in_force(today(), "cn-own") == drafts.pack_of(own)
    assert services.pack_in_force(today(), "cn") == packs.load("cn", "2024")
    Settings.objects.update(pack="cn")
    assert services.pack_in_force(today(), "high-altitude") == pack


def test_own_addition_takes_the_place_of_the_shipped_one_or_comes_on_top(cast):
    by = Actor.of(cast.steward)
    line = next(line for line in packs.load("high-altitude").lines if line.indicator == "hgb")
    key = drafts.editing.key_of(line)
    draft = drafts.copy("high-altitude", "2024", edition="2026", title_zh="高原", title_en="Altitude", by=by)
    draft = drafts.change(draft, NewLimit(key, "190", "19", WHY), by=by)
    agreed(draft, cast, today())
    names = []
    for pack in ("cn", "cn+high-altitude"):
        Settings.objects.update(pack=pack)
        names.append((services.pack_in_force(today()).name, services.pack_in_force(today()).edition))
    assert names == [("cn+high-altitude-own", "2024+2026")] * 2
    Exposure.objects.create(person=cast.ben, kind="high_altitude", since=date(2020, 1, 1))
    upload = Upload.objects.create(file_name="one", sha256="", size=0, unit=cast.a1, state=Upload.State.APPLIED)
    Exam.objects.create(person=cast.ben, upload=upload, taken_on=today(), results={"hgb": 195}, row_number=1)
    assert '"limit": 190' in judged(today())[0]


def test_own_edition_says_for_how_long_values_count(cast):
    draft = drafts.change(draft_of(cast), NewWindow(13), by=Actor.of(cast.steward))
    agreed(draft, cast, today())
    pack = services.pack_in_force(today())
    assert (editions.window_months(pack), editions.window_months(packs.load("cn"))) == (13, 18)
    upload = Upload.objects.create(file_name="one", sha256="", size=0, unit=cast.a1, state=Upload.State.APPLIED)
    Exam.objects.create(person=cast.ben, upload=upload, taken_on=today() - timedelta(days=14 * 31), results={"sbp": 150}, row_number=1)
    assert (judged(today()), len(judged(today() - timedelta(days=1)))) == ([], 1)
    # Pages say by the same months what has expired.
    assert [editions.present_window(today() - timedelta(days=ago)) for ago in (0, 1)] == [13, 18]


def test_own_editions_of_two_organisations_under_one_name_stay_apart(cast, org_b):
    from tenants import current

    approved(cast, limit="135")
    with current.use(org_b):
        approved(casting.make(), limit="131")
        theirs = editions.load("cn-own", "2026")
    ours = editions.load("cn-own", "2026")
    assert [next(line.limit for line in pack.lines if drafts.editing.key_of(line) == SBP) for pack in (ours, theirs)] == [135.0, 131.0]
    with current.use(org_b), pytest.raises(PackError, match="no pack cn-own 2027"):
        editions.load("cn-own", "2027")


def test_loading_asks_once_for_an_own_edition_and_never_for_a_shipped_one(cast):
    approved(cast)
    with CaptureQueriesContext(connection) as asked:
        assert editions.load("cn", "2024") == packs.load("cn", "2024")
        assert len(asked) == 0
        first = editions.load("cn-own", "2026")
        counted = len(asked)
        assert editions.load("cn-own", "2026") is first
        assert len(asked) == counted <= 2


@pytest.mark.parametrize("pair", [("cn-own", "2026"), ("cn-own", "1"), ("cn-own+high-altitude", "2024"), ("cn", "1999")])
def test_loading_what_there_is_not_is_refused(cast, pair):
    with pytest.raises(PackError, match="no pack"):
        editions.load(*pair)
