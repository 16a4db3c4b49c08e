"""The administrator's pages of users: whom one looks after, roles within one's units only, codes shown once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import ActivationCode, User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Membership
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.administration import users as looked_after
from tests import cast as casting

BY = Actor(label="system:test")
USERS, ADD = "/admin/users/", "/admin/users/add/"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def lower(cast) -> User:
    """An administrator of A and what lies below."""
    return casting.user("lower", "org_admin", cast.a)


def names(page) -> list[str]:
    return [row.user.name for row in page.context["rows"]]


def roles(user: User) -> list[tuple[str, str]]:
    return list(Membership.objects.filter(user=user).order_by("pk").values_list("role", "unit__name"))


def test_list_shows_who_has_a_task(cast, sign_in):
    page = sign_in(cast.admin).get(USERS)
    assert (page.status_code, "Anna" in names(page), "Liaison A1" in names(page)) == (200, False, True)
    assert "Health liaison" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?role=employee", ["Anna"]),
        ("?role=physician", ["Physician"]),
        ("?q=liaison_b", ["Liaison B1"]),
        ("?q=OFFICE&role=health_office", ["Office A", "Office B"]),
        ("?role=closed", []),
        ("?role=none", []),
    ],
)
def test_list_is_narrowed(cast, sign_in, query, found):
    assert names(sign_in(cast.admin).get(USERS + query)) == found


def test_list_of_three_costs_what_one_costs(cast, sign_in):
    browser = sign_in(cast.admin)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(USERS + "?role=liaison").status_code == 200
        return len(found)

    Membership.objects.filter(user=cast.liaison_b1).delete()
    one = cost()
    for name, at in (("second", cast.a2), ("third", cast.b1)):
        casting.user(name, "liaison", at)
    assert cost() == one


def test_list_and_page_are_recorded_for_the_employee(cast, sign_in):
    browser = sign_in(cast.admin)
    browser.get(USERS + "?role=employee")
    browser.get(f"{USERS}{cast.employee.pk}/")
    assert list(Event.objects.filter(action="person.account_viewed").values_list("person_id", flat=True)) == [cast.anna.pk] * 2


@pytest.mark.parametrize("who", ["leader", "steward", "office_a", "liaison_a1", "case_manager", "physician", "exam_centre", "employee"])
def test_others_have_no_users_to_manage(cast, sign_in, who):
    browser = sign_in(getattr(cast, who))
    assert [browser.get(path).status_code for path in (USERS, ADD, f"{USERS}{cast.employee.pk}/", "/admin/units/", "/admin/periods/")] == [403] * 5


def test_lower_administrator_looks_after_the_own_units(cast, sign_in, lower):
    browser = sign_in(lower)
    assert set(names(browser.get(USERS))) == {"Case Manager", "Liaison A1", "Lower", "Office A"}
    assert browser.get(f"{USERS}{cast.employee.pk}/").status_code == 200
    assert [browser.get(f"{USERS}{user.pk}/").status_code for user in (cast.liaison_b1, cast.admin, cast.leader)] == [404] * 3


def test_grant_and_its_errors(cast, sign_in):
    browser = sign_in(cast.admin)
    path = f"{USERS}{cast.liaison_a1.pk}/grant/"
    assert browser.post(path, {"role": "health_office", "unit": "B"}).status_code == 302
    assert roles(cast.liaison_a1) == [("liaison", "A1"), ("health_office", "B")]
    for given, field in (({"role": "health_office", "unit": "B"}, "role"), ({"role": "liaison", "unit": "X/Y"}, "unit"), ({"role": "king", "unit": "B"}, "role")):
        page = browser.post(path, given)
        assert (page.status_code, list(page.context["role_form"].errors)) == (422, [field])
    assert len(roles(cast.liaison_a1)) == 2


def test_lower_administrator_grants_at_the_own_units_only(cast, sign_in, lower):
    browser, path = sign_in(lower), f"{USERS}{cast.liaison_a1.pk}/grant/"
    said = set()
    for unit in ("B", "B/B1", "Root", "", "no such unit"):
        page = browser.post(path, {"role": "liaison", "unit": unit})
        assert (page.status_code, list(page.context["role_form"].errors)) == (422, ["unit"])
        said |= set(page.context["role_form"].errors["unit"]) if unit else set()
    assert (len(said), roles(cast.liaison_a1)) == (1, [("liaison", "A1")])
    assert browser.post(path, {"role": "liaison", "unit": "A/A2"}).status_code == 302
    assert roles(cast.liaison_a1) == [("liaison", "A1"), ("liaison", "A2")]


def test_revoke_twice_is_once(cast, sign_in):
    browser = sign_in(cast.admin)
    held = Membership.objects.get(user=cast.liaison_a1)
    for _ in range(2):
        assert browser.post(f"{USERS}{cast.liaison_a1.pk}/revoke/", {"membership": held.pk}).status_code == 302
    assert (roles(cast.liaison_a1), Event.objects.filter(action="role.revoked").count()) == ([], 1)


def test_revoke_reaches_the_own_units_only(cast, sign_in, lower):
    elsewhere = Membership.objects.create(user=cast.liaison_a1, unit=cast.b, role="health_office")
    browser = sign_in(lower)
    page = browser.get(f"{USERS}{cast.liaison_a1.pk}/")
    assert ([role.slug for role in page.context["row"].roles], page.context["row"].outside) == (["liaison"], 1)
    assert browser.post(f"{USERS}{cast.liaison_a1.pk}/revoke/", {"membership": elsewhere.pk}).status_code == 404
    assert len(roles(cast.liaison_a1)) == 2


def test_last_administrator_stays(cast, sign_in):
    browser, held = sign_in(cast.admin), Membership.objects.get(user=cast.admin)
    assert browser.post(f"{USERS}{cast.admin.pk}/revoke/", {"membership": held.pk}).status_code == 422
    assert roles(cast.admin) == [("org_admin", "Root")]


def test_code_is_shown_once_and_stored_as_a_digest(cast, sign_in):
    browser = sign_in(cast.admin)
    page = browser.post(f"{USERS}{cast.liaison_a1.pk}/code/")
    (code,) = set(CODE.findall(page.content.decode()))
    assert CODE.findall(browser.get(f"{USERS}{cast.liaison_a1.pk}/").content.decode()) == []
    assert code not in str(list(ActivationCode.objects.values()))
    assert accounts.activate(code, password="a long enough phrase") == cast.liaison_a1


def test_account_with_roles_elsewhere_is_not_the_lower_administrators(cast, sign_in, lower):
    browser = sign_in(lower)
    Membership.objects.create(user=cast.liaison_a1, unit=cast.b, role="liaison")
    acts = [browser.post(f"{USERS}{cast.liaison_a1.pk}/{act}/", {"reason": "x"}).status_code for act in ("code", "close", "sign-out", "reopen")]
    assert acts == [403] * 4
    Membership.objects.filter(unit=cast.b, user=cast.liaison_a1).delete()
    # The role of an employee reaches nobody else, so it does not stand in the way.
    Membership.objects.create(user=cast.liaison_a1, unit=cast.root, role="employee")
    assert browser.post(f"{USERS}{cast.liaison_a1.pk}/code/").status_code == 200


def test_close_asks_for_a_reason_and_reopen_takes_it_back(cast, sign_in):
    browser, path = sign_in(cast.admin), f"{USERS}{cast.liaison_a1.pk}/"
    page = browser.post(path + "close/", {"reason": " "})
    assert (page.status_code, list(page.context["reason_form"].errors)) == (422, ["reason"])
    assert browser.post(path + "close/", {"reason": "left"}).status_code == 302
    assert User.objects.get(pk=cast.liaison_a1.pk).is_active is False
    assert browser.post(path + "code/").status_code == 422
    assert browser.post(path + "reopen/").status_code == 302
    assert User.objects.get(pk=cast.liaison_a1.pk).is_active is True


def test_own_account_cannot_be_closed(cast, sign_in):
    page = sign_in(cast.admin).post(f"{USERS}{cast.admin.pk}/close/", {"reason": "tired"})
    assert (page.status_code, User.objects.get(pk=cast.admin.pk).is_active) == (422, True)


def test_sign_out_ends_the_sessions(cast, sign_in):
    theirs = sign_in(cast.liaison_a1)
    assert sign_in(cast.admin).post(f"{USERS}{cast.liaison_a1.pk}/sign-out/").status_code == 302
    assert theirs.get("/accounts/password/").status_code == 302


def test_add_a_user_from_outside(cast, sign_in):
    page = sign_in(cast.admin).post(ADD, {"email": "New@example.org", "name": "New", "role": "exam_centre", "unit": "A", "centre": "Harbour"})
    (code,) = set(CODE.findall(page.content.decode()))
    user = accounts.activate(code, password="a long enough phrase")
    assert (user.email, user.name, roles(user), user.centre) == ("new@example.org", "New", [("exam_centre", "A")], "Harbour")


def test_exam_centre_s_account_is_of_one_exam_centre(cast, sign_in):
    browser, path = sign_in(cast.admin), f"{USERS}{cast.exam_centre.pk}/"
    given = {"role": "exam_centre", "unit": "A"}
    for centre, said in (("", "which exam centre"), ("Harbour", "needs an account of its own")):
        page = browser.post(f"{path}grant/", given | {"centre": centre})
        assert (page.status_code, said in page.content.decode()) == (422, True)
    assert browser.post(f"{path}grant/", given | {"centre": casting.CENTRE}).status_code == 302
    assert roles(cast.exam_centre) == [("exam_centre", "Root"), ("exam_centre", "A")]
    assert casting.CENTRE in browser.get(path).content.decode()


def test_other_roles_are_of_no_exam_centre(cast, sign_in):
    page = sign_in(cast.admin).post(ADD, {"email": "new@example.org", "role": "liaison", "unit": "A", "centre": "Harbour"})
    assert (page.status_code, User.objects.filter(email="new@example.org").exists()) == (422, False)


def test_account_of_no_exam_centre_is_named_and_gets_one(cast, sign_in):
    Membership.objects.filter(user=cast.exam_centre).update(centre="")
    browser, path = sign_in(cast.admin), f"{USERS}{cast.exam_centre.pk}/"
    assert "No exam centre is named" in browser.get(path).content.decode()
    assert browser.post(f"{path}grant/", {"role": "exam_centre", "unit": "/", "centre": "Harbour"}).status_code == 302
    assert User.objects.get(pk=cast.exam_centre.pk).centre == "Harbour"
    assert roles(cast.exam_centre) == [("exam_centre", "Root")]


def test_known_exam_centres_are_offered_to_administrators(cast, sign_in):
    ExamCentre.objects.create(name="Harbour")
    assert "Harbour" in sign_in(cast.admin).get("/admin/centres/options/").content.decode()
    assert sign_in(cast.liaison_a1).get("/admin/centres/options/").status_code == 403


def test_add_an_employee_by_number(cast, sign_in):
    page = sign_in(cast.admin).post(ADD, {"emp_no": "E1002", "role": "liaison", "unit": "A/A1"})
    assert page.status_code == 200
    cast.ben.refresh_from_db()
    assert (cast.ben.user.name, cast.ben.user.employee_no, roles(cast.ben.user)) == ("Name E1002", "E1002", [("liaison", "A1")])
    assert Event.objects.filter(action="person.account_linked", person_id=cast.ben.pk).count() == 1


def test_add_gives_the_role_to_an_account_that_is_there(cast, sign_in):
    users = User.objects.count()
    answer = sign_in(cast.admin).post(ADD, {"emp_no": "E1001", "role": "liaison", "unit": "A"})
    assert (answer.status_code, answer["Location"], User.objects.count()) == (302, f"{USERS}{cast.employee.pk}/", users)
    assert roles(cast.employee) == [("employee", "A1"), ("liaison", "A")]
    assert not ActivationCode.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"emp_no": "E9"}, "emp_no"),
        ({"email": "anna@example.org"}, "email"),
        ({"email": "nonsense"}, "email"),
        ({}, "__all__"),
        ({"email": "n@example.org", "unit": "nowhere"}, "unit"),
        ({"email": "n@example.org", "role": "operator"}, "role"),
    ],
)
def test_add_shows_errors_beside_their_fields_and_leaves_nothing(cast, sign_in, given, field):
    users = User.objects.count()
    page = sign_in(cast.admin).post(ADD, {"role": "liaison", "unit": "A"} | given)
    assert (page.status_code, list(page.context["form"].errors), User.objects.count()) == (422, [field], users)


def test_lower_administrator_adds_within_the_own_units_only(cast, sign_in, lower):
    browser, users = sign_in(lower), User.objects.count()
    for given, field in (({"emp_no": "E3001", "unit": "A"}, "emp_no"), ({"email": "n@example.org", "unit": "B"}, "unit")):
        page = browser.post(ADD, {"role": "liaison"} | given)
        assert (page.status_code, list(page.context["form"].errors), User.objects.count()) == (422, [field], users)
    assert browser.post(ADD, {"role": "liaison", "emp_no": "E2001", "unit": "A/A2"}).status_code == 200


def test_users_of_nobody_without_the_permission(cast):
    assert not looked_after.users_of(cast.office_a).exists()
