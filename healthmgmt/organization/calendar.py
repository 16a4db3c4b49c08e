"""The organisation's own calendar: which days are worked."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import holidays
from healthmgmt.organization.models import CalendarDay, Settings
from healthmgmt.work import services as work

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def working_days() -> holidays.WorkingDays:
    """Two queries. Raises Settings.DoesNotExist before the organisation is established."""
    weekdays = Settings.objects.values_list("working_days", flat=True).get(pk=1)
    return holidays.WorkingDays(frozenset(weekdays), dict(CalendarDay.objects.values_list("day", "is_free")))


def set_day(day: date, *, name: str, is_free: bool, by: Actor) -> CalendarDay:
    """Say of a day that it is free, or worked; the same again is nothing. Raises Rejected without a name, or for a day far away."""
    if not name.strip():
        raise Rejected(_("Please say what day it is."), field="name")
    if not EARLIEST <= day < LATEST:
        raise Rejected(_("Please choose a day of this century."), field="day")
    with transaction.atomic():
        _lock()
        made = _set([holidays.Day(day, name.strip(), is_free)])
        if made:
            _changed(by, set=made, from_=day, to=day)
        return CalendarDay.objects.get(day=day)


def remove_day(day: date, *, by: Actor) -> bool:
    """Leave a day to the rhythm of the week again; whether there was anything to take back."""
    with transaction.atomic():
        _lock()
        gone, _by_model = CalendarDay.objects.filter(day=day).delete()
        if gone:
            _changed(by, removed=gone, from_=day, to=day)
    return bool(gone)


def load_year(country: str, year: int, *, by: Actor) -> int:
    """Take in what a country published for a year; a day that the organisation has named itself stays as it is. Returns how many
    days are new. Raises Rejected for a year that is not known here."""
    published = holidays.load().get((country, year))
    if published is None:
        raise Rejected(_("The public holidays of %(year)d are not known here yet.") % {"year": year}, field="year")
    with transaction.atomic():
        _lock()
        own = set(CalendarDay.objects.filter(day__year=year).values_list("day", flat=True))
        made = _set([one for one in published.days if one.day not in own])
        if made:
            _changed(by, set=made, from_=published.days[0].day, to=published.days[-1].day)
    return made


def set_weekdays(weekdays: Collection[int], *, by: Actor) -> None:
    """Which days of the week are worked, Monday is 1; the same again is nothing. Raises Rejected where none is."""
    wanted = sorted(set(weekdays))
    if not wanted or not set(wanted) <= set(range(1, 8)):
        raise Rejected(_("Choose at least one day of the week."), field="working_days")
    with transaction.atomic():
        own = _lock()
        if own.working_days != wanted:
            own.working_days = wanted
            own.save(update_fields=["working_days"])
            _changed(by, weekdays=wanted)


def _lock() -> Settings:
    """Changes of the calendar go one after the other; the settings' row stands for it."""
    return Settings.objects.select_for_update().get(pk=1)


def _set(days: Collection[holidays.Day]) -> int:
    present = {one.day: one for one in CalendarDay.objects.filter(day__in=[one.day for one in days])}
    found = [one for one in days if one.day not in present or (present[one.day].name, present[one.day].is_free) != (one.name, one.is_free)]
    rows = [CalendarDay(day=one.day, name=one.name, is_free=one.is_free) for one in found]
    CalendarDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["name", "is_free"])
    return len(rows)


def _changed(by: Actor, *, from_: date | None = None, to: date | None = None, **detail: object) -> None:
    span = {"from": from_.isoformat(), "to": to.isoformat()} if from_ and to else {}
    event = audit.record("calendar.changed", by=by, detail=detail | span)
    work.announce("calendar.changed", change=event.pk)
