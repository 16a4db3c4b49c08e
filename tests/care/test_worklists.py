"""The worklist: who stands on it, under which heading, in which order, and what it says."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from healthmgmt.care import access, presenters, selectors, services, worklists
from healthmgmt.care.models import Alert, Contact, Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people import services as people
from healthmgmt.risk import changing
from tests import cast as casting
from tests.care.making import PACK, assessment, exam

BY = Actor(label="system:test")


def line_of(code: str, indicator: str) -> int:
    return next(line.number for line in PACK.lines if (line.reason, line.indicator) == (code, indicator))


def assessed(person, colour: str, *codes: str, year: int = 0, today: date | None = None):
    """A result of this year or of `year` years ago, with its plan and its alerts."""
    on = local_today() - timedelta(days=30 + 365 * year)
    made = assessment(person, colour, *codes, on=on, exams=(exam(person, on),))
    changing.compare([person.pk], pack=PACK)
    services.plan_assessed(made.pk, made.pk, today=today or local_today(), by=BY)
    services.open_alerts(made.pk, made.pk, by=BY)
    return made


def overdue_visit(person) -> None:
    """A plan for whose first visit by the case manager the day has passed."""
    assessed(person, "orange", "hypertension", today=local_today() - timedelta(100))
    services.finish_step(Step.objects.get(plan__person=person, number=1), today=local_today(), by=BY)


def headings(user, **options) -> list[tuple[str, str]]:
    rows = selectors.worklist(user, today=local_today(), **options)
    return [(row["heading"], row["name"].removeprefix("Name ")) for row in rows]


def called(person, ending: str = "will_come", **options) -> Contact:
    return services.log_contact(person, ending=ending, by=BY, **options)


def earlier(contact: Contact, days: int, next_in: int) -> None:
    Contact.objects.filter(pk=contact.pk).update(
        made_at=timezone.now() - timedelta(days=days), next_on=local_today() + timedelta(days=next_in)
    )


def test_open_alert_comes_first_whatever_the_colour_is_now(cast) -> None:
    assessed(cast.anna, "red", "known_ascvd")
    assessed(cast.ben, "red", "critical_bp")
    assessed(cast.ben, "orange", "hypertension")
    assert headings(cast.case_manager) == [("alert", "E1002"), ("first", "E1001")]


def test_alert_stays_until_its_outcome_and_is_no_more_for_today_after_the_call(cast) -> None:
    assessed(cast.anna, "red", "critical_bp")
    (before,) = selectors.worklist(cast.case_manager, today=local_today())
    called(cast.anna)
    (after,) = selectors.worklist(cast.case_manager, today=local_today())
    assert (before["today_people"], after["today_people"], after["people"], after["waiting_since"]) == (1, 0, 1, None)
    services.close_alert(Alert.objects.get(), outcome="confirmed", by=BY)
    assert headings(cast.case_manager) == []


def test_alert_clock_runs_on_when_nobody_was_reached(cast) -> None:
    assessed(cast.anna, "red", "critical_bp")
    called(cast.anna, "not_reached")
    (row,) = selectors.worklist(cast.case_manager, today=local_today())
    assert (row["waiting_since"], row["tries"]) == (Alert.objects.get().opened_at, 1)


def test_two_alerts_of_a_person_are_one_line(cast) -> None:
    assessed(cast.anna, "red", "critical_bp", year=1)
    assessed(cast.anna, "red", "critical_bp", "critical_glucose")
    (row,) = selectors.worklist(cast.case_manager, today=local_today())
    assert (row["alerts"], row["code"]) == (3, "critical_bp")


def test_red_leaves_its_heading_when_somebody_spoke_to_the_person(cast) -> None:
    assessed(cast.anna, "red", "known_ascvd")
    called(cast.anna)
    assert headings(cast.case_manager) == []


def test_worse_than_the_period_before_and_only_that(cast) -> None:
    carl, dora = casting.person("E1003", cast.a1), casting.person("E1004", cast.a1)
    assessed(cast.anna, "yellow", "overweight", year=1)
    assessed(cast.ben, "orange", "hypertension", year=1)
    assessed(carl, "grey", year=1)
    assessed(dora, "green", year=1)
    for person in (cast.anna, cast.ben, carl):
        assessed(person, "orange", "hypertension")
    assessed(dora, "yellow", "overweight")
    assert headings(cast.case_manager) == [("worsened", "E1001")]
    called(cast.anna)
    assert headings(cast.case_manager) == []


def test_worse_is_said_by_the_edition_of_the_present_colour_alone(cast) -> None:
    former = assessed(cast.anna, "yellow", "overweight", year=1)
    former.edition, former.is_current = "2020", False
    former.save()
    services.plan_assessed(former.pk, former.pk, today=local_today(), by=BY)
    cast.anna.exams.update(results={"sbp": 150})
    assessed(cast.anna, "orange", "hypertension")
    # What the present edition makes of last year's pressure is orange, too.
    assert headings(cast.case_manager) == []


def long_ago(person, colour: str, *codes: str):
    """A result whose values have all left the window, with its plan."""
    return assessed(person, colour, *codes, year=2, today=local_today() - timedelta(760))


def test_expired_colour_is_said_to_be_so_and_ends_nothing_that_is_due(cast) -> None:
    long_ago(cast.anna, "red", "known_ascvd")
    (row,) = selectors.worklist(cast.case_manager, today=local_today())
    (line,) = worklists.build(cast.case_manager, today=local_today()).lines
    assert (row["heading"], line.colour, len(line.why)) == ("first", "grey", 1)
    assert line.why[0].startswith("Red has expired, exam of ")


def test_expired_colour_is_no_colour_of_the_list_of_people(cast) -> None:
    long_ago(cast.anna, "orange", "hypertension")
    assessed(cast.ben, "orange", "hypertension")

    def listed(colour):
        found = selectors.people(cast.case_manager, colour=colour, today=local_today())
        return [(one.emp_no, one.colour, one.is_expired) for one in found]

    assert listed("orange") == [("E1002", "orange", False)]
    assert listed("grey") == [("E1001", "grey", True)]


def test_worse_compares_periods_and_not_two_results_of_one(cast) -> None:
    day = local_today().replace(month=6, day=1)
    for colour, on in (("yellow", day), ("orange", day + timedelta(20))):
        made = assessment(cast.anna, colour, "hypertension", on=on, exams=(exam(cast.anna, on),))
        changing.compare([cast.anna.pk], pack=PACK)
        services.plan_assessed(made.pk, made.pk, today=local_today(), by=BY)
    assert headings(cast.case_manager) == []


def test_worse_does_not_count_what_was_withdrawn(cast) -> None:
    former = assessed(cast.anna, "yellow", "overweight", year=1)
    cast.anna.exams.filter(pk__in=former.exams).update(state="withdrawn")
    assessed(cast.anna, "orange", "hypertension")
    assert headings(cast.case_manager) == []


def test_due_by_the_agreed_day_or_by_a_step_and_not_before(cast) -> None:
    assessed(cast.anna, "orange", "hypertension")
    contact = called(cast.anna)
    assert headings(cast.case_manager) == []
    earlier(contact, days=0, next_in=0)
    assert headings(cast.case_manager) == [("due", "E1001")]
    overdue_visit(cast.ben)
    assert headings(cast.case_manager) == [("due", "E1002"), ("due", "E1001")]


def test_never_reached_comes_last_and_also_before_its_day(cast) -> None:
    assessed(cast.anna, "orange", "hypertension")
    called(cast.anna, "not_reached")
    overdue_visit(cast.ben)
    assert headings(cast.case_manager) == [("due", "E1002"), ("tried", "E1001")]


def test_younger_and_never_reached_first_within_a_heading(cast) -> None:
    young = casting.person("E1003", cast.a1, birth=date(1999, 1, 1))
    for person in (cast.anna, cast.ben, young):
        overdue_visit(person)
    earlier(called(young), days=14, next_in=-1)
    assert headings(cast.case_manager) == [("due", "E1001"), ("due", "E1002"), ("due", "E1003")]


def test_list_is_that_of_the_people_cared_for(cast) -> None:
    second = casting.user("second", "case_manager", cast.a1)
    for person in (cast.anna, cast.ben, cast.amos, cast.bella):
        assessed(person, "red", "critical_bp")
    services.assign_manager(second, person=cast.anna, by=BY)
    for user in (cast.case_manager, second):
        ids = {row["id"] for row in selectors.worklist(user, today=local_today())}
        assert ids == set(access.cared_for(user).values_list("pk", flat=True))
    assert headings(cast.case_manager) == [("alert", "E1002")]


def test_who_has_left_stands_there_for_an_alert_only(cast) -> None:
    assessed(cast.anna, "red", "critical_bp")
    assessed(cast.ben, "red", "known_ascvd")
    for person in (cast.anna, cast.ben):
        person.left_on = local_today() - timedelta(1)
        person.save()
    assert headings(cast.case_manager) == [("alert", "E1001")]


def test_P23_who_took_the_consent_to_calls_back_is_called_for_an_alert_only(cast) -> None:
    assessed(cast.anna, "red", "known_ascvd")
    assessed(cast.ben, "red", "critical_bp")
    for person in (cast.anna, cast.ben):
        people.give_consent(person, purpose="care_contact", version="1", by=BY)
    assert headings(cast.case_manager) == [("alert", "E1002"), ("first", "E1001")]
    for person in (cast.anna, cast.ben):
        people.withdraw_consent(person, purpose="care_contact", by=BY)
    assert headings(cast.case_manager) == [("alert", "E1002")]
    people.give_consent(cast.anna, purpose="care_contact", version="1", by=BY)
    assert headings(cast.case_manager) == [("alert", "E1002"), ("first", "E1001")]


def test_P23_who_said_no_to_calls_is_called_for_an_alert_only(cast) -> None:
    assessed(cast.anna, "red", "known_ascvd")
    assessed(cast.ben, "red", "critical_bp")
    for person in (cast.anna, cast.ben):
        people.decline_consent(person, purpose="care_contact", version="1", by=BY)
    assert headings(cast.case_manager) == [("alert", "E1002")]


def test_P23_panel_and_record_say_how_the_person_stands_to_calls(cast) -> None:
    said = lambda: presenters.consent_to_calls(cast.anna)  # noqa: E731
    assert "ask first" in said()
    people.give_consent(cast.anna, purpose="care_contact", version="1", by=BY)
    assert said() == "Has agreed to be called."
    people.withdraw_consent(cast.anna, purpose="care_contact", by=BY)
    assert "taken back" in said()


def test_a_heading_shows_few_and_more_when_asked(cast, monkeypatch) -> None:
    monkeypatch.setattr(selectors, "FEW", 1)
    for person in (cast.anna, cast.ben):
        assessed(person, "red", "known_ascvd")
    few, all_ = (worklists.build(cast.case_manager, today=local_today(), more=more) for more in ("", "first"))
    assert [(len(one.groups[0].lines), one.groups[0].people, one.groups[0].more) for one in (few, all_)] == [(1, 2, "first"), (2, 2, "")]
    assert few.sentence.endswith("2 people today.")


def test_queries_do_not_grow_with_people(cast) -> None:
    counts = []
    # What is remembered of a user is read before anything is counted.
    assert not worklists.build(cast.case_manager, today=local_today()).groups
    for size in (1, 20):
        for number in range(size):
            assessed(casting.person(f"Q{size}-{number}", cast.a1), "red", "critical_bp")
        with CaptureQueriesContext(connection) as queries:
            worklists.build(cast.case_manager, today=local_today())
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Words ---------------------------------------------------------------------------------------------------------------------


def test_sentence_names_who_is_first_and_by_when(cast, monkeypatch) -> None:
    assessed(cast.anna, "red", "critical_bp")
    Alert.objects.update(opened_at=datetime(2026, 6, 18, 7, 0, tzinfo=timezone.get_fixed_timezone(0)))
    said = {}
    for hour in (8, 12):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: datetime(2026, 6, 18, hour, 30, tzinfo=timezone.get_fixed_timezone(0)))
        said[hour] = worklists.build(cast.case_manager, today=date(2026, 6, 18)).sentence
    assert said == {
        8: "First call Name E1001, before 09:00. 1 person today.",
        12: "First call Name E1001, 3 h 30 min late already. 1 person today.",
    }


def test_sentence_when_nobody_waits(cast) -> None:
    assert worklists.build(cast.case_manager, today=local_today()).sentence == "Nobody has to be called today."


@pytest.mark.parametrize(
    ("minutes", "text", "is_urgent", "is_late"),
    [(108, "1 h 48 min left", False, False), (59, "59 min left", True, False), (-65, "1 h 5 min late", True, True), (-60 * 72, "3 days late", True, True)],
)
def test_clock(minutes, text, is_urgent, is_late) -> None:
    now = timezone.now()
    assert presenters.clock(now + timedelta(minutes=minutes), now) == presenters.Clock(text, is_late, is_urgent)


def reason(code: str, indicator: str, value: float, limit: float, unit: str = "mm[Hg]") -> dict:
    return {
        "code": code, "line": line_of(code, indicator), "indicator": indicator, "value": value, "unit": unit, "limit": limit, "on": "2026-06-10",
    }  # fmt: skip


def test_pressure_is_told_with_both_numbers() -> None:
    both = [reason("critical_bp", "sbp", 186, 180), reason("critical_bp", "dbp", 112, 110)]
    assert presenters.told(PACK, both).text == "Very high blood pressure: 186/112 mmHg, at or above 180/110"
    one = [reason("critical_bp", "dbp", 112, 110), reason("hypertension", "sbp", 149, 140)]
    assert presenters.told(PACK, one).text == "Very high blood pressure: 149/112 mmHg, diastolic blood pressure at or above 110"
    alone = [reason("critical_bp", "dbp", 112, 110)]
    assert presenters.told(PACK, alone).text == "Very high blood pressure: diastolic blood pressure 112 mmHg, at or above 110"
    with translation.override("zh-hans"):
        assert presenters.told(PACK, one).text == "血压很高：149/112 mmHg，舒张压达到或高于 110"


def test_reason_is_told_on_the_side_that_was_crossed() -> None:
    low = [reason("critical_glucose", "fpg", 46, 50, "mg/dL") | {"line": line_of("critical_glucose", "fpg") + 1}]
    assert presenters.told(PACK, low).text == "Glucose in the critical range: fasting glucose 46 mg/dL, at or below 50"


def test_flag_is_told_by_its_title_and_nothing_by_nothing() -> None:
    flag = [{"code": "known_ascvd", "line": line_of("known_ascvd", "condition:ascvd"), "indicator": "condition:ascvd", "value": True, "unit": "", "limit": True}]
    assert presenters.told(PACK, flag).text == "Known cardiovascular disease"
    assert presenters.told(PACK, []) is None
