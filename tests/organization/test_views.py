"""The administrator's page of periods."""

from datetime import date

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.organization.models import Period
from tests import cast as casting

PERIODS = "/admin/periods/"
NEW = {"name": "2027", "starts_on": "2027-01-01", "deadline_on": "2027-10-31", "ends_on": "2027-12-31"}


def state(cast) -> str:
    return Period.objects.get(pk=cast.period.pk).state


def test_page_lists_the_newest_first(cast, sign_in):
    browser = sign_in(cast.admin)
    assert browser.post(PERIODS, NEW).status_code == 302
    page = browser.get(PERIODS)
    assert [period.name for period, _form in page.context["rows"]] == ["2027", "2026"]
    assert "“2026”" in page.context["sentence"]


@pytest.mark.parametrize(("given", "field"), [({"name": "2026"}, "name"), ({"deadline_on": "2028-01-01"}, "deadline_on"), ({"ends_on": "x"}, "ends_on")])
def test_new_period_shows_faults_beside_their_fields(cast, sign_in, given, field):
    page = sign_in(cast.admin).post(PERIODS, NEW | given)
    assert (page.status_code, list(page.context["form"].errors), Period.objects.count()) == (422, [field], 1)


def test_deadline_is_changed(cast, sign_in):
    browser, path = sign_in(cast.admin), f"{PERIODS}{cast.period.pk}/deadline/"
    assert browser.post(path, {"deadline_on": "2026-11-30"}).status_code == 302
    assert Period.objects.get().deadline_on == date(2026, 11, 30)
    page = browser.post(path, {"deadline_on": "2028-01-01"})
    ((_period, form),) = page.context["rows"]
    assert (page.status_code, list(form.errors), Period.objects.get().deadline_on) == (422, ["deadline_on"], date(2026, 11, 30))


def test_close_and_lock_twice_are_once(cast, sign_in):
    browser, path = sign_in(cast.admin), f"{PERIODS}{cast.period.pk}/"
    assert (browser.post(path + "lock/").status_code, state(cast)) == (302, "open")
    for _ in range(2):
        assert (browser.post(path + "close/").status_code, state(cast)) == (302, "closed")
    for _ in range(2):
        assert (browser.post(path + "lock/").status_code, state(cast)) == (302, "locked")
    acts = Event.objects.filter(action__startswith="period.").values_list("action", flat=True)
    assert list(acts) == ["period.closed", "period.locked"]


def test_lower_administrator_sees_periods_and_changes_none(cast, sign_in):
    browser, path = sign_in(casting.user("lower", "org_admin", cast.a)), f"{PERIODS}{cast.period.pk}/"
    page = browser.get(PERIODS)
    assert (page.status_code, page.context["may_change"], 'method="post" action="/admin' in page.content.decode()) == (200, False, False)
    given = {"deadline_on": "2026-11-30"}
    assert [browser.post(url, NEW | given).status_code for url in (PERIODS, path + "deadline/", path + "close/", path + "lock/")] == [403] * 4
    assert (state(cast), Period.objects.count()) == ("open", 1)
