"""Conversations as lists and as pages: for those who care for people, and for the person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.care import access, messaging, presenters, selectors
from healthmgmt.care.message_models import Addressee, Message
from healthmgmt.core.templatetags.health import clock, day, page_language
from healthmgmt.people.models import Person

# What waits is always there; of what was answered so many people, and of a conversation so many messages.
MOST_WAITING, LAST_ANSWERED, LAST_MESSAGES = 200, 30, 100
OPEN = Q(messages__side=Message.Side.PERSON, messages__answered_at=None)


@dataclass(frozen=True)
class Row:
    """A person in an inbox; `promise` says by when somebody answers."""

    uuid: UUID
    name: str
    meta: str
    count: int
    promise: str
    is_late: bool
    last_at: datetime


@dataclass(frozen=True)
class Inbox:
    """Who waits for an answer, the longest first, and who has one."""

    waiting: list[Row]
    answered: list[Row]
    late: int
    people: list[int]


@dataclass(frozen=True)
class Line:
    """A message as one side reads it."""

    who: str
    text: str
    at: datetime
    is_own: bool
    state: str
    is_late: bool = False


def people_of(user: User) -> QuerySet[Person]:
    """The people who write to a user: those cared for, and those whose message came to the user, while the record is open to them."""
    addressed = Addressee.objects.filter(user=user, message__person=OuterRef("pk"))
    return access.visible_to(user).filter(access.is_cared_for(user) | Exists(addressed))


def waiting_count(user: User) -> int:
    """How many people wait for an answer of a user. Asked of those alone whose messages are unanswered: the database would look for
    everybody whom the user sees."""
    waiting = set(Message.objects.filter(side=Message.Side.PERSON, answered_at=None).order_by().values_list("person", flat=True))
    return people_of(user).filter(pk__in=waiting).count() if waiting else 0


def inbox(user: User, *, now: datetime) -> Inbox:
    """Two queries, beside those for whom the user cares."""
    mine = people_of(user).select_related("unit")
    waiting = mine.filter(OPEN).annotate(
        count=Count("messages", distinct=True), promised=Min("messages__answer_by"), last_at=Max("messages__sent_at")
    )
    found = list(waiting.order_by("promised", "pk")[:MOST_WAITING])
    last = Message.objects.filter(person=OuterRef("pk")).order_by("-sent_at").values("sent_at")[:1]
    answered = mine.filter(pk__in=Message.objects.values("person")).exclude(pk__in=[one.pk for one in found])
    done = list(answered.annotate(last_at=Subquery(last, output_field=DateTimeField())).order_by(F("last_at").desc(), "pk")[:LAST_ANSWERED])
    rows = [_row(one, now, one.count, one.promised) for one in found]
    return Inbox(rows, [_row(one, now, 0, None) for one in done], sum(row.is_late for row in rows), [one.pk for one in (*found, *done)])


def sentence(found: Inbox) -> str:
    """How many wait, and how many have waited too long."""
    count = len(found.waiting)
    if not count:
        return _("Nobody waits for an answer of yours.")
    told = ngettext("%(count)d person waits for your answer.", "%(count)d people wait for your answer.", count) % {"count": count}
    if found.late:
        late = ngettext("%(count)d of them past the promised time.", "%(count)d of them past the promised time.", found.late)
        return f"{told} {late % {'count': found.late}}"
    return told


def conversation(person: Person, *, side: str, now: datetime) -> list[Line]:
    """The last messages with a person as one side reads them, the newest first; two queries."""
    found = list(Message.objects.filter(person=person).order_by("-sent_at", "-id")[:LAST_MESSAGES])
    names = selectors.names_of(one.sent_by for one in found if one.side == Message.Side.CARE)
    return [_line(one, person, side, names, now) for one in found]


def promised(person: Person) -> datetime | None:
    """By when the person's oldest open question is answered; None when nothing waits."""
    return messaging.waiting(person).values_list("answer_by", flat=True).first()


def moment_words(at: datetime) -> str:
    """`Tuesday 1 December, 18:00`; in Chinese without the day of the week, which would break a phone's line."""
    return f"{day(at)} {clock(at)}" if page_language() == "zh" else f"{day(at, 'weekday')}, {clock(at)}"


def _row(person: Person, now: datetime, count: int, until: datetime | None) -> Row:
    is_late = until is not None and until < now
    words = _("answer promised by %(moment)s") if not is_late else _("was promised by %(moment)s")
    return Row(
        uuid=person.uuid,
        name=person.name,
        meta=person.unit.name,
        count=count,
        promise=words % {"moment": moment_words(until)} if until else "",
        is_late=is_late,
        last_at=person.last_at,
    )


def _line(one: Message, person: Person, side: str, names: dict[str, str], now: datetime) -> Line:
    is_own = one.side == side
    who = person.name if one.side == Message.Side.PERSON else presenters.doer(one.sent_by, names)
    is_late = one.answer_by is not None and one.answered_at is None and one.answer_by < now
    return Line(_("You") if is_own and side == Message.Side.PERSON else who, one.text, one.sent_at, is_own, _state(one, is_own, is_late), is_late)


def _state(one: Message, is_own: bool, is_late: bool) -> str:
    if one.side == Message.Side.PERSON and one.answered_at is None:
        words = _("was promised by %(moment)s") if is_late else _("answer promised by %(moment)s")
        return words % {"moment": moment_words(one.answer_by)}
    if is_own:
        return _("read %(moment)s") % {"moment": moment_words(one.read_at)} if one.read_at else _("not read yet")
    return ""
