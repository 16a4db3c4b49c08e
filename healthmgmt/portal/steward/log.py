"""The log of acts as the data steward reads it: narrowed, in words, page by page. Never a clinical value.

Pages follow the events' numbers, not offsets, so that the thousandth page costs what the first does and nothing shifts
while acts are added. What reading the log itself leaves behind is shown when it is asked for; it would push out the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.audit.words import WORDS, in_words, reason_in_words
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person

PAGE_SIZE = 50
# Who delivers by a link has no account; the number says which link it was.
LINK = "link:"
READING = ("access_log.viewed", "access_log.person_shown")
# That somebody wrote to those who care for them, or disputed a value, is their own matter: what they did stands on their own page alone,
# and what others did with it is told as a look at the record.
OWN = ("message.sent", "message.escalated", "dispute.opened")
NEUTRAL = ("message.", "dispute.", "exam.value_taken_out")


@dataclass(frozen=True)
class Narrowing:
    """What the log is narrowed by; blank narrows nothing. `before` is the number that the page begins below."""

    since: date | None = None
    until: date | None = None
    action: str = ""
    actor: str = ""
    emp_no: str = ""
    before: int | None = None

    @property
    def fields_used(self) -> list[str]:
        """The names of what narrows, for the record; never what was looked for."""
        return [name for name in ("since", "until", "action", "actor", "emp_no") if getattr(self, name)]


@dataclass(frozen=True)
class Entry:
    """One act in words."""

    event: Event
    words: str
    why: str
    actor: str
    person: Person | None
    subject: str


@dataclass(frozen=True)
class LogPage:
    """Acts, the newest first; `older` is where the next page begins, None on the last one."""

    entries: list[Entry]
    older: int | None

    @property
    def people(self) -> list[int]:
        """The ids of those who are named."""
        return sorted({entry.person.pk for entry in self.entries if entry.person})


def read(narrowing: Narrowing) -> LogPage:
    """A page of the log; five queries at most."""
    events = list(_events(narrowing)[: PAGE_SIZE + 1])
    older = events[PAGE_SIZE - 1].pk if len(events) > PAGE_SIZE else None
    events = events[:PAGE_SIZE]
    actors = _users({event.actor_id for event in events} | _subjects(events, User))
    people = Person.objects.in_bulk({event.person_id for event in events if event.person_id})
    return LogPage([_entry(event, actors, people) for event in events], older)


def _events(narrowing: Narrowing) -> QuerySet[Event]:
    events = Event.objects.exclude(action__in=OWN).order_by("-id")
    if narrowing.before is not None:
        events = events.filter(pk__lt=narrowing.before)
    if narrowing.action:
        events = events.filter(action=narrowing.action)
    else:
        events = events.exclude(action__in=READING)
    zone = ZoneInfo(organisation_settings().timezone)
    if narrowing.since:
        events = events.filter(at__gte=datetime.combine(narrowing.since, time(), zone))
    if narrowing.until:
        events = events.filter(at__lt=datetime.combine(narrowing.until + timedelta(days=1), time(), zone))
    if narrowing.actor:
        events = events.filter(_by(narrowing.actor))
    if narrowing.emp_no:
        events = events.filter(person_id__in=list(Person.objects.filter(emp_no=narrowing.emp_no).values_list("pk", flat=True)))
    return events


def _by(text: str) -> Q:
    """Acts of users by name, address or number; `system` names what no user did."""
    if text.casefold() in ("system", _("System").casefold()):
        return Q(actor_id=None)
    users = User.objects.filter(Q(name__icontains=text) | Q(email__iexact=text) | Q(employee_no=text))
    return Q(actor_id__in=list(users.values_list("pk", flat=True)))


def _subjects(events: Collection[Event], model: type) -> set[int]:
    label = model._meta.label_lower
    return {int(event.subject_id) for event in events if event.subject_kind == label and event.subject_id.isdecimal()}


def _users(ids: Collection[int | None]) -> dict[int, User]:
    return User.objects.in_bulk({pk for pk in ids if pk is not None})


def _entry(event: Event, users: dict[int, User], people: dict[int, Person]) -> Entry:
    if event.actor_id is None:
        actor = _("One-time link") if event.actor.startswith(LINK) else _("System")
    else:
        user = users.get(event.actor_id)
        actor = user.shown_name if user else event.actor
    is_user = event.subject_kind == User._meta.label_lower and event.subject_id.isdecimal() and int(event.subject_id) != event.actor_id
    subject = users.get(int(event.subject_id)) if is_user else None
    words = str(WORDS["record.viewed"]) if event.action.startswith(NEUTRAL) else in_words(event)
    return Entry(event, words, reason_in_words(event), actor, people.get(event.person_id), subject.shown_name if subject else "")


def sentence(narrowing: Narrowing, page: LogPage) -> str:
    """What the page says first."""
    if not page.entries:
        return _("No act fits.") if narrowing.fields_used else _("Nothing is on record yet.")
    if narrowing.before or narrowing.fields_used:
        return _("Who did what, narrowed to what you asked for.") if narrowing.fields_used else _("Older acts.")
    people = len(page.people)
    return ngettext(
        "Who did what, the newest first. On this page %(count)d person is named.",
        "Who did what, the newest first. On this page %(count)d people are named.",
        people,
    ) % {"count": people}
