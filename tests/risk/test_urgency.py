"""A class A result in a row that waits: first on the page, and its alert at once where it is certain whose row it is."""

import pytest

from healthmgmt.care.models import Alert
from healthmgmt.core import sql
from healthmgmt.exams import correcting, repairing, selectors
from healthmgmt.exams.access import Hands
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, HEADINGS, ground, text, upload

DAY = "2026-03-02"
CENTRE = Hands(mends=True, values=True, sees=True)


@pytest.fixture
def two(org_a):
    root = ground()
    return casting.person("P1", root), casting.person("P2", root)


def urgent(one) -> list[tuple[int, bool]]:
    return [(row.number, row.is_alerted) for row in selectors.urgent_rows(one)]


def alerts() -> list[tuple[str, str, str]]:
    return [(alert.person.emp_no, alert.code, alert.measured_on.isoformat()) for alert in Alert.objects.order_by("id")]


def test_certain_person_is_alerted_while_the_row_waits(two):
    rows = [["P1", two[0].name, DAY, 190, 100, 9999, 5.2], ["P2", two[1].name, DAY, 120, 80, 9999, 5.2]]
    checked = upload(text(rows), apply=False)
    assert checked.rows.get(number=1).state == "waiting"
    assert (urgent(checked), alerts()) == ([(1, True)], [("P1", "critical_bp", DAY)])
    assert Job.objects.get(kind="risk.watch").lane == "now"


def test_alert_of_a_waiting_row_gives_nobody_a_colour(two):
    upload(text([["P1", two[0].name, DAY, 190, 100, 9999, 5.2]]), apply=False)
    assert [(one.is_current, one.exams) for one in Assessment.objects.all()] == [(False, [])]


def test_value_at_fault_is_no_reason_for_an_alert(two):
    checked = upload(text([["P1", two[0].name, DAY, 999, 100, 5.0, 5.2], ["P2", two[1].name, DAY, 100, 190, 5.0, 5.2]]), apply=False)
    assert (urgent(checked), alerts()) == ([], [])


@pytest.mark.parametrize("given", [("P9", "Name P1"), ("P1", "Somebody"), ("P1", "")])
def test_uncertain_person_is_first_but_nobody_is_alerted(two, given):
    checked = upload(text([[*given, DAY, 190, 100, 9999, 5.2]]), apply=False)
    assert (urgent(checked), alerts()) == ([(1, False)], [])


def test_person_said_opens_the_alert_though_the_row_waits_for_something_else(two):
    checked = upload(text([["P9", "?", DAY, 190, 100, 9999, 5.2]]), apply=False)
    repairing.assign_person(checked, 1, person=two[0], by=BY)
    work.drain()
    assert (urgent(checked), alerts()) == ([(1, True)], [("P1", "critical_bp", DAY)])


def test_person_said_opens_the_alert_before_the_row_goes_in(two):
    checked = upload(text([["P9", "?", DAY, 190, 100, 5.0, 5.2]]), apply=False)
    repairing.assign_person(checked, 1, person=two[0], by=BY)
    work.drain()
    assert (checked.rows.get().state, alerts()) == ("ready", [("P1", "critical_bp", DAY)])


def test_value_typed_is_watched_too(two):
    checked = upload(text([["P1", two[0].name, DAY, 120, 80, 9999, "x"]]), apply=False)
    correcting.type_cells(checked, 1, {6: "17.1"}, hands=CENTRE, by=BY)
    work.drain()
    assert (urgent(checked), alerts()) == ([(1, True)], [("P1", "critical_glucose", DAY)])


def test_typing_looks_at_the_rows_it_is_about_and_leaves_the_others_first(two, monkeypatch):
    rows = [["P1", two[0].name, DAY, 190, 100, 9999, 5.2], ["P2", two[1].name, DAY, 120, 80, 9999, "x"], ["P9", "?", DAY, 190, 100, 9999, 5.2]]
    checked, seen, load = upload(text(rows), apply=False), [], sql.dicts
    assert urgent(checked) == [(1, True), (3, False)]
    monkeypatch.setattr(sql, "dicts", lambda name, given: [one for one in load(name, given) if seen.append(one.get("number")) is None])
    correcting.type_cells(checked, 2, {6: "17.1"}, hands=CENTRE, by=BY)
    work.drain(kinds=("risk.watch",))
    assert (urgent(checked), seen) == ([(1, True), (2, True), (3, False)], [2])
    correcting.take_back(checked, 2, hands=CENTRE, by=BY)
    work.drain(kinds=("risk.watch",))
    assert (urgent(checked), seen) == ([(1, True), (3, False)], [2, 2])


def test_row_that_goes_in_later_opens_no_second_alert(two):
    partly = upload(text([["P1", two[0].name, DAY, 190, 100, 9999, 5.2], ["P2", two[1].name, DAY, 120, 80, 5.0, 5.2]]))
    assert alerts() == [("P1", "critical_bp", DAY)]
    repairing.leave_values(partly, reason="range", column=HEADINGS[5], by=BY)
    from healthmgmt.exams import services

    services.request_apply(partly, by=BY)
    work.drain()
    assert alerts() == [("P1", "critical_bp", DAY)]
    assert Assessment.objects.filter(is_current=True, person=two[0], colour="red").count() == 1


def test_looking_twice_asks_once(two):
    from healthmgmt.risk import urgency

    checked = upload(text([["P1", two[0].name, DAY, 190, 100, 9999, 5.2]]), apply=False)
    assert urgency.watch(checked.pk, by=BY) == 0
    assert Assessment.objects.count() == 1


def test_file_that_is_only_checked_alerts_nobody(two):
    upload(text([["P1", two[0].name, DAY, 190, 100, 9999, 5.2]]), apply=False, check_only=True)
    assert alerts() == []


def test_assessment_of_a_waiting_row_is_passed_over_by_a_mass_assessment(two):
    """Both may be stored at the same moment: then it stands behind the marker of the other."""
    upload(text([["P1", two[0].name, DAY, 190, 100, 9999, 5.2]]), apply=False)
    for name in ("drop_repeated", "retire_current", "make_current"):
        sql.execute(f"risk/{name}", {"marker": 0})
    assert [one.is_current for one in Assessment.objects.all()] == [False]
