"""The administrator's home and the organisation's settings."""

from datetime import date

import pytest

from healthmgmt.organization.models import Period, Settings
from healthmgmt.people.models import Person
from healthmgmt.portal.administration.home import counts, sentence
from tests import cast as casting

SETTINGS = "/admin/settings/"
GIVEN = {"timezone": "Asia/Urumqi", "language": "en", "file_retention_days": "30", "people_per_manager": "120", "answer_days": "3"}


def test_administrator_comes_in_at_the_home(cast, sign_in):
    browser = sign_in(cast.admin)
    assert browser.get("/")["Location"] == "/admin/"
    page = browser.get("/admin/")
    assert (page.status_code, page.context["counts"].without_account) == (200, 3)
    assert page.context["sentence"].startswith("3 people have no account.")


def test_home_counts_the_own_units(cast):
    whole, lower = counts(cast.admin), counts(casting.user("lower", "org_admin", cast.a))
    assert (whole.people, whole.without_account, whole.units, whole.users) == (4, 3, 6, 10)
    assert (lower.people, lower.without_account, lower.units, lower.users, lower.waiting) == (3, 2, 3, 4, 4)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 10, 19), "The deadline of “2026” is in 12 days."),
        (date(2026, 10, 31), "Today is the deadline of “2026”."),
        (date(2026, 11, 1), "The deadline of “2026” was 1 day ago; it can be closed."),
    ],
)
def test_sentence_names_the_deadline(cast, day, words):
    Person.objects.update(user=None)
    assert sentence(counts(cast.admin), day, "en") == f"4 people have no account. {words}"


def test_sentence_without_people_and_periods(cast):
    Period.objects.all().delete()
    assert sentence(counts(cast.admin), date(2026, 1, 1), "en") == "3 people have no account. No period is open."
    Person.objects.update(left_on=date(2026, 1, 1))
    assert sentence(counts(cast.admin), date(2026, 1, 1), "en") == "The roster is empty. Nothing can be counted before somebody is on it."


def test_settings_are_shown_and_changed(cast, sign_in):
    browser = sign_in(cast.admin)
    text = browser.get(SETTINGS).content.decode()
    assert ("Asia/Shanghai" in text, "China health examination strata, edition 2024" in text, "10 people" in text) == (True, True, True)
    assert browser.post(SETTINGS, GIVEN | {"smallest_group": "5"}).status_code == 302
    own = Settings.objects.get()
    assert (own.timezone, own.language, own.file_retention_days, own.people_per_manager, own.answer_days, own.smallest_group) == ("Asia/Urumqi", "en", 30, 120, 3, 10)


@pytest.mark.parametrize(
    ("given", "field"), [({"timezone": "Mars"}, "timezone"), ({"language": "fr"}, "language"), ({"file_retention_days": "1"}, "file_retention_days"), ({"people_per_manager": "1"}, "people_per_manager")]
)
def test_settings_show_faults_beside_their_fields(cast, sign_in, given, field):
    page = sign_in(cast.admin).post(SETTINGS, GIVEN | given)
    assert (page.status_code, list(page.context["form"].errors), Settings.objects.get().timezone) == (422, [field], "Asia/Shanghai")


def test_lower_administrator_reads_the_settings(cast, sign_in):
    browser = sign_in(casting.user("lower", "org_admin", cast.a))
    assert [browser.get(SETTINGS).status_code, browser.post(SETTINGS, GIVEN).status_code] == [200, 403]
    assert Settings.objects.get().timezone == "Asia/Shanghai"


def test_home_and_settings_are_the_administrators(cast, sign_in):
    browser = sign_in(cast.steward)
    assert [browser.get(path).status_code for path in ("/admin/", SETTINGS)] == [403, 403]
