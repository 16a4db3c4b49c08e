"""Lights over the database and over HTTP: what raises them, who sees them and when, and what the unit says."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import light_access, lighting, services
from healthmgmt.insight.models import Light, LightStep, Look
from healthmgmt.organization import periods
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Employment, Person
from healthmgmt.work import services as work

BY = Actor(label="system:test")
# A Friday; the three working days after it end on Wednesday.
NOW = datetime(2026, 6, 5, 4, tzinfo=UTC)
TODAY, SHARED = date(2026, 6, 5), date(2026, 6, 10)
_rows = count(1)


@pytest.fixture
def examined(cast):
    """`examined(unit, results...)`: a person each in a unit, with an examination in one file."""
    upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=NOW)

    def make(unit, results: list[dict]) -> list[Exam]:
        people = Person.objects.bulk_create(Person(emp_no=f"L{next(_rows)}", name="N", unit=unit) for _ in results)
        Employment.objects.bulk_create(Employment(person=one, unit=unit, started_on=date(2015, 1, 1)) for one in people)
        return Exam.objects.bulk_create(
            Exam(person=one, upload=upload, row_number=next(_rows), taken_on=date(2026, 3, 3), results=found)
            for one, found in zip(people, results, strict=True)
        )

    return make


def ordinary(number: int) -> list[dict]:
    """Values that differ from person to person and end in every digit alike."""
    return [{"sbp": 90 + at % 100, "dbp": 60 + at % 40, "fpg": 4 + at % 17 / 10, "tc": next(_rows), "tg": 1} for at in range(number)]


def alike(number: int) -> list[dict]:
    return [{"sbp": 121, "dbp": 78, "fpg": 5.1, "tc": 4.2, "tg": 1.1} for _ in range(number)]


def look(cast, now: datetime = NOW, **more) -> list[tuple[str, str]]:
    lighting.look(cast.period, now=now, by=BY, **more)
    found = Light.objects.filter(cleared_at=None).order_by("unit__path", "kind")
    return [(one.unit.name, one.kind) for one in found]


@pytest.fixture
def lit(cast, examined):
    """A1 has forty ordinary examinations and ten of the same values."""
    examined(cast.a1, ordinary(40) + alike(10))
    assert look(cast) == [("A1", "identical")]
    return Light.objects.get()


# What raises them


def test_ordinary_values_raise_no_light(cast, examined):
    examined(cast.a1, ordinary(200))
    examined(cast.b1, ordinary(100))
    assert look(cast) == []


def test_pile_and_digits_are_seen_in_the_unit_alone(cast, examined):
    examined(cast.a1, [{"sbp": value} for value in [121, 126] * 15 + [131, 136, 138] * 25 + [143, 147] * 3 + [152, 157] * 5])
    examined(cast.b1, [{"sbp": 120 + 10 * (at % 5), "dbp": 80} for at in range(90)])
    assert look(cast) == [("A1", "pressure_limit"), ("B1", "digits")]
    told = {one.kind: one.told for one in Light.objects.all()}
    assert told == {"pressure_limit": {"whole": 121, "times": 5.0}, "digits": {"part": 180, "whole": 180}}


def test_same_values_count_within_one_file_and_answers_do_not(cast, examined):
    examined(cast.a1, ordinary(40) + alike(10))
    apart = examined(cast.b1, ordinary(40) + alike(10))
    for exam in apart:
        exam.upload = Upload.objects.create(file_name="g.csv", sha256="1" * 64, size=1, unit=cast.root)
    Exam.objects.bulk_update(apart, ["upload"])
    answers = [{"condition:hypertension": 0, "condition:diabetes": 0, "treatment:bp": 0, "sbp": 121, "dbp": 78, "fpg": 5.1, "tc": 4.2}] * 10
    examined(cast.a2, ordinary(40) + answers)
    assert look(cast) == [("A1", "identical")]


def test_leavers_and_a_roster_that_shrank_are_seen_and_transfers_are_not(cast, examined):
    near = cast.period.deadline_on - timedelta(days=10)
    moved, left = examined(cast.a1, ordinary(60)), examined(cast.b1, ordinary(60))
    for exams, to in ((moved, cast.a2), (left, None)):
        for exam in exams[:20]:
            exam.person.employments.update(ended_on=near)
            if to is not None:
                Employment.objects.create(person=exam.person, unit=to, started_on=near + timedelta(days=1))
    at = datetime.combine(cast.period.deadline_on, datetime.min.time(), tzinfo=UTC)
    assert look(cast, at - timedelta(days=60)) == []
    assert look(cast, at) == [("B1", "leavers")]
    Period.objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    assert look(cast, at) == [("B1", "leavers"), ("B1", "shrinkage")]
    assert Light.objects.get(kind="shrinkage").told == {"part": 20, "whole": 61}


def test_last_hour_is_seen_after_the_deadline(cast, examined):
    examined(cast.a1, ordinary(40))
    end = lighting._end_of(cast.period, lighting.organisation_settings())
    Upload.objects.update(uploaded_at=end - timedelta(minutes=30))
    assert look(cast, end - timedelta(minutes=1)) == []
    assert look(cast, end) == [("A1", "last_hour")]
    Upload.objects.update(uploaded_at=end - timedelta(minutes=61))
    assert look(cast, end) == []


# What becomes of them


def test_light_is_raised_once_told_to_the_unit_and_cleared_when_it_is_gone(cast, lit):
    assert look(cast, NOW + timedelta(days=1)) == [("A1", "identical")]
    assert Light.objects.count() == 1
    assert list(Notice.objects.values_list("kind", "user")) == [("light_raised", cast.liaison_a1.pk)]
    Exam.objects.filter(results=alike(1)[0]).update(state="withdrawn")
    assert look(cast, NOW + timedelta(days=2)) == []
    lit.refresh_from_db()
    assert lit.cleared_at == NOW + timedelta(days=2)
    assert list(lit.steps.values_list("event", flat=True)) == ["raised", "cleared"]
    assert set(Event.objects.filter(action__startswith="light.").values_list("action", flat=True)) == {"light.raised", "light.cleared"}


def test_closed_period_is_looked_through_once_more_and_a_locked_one_never(cast, examined):
    examined(cast.a1, ordinary(40) + alike(10))
    periods.close_period(cast.period, by=BY)
    assert look(cast) == []
    work.drain(kinds=["insight.settle", "insight.last_look"])
    assert Light.objects.count() == 1
    Exam.objects.update(state="withdrawn")
    Period.objects.filter(pk=cast.period.pk).update(state="locked")
    assert look(cast, is_last=True) == [("A1", "identical")]


def test_daily_job_looks(cast, examined):
    examined(cast.a1, ordinary(40) + alike(10))
    work.announce("work.daily", day="2026-06-05")
    work.drain(kinds=["insight.look"])
    assert Light.objects.count() == 1


# Who sees them


def seen_by(user, day: date = TODAY) -> int:
    return light_access.visible_to(user, today=day).count()


def test_unit_sees_it_first_and_the_level_above_after_three_working_days(cast, lit):
    assert lit.shared_on == SHARED
    above, below = (cast.office_a, cast.leader), cast.liaison_a1
    assert [seen_by(one) for one in (below, *above, cast.office_b, cast.liaison_b1, cast.employee)] == [1, 0, 0, 0, 0, 0]
    assert [seen_by(one, SHARED - timedelta(days=1)) for one in above] == [0, 0]
    assert [seen_by(one, SHARED) for one in (*above, cast.office_b)] == [1, 1, 0]


def test_nearest_above_is_asked_where_nobody_is_of_the_unit(cast, examined, sign_in):
    examined(cast.a2, ordinary(40) + alike(10))
    assert look(cast) == [("A2", "identical")]
    Light.objects.update(shared_on=date(2999, 1, 1))
    assert Light.objects.get().asked == cast.a
    assert [seen_by(one) for one in (cast.office_a, cast.leader, cast.liaison_a1, cast.office_b)] == [1, 0, 0, 0]
    assert list(Notice.objects.values_list("kind", "user")) == [("light_raised", cast.office_a.pk)]
    assert sign_in(cast.office_a).post(f"/lights/{Light.objects.get().uuid}/answer/", {"note": "Two files were merged"}).status_code == 302
    assert (Light.objects.get().answered_at is not None, seen_by(cast.leader)) == (True, 1)


def test_level_above_sees_it_with_the_words_of_the_unit(cast, lit, sign_in):
    office, liaison = sign_in(cast.office_a), sign_in(cast.liaison_a1)
    Light.objects.update(shared_on=date(2999, 1, 1))
    address = f"/lights/{lit.uuid}/answer/"
    assert "10 of 50 people" not in office.get("/lights/").content.decode()
    assert office.post(address, {"note": "x"}).status_code == 404
    page = liaison.get("/lights/").content.decode()
    assert "10 of 50 people examined have exactly the values of somebody else in the same file, 20%." in page
    assert "1 signal about the numbers. 1 waits for your words." in page
    assert liaison.post(address, {"note": "Two files were merged"}).status_code == 302
    page = office.get("/lights/").content.decode()
    assert "Two files were merged" in page and "Explained by the unit" in page and address not in page
    assert office.post(address, {"note": "x"}).status_code == 403
    assert sign_in(cast.office_b).post(address, {"note": "x"}).status_code == 404


def test_reading_the_page_settles_the_notice(cast, lit, sign_in):
    sign_in(cast.liaison_a1).get("/lights/")
    assert not Notice.objects.filter(read_at=None).exists()


@pytest.mark.parametrize("state", ["empty", "gone", "locked"])
def test_answer_needs_words_a_light_and_a_period_that_is_not_locked(cast, lit, state):
    if state == "gone":
        Light.objects.update(cleared_at=NOW)
    if state == "locked":
        Period.objects.filter(pk=cast.period.pk).update(state="locked")
    with pytest.raises(Rejected):
        lighting.answer(lit, note=" " if state == "empty" else "Because", now=NOW, by=BY, name="")
    assert not LightStep.objects.filter(event="answered").exists()


def test_no_page_of_lights_names_a_person_or_a_value(cast, lit, sign_in):
    Person.objects.filter(exams__isnull=False).update(name="Somebody Marked")
    page = sign_in(cast.liaison_a1).get("/lights/").content.decode()
    for marked in ("Somebody Marked", "121", "5.1", *Person.objects.filter(exams__isnull=False).values_list("emp_no", flat=True)[:3]):
        assert marked not in page[page.index("<main") : page.index("</main>")], marked
    assert "121" not in json.dumps(lit.told)


# Board, group page and scorecard


@pytest.fixture
def published(cast, lit, examined):
    examined(cast.b1, ordinary(40))
    services.publish(cast.period, by=BY)
    Light.objects.update(shared_on=date(2999, 1, 1))
    return cast


def test_group_counts_departments_without_a_signal_that_may_be_seen(published, sign_in):
    leader = sign_in(published.leader)
    assert "2 of 2 departments without a signal" in leader.get("/group/").content.decode()
    Light.objects.update(answered_at=NOW)
    page = leader.get("/group/").content.decode()
    assert "1 of 2 departments without a signal" in page and "1 signal<" in page
    assert "mandatory items are there" in page and "of all together" not in page
    Light.objects.update(unit=published.root)
    page = leader.get("/group/").content.decode()
    assert "2 of 2 departments without a signal" in page and "1 signal of all together" in page


def test_group_says_nothing_of_signals_before_anybody_looked(published, sign_in):
    Look.objects.all().delete()
    page = sign_in(published.leader).get("/group/").content.decode()
    assert "without a signal" not in page and "mandatory items are there" in page


def test_board_shows_signals_of_its_units_when_they_may_be_seen(published, sign_in):
    office = sign_in(published.office_a)
    assert "1 signal<" not in office.get("/board/").content.decode()
    Light.objects.update(shared_on=TODAY)
    assert "1 signal<" in office.get("/board/").content.decode()
    assert "1 signal<" not in sign_in(published.office_b).get("/board/").content.decode()


def test_card_says_how_many_signals(published, sign_in):
    assert "1 signal<" in sign_in(published.liaison_a1).get(f"/scorecards/{published.a1.pk}/").content.decode()
    assert "1 signal<" not in sign_in(published.office_a).get(f"/scorecards/{published.a1.pk}/").content.decode()
    assert "no signal" in sign_in(published.liaison_b1).get(f"/scorecards/{published.b1.pk}/").content.decode()


def test_lights_of_units_cost_one_query(published):
    Light.objects.update(answered_at=NOW)
    with CaptureQueriesContext(connection) as queries:
        found = light_access.open_lights(published.period, today=TODAY)
    assert len(queries) == 1
    lit = {unit.pk: light_access.lights_of([unit.pk], found) for unit in (published.root, published.a, published.a1, published.b)}
    assert [one.count for one in lit.values()] == [1, 1, 1, 0] and lit[published.a.pk].newest == "identical"


def test_leadership_reads_the_answer_and_not_who_gave_it(cast, lit, sign_in):
    lighting.answer(lit, note="Two files were merged", now=NOW, by=BY, name="Zhou Liaison")
    office, leader = (sign_in(user).get("/lights/").content.decode() for user in (cast.office_a, cast.leader))
    assert "Zhou Liaison" in office and "Two files were merged" in leader
    assert "Zhou Liaison" not in leader


def test_last_look_at_a_closed_period_is_once(cast, lit):
    Period.objects.update(state="closed", closed_at=NOW + timedelta(hours=1), closed_by="x")
    period = Period.objects.get(pk=lit.period_id)
    for hours in (2, 30):
        lighting.look(period, now=NOW + timedelta(hours=hours), by=BY, is_last=True)
        Exam.objects.all().delete()
    assert Look.objects.get(period=period).looked_at == NOW + timedelta(hours=2)
    assert Light.objects.get().cleared_at is None
