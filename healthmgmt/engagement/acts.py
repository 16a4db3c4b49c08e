"""Acts that count: typed in, or by themselves from lessons and readings; and what they come to. Once, however often they are told."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.care.lessons import load as lessons
from healthmgmt.care.models import LessonResult
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.devices.models import Reading
from healthmgmt.engagement import ledger
from healthmgmt.engagement.models import Act, Activity, Participation
from healthmgmt.engagement.programmes import BY_LESSON, FORM, LESSON, READING, Programme
from healthmgmt.engagement.taking_part import check_runs, locked, programme_of
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.purposes import ACTIVITY_READINGS
from healthmgmt.people.selectors import has_consent

# What was done yesterday may be typed in today.
LATE_DAYS = 1


@dataclass(frozen=True)
class Given:
    """What an act is told with: where it comes from, which slot it fills, what was typed."""

    kind: str
    done_on: date
    slot: str
    source: str = ""
    amount: int | None = None


def note(participation: Participation, *, done_on: date, today: date, by: Actor, amount: int | None = None, lesson: str = "") -> Act:
    """An act that a person types in: a number, a topic or just that it was done. The same again is the same act.

    Raises Rejected: not joined, a day outside of the activity or longer ago than yesterday, a number that cannot be right or does not
    reach what counts, something else noted in the same stretch already.
    """
    with transaction.atomic():
        participation = locked(participation)
        check_runs_or_ends(participation, today)
        programme = programme_of(participation.activity)
        way = programme.way(participation.way)
        if way is None or way.source != FORM:
            raise Rejected(_("Join in first; then you can note what you did."))
        _check_day(participation.activity, done_on, today)
        if programme.rhythm == BY_LESSON and lesson not in programme.lessons:
            raise Rejected(_("Please choose a topic."), field="lesson")
        if way.asks_number:
            _check_amount(amount, way.least, way.most)
        given = Given(Act.Kind.FORM, done_on, programme.slot(done_on, lesson), amount=amount if way.asks_number else None)
        present = _of_slot(participation, given.slot)
        if present and present.amount != given.amount:
            raise Rejected(_("There is an entry for this time already. Take that one back first."), field="amount")
        return present or _add(participation, programme, given, by)


def finish_lesson(participation: Participation, *, lesson: str, answers: list[int], today: date, by: Actor) -> Act:
    """A lesson that was read within an activity, with its questions answered; the answers are not kept, and none is wrong enough.

    Raises Rejected for a lesson that is none of the activity's, and when an answer is missing.
    """
    with transaction.atomic():
        participation = locked(participation)
        check_runs_or_ends(participation, today)
        programme = programme_of(participation.activity)
        way = programme.way(participation.way)
        if way is None or way.source != LESSON or lesson not in programme.lessons:
            raise Rejected(_("Join in first; then you can note what you did."))
        _check_day(participation.activity, today, today)
        try:
            lessons()[lesson].count_right(answers)
        except ValueError:
            raise Rejected(_("Please answer every question.")) from None
        given = Given(Act.Kind.LESSON, today, programme.slot(today, lesson))
        return _of_slot(participation, given.slot) or _add(participation, programme, given, by)


def take_back(act: Act, *, today: date, by: Actor) -> Act:
    """Take back what was typed wrongly: another row, and the points go by another entry. Twice is once.

    Raises Rejected for an act that came by itself, and once the activity is over.
    """
    with transaction.atomic():
        participation = locked(act.participation)
        check_runs_or_ends(participation, today)
        if act.kind != Act.Kind.FORM:
            raise Rejected(_("This came by itself; only what was typed in can be taken back."))
        return _take_back(participation, act, by)


def by_reading(reading: int, *, by: Actor) -> list[Act]:
    """The acts that a reading at home is, in the activities that its person joined so; none without the person's consent."""
    found = Reading.objects.select_related("person").filter(pk=reading, withdrawn_at=None).first()
    if found is None or not has_consent(found.person, ACTIVITY_READINGS):
        return []
    day = local_day(found.taken_at, organisation_settings().timezone)
    made = []
    for participation in _running(found.person_id, day):
        programme = programme_of(participation.activity)
        way = programme.way(participation.way)
        if way and way.source == READING and way.reading == found.kind:
            given = Given(Act.Kind.READING, day, programme.slot(day), source=f"reading:{found.pk}")
            made.append(_by_itself(participation, programme, given, by))
    return [act for act in made if act]


def undo_reading(reading: int, *, by: Actor) -> list[Act]:
    """What was noted because of a reading that was taken back goes; another reading of the same stretch takes its place."""
    undone = []
    for act in Act.objects.counting().select_related("participation").filter(source=f"reading:{reading}"):
        with transaction.atomic():
            participation = locked(act.participation)
            if participation.activity.state == Activity.State.OPEN:
                undone.append(_take_back(participation, act, by))
    for act in undone:
        near = (act.done_on - timedelta(days=7), act.done_on + timedelta(days=8))
        others = Reading.objects.filter(person=act.participation.person_id, withdrawn_at=None, taken_at__date__range=near)
        for other in others.order_by("taken_at", "pk").values_list("pk", flat=True):
            by_reading(other, by=by)
    return undone


