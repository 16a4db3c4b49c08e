"""Opening, closing and locking the rounds of examinations."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.models import Period, Settings
from healthmgmt.work import services as work


def open_period(*, name: str, starts_on: date, ends_on: date, deadline_on: date, by: Actor) -> Period:
    """A new round. Raises Rejected: days out of order, a name or days that another period has."""
    if not starts_on <= deadline_on <= ends_on:
        raise Rejected(_("A period starts first, then has its deadline, then ends."), field="deadline_on")
    with transaction.atomic():
        # The settings' row stands for the calendar: of two at once, the second sees the first.
        Settings.objects.select_for_update().get(pk=1)
        other = Period.objects.filter(Q(name=name) | Q(starts_on__lte=ends_on, ends_on__gte=starts_on)).first()
        if other is not None:
            raise Rejected(_("The period “%(name)s” has this name or some of these days.") % {"name": other.name}, field="name")
        period = Period.objects.create(name=name, starts_on=starts_on, ends_on=ends_on, deadline_on=deadline_on)
        audit.record("period.opened", by=by, subject=period)
    return period


def close_period(period: Period, *, by: Actor) -> Period:
    """What arrives from now on does not count for this round. Raises Rejected when it is not open."""
    with transaction.atomic():
        period = Period.objects.select_for_update().get(pk=period.pk)
        if period.state != Period.State.OPEN:
            raise Rejected(_("The period “%(name)s” is not open.") % {"name": period.name})
        period.state, period.closed_at, period.closed_by = Period.State.CLOSED, timezone.now(), by.label
        period.save(update_fields=["state", "closed_at", "closed_by"])
        audit.record("period.closed", by=by, subject=period)
        work.announce("period.closed", period=period.pk)
    return period


def lock_period(period: Period, *, by: Actor) -> Period:
    """Nothing of this round can be undone any more. Raises Rejected when it was not closed before."""
    with transaction.atomic():
        period = Period.objects.select_for_update().get(pk=period.pk)
        if period.state != Period.State.CLOSED:
            raise Rejected(_("The period “%(name)s” must be closed before it is locked.") % {"name": period.name})
        period.state = Period.State.LOCKED
        period.save(update_fields=["state"])
        audit.record("period.locked", by=by, subject=period)
    return period


def change_deadline(period: Period, *, deadline_on: date, by: Actor) -> Period:
    """Another day until which results count as on time. The same day again is nothing.

    Raises Rejected: the period is not open, the day lies outside of it.
    """
    with transaction.atomic():
        period = Period.objects.select_for_update().get(pk=period.pk)
        if period.state != Period.State.OPEN:
            raise Rejected(_("The period “%(name)s” is not open.") % {"name": period.name})
        if not period.starts_on <= deadline_on <= period.ends_on:
            raise Rejected(_("A period starts first, then has its deadline, then ends."), field="deadline_on")
        if period.deadline_on != deadline_on:
            detail = {"from": period.deadline_on.isoformat(), "to": deadline_on.isoformat()}
            period.deadline_on = deadline_on
            period.save(update_fields=["deadline_on"])
            event = audit.record("period.deadline_changed", by=by, subject=period, detail=detail)
            work.announce("period.deadline_changed", period=period.pk, change=event.pk)
    return period


def open_calendar_years(days: Iterable[date], *, by: Actor) -> list[Period]:
    """A period for each calendar year of days that lie in none, so that results always count somewhere.

    Its deadline is the year's end until somebody opens one of their own; a year that another period reaches into is left.
    """
    opened, known = [], list(Period.objects.values_list("starts_on", "ends_on"))
    for year in sorted({day.year for day in days if not any(starts_on <= day <= ends_on for starts_on, ends_on in known)}):
        starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
        if not Period.objects.filter(Q(name=str(year)) | Q(starts_on__lte=ends_on, ends_on__gte=starts_on)).exists():
            opened.append(open_period(name=str(year), starts_on=starts_on, ends_on=ends_on, deadline_on=ends_on, by=by))
    return opened
