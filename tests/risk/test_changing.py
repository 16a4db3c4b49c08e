"""Change over time: a colour for each year, and better or worse by one edition."""

from dataclasses import replace
from datetime import date

import pytest

from healthmgmt.care.models import Alert
from healthmgmt.exams import services as exams
from healthmgmt.exams import typing_in
from healthmgmt.exams.models import Exam
from healthmgmt.organization.models import Period
from healthmgmt.risk import changing, packs, services
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.selectors import colour_history
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, ground, text, upload

HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)"]
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def today(monkeypatch) -> None:
    monkeypatch.setattr(services, "today", lambda: TODAY)


@pytest.fixture
def person(org_a):
    return casting.person("P1", ground())


def deliver(person, *rows: tuple[str, float, float]):
    return upload(text([[person.emp_no, person.name, *row] for row in rows], headings=HEADINGS))


def years(person) -> list[tuple[str, str]]:
    return [(row["name"], row["colour"]) for row in colour_history(person.pk)]


def present(person) -> Assessment:
    return Assessment.objects.select_related("before").get(person=person, is_current=True)


def compared(person) -> tuple[str, str]:
    """The colour of the round before, and the present one."""
    now = present(person)
    return (now.before.colour if now.before else "", now.colour)


def rows(person) -> list[tuple]:
    return list(Assessment.objects.filter(person=person).order_by("id").values_list("id", "colour", "is_current", "before_id"))


def newer(monkeypatch, edition: str = "2026") -> packs.Pack:
    """An edition that takes effect: to it a pressure from 130 on is hypertension."""
    old = packs.load("cn", "2024")
    lines = tuple(replace(line, limit=130.0) if (line.reason, line.indicator) == ("hypertension", "sbp") else line for line in old.lines)
    new = replace(old, edition=edition, lines=lines)
    monkeypatch.setattr(services, "pack_in_force", lambda as_of, name="": new)
    return new


def test_each_year_of_one_upload_has_its_colour(person) -> None:
    deliver(person, ("2023-05-02", 118, 76), ("2025-05-02", 150, 85), ("2026-03-02", 128, 78))
    assert years(person) == [("2023", "grey"), ("2025", "orange"), ("2026", "blue")]
    assert compared(person) == ("orange", "blue")
    assert [(one.is_current, one.is_history, one.assessed_on) for one in Assessment.objects.order_by("assessed_on")] == [
        (False, True, date(2023, 5, 2)), (False, True, date(2025, 5, 2)), (True, False, TODAY),
    ]  # fmt: skip


def test_old_exam_delivered_late_enters_its_year_and_leaves_the_present_colour(person) -> None:
    deliver(person, ("2026-03-02", 128, 78))
    before = present(person)
    deliver(person, ("2025-05-02", 190, 85))
    assert (years(person), present(person).pk) == ([("2025", "red"), ("2026", "blue")], before.pk)
    assert compared(person) == ("red", "blue")
    assert not Alert.objects.exists()


def test_old_exam_of_somebody_without_a_present_colour_is_history_alone(person) -> None:
    deliver(person, ("2023-05-02", 150, 85))
    assert years(person) == [("2023", "orange")]
    assert not Assessment.objects.filter(is_current=True).exists()


def test_exam_that_came_too_late_to_count_is_history_after_an_expired_colour(person, monkeypatch) -> None:
    monkeypatch.setattr(services, "today", lambda: date(2023, 6, 1))
    deliver(person, ("2023-05-02", 150, 85))
    monkeypatch.setattr(services, "today", lambda: TODAY)
    deliver(person, ("2024-05-02", 128, 85))
    assert years(person) == [("2023", "orange"), ("2024", "blue")]
    assert present(person).colour == "orange"


def test_corrected_exam_of_last_year_corrects_the_colour_of_its_year_and_its_withdrawal_restores_it(person) -> None:
    deliver(person, ("2025-05-02", 150, 85), ("2026-03-02", 128, 78))
    correction = deliver(person, ("2025-05-02", 125, 85))
    assert (years(person)[0], compared(person)) == (("2025", "blue"), ("blue", "blue"))
    exams.withdraw(correction, by=BY)
    work.drain()
    assert (years(person)[0], compared(person)) == (("2025", "orange"), ("orange", "blue"))


