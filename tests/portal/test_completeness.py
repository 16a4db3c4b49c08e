"""Who is due, whose results have come, and what keeps the others."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from healthmgmt.exams import services as exams
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import Round
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Employment, Person
from healthmgmt.portal import completeness
from healthmgmt.portal.completeness import Progress
from tests import cast as casting
from tests.exams.road import BY, text, upload

DAY = "2026-03-02"
JUNE = date(2026, 6, 18)


def good(person, day: str = DAY) -> list[object]:
    return [person.emp_no, person.name, day, 120, 80, 5.0, 5.2]


def bad(person, day: str = DAY) -> list[object]:
    """The pressures are the wrong way round, so the row waits."""
    return [person.emp_no, person.name, day, 80, 120, 5.0, 5.2]


def unknown(day: str = DAY) -> list[object]:
    return ["X1", "Nobody", day, 120, 80, 5.0, 5.2]


def around(cast, today: date = JUNE) -> Round:
    return Round([cast.a1], cast.period, today)


@pytest.fixture
def cid(cast) -> Person:
    return casting.person("E1003", cast.a1)


def test_progress_adds_up(cast, cid):
    upload(text([good(cast.anna), bad(cast.ben), good(cast.amos)]), unit=cast.a1)
    progress = completeness.progress(cast.liaison_a1, around(cast))
    assert progress == Progress(due=3, examined=1, waiting=1)
    assert (progress.missing, progress.lacking) == (1, 2)


def test_progress_of_a_unit_below(cast):
    upload(text([good(cast.amos)]), unit=cast.a)
    assert completeness.progress(cast.office_a, around(cast)) == Progress(due=3, examined=1)
    assert completeness.progress(cast.office_a, around(cast), cast.a2) == Progress(due=1, examined=1)


def test_progress_counts_somebody_examined_whose_other_row_waits_once(cast):
    upload(text([good(cast.anna)]), unit=cast.a1)
    upload(text([bad(cast.anna, "2026-04-01")]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)) == Progress(due=2, examined=1)


def test_progress_without_a_period_or_a_unit_is_nothing(cast):
    assert completeness.progress(cast.liaison_a1, Round([cast.a1], None, JUNE)) == Progress()
    assert completeness.progress(cast.leader, around(cast)) == Progress()


@pytest.mark.parametrize(
    ("started_on", "ended_on", "today", "is_due"),
    [
        (date(2015, 1, 1), None, JUNE, True),
        (date(2026, 6, 18), None, JUNE, True),
        (date(2026, 6, 19), None, JUNE, False),
        (date(2015, 1, 1), date(2026, 6, 17), JUNE, False),
        # After the deadline, who was there on that day is due.
        (date(2015, 1, 1), date(2026, 11, 5), date(2026, 11, 26), True),
        (date(2026, 11, 1), None, date(2026, 11, 26), False),
    ],
)
def test_people_due_are_those_employed_on_the_reference_day(cast, started_on, ended_on, today, is_due):
    Employment.objects.filter(person=cast.ben).update(started_on=started_on, ended_on=ended_on)
    due = completeness.people_due(cast.liaison_a1, around(cast, today))
    assert (cast.ben in due) == is_due


def test_examined_are_those_with_a_value_in_the_period(cast):
    upload(text([good(cast.anna, "2025-12-31")]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)).examined == 0
    received = upload(text([good(cast.anna)]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)).examined == 1
    Exam.objects.filter(upload=received).update(results={})
    assert completeness.progress(cast.liaison_a1, around(cast)).examined == 0


def test_undone_file_counts_for_nobody(cast):
    received = upload(text([good(cast.anna), bad(cast.ben)]), unit=cast.a1)
    exams.withdraw(received, by=BY)
    assert completeness.progress(cast.liaison_a1, around(cast)) == Progress(due=2)


def test_row_of_another_period_helps_nobody(cast):
    upload(text([bad(cast.ben, "2025-03-02")]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)).waiting == 0


def test_row_without_a_day_that_can_be_read_waits(cast):
    upload(text([bad(cast.ben, "soon")]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)).waiting == 1


def test_people_of_a_file_that_waits_for_the_word_wait(cast):
    received = upload(text([good(cast.anna)]), unit=cast.a1, apply=False)
    assert completeness.progress(cast.liaison_a1, around(cast)) == Progress(due=2, waiting=1)
    assert completeness.file_to_apply(cast.liaison_a1) == received
    assert completeness.file_to_apply(cast.office_a) is None


def test_a_week_ago_counts_what_was_stored_by_then(cast):
    upload(text([good(cast.anna)]), unit=cast.a1)
    Exam.objects.update(stored_at=timezone.now() - timedelta(days=8))
    upload(text([good(cast.ben)]), unit=cast.a1)
    assert completeness.progress(cast.liaison_a1, around(cast)) == Progress(due=2, examined=2, a_week_ago=1)


def test_progress_is_one_query(cast, django_assert_num_queries):
    assert cast.liaison_a1.held_roles
    with django_assert_num_queries(1):
        completeness.progress(cast.liaison_a1, around(cast))


def test_mending_counts_rows_and_causes_of_the_oldest_file_first(cast, cid):
    first = upload(text([bad(cast.ben), unknown()]), unit=cast.a1)
    upload(text([bad(cid)]), unit=cast.a1)
    found = completeness.mending(cast.liaison_a1, around(cast))
    assert (found.rows, found.files, found.causes, found.helps, found.first) == (3, 2, 2, True, first)


def test_mending_of_rows_about_nobody_due_does_not_help(cast):
    upload(text([unknown()]), unit=cast.a1)
    assert completeness.mending(cast.liaison_a1, around(cast)).helps is False


def test_mending_is_of_those_who_may(cast):
    upload(text([bad(cast.ben)]), unit=cast.a1)
    assert [completeness.mending(user, around(cast)) for user in (cast.office_a, cast.liaison_b1, cast.leader)] == [None, None, None]


def test_row_in_a_file_of_the_centre_waits_but_is_not_the_liaisons_to_mend(cast):
    upload(text([bad(cast.ben)]), unit=cast.root)
    assert completeness.progress(cast.liaison_a1, around(cast)).waiting == 1
    assert completeness.mending(cast.liaison_a1, around(cast)) is None
    assert completeness.open_rows_of(cast.liaison_a1, [cast.ben], around(cast)) == {}


def test_due_list_is_narrowed_by_standing_unit_and_search(cast, cid):
    upload(text([good(cast.anna), bad(cast.ben)]), unit=cast.a1)

    def listed(**given) -> list[tuple[str, str]]:
        return [(one.emp_no, one.standing) for one in completeness.due_list(cast.office_a, around(cast), **given)]

    everybody = [("E1001", "examined"), ("E1002", "waiting"), ("E1003", "missing"), ("E2001", "missing")]
    assert listed() == everybody[1:]
    assert listed(standings=()) == everybody
    assert listed(standings=("waiting",)) == everybody[1:2]
    assert listed(unit=cast.a2) == everybody[3:]
    assert listed(search="E100") == everybody[1:3]


def test_due_list_without_a_period_is_empty(cast):
    assert list(completeness.due_list(cast.liaison_a1, Round([cast.a1], None, JUNE))) == []


def test_open_rows_of_names_the_file(cast):
    received = upload(text([bad(cast.ben)]), unit=cast.a1, name="march.csv")
    found = completeness.open_rows_of(cast.liaison_a1, [cast.anna, cast.ben], around(cast))
    assert {pk: row.upload for pk, row in found.items()} == {cast.ben.pk: received}


class TestLateCentre:
    """Last year's file of a centre came on 15 June 2025."""

    @pytest.fixture
    def centre(self, cast) -> ExamCentre:
        Period.objects.create(name="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), deadline_on=date(2025, 10, 31))
        centre = ExamCentre.objects.create(name="Kangning")
        received = upload(text([good(cast.anna, "2025-06-10")]), unit=cast.root, centre=centre.name)
        Upload.objects.filter(pk=received.pk).update(uploaded_at=datetime(2025, 6, 15, 4, tzinfo=UTC))
        return centre

    def test_is_late_once_the_day_has_passed(self, cast, centre):
        found = [completeness.late_centre(cast.liaison_a1, around(cast, date(2026, 6, day))) for day in (15, 16)]
        assert found == [None, completeness.LateCentre(centre, 1, date(2025, 6, 15))]

    def test_is_late_for_those_whose_people_it_examined(self, cast, centre):
        assert completeness.late_centre(cast.liaison_b1, around(cast)) is None

    def test_is_not_late_when_its_file_has_come(self, cast, centre):
        upload(text([good(cast.bella)]), unit=cast.root, centre=centre.name)
        assert completeness.late_centre(cast.liaison_a1, around(cast)) is None

    def test_is_late_when_its_file_was_undone(self, cast, centre):
        exams.withdraw(upload(text([good(cast.bella)]), unit=cast.root, centre=centre.name), by=BY)
        assert completeness.late_centre(cast.liaison_a1, around(cast)) is not None

    def test_of_the_first_period_there_is_none(self, cast, centre):
        Period.objects.filter(name="2025").delete()
        assert completeness.late_centre(cast.liaison_a1, around(cast)) is None


def test_latest_files_are_those_that_the_user_may_see(cast):
    for unit in (cast.a1, cast.root, cast.b1):
        upload(text([unknown()]), unit=unit, name=f"{unit.name}.csv")
    assert [one.file_name for one in completeness.latest_files(cast.liaison_a1, 5)] == ["A1.csv"]
    assert completeness.latest_files(cast.liaison_a1, 0) == []
