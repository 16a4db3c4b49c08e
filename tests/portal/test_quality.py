"""Data quality as the steward reads it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from healthmgmt.exams.quality import Counts
from healthmgmt.organization.models import Membership
from healthmgmt.partners.models import ExamCentre
from healthmgmt.portal.steward import quality
from tenants import current
from tests import cast as casting
from tests.exams.road import text, upload
from tests.exams.test_views import page

URL = "/steward/quality/"


@pytest.fixture
def centre(cast, org_a) -> ExamCentre:
    """Sixty pressures of Harbour, all rounded."""
    with current.use(org_a):
        made = ExamCentre.objects.create(name="Harbour")
        people = [casting.person(f"Q{number}", cast.a1) for number in range(60)]
        day = timezone.localdate() - timedelta(days=3)
        upload(text([[one.emp_no, one.name, day, 120, 80, 4.5, 5.0] for one in people]), centre=made.name)
        return made


def test_steward_sees_centres_and_drills_into_one(cast, sign_in, centre):
    browser = sign_in(cast.steward)
    shown = page(browser, URL)
    assert "1 exam centre is worth a word about its deliveries." in shown and "readings pile up at 0 and 5" in shown
    told = page(browser, f"{URL}{centre.pk}/")
    assert "60 rows received; what stands out: readings pile up at 0 and 5." in told and "Systolic blood pressure" in told
    # All sixty end in 0 or 5: that is hidden as any share of all is.
    assert "60 of 60 readings" not in told
    assert browser.get(f"{URL}{centre.pk + 1}/").status_code == 404


def test_nothing_delivered_is_said(cast, sign_in):
    assert "Nothing has been delivered in the last twelve months." in page(sign_in(cast.steward), URL)


@pytest.mark.parametrize("who", ["admin", "leader", "office_a", "liaison_a1", "case_manager", "physician", "exam_centre", "employee"])
def test_quality_is_the_stewards(cast, sign_in, centre, who):
    browser = sign_in(getattr(cast, who))
    assert [browser.get(path).status_code for path in (URL, f"{URL}{centre.pk}/")] == [403, 403]


def test_steward_below_the_top_sees_nothing(cast, sign_in, centre):
    Membership.objects.filter(user=cast.steward).update(unit=cast.a)
    assert sign_in(cast.steward).get(URL).status_code == 403


def facts(**months: tuple[int, dict]) -> Counts:
    """Rows of months, and what was counted of an item there."""
    found = Counts()
    for name, (rows, measured) in months.items():
        month = date(2026, int(name[1:]), 1)
        found.add(month, "", "received", rows)
        for (item, measure), count in measured.items():
            found.add(month, item, measure, count)
    return found


def test_small_months_are_told_together():
    found = facts(m1=(40, {("fpg", "received"): 30}), m2=(4, {("fpg", "received"): 3}), m3=(40, {("fpg", "received"): 30}))
    (item,) = quality.items(found, 10)
    assert sorted(len(month.months) for month in item.months) == [1, 2]
    assert (item.total.received.count, item.total.received.base) == (63, 84)


def test_rare_items_of_an_infection_are_hidden():
    found = facts(m1=(200, {("hbsag", "received"): 6}), m2=(200, {("hbsag", "received"): 150}))
    (item,) = quality.items(found, 10)
    assert None in [month.received.count for month in item.months] and item.trend == []


def test_digits_of_few_readings_are_hidden():
    digits = {("sbp", "received"): 30, ("sbp", "digit:0"): 3, ("sbp", "digit:2"): 27}
    (item,) = quality.items(facts(m1=(30, digits)), 10)
    assert item.total.heaped.count is None


def test_units_are_told_as_people_write_them():
    measured = {("sbp", "received"): 30, ("bmi", "received"): 30, ("tc", "received"): 30, ("tc", "unit:mg/dL"): 10}
    told = {item.code: item.total.units for item in quality.items(facts(m1=(30, measured)), 10)}
    assert told == {"sbp": "mmHg", "bmi": "kg/m²", "tc": "mmol/L, mg/dL"}


def test_reasons_are_told_of_a_cell_without_quotes():
    with translation.override("en"):
        assert quality.reasons(Counter({"reason:range": 2, "received": 9})) == [("A cell is outside the possible range.", 2)]


def test_since_covers_twelve_months():
    assert (quality.since(date(2026, 11, 26)), quality.since(date(2026, 12, 1))) == (date(2025, 12, 1), date(2026, 1, 1))
