"""Everybody finds the pages of their roles, and the way to their other sides."""

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, reverse

from healthmgmt.core.permissions import ROLES
from healthmgmt.organization.models import Membership
from healthmgmt.portal.navigation import navigation
from healthmgmt.portal.sides import SIDES, Page, Side, side_of, sides_of
from tests import cast as casting


def seen(user, path: str = "/"):
    request = RequestFactory().get(path)
    request.user, request.resolver_match = user, resolve(path)
    return navigation(request)


def test_every_role_has_a_side_and_every_side_a_role():
    assert sorted(side.role for side in SIDES) == sorted(ROLES)


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.role)
def test_pages_of_a_side_have_addresses_and_fit_a_phone(side):
    urlconf = "healthmgmt.urls_public" if side.role == "operator" else "healthmgmt.urls"
    for page in side.pages:
        try:
            reverse(page.view, urlconf=urlconf)
        except NoReverseMatch:
            pytest.fail(f"{side.role}: {page.view} has no address")
    assert len({page.view for page in side.pages}) == len(side.pages)


def test_navigation_of_several_roles_leads_to_the_others(cast):
    user = cast.liaison_a1
    Membership.objects.create(user=user, unit=cast.a1, role="employee")
    found = seen(user)
    assert (found["side"].role_words, found["side"].unit_name) == ("Health liaison", "A1")
    assert [other.role_words for other in found["other_sides"]] == ["Employee"]


def test_navigation_is_empty_for_nobody_and_for_who_has_no_role(org_a):
    assert seen(casting.user("nobody")) == {}


def test_side_of_a_view_is_the_first_that_has_it(cast):
    Membership.objects.create(user=cast.employee, unit=cast.a1, role="liaison")
    cast.employee.forget_roles()
    sides = sides_of(cast.employee)
    assert [side.role for side in sides] == ["liaison", "employee"]
    assert side_of(cast.employee, "no:such").role == "liaison"
    assert side_of(cast.employee, sides[1].pages[0].view).role in ("employee", "liaison")


def test_roles_of_a_deactivated_user_lead_nowhere(cast):
    cast.leader.is_active = False
    assert sides_of(cast.leader) == []


def test_page_holds_what_it_covers():
    page = Page("x", "exams:uploads", "x", covers=("exams:",))
    assert (page.holds("exams:upload"), page.holds("people:roster")) == (True, False)
    assert Side("liaison", "x", (page,)).pages[0].holds("exams:uploads")
