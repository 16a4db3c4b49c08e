"""An activity from its preparation to its end, and whom it invites."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notice_kinds
from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import acts, programmes
from healthmgmt.engagement.models import Activity
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person
from healthmgmt.work import services as work

LONGEST_DAYS = 366
NOTICE = "activity_invited"
State = Activity.State


def prepare(unit: Unit, *, kind: str, starts_on: date, ends_on: date, today: date, by: Actor) -> Activity:
    """An activity that invites nobody yet. Raises Rejected for a kind that is not offered, days that cannot be, or a closed unit."""
    programme = next((one for one in programmes.offered() if one.slug == kind), None)
    if programme is None:
        raise Rejected(_("Please choose an activity."), field="kind")
    if unit.closed_on is not None:
        raise Rejected(_("“%(name)s” is closed.") % {"name": unit.name}, field="unit")
    if starts_on < today:
        raise Rejected(_("It can begin today at the earliest."), field="starts_on")
    if ends_on < starts_on or (ends_on - starts_on).days >= LONGEST_DAYS:
        raise Rejected(_("The last day comes after the first, within a year."), field="ends_on")
    with transaction.atomic():
        activity = Activity.objects.create(
            kind=kind, edition=programme.edition, sensitivity=programme.sensitivity, unit=unit, starts_on=starts_on, ends_on=ends_on,
            made_by=by.label,
        )  # fmt: skip
        audit.record("activity.prepared", by=by, subject=activity, detail={"kind": kind, "unit": unit.pk})
    return activity


def start(activity: Activity, *, today: date, by: Actor) -> Activity:
    """Open an activity; everybody who works in its unit and below is invited by a job. Twice is once."""
    with transaction.atomic():
        activity = _locked(activity)
        if activity.state == State.OPEN:
            return activity
        if activity.state != State.DRAFT or activity.ends_on < today:
            raise Rejected(_("This activity is over; prepare another one."))
        activity.state = State.OPEN
        activity.save(update_fields=["state"])
        audit.record("activity.started", by=by, subject=activity)
        work.submit("engagement.invite", f"start:{activity.pk}", {"activity": activity.pk})
    return activity


def end(activity: Activity, *, by: Actor) -> Activity:
    """End an activity before its last day, or after it: what people did and their points stay. Twice is once.

    Raises Rejected before it has begun.
    """
    with transaction.atomic():
        activity = _locked(activity)
        if activity.state == State.DRAFT:
            raise Rejected(_("This activity has not begun; it can be called off."))
        if activity.state == State.OPEN:
            _close(activity, State.ENDED, by)
            audit.record("activity.ended", by=by, subject=activity)
    return activity


def cancel(activity: Activity, *, by: Actor) -> Activity:
    """Call an activity off: it asks for nothing more. What people did and their points stay. Twice is once."""
    with transaction.atomic():
        activity = _locked(activity)
        if activity.state in (State.DRAFT, State.OPEN):
            _close(activity, State.CANCELLED, by)
            audit.record("activity.cancelled", by=by, subject=activity)
    return activity


def end_past(*, today: date, by: Actor) -> int:
    """End the activities whose last day, and the day on which it is still typed in, are over; returns how many."""
    past = Activity.objects.filter(state=State.OPEN, ends_on__lt=today - timedelta(days=acts.LATE_DAYS))
    found = list(past.order_by("pk"))
    for activity in found:
        end(activity, by=by)
    return len(found)


def invite(activity: int, *, first: int, last: int, today: date) -> int:
    """Invite those of a range of people who work in the unit of an open activity or below it, once each; returns how many are new."""
    kind = notice_kinds.kind(NOTICE)
    found = Activity.objects.filter(pk=activity, state=State.OPEN).first()
    if found is None:
        return 0
    link = reverse("engagement:activity", args=[found.uuid])
    parameters = {
        "activity": found.pk, "first": first, "last": last, "today": today, "kind": kind.slug, "key": str(found.pk), "link": link,
        "is_mailed": kind.is_mailed,
    }  # fmt: skip
    return sql.row("engagement/invite", parameters)[0]


def last_person() -> int:
    """The last number that a person has."""
    return Person.objects.aggregate(last=Max("pk"))["last"] or 0


def _close(activity: Activity, state: str, by: Actor) -> None:
    activity.state, activity.closed_at, activity.closed_by = state, timezone.now(), by.label
    activity.save(update_fields=["state", "closed_at", "closed_by"])
    work.announce("engagement.changed", activity=activity.pk, change=f"closed:{activity.pk}")


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=activity.pk)
