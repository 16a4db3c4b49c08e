"""Working days and holidays: the published ones, the organisation's own, and the page."""

from datetime import date

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import calendar, holidays
from healthmgmt.organization.models import CalendarDay, Settings

BY = Actor(label="system:test")
WEEK = frozenset({1, 2, 3, 4, 5})


def test_published_year_of_china_has_its_holidays_and_made_up_days() -> None:
    year = holidays.load()["cn", 2026]
    free = [one.day for one in year.days if one.is_free]
    worked = [one.day for one in year.days if not one.is_free]
    # 3 + 9 + 3 + 5 + 3 + 3 + 7 days; every made-up day lies on a weekend.
    assert (len(free), len(worked)) == (33, 6)
    assert all(day.isoweekday() > 5 for day in worked)
    assert "国务院办公厅" in year.source


def test_day_moves_on_to_the_next_one_worked() -> None:
    days = holidays.WorkingDays(WEEK, {one.day: one.is_free for one in holidays.load()["cn", 2026].days})
    assert days.on_or_after(date(2026, 2, 14)) == date(2026, 2, 14)
    assert days.on_or_after(date(2026, 2, 15)) == date(2026, 2, 24)
    assert days.moved(date(2026, 10, 1), date(2026, 10, 11)) == {date(2026, 10, day): date(2026, 10, 8) for day in range(1, 8)} | {
        date(2026, 10, 11): date(2026, 10, 12)
    }  # fmt: skip


def test_nothing_is_put_off_for_ever() -> None:
    assert holidays.WorkingDays(frozenset(), {}).on_or_after(date(2026, 1, 1)) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ['[[year]]\ncountry = "cn"\nyear = 2026\nsource = " "\nsource_en = "x"\nholidays = []\n',
    '[[year]]\ncountry = "cn"\nyear = 2026\nsource = "x"\nsource_en = "x"\nholidays = [{ name = "x", free = [2027-01-01, 2027-01-01], worked = [] }]\n',
    '[[year]]\ncountry = "cn"\nyear = 2026\nsource = "x"\nsource_en = "x"\nholidays = [{ name = "x", free = [2026-01-02, 2026-01-01], worked = [] }]\n'])  # fmt: skip
def test_file_with_a_fault_is_refused(text) -> None:
    with pytest.raises(holidays.HolidayError):
        holidays.parse(text)


def test_year_is_taken_in_once_and_own_days_stay(cast) -> None:
    calendar.set_day(date(2026, 10, 1), name="Open day", is_free=False, by=BY)
    assert calendar.load_year("cn", 2026, by=BY) == 38
    assert calendar.load_year("cn", 2026, by=BY) == 0
    assert CalendarDay.objects.get(day=date(2026, 10, 1)).name == "Open day"
    assert Event.objects.filter(action="calendar.changed").count() == 2
    with pytest.raises(Rejected):
        calendar.load_year("cn", 2031, by=BY)


def test_administrator_keeps_the_calendar_on_a_page(cast, sign_in) -> None:
    client = sign_in(cast.admin)
    client.post("/admin/calendar/year/", {"year": "2026"})
    assert "国庆节" in client.get("/admin/calendar/").content.decode() and CalendarDay.objects.count() == 39
    client.post("/admin/calendar/", {"day": "2027-01-01", "name": "New Year", "is_free": "yes"})
    assert CalendarDay.objects.get(day=date(2027, 1, 1)).is_free
    client.post("/admin/calendar/remove/", {"day": "2027-01-01"})
    assert not CalendarDay.objects.filter(day=date(2027, 1, 1)).exists()
    client.post("/admin/calendar/week/", {"working_days": ["1", "2", "3", "4", "5", "6"]})
    assert Settings.objects.get().working_days == [1, 2, 3, 4, 5, 6]
    client.post("/admin/calendar/week/", {})
    assert Settings.objects.get().working_days == [1, 2, 3, 4, 5, 6]
