"""What people decide about an activity: look at it, join in, not now, not for me. None of it is told to an employer by name."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import programmes
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.engagement.programmes import Programme

# For so long an activity rests that somebody put off.
LATER_DAYS = 7


def programme_of(activity: Activity) -> Programme:
    """What an activity is, in the edition that people were invited by."""
    return programmes.programme(activity.kind, activity.edition)


def note_opened(participation: Participation) -> None:
    """The person has looked at the activity; the first time counts."""
    if participation.opened_at is None:
        participation.opened_at = timezone.now()
        Participation.objects.filter(pk=participation.pk, opened_at=None).update(opened_at=participation.opened_at)


def enrol(participation: Participation, *, way: str, today: date, by: Actor) -> Participation:
    """Join in by a way, or choose another one; nobody is asked why, and what was done so far stays. Twice is once.

    Raises Rejected for a way that there is not, and once the activity is over.
    """
    with transaction.atomic():
        participation = locked(participation)
        check_runs(participation, today)
        if programme_of(participation.activity).way(way) is None:
            raise Rejected(_("Please choose how you would like to take part."), field="way")
        if participation.way == way:
            return participation
        is_new, now = participation.enrolled_at is None, timezone.now()
        participation.way, participation.enrolled_at = way, participation.enrolled_at or now
        participation.opened_at, participation.declined_at, participation.later_until = participation.opened_at or now, None, None
        participation.save()
        if is_new:
            audit.record("activity.joined", by=by, subject=participation, person_id=participation.person_id)
        else:
            audit.record("activity.way_chosen", by=by, subject=participation, person_id=participation.person_id)
    return participation


def decline(participation: Participation, *, today: date, by: Actor) -> Participation:
    """Not for me: the activity asks no more. Somebody who joined may still say so before the first act. Twice is once."""
    with transaction.atomic():
        participation = locked(participation)
        check_runs(participation, today)
        if participation.first_act_on:
            raise Rejected(_("You have taken part already. If you do nothing more, that is fine, and nothing follows from it."))
        if participation.declined_at is None:
            participation.declined_at, participation.opened_at = timezone.now(), participation.opened_at or timezone.now()
            participation.enrolled_at, participation.way, participation.later_until = None, "", None
            participation.save()
            audit.record("activity.declined", by=by, subject=participation, person_id=participation.person_id)
    return participation


def put_off(participation: Participation, *, today: date, by: Actor) -> Participation:
    """Not now: the activity rests for a week."""
    with transaction.atomic():
        participation = locked(participation)
        check_runs(participation, today)
        if participation.enrolled_at:
            raise Rejected(_("You have joined already. Do as much of it as suits you."))
        participation.later_until, participation.declined_at = today + timedelta(days=LATER_DAYS), None
        participation.opened_at = participation.opened_at or timezone.now()
        participation.save()
        audit.record("activity.put_off", by=by, subject=participation, person_id=participation.person_id)
    return participation


def locked(participation: Participation) -> Participation:
    """One after the other for a person and activity."""
    found = Participation.objects.select_for_update(of=("self",), no_key=True).select_related("activity", "person")
    return found.get(pk=participation.pk)


def check_runs(participation: Participation, today: date) -> None:
    """Raises Rejected once the activity is over, or for somebody who has left."""
    activity, left_on = participation.activity, participation.person.left_on
    if activity.state != Activity.State.OPEN or activity.ends_on < today:
        raise Rejected(_("This activity is over. Thank you for looking."))
    if left_on and left_on <= today:
        raise Rejected(_("Activities are for people who work here."))
