"""A record opened by exception: with a reason, for three hours, seen by the person and the steward."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.care import access
from healthmgmt.care.models import ExceptionalAccess
from healthmgmt.core.permissions import Permission
from healthmgmt.people.models import Person
from tests import cast as casting

PATH = "/care/people/exception/"
REASON = "Her colleague called: she collapsed at work."


@pytest.fixture
def manager(cast, sign_in):
    return sign_in(cast.case_manager)


def given(person: Person, **other: str) -> dict[str, str]:
    return {"emp_no": person.emp_no, "name": person.name, "reason": REASON} | other


def record(person: Person) -> str:
    return f"/care/people/{person.uuid}/"


def test_record_is_open_after_a_reason_and_not_before(manager, cast) -> None:
    assert manager.get(record(cast.bella)).status_code == 404
    assert manager.post(PATH, given(cast.bella)).headers["Location"] == record(cast.bella)
    page = manager.get(record(cast.bella))
    assert (page.status_code, "by exception until" in page.content.decode()) == (200, True)
    assert cast.bella.name in manager.get("/care/people/").content.decode()


def test_P20_who_stands_opened_above_the_list_is_on_record_like_those_on_it(manager, cast) -> None:
    manager.post(PATH, given(cast.bella))
    before = Event.objects.filter(action="record.listed", person_id=cast.bella.pk).count()
    manager.get("/care/people/")
    assert Event.objects.filter(action="record.listed", person_id=cast.bella.pk).count() == before + 1


def test_record_closes_after_three_hours(manager, cast) -> None:
    manager.post(PATH, given(cast.bella))
    opened = ExceptionalAccess.objects.get()
    assert opened.ends_at - opened.opened_at == timedelta(hours=3)
    gone = timedelta(hours=3, seconds=1)
    ExceptionalAccess.objects.update(opened_at=opened.opened_at - gone, ends_at=opened.ends_at - gone)
    assert manager.get(record(cast.bella)).status_code == 404
    assert cast.bella.name not in manager.get("/care/people/").content.decode()


def test_nobody_else_is_opened_and_to_nobody_else(manager, cast, sign_in) -> None:
    manager.post(PATH, given(cast.bella))
    assert manager.get(record(cast.amos)).status_code == 404
    colleague = casting.user("colleague", "case_manager", cast.a2)
    assert set(access.visible_to(colleague)) == {cast.amos}
    assert set(access.visible_to(cast.case_manager)) == {cast.anna, cast.ben, cast.bella}


def test_reading_is_all_that_is_opened(manager, cast) -> None:
    manager.post(PATH, given(cast.bella))
    assert not Person.objects.visible_to(cast.case_manager, Permission.EXAM_TYPE).filter(pk=cast.bella.pk).exists()
    assert not access.cared_for(cast.case_manager).filter(pk=cast.bella.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"reason": "urgent"}, "Write in a sentence"),
        ({"reason": "          "}, "This field is required"),
        ({"name": "Somebody Else"}, "Nobody has this number together with this name."),
        ({"emp_no": "A9999"}, "Nobody has this number together with this name."),
    ],
)
def test_what_is_lacking_is_said_and_nothing_is_opened(manager, cast, wrong, fault) -> None:
    answer = manager.post(PATH, given(cast.bella) | wrong)
    assert (answer.status_code, fault in answer.content.decode()) == (422, True)
    assert (ExceptionalAccess.objects.count(), manager.get(record(cast.bella)).status_code) == (0, 404)


def test_a_try_that_finds_nobody_is_on_record(manager, cast) -> None:
    manager.post(PATH, given(cast.bella, name="Somebody Else"))
    assert list(Event.objects.filter(action="record.exception_failed").values_list("actor_id", "person_id", "reason")) == [
        (cast.case_manager.pk, None, "")
    ]


def test_ones_own_people_need_no_exception(manager, cast) -> None:
    assert manager.post(PATH, given(cast.anna)).headers["Location"] == record(cast.anna)
    assert ExceptionalAccess.objects.count() == 0
    assert "by exception until" not in manager.get(record(cast.anna)).content.decode()


def test_person_and_steward_read_the_reason(manager, cast, sign_in) -> None:
    cast.bella.user = cast.employee
    Person.objects.filter(user=cast.employee).update(user=None)
    cast.bella.save()
    manager.post(PATH, given(cast.bella))
    seen = sign_in(cast.employee).get("/privacy/").content.decode()
    assert "Record opened by exception" in seen and "she collapsed at work" in seen and "Case Manager" in seen
    steward = sign_in(cast.steward)
    assert "1 record was opened by exception in 30 days." in steward.get("/steward/").content.decode()
    assert "she collapsed at work" in steward.get("/steward/access-log/?action=record.opened_by_exception").content.decode()


@pytest.mark.parametrize("who", ["leader", "office_a", "liaison_a1", "admin", "steward", "employee", "exam_centre"])
def test_exception_is_for_clinicians(cast, sign_in, who) -> None:
    browser = sign_in(getattr(cast, who))
    assert [browser.get(PATH).status_code, browser.post(PATH, given(cast.bella)).status_code] == [403, 403]


def test_database_refuses_longer_hours(cast) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError):
        ExceptionalAccess.objects.create(
            user=cast.case_manager, person=cast.bella, reason=REASON, opened_at=now, ends_at=now + timedelta(hours=4)
        )
