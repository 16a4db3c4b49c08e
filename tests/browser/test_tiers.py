"""A period is closed, its scorecards go up three tiers and come back once, and it is locked: in both languages, at a desk and on a phone."""

import pytest

from healthmgmt.organization.models import Period
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.test_journeys import SECONDS, looks
from tests.browser.town import Town

HAND_IN = "form[action$='/submit/'] button"


@pytest.fixture
def own_town(site, tmp_path, django_db_blocker):
    """An organisation of its own, since its period is locked in the end; removed after that."""
    from django.db import connections

    from tenants import provisioning

    with django_db_blocker.unblock():
        made = towns.made(tmp_path)
        try:
            yield made
        finally:
            connections["default"].close()
            provisioning.remove(made.schema)


def visitor_of(site: Site, town: Town, who: str, look: tuple[str, int]) -> Visitor:
    return site.signed_in(town.slug, town.logins[who], towns.PASSWORD, language=look[0], width=look[1])


def cards_of(visitor: Visitor, period: Period):
    visitor.go(f"/scorecards/?period={period.pk}")
    return visitor.page


def hand_in(visitor: Visitor, period: Period, note: str) -> None:
    page = cards_of(visitor, period)
    page.fill("form[action$='/submit/'] input[name=note]", note)
    page.click(HAND_IN)
    page.wait_for_selector(HAND_IN, state="detached", timeout=SECONDS)


def turn(admin: Visitor, period: Period, act: str) -> None:
    """Close or lock it, after the warning that stands folded before."""
    admin.go("/admin/periods/")
    form = f"form[action$='/{period.pk}/{act}/']"
    admin.page.locator("details", has=admin.page.locator(form)).locator("summary").first.click()
    admin.page.click(f"{form} button")
    admin.page.wait_for_load_state()


@looks
def test_period_is_closed_handed_in_accepted_and_locked(site, own_town, language, width):
    look, town = (language, width), own_town
    with town.entered():
        period = Period.objects.order_by("starts_on").first()
    admin = visitor_of(site, town, "org_admin", look)
    turn(admin, period, "close")
    admin.page.wait_for_selector(f"form[action$='/{period.pk}/lock/']", state="attached", timeout=SECONDS)

    liaison, office, leader = (visitor_of(site, town, who, look) for who in ("liaison of logistics", "health_office", "group_leader"))
    hand_in(liaison, period, "12")
    hand_in(office, period, "34")
    page = cards_of(leader, period)
    assert page.locator("button[formaction$='/send-back/']").count() == 2

    # One comes back with a reason; without one it would not.
    first = page.locator("form", has=page.locator("button[formaction$='/send-back/']")).first
    first.locator("button[formaction]").click()
    page.wait_for_load_state()
    assert page.locator("button[formaction$='/send-back/']").count() == 2
    first = page.locator("form", has=page.locator("button[formaction$='/send-back/']")).first
    first.locator("input[name=note]").fill("56")
    first.locator("button[formaction]").click()
    page.wait_for_load_state()
    assert page.locator("button[formaction$='/send-back/']").count() == 1

    for visitor in (liaison, office):
        if cards_of(visitor, period).locator(HAND_IN).count():
            hand_in(visitor, period, "78")
    for left in (2, 1):
        page = cards_of(leader, period)
        forms = page.locator("form", has=page.locator("button[formaction$='/send-back/']"))
        assert forms.count() == left
        forms.first.locator("button:not([formaction])").click()
        page.wait_for_load_state()
    assert not cards_of(leader, period).locator("button[formaction$='/send-back/']").count()

    turn(admin, period, "lock")
    with town.entered():
        period.refresh_from_db()
    assert period.state == Period.State.LOCKED
    assert not cards_of(liaison, period).locator(HAND_IN).count()
    assert not [one for visitor in (admin, liaison, office, leader) for one in visitor.complaints]