def test_withdrawn_exam_of_last_year_leaves_nothing_to_compare_with(person) -> None:
    old = deliver(person, ("2025-05-02", 150, 85))
    deliver(person, ("2026-03-02", 128, 78))
    assert compared(person) == ("orange", "blue")
    exams.withdraw(old, by=BY)
    work.drain()
    assert (years(person), compared(person)) == ([("2026", "blue")], ("", "blue"))


def test_every_new_value_is_assessed_once_and_what_says_the_same_is_not_stored(person) -> None:
    deliver(person, ("2025-05-02", 118, 76), ("2026-03-02", 128, 78))
    first = rows(person)
    deliver(person, ("2025-05-02", 118, 76), ("2026-03-02", 128, 78))
    assert rows(person) == first
    typing_in.store(person, typing_in.read(person, date(2026, 3, 5), {"tc": "6.4"}), by=BY)
    work.drain()
    assert (present(person).colour, compared(person)) == ("orange", ("grey", "orange"))
    deliver(person, ("2026-03-02", 119, 78))
    assert [one.exams for one in Assessment.objects.filter(is_current=True)] == [
        list(Exam.objects.filter(state="current", taken_on__year=2026).order_by("taken_on").values_list("pk", flat=True))
    ]


def test_last_year_is_judged_again_by_the_edition_of_today(person, monkeypatch) -> None:
    deliver(person, ("2025-05-02", 135, 78))
    told = Assessment.objects.get()
    pack = newer(monkeypatch)
    deliver(person, ("2026-03-02", 136, 78))
    now = present(person)
    assert (told.colour, now.colour, now.before.colour) == ("blue", "orange", "orange")
    assert (now.before.is_history, now.before.edition, now.before.assessed_on) == (True, pack.edition, date(2025, 5, 2))
    assert years(person) == [("2025", "blue"), ("2026", "orange")]


def test_edition_that_comes_back_compares_by_itself_again(person, monkeypatch) -> None:
    deliver(person, ("2025-05-02", 135, 78))
    with monkeypatch.context() as meanwhile:
        newer(meanwhile)
        deliver(person, ("2026-03-02", 136, 78))
        assert compared(person) == ("orange", "orange")
    deliver(person, ("2026-03-05", 136, 78))
    assert (present(person).before.edition, compared(person)) == ("2024", ("blue", "blue"))


def test_same_edition_needs_no_history_of_its_own(person) -> None:
    deliver(person, ("2025-05-02", 150, 85))
    told = Assessment.objects.get()
    deliver(person, ("2026-03-02", 128, 78))
    assert (present(person).before, Assessment.objects.count()) == (told, 2)


def test_last_year_is_the_period_before_and_never_an_exam_of_the_same_period(person) -> None:
    Period.objects.create(name="2025/26", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31), deadline_on=date(2026, 3, 31))
    deliver(person, ("2025-05-02", 118, 76), ("2025-11-02", 150, 85), ("2026-03-02", 128, 78))
    assert years(person) == [("2025", "grey"), ("2025/26", "blue")]
    assert compared(person) == ("grey", "blue")


def test_comparing_twice_or_in_slices_is_comparing_once(person, monkeypatch) -> None:
    others = [casting.person(f"Q{number}", person.unit) for number in range(3)]
    monkeypatch.setattr(services, "SLICE_PEOPLE", 1)
    for one in (person, *others):
        deliver(one, ("2024-05-02", 150, 85), ("2025-05-02", 118, 76), ("2026-03-02", 128, 78))
    before = [rows(one) for one in (person, *others)]
    assert [compared(one) for one in (person, *others)] == [("grey", "blue")] * 4
    assert not changing.compare([one.pk for one in (person, *others)], pack=services.pack_in_force(TODAY), renew=True)
    assert [rows(one) for one in (person, *others)] == before


def test_comparison_is_announced_once_for_a_job_and_only_when_it_changes(person) -> None:
    deliver(person, ("2026-03-02", 128, 78))
    assert not Job.objects.filter(key__startswith="compared:").exists()
    deliver(person, ("2025-05-02", 150, 85))
    assert Job.objects.filter(kind="insight.count", key__startswith="compared:job:").count() == 1


def test_history_that_is_asked_for_again_says_the_same_once(person) -> None:
    deliver(person, ("2025-05-02", 150, 85), ("2026-03-02", 128, 78))
    before = rows(person)
    # Of the same round and older: no value of it counts, yet nobody knows that before it was judged.
    deliver(person, ("2025-04-01", 140, 85))
    assert rows(person) == before
    assert not changing.compare([person.pk], pack=services.pack_in_force(TODAY), renew=True)
