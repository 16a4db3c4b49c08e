"""Pages of the work among case managers, the counts of a worklist that stands open, and search, over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.accounts.middleware import SEEN
from healthmgmt.audit.models import Event
from healthmgmt.care import services, worklists
from healthmgmt.care.models import Assignment, Sharing
from healthmgmt.core.actors import Actor
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people import spelling
from tests import cast as casting
from tests.care.making import assessment, exam

BY = Actor(label="system:test")


def planned(person, colour: str = "orange", code: str = "hypertension") -> None:
    on = local_today() - timedelta(days=30)
    made = assessment(person, colour, code, on=on, exams=(exam(person, on),))
    services.plan_assessed(made.pk, made.pk, today=local_today(), by=BY)
    services.open_alerts(made.pk, made.pk, by=BY)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def manager(cast, sign_in):
    return sign_in(cast.case_manager)


@pytest.fixture
def zhao(cast):
    return casting.user("zhao", "case_manager", cast.a1)


# Load and sharing ----------------------------------------------------------------------------------------------------------


def test_load_shows_numbers_and_no_person(manager, cast, zhao) -> None:
    planned(cast.anna, "red", "critical_bp")
    planned(cast.ben)
    services.assign_manager(cast.case_manager, person=cast.anna, by=BY)
    page = text(manager.get("/care/load/"))
    assert "1 red or orange person has no case manager of their own." in page
    assert "Case Manager" in page and "1 of 180" in page and "Zhao" in page.title()
    assert not [person for person in (cast.anna, cast.ben) if person.name in page or str(person.uuid) in page]
    assert 'popovertarget="returned-definition"' in page


def test_load_of_a_physician_without_a_list_has_no_own_people(cast, sign_in) -> None:
    assert "returned-definition" not in text(sign_in(cast.physician).get("/care/load/"))


@pytest.mark.parametrize("who", ["leader", "office_a", "liaison_a1", "admin", "steward", "employee", "exam_centre"])
def test_load_is_closed_to_all_others(cast, sign_in, who) -> None:
    browser = sign_in(getattr(cast, who))
    assert [browser.get(f"/care/{path}").status_code for path in ("load/", f"load/units/{cast.a1.pk}/", "live/")] == [403] * 3


def test_sharing_is_looked_at_and_then_done(manager, cast, zhao) -> None:
    planned(cast.anna)
    planned(cast.ben)
    path = f"/care/load/units/{cast.a1.pk}/"
    asked = {"source": "", "managers": [cast.case_manager.pk, zhao.pk], "most": ""}
    page = text(manager.get(path, asked | {"look": "1"}))
    assert "Give 2 people" in page and page.count("1 of 180") == 2
    assert Assignment.objects.count() == 0
    token = uuid4()
    for _twice in range(2):
        assert manager.post(path, asked | {"token": token})["Location"] == "/care/load/"
    assert (Sharing.objects.count(), Assignment.objects.filter(ended_at=None).count()) == (1, 2)
    assert "2 people have another case manager now." in text(manager.get("/care/load/"))


def test_sharing_without_a_manager_or_with_one_from_elsewhere_says_so(manager, cast) -> None:
    planned(cast.anna)
    path = f"/care/load/units/{cast.a1.pk}/"
    stranger = casting.user("stranger", "case_manager", cast.b1)
    assert "Choose at least one case manager." in text(manager.get(path, {"look": "1"}))
    for managers in ([], [stranger.pk], [cast.physician.pk], ["x"]):
        assert manager.post(path, {"managers": managers, "token": uuid4()}).status_code == 422
    services.assign_manager(cast.case_manager, person=cast.anna, by=BY)
    same = {"source": cast.case_manager.pk, "managers": [cast.case_manager.pk]}
    assert "Nobody takes over from themselves." in text(manager.get(path, same | {"look": "1"}))
    assert manager.post(path, same).status_code == 422
    assert Sharing.objects.count() == 0


def test_unit_outside_is_not_found(manager, cast) -> None:
    for unit in (cast.a2, cast.a, cast.root, cast.b1):
        path = f"/care/load/units/{unit.pk}/"
        assert [manager.get(path).status_code, manager.post(path, {}).status_code] == [404, 404]


def test_load_needs_as_many_queries_for_many_managers_and_people(manager, cast) -> None:
    counts = []
    for number in range(2):
        for path in ("/care/load/", f"/care/load/units/{cast.a1.pk}/"):
            manager.get(path)
            with CaptureQueriesContext(connection) as queries:
                manager.get(path)
            counts.append(len(queries))
        for more in range(3):
            one = casting.user(f"more{number}{more}", "case_manager", cast.a1)
            for place in range(2):
                person = casting.person(f"L{number}{more}{place}", cast.a1)
                planned(person)
                if place:
                    services.assign_manager(one, person=person, by=BY)
    assert counts[:2] == counts[2:]


# Live counts ---------------------------------------------------------------------------------------------------------------


def test_counts_of_an_open_worklist_follow_what_a_colleague_logs(manager, cast) -> None:
    planned(cast.anna, "red", "known_ascvd")
    planned(cast.ben, "red", "known_ascvd")
    seal = worklists.build(cast.case_manager, today=local_today()).seal
    asked = {"seal": seal, "shown": ["first", "tried"], "more": ""}
    before = text(manager.get("/care/live/", asked))
    assert 'id="count-first" hx-swap-oob="true">2<' in before and 'id="count-tried" hx-swap-oob="true">0<' in before
    assert "The list has changed" not in before and "count-due" not in before
    services.log_contact(cast.anna, ending="will_come", by=BY)
    after = text(manager.get("/care/live/", asked))
    assert 'id="count-first" hx-swap-oob="true">1<' in after and "The list has changed" in after


def test_counts_name_nobody_and_leave_no_event(manager, cast) -> None:
    planned(cast.anna, "red", "known_ascvd")
    count = Event.objects.count()
    page = text(manager.get("/care/live/", {"shown": "first", "seal": "x"}))
    assert cast.anna.name not in page and Event.objects.count() == count


def test_P08_what_a_page_asks_by_itself_does_not_keep_the_session_alive(manager, cast) -> None:
    old = int(timezone.now().timestamp()) - settings.SESSION_RENEWED_AFTER - 5
    session = manager.session
    session[SEEN] = old
    session.save()
    manager.get("/care/live/", headers={"X-Unattended": "1"})
    assert manager.session[SEEN] == old
    manager.get("/care/")
    assert manager.session[SEEN] > old


# Keyboard and search -------------------------------------------------------------------------------------------------------


def test_next_person_after_a_contact_takes_the_keys(manager, cast) -> None:
    planned(cast.anna, "red", "known_ascvd")
    assert "data-next" not in text(manager.get("/care/"))
    assert "data-next" in text(manager.get(f"/care/?after={cast.ben.uuid}"))


@pytest.mark.parametrize("typed", ["lzy", "LinZhiyuan", "lin zhi", "林知", "zy", "E1001"])
def test_people_are_found_by_name_pinyin_initials_and_number_within_the_scope(manager, cast, typed) -> None:
    for person in (cast.anna, cast.amos):
        type(person).objects.filter(pk=person.pk).update(name="林知远", pinyin=spelling.keys("林知远"))
    page = text(manager.get("/care/people/", {"q": typed}))
    assert str(cast.anna.uuid) in page and str(cast.amos.uuid) not in page and str(cast.ben.uuid) not in page
