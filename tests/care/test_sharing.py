"""Work among case managers: loads, people without one, people shared out and handed over."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.care import services, sharing
from healthmgmt.care.models import Assignment, Contact, Sharing
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today as local_today
from tests import cast as casting
from tests.care.making import assessment

BY = Actor(label="system:test")


def planned(person, colour: str = "orange", code: str = "hypertension") -> None:
    made = assessment(person, colour, code, on=local_today() - timedelta(days=30))
    services.plan_assessed(made.pk, made.pk, today=local_today(), by=BY)
    services.open_alerts(made.pk, made.pk, by=BY)


def crowd(unit, count: int, **more) -> list:
    people = [casting.person(f"C{number:03d}", unit, **more) for number in range(count)]
    for person in people:
        planned(person)
    return people


def capacity(people: int) -> None:
    Settings.objects.update(people_per_manager=people)


def second(cast, at=None):
    return casting.user("zhao", "case_manager", at or cast.a1)


def share(unit, *managers, **more) -> Sharing:
    return sharing.share_out(unit, managers, **{"token": uuid4(), "by": BY} | more)


def own(manager) -> set[str]:
    return set(Assignment.objects.filter(manager=manager, ended_at=None, person__isnull=False).values_list("person__emp_no", flat=True))


def test_people_are_shared_out_evenly_by_what_each_manager_has(cast) -> None:
    zhao, people = second(cast), crowd(cast.a1, 5)
    services.assign_manager(cast.case_manager, person=cast.ben, by=BY)
    made = share(cast.a1, cast.case_manager, zhao)
    assert (made.people, made.left_over) == (5, 0)
    assert (len(own(cast.case_manager)), len(own(zhao))) == (3, 3)
    assert own(cast.case_manager) | own(zhao) == {"E1002", *(one.emp_no for one in people)}


def test_nobody_gets_more_than_the_capacity_and_the_urgent_come_first(cast) -> None:
    capacity(10)
    crowd(cast.a1, 8)
    young, reached, alarmed = (casting.person(name, cast.a1, birth=birth) for name, birth in (("Y", date(1999, 1, 1)), ("R", date(2000, 1, 1)), ("Z", None)))
    for one in (young, reached):
        planned(one)
    planned(alarmed, "red", "critical_bp")
    Contact.objects.create(person=reached, made_at=timezone.now(), made_by="x", ending="will_come")
    for number in range(7):
        services.assign_manager(cast.case_manager, person=casting.person(f"H{number}", cast.a1), by=BY)
    before = own(cast.case_manager)
    shares = sharing.proposal(cast.a1, [cast.case_manager])
    assert [(one.manager_id, one.people, one.red, one.orange) for one in shares] == [(cast.case_manager.pk, 3, 1, 2), (None, 8, 0, 8)]
    made = share(cast.a1, cast.case_manager)
    # The alert, the youngest whom nobody has reached, then of one age the first; who was reached waits in spite of being younger.
    assert own(cast.case_manager) - before == {"Z", "Y", "C000"} and (made.people, made.left_over) == (3, 8)


def test_only_red_and_orange_of_the_unit_who_have_nobody_are_shared_out(cast) -> None:
    planned(cast.anna)
    planned(cast.ben, "yellow", "overweight")
    planned(cast.amos)
    gone, held = casting.person("G1", cast.a1), casting.person("G2", cast.a1)
    for one in (gone, held):
        planned(one)
    type(gone).objects.filter(pk=gone.pk).update(left_on=local_today())
    services.assign_manager(cast.physician, person=held, by=BY)
    assert share(cast.a1, cast.case_manager).people == 1
    assert (own(cast.case_manager), own(cast.physician)) == ({"E1001"}, {"G2"})


def test_people_of_a_manager_who_is_gone_have_nobody(cast) -> None:
    zhao = second(cast)
    planned(cast.anna)
    services.assign_manager(zhao, person=cast.anna, by=BY)
    assert share(cast.a1, cast.case_manager).people == 0
    type(zhao).objects.filter(pk=zhao.pk).update(is_active=False)
    assert share(cast.a1, cast.case_manager).people == 1
    assert list(Assignment.objects.values_list("manager", "ended_by")) == [(zhao.pk, BY.label), (cast.case_manager.pk, "")]


def test_form_sent_twice_shares_out_once(cast) -> None:
    capacity(2)
    crowd(cast.a1, 4)
    token = uuid4()
    first = share(cast.a1, cast.case_manager, token=token)
    zhao = second(cast)
    assert share(cast.a1, cast.case_manager, zhao, token=token) == first
    assert (len(own(cast.case_manager)), own(zhao), Sharing.objects.count()) == (2, set(), 1)


def test_manager_hands_over_all_people_and_units_and_nothing_is_deleted(cast) -> None:
    zhao = second(cast)
    for one in (cast.anna, cast.ben):
        services.assign_manager(cast.case_manager, person=one, by=BY)
    services.assign_manager(cast.case_manager, unit=cast.a1, by=BY)
    Assignment.objects.filter(person=cast.anna).update(reasons=["known_ascvd"])
    made = share(cast.a1, zhao, source=cast.case_manager)
    assert (made.people, own(zhao), own(cast.case_manager)) == (2, {"E1001", "E1002"}, set())
    assert Assignment.objects.get(person=cast.anna, ended_at=None).reasons == ["known_ascvd"]
    assert list(Assignment.objects.filter(unit=cast.a1).values_list("manager", "ended_by")) == [(cast.case_manager.pk, BY.label), (zhao.pk, "")]
    assert Assignment.objects.filter(manager=cast.case_manager, ended_by=BY.label).count() == 3


def test_part_of_the_people_is_handed_over_and_what_has_no_place_stays(cast) -> None:
    zhao, people = second(cast), crowd(cast.a1, 6)
    for one in people:
        services.assign_manager(cast.case_manager, person=one, by=BY)
    assert share(cast.a1, zhao, source=cast.case_manager, most=2).people == 2
    capacity(4)
    made = share(cast.a1, zhao, source=cast.case_manager)
    assert (made.people, made.left_over, len(own(zhao)), len(own(cast.case_manager))) == (2, 2, 4, 2)


def test_sharing_needs_managers_whose_role_reaches_the_unit(cast) -> None:
    planned(cast.bella)
    for unit, managers, more in (
        (cast.b1, [cast.case_manager], {}), (cast.a1, [], {}), (cast.a1, [cast.physician], {}),
        (cast.a1, [cast.case_manager], {"source": cast.case_manager}),
    ):  # fmt: skip
        with pytest.raises(Rejected):
            share(unit, *managers, **more)
    assert Assignment.objects.count() == 0


def test_P20_everybody_shared_out_has_an_event_and_the_sharing_one(cast) -> None:
    people = crowd(cast.a1, 3)
    made = share(cast.a1, cast.case_manager)
    assert sorted(Event.objects.filter(action="care.manager_assigned").values_list("person_id", flat=True)) == [one.pk for one in people]
    detail = Event.objects.get(action="care.people_shared_out", subject_id=str(made.pk)).detail
    assert detail == {"people": 3, "left_over": 0, "units": 0, "to": [cast.case_manager.pk], "from": None}


def test_sharing_needs_as_many_queries_for_many_people_as_for_one(cast) -> None:
    crowd(cast.a1, 1)
    counts = []
    for number in (1, 40):
        with CaptureQueriesContext(connection) as queries:
            assert share(cast.a1, cast.case_manager).people == number
        counts.append(len(queries))
        for more in range(40):
            planned(casting.person(f"M{number}{more}", cast.a1))
    assert counts[0] == counts[1]


def test_load_counts_people_colours_alerts_and_who_is_overdue(cast) -> None:
    planned(cast.anna, "red", "critical_bp")
    planned(cast.ben)
    for one in (cast.anna, cast.ben, casting.person("P3", cast.a1)):
        services.assign_manager(cast.case_manager, person=one, by=BY)
    Contact.objects.create(person=cast.ben, made_at=timezone.now(), made_by="x", ending="will_come", next_on=local_today() - timedelta(days=1))
    zhao = second(cast)
    found = {one.manager: one for one in sharing.loads(cast.case_manager, today=local_today())}
    assert found == {
        cast.case_manager: sharing.Load(cast.case_manager, people=3, here=3, red=1, orange=1, alerts=1, overdue=1), zhao: sharing.Load(zhao)
    }  # fmt: skip


def test_load_tells_of_other_units_how_many_people_and_no_more(cast) -> None:
    root_manager = casting.user("root_manager", "case_manager", cast.root)
    planned(cast.bella, "red", "critical_bp")
    services.assign_manager(root_manager, person=cast.bella, by=BY)
    found = {one.manager: one for one in sharing.loads(cast.case_manager, today=local_today())}
    assert found[root_manager] == sharing.Load(root_manager, people=1)
    assert cast.physician not in found


def test_units_with_people_who_have_nobody_are_those_of_who_looks(cast) -> None:
    planned(cast.anna, "red", "critical_bp")
    planned(cast.ben)
    planned(cast.bella)
    assert sharing.lacking(cast.case_manager, today=local_today()) == [sharing.Lacking(cast.a1.pk, "A1", 2, 1, 1)]
    assert [one.unit_id for one in sharing.lacking(cast.physician, today=local_today())] == [cast.a1.pk, cast.b1.pk]
