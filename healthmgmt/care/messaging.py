"""A person and those who care for them write to each other; a question that is not answered in time goes on to one more."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import Notice
from healthmgmt.audit import services as audit
from healthmgmt.care import promising
from healthmgmt.care.message_models import Addressee, Message
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import calendar
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.work import services as work

LONGEST = 1000
# Whoever has written so often without an answer is not forgotten; more would bury what was asked first.
MOST_WAITING = 5
WAITING, LATE, ANSWERED = "message_waiting", "message_late", "message_answered"


class Carer(NamedTuple):
    """Somebody who may answer a person, the nearest first."""

    user_id: int
    profession: str
    nearness: int
    load: int


def carers(person: Person) -> list[Carer]:
    """Everybody who may answer a person, as the access to records says; one query."""
    return [Carer(*row) for row in sql.rows("care/message_carers", {"person": person.pk})]


def first_of(found: Sequence[Carer]) -> list[int]:
    """To whom a message comes: the person's own case manager, else those of the nearest unit, else its physicians."""
    for profession in ("case_manager", "physician"):
        of_it = [one for one in found if one.profession == profession]
        if of_it:
            return sorted({one.user_id for one in of_it if one.nearness == of_it[0].nearness})
    return []


def second_of(found: Sequence[Carer], told: Collection[int]) -> int | None:
    """Who steps in for those who were told: the next case manager, else a physician; of those equally near the least laden."""
    left = [one for one in found if one.user_id not in told]
    managers = [one for one in left if one.profession == "case_manager"]
    return next((one.user_id for one in managers or left), None)


def waiting(person: Person) -> QuerySet[Message]:
    """A person's messages that nobody has answered yet, the oldest first."""
    return Message.objects.filter(person=person, side=Message.Side.PERSON, answered_at=None).order_by("sent_at", "id")


def ask(person: Person, *, text: str, token: UUID, by: Actor) -> Message:
    """A person writes. It comes to whoever cares for them, with the hour by which it is answered; the same token is the same message.

    Raises Rejected for an empty or too long text, when nobody is there to answer, and while too much waits for an answer.
    """
    text = _checked(text)
    with transaction.atomic():
        if same := _same(person, token):
            return same
        first = first_of(carers(person))
        if not first:
            raise Rejected(_("At present nobody is there to answer you here."))
        if waiting(person).count() >= MOST_WAITING:
            raise Rejected(_("Your messages have arrived. Please wait for the answer before you write again."))
        now = timezone.now()
        until = promised(now)
        message = Message.objects.create(
            token=token, person=person, side=Message.Side.PERSON, sent_at=now, sent_by=by.label, text=text, answer_by=until
        )
        Addressee.objects.bulk_create([Addressee(message=message, user_id=user, place=Addressee.Place.FIRST) for user in first])
        audit.record("message.sent", by=by, subject=message, person_id=person.pk)
        # One notice for all that waits of a person, until somebody has read it.
        link = address(person)
        unread = set(Notice.objects.filter(user__in=first, kind=WAITING, link=link, read_at=None).values_list("user", flat=True))
        notices.tell([user for user in first if user not in unread], kind=WAITING, key=str(message.pk), link=link)
        work.submit("care.escalate_message", str(message.pk), {"message": message.pk}, run_after=until, lane="now")
    return message


def promised(sent: datetime) -> datetime:
    """By when a message of this moment is answered, by the organisation's clock and calendar; three queries."""
    own, days = organisation_settings(), calendar.working_days()
    return promising.answer_by(sent.astimezone(ZoneInfo(own.timezone)), own.answer_days, lambda day: not days.is_free(day))


def answer(person: Person, *, text: str, token: UUID, by: Actor) -> Message:
    """Somebody who cares for a person writes to them, which answers all that waits; the same token is the same message.

    Raises Rejected for an empty or too long text and for a person who cannot sign in.
    """
    text = _checked(text)
    if not is_reachable(person):
        raise Rejected(_("This person has no account here and would not read it. Please call."))
    with transaction.atomic():
        if same := _same(person, token):
            return same
        now = timezone.now()
        message = Message.objects.create(token=token, person=person, side=Message.Side.CARE, sent_at=now, sent_by=by.label, text=text)
        _close(person)
        audit.record("message.answered", by=by, subject=message, person_id=person.pk)
        notices.tell([person.user_id], kind=ANSWERED, key=str(message.pk), link=reverse("portal:messages"))
    return message


def settle(person: Person, *, by: Actor) -> int:
    """What waits of a person needs no answer in writing: a thank-you, or it was said on the telephone. Twice is once."""
    with transaction.atomic():
        _lock(person)
        count = _close(person)
        if count:
            audit.record("message.settled", by=by, person_id=person.pk)
    return count


def read(person: Person, *, side: str) -> int:
    """Note that one side has the conversation before it: what the other one wrote is read."""
    return Message.objects.filter(person=person, read_at=None).exclude(side=side).update(read_at=timezone.now())


def escalate(message_id: int, *, by: Actor) -> None:
    """Somebody else is asked to answer a message whose hour has passed; nobody where it was answered or one more was asked already."""
    with transaction.atomic():
        message = Message.objects.select_related("person__unit").get(pk=message_id)
        _lock(message.person)
        open_ones = waiting(message.person)
        if not open_ones.filter(pk=message_id).exists():
            return
        told = Addressee.objects.filter(message__in=open_ones)
        if told.filter(place=Addressee.Place.SECOND).exists():
            return
        second = second_of(carers(message.person), set(told.values_list("user", flat=True)))
        if second is None:
            return
        Addressee.objects.create(message=message, user_id=second, place=Addressee.Place.SECOND)
        audit.record("message.escalated", by=by, subject=message, person_id=message.person_id)
        notices.tell([second], kind=LATE, key=str(message_id), link=address(message.person))


def is_reachable(person: Person) -> bool:
    """Whether a person can read here what is written to them; `person` comes with user."""
    return person.user is not None and person.user.is_active


def address(person: Person) -> str:
    """Where those who care for a person find the conversation."""
    return reverse("care:messages", args=[person.uuid])


def _same(person: Person, token: UUID) -> Message | None:
    """The message that was sent with this form before; waits for a form that is being sent at this moment."""
    _lock(person)
    return Message.objects.filter(person=person, token=token).first()


def _lock(person: Person) -> None:
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _close(person: Person) -> int:
    count = waiting(person).order_by().update(answered_at=timezone.now())
    notices.settle(kinds=(WAITING, LATE), link=address(person))
    return count


def _checked(text: str) -> str:
    """The text without what cannot be seen, and without blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if not plain:
        raise Rejected(_("Write something first."), field="text")
    if len(plain) > LONGEST:
        raise Rejected(_("A message holds up to %(most)d characters; this one has %(count)d.") % {"most": LONGEST, "count": len(plain)}, field="text")
    return plain
