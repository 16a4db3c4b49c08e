"""Whose record a clinician may open, and who stands on whose list."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from healthmgmt.care import access, services
from healthmgmt.care.models import Alert, Assignment, Step
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from tests import cast as casting
from tests.care.making import DAY, assessment

BY = Actor(label="system:test")


def listed(user) -> set[str]:
    return set(access.cared_for(user).values_list("emp_no", flat=True))


def visible(user) -> set[str]:
    return set(access.visible_to(user).values_list("emp_no", flat=True))


def test_list_holds_the_people_of_the_role_and_nobody_elses(cast) -> None:
    assert listed(cast.case_manager) == {"E1001", "E1002"}
    for user in (cast.leader, cast.office_a, cast.liaison_a1, cast.admin, cast.employee, cast.steward):
        assert (listed(user), visible(user)) == (set(), set())


def test_physician_sees_everybody_below_and_has_no_list(cast) -> None:
    assert (listed(cast.physician), visible(cast.physician)) == (set(), {"E1001", "E1002", "E2001", "E3001"})
    assert [access.has_list(user) for user in (cast.physician, cast.case_manager, cast.leader)] == [False, True, False]


def test_whoever_has_a_manager_of_their_own_stands_on_that_list_alone_and_stays_visible(cast) -> None:
    second = casting.user("second", "case_manager", cast.a1)
    services.assign_manager(second, person=cast.anna, by=BY)
    assert (listed(cast.case_manager), listed(second)) == ({"E1002"}, {"E1001", "E1002"})
    assert visible(cast.case_manager) == {"E1001", "E1002"}


def test_people_of_a_manager_who_left_come_back_to_everybody(cast) -> None:
    second = casting.user("second", "case_manager", cast.a1)
    services.assign_manager(second, person=cast.anna, by=BY)
    second.is_active = False
    second.save()
    assert listed(cast.case_manager) == {"E1001", "E1002"}


def test_a_unit_given_to_somebody_is_on_that_list_alone(cast) -> None:
    wide, narrow = casting.user("wide", "case_manager", cast.a), casting.user("narrow", "case_manager", cast.a)
    services.assign_manager(narrow, unit=cast.a2, by=BY)
    assert (listed(wide), listed(narrow)) == ({"E1001", "E1002"}, {"E1001", "E1002", "E2001"})


def test_a_page_that_asks_for_two_managers_takes_neither_for_the_other(cast) -> None:
    wide, narrow = casting.user("wide", "case_manager", cast.a), casting.user("narrow", "case_manager", cast.a)
    services.assign_manager(narrow, unit=cast.a2, by=BY)
    with organisations.only_reading():
        assert [(listed(wide), listed(narrow)) for _ in range(2)] == [({"E1001", "E1002"}, {"E1001", "E1002", "E2001"})] * 2


def test_an_assignment_that_ended_gives_nothing(cast) -> None:
    Assignment.objects.create(manager=cast.case_manager, person=cast.bella, started_by="x", ended_at="2026-01-01T00:00Z", ended_by="x")
    assert visible(cast.case_manager) == {"E1001", "E1002"}


def test_somebody_given_to_a_manager_is_visible_after_moving_away(cast) -> None:
    services.assign_manager(cast.case_manager, person=cast.anna, by=BY)
    cast.anna.unit = cast.b1
    cast.anna.save()
    assert (listed(cast.case_manager), visible(cast.case_manager)) == ({"E1001", "E1002"}, {"E1001", "E1002"})


def test_person_outside_is_not_found(cast) -> None:
    assert access.get_person_or_404(cast.case_manager, cast.anna.uuid) == cast.anna
    for user, person in ((cast.case_manager, cast.amos), (cast.liaison_a1, cast.anna), (cast.employee, cast.anna)):
        with pytest.raises(Http404):
            access.get_person_or_404(user, person.uuid)


def test_alert_outside_is_not_found(cast) -> None:
    alert = Alert.objects.create(person=cast.amos, assessment=assessment(cast.amos, "red", "critical_bp"), code="critical_bp", measured_on=DAY)
    assert access.get_alert_or_404(cast.physician, alert.uuid) == alert
    with pytest.raises(Http404):
        access.get_alert_or_404(cast.case_manager, alert.uuid)


def test_step_is_of_the_person_and_of_the_profession(cast) -> None:
    made = assessment(cast.anna, "red", "known_ascvd")
    services.plan_assessed(made.pk, made.pk, today=DAY, by=BY)
    call, review = Step.objects.exclude(doer="person").order_by("number")
    assert access.get_step_or_404(cast.case_manager, cast.anna, call.pk) == call
    assert access.get_step_or_404(cast.physician, cast.anna, review.pk) == review
    with pytest.raises(PermissionDenied):
        access.get_step_or_404(cast.case_manager, cast.anna, review.pk)
    with pytest.raises(Http404):
        access.get_step_or_404(cast.physician, cast.ben, call.pk)
    Step.objects.update(doer="person")
    with pytest.raises(Http404):
        access.get_step_or_404(cast.case_manager, cast.anna, call.pk)