def by_lesson(result: int, *, by: Actor) -> list[Act]:
    """The acts that a lesson of a plan is, in the activities with this lesson that its person joined."""
    found = LessonResult.objects.filter(pk=result).first()
    if found is None:
        return []
    day = local_day(found.answered_at, organisation_settings().timezone)
    made = []
    for participation in _running(found.person_id, day):
        programme = programme_of(participation.activity)
        if found.lesson in programme.lessons:
            given = Given(Act.Kind.LESSON, day, programme.slot(day, found.lesson), source=f"lesson:{found.pk}")
            made.append(_by_itself(participation, programme, given, by))
    return [act for act in made if act]


def attend(participation: Participation, *, held_on: date, attendance: int, by: Actor) -> Act | None:
    """Somebody was there, by a list: who has not joined has now. None where the stretch is filled already, or nothing more counts."""
    participation = locked(participation)
    programme = programme_of(participation.activity)
    if not participation.enrolled_at:
        now = timezone.now()
        participation.way, participation.enrolled_at = programme.ways[0].slug, now
        participation.opened_at, participation.declined_at, participation.later_until = participation.opened_at or now, None, None
        participation.save()
    given = Given(Act.Kind.ATTENDANCE, held_on, programme.slot(held_on), source=f"list:{attendance}")
    if participation.finished_at or _of_slot(participation, given.slot):
        return None
    return _add(participation, programme, given, by)


def check_runs_or_ends(participation: Participation, today: date) -> None:
    """As `check_runs`, with the days on which what was done before is still typed in."""
    check_runs(participation, min(today, participation.activity.ends_on) if today <= last_entry(participation.activity) else today)


def last_entry(activity: Activity) -> date:
    """The last day on which something can be typed in."""
    return activity.ends_on + timedelta(days=LATE_DAYS)


def _running(person: int, day: date) -> list[Participation]:
    found = Participation.objects.select_related("activity").filter(person=person, enrolled_at__isnull=False, activity__state=Activity.State.OPEN)
    return list(found.filter(activity__starts_on__lte=day, activity__ends_on__gte=day).order_by("pk"))


def _by_itself(participation: Participation, programme: Programme, given: Given, by: Actor) -> Act | None:
    with transaction.atomic():
        participation = locked(participation)
        if participation.finished_at or not participation.enrolled_at or _of_slot(participation, given.slot):
            return None
        return _add(participation, programme, given, by)


def _check_day(activity: Activity, done_on: date, today: date) -> None:
    if done_on > today or done_on < today - timedelta(days=LATE_DAYS):
        raise Rejected(_("You can note what you did today or yesterday."), field="done_on")
    if not activity.starts_on <= done_on <= activity.ends_on:
        raise Rejected(_("This day lies outside of the activity."), field="done_on")


def _check_amount(amount: int | None, least: int, most: int) -> None:
    if amount is None:
        raise Rejected(_("Please type a whole number."), field="amount")
    if not 0 <= amount <= most:
        raise Rejected(_("This cannot be right: it lies outside of %(low)s to %(high)s.") % {"low": 0, "high": f"{most:,}"}, field="amount")
    if amount < least:
        raise Rejected(_("A day counts from %(least)s. What you did was good for you all the same.") % {"least": f"{least:,}"}, field="amount")


def _of_slot(participation: Participation, slot: str) -> Act | None:
    return Act.objects.counting().filter(participation=participation, slot=slot).first()


def _add(participation: Participation, programme: Programme, given: Given, by: Actor) -> Act:
    if participation.finished_at:
        raise Rejected(_("You have carried this activity through. There is nothing more to note."))
    # What was taken back leaves its place to the next.
    tries = Act.objects.filter(participation=participation, slot=given.slot, takes_back=None).count()
    act = Act.objects.create(
        participation=participation, kind=given.kind, done_on=given.done_on, slot=given.slot, source=given.source, amount=given.amount,
        key=f"{participation.pk}:{given.slot}:{tries}", recorded_by=by.label,
    )  # fmt: skip
    ledger.earn_act(act, programme, by=by)
    _settle(participation, programme, act, by)
    audit.record("activity.act_noted", by=by, subject=participation, person_id=participation.person_id)
    return act


def _take_back(participation: Participation, act: Act, by: Actor) -> Act:
    if Act.objects.counting().filter(pk=act.pk).exists():
        Act.objects.create(
            participation=participation, kind=Act.Kind.TAKEN_BACK, done_on=act.done_on, slot=act.slot, takes_back=act,
            key=f"{act.key}:taken_back", recorded_by=by.label,
        )  # fmt: skip
        ledger.return_act(act, by=by)
        _settle(participation, programme_of(participation.activity), act, by)
        audit.record("activity.act_taken_back", by=by, subject=participation, person_id=participation.person_id)
    return act


def _settle(participation: Participation, programme: Programme, act: Act, by: Actor) -> None:
    """How far the person is by the acts that count now."""
    days = list(Act.objects.counting().filter(participation=participation).values_list("done_on", flat=True))
    participation.first_act_on = min(days, default=None)
    if len(days) >= programme.goal and participation.finished_at is None:
        participation.finished_at = timezone.now()
        ledger.earn_finish(participation, act, programme, by=by)
    elif len(days) < programme.goal and participation.finished_at is not None:
        participation.finished_at = None
        ledger.return_finish(participation, by=by)
    participation.save(update_fields=["first_act_on", "finished_at"])
