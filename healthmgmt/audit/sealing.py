"""A hash chain over the events, made afterwards by a job: whoever alters, adds or removes one is found out.

Event ids are given out before they are committed, so a range may be sealed only when nobody can still write into it: a
mark notes the last id and which transactions run, and the range up to it is sealed once those have ended. Marks are
events themselves.
The digests are keyed, so that somebody who can write into the database cannot make a chain that fits.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from healthmgmt.audit.models import Event, Seal
from healthmgmt.audit.services import record
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash

EVENTS_PER_SEAL = 5_000
LEAF_DIGITS = 16
MARKED = "audit.marked"
# A transaction that runs for longer than so many days is not waited for any further back.
OLDEST_MARKS = 7


@dataclass(frozen=True)
class Mark:
    """Up to which event, and which transactions must have ended before that is final."""

    last_id: int
    horizon: int


@dataclass(frozen=True)
class Verification:
    """What the chain says. `faults` are sentences; `head` is the last digest, to be noted somewhere else."""

    events: int
    seals: int
    unsealed: int
    head: str
    faults: list[str]


def mark() -> Mark:
    """Note where the events end now. Outside of any transaction: a number drawn earlier would cover less."""
    last_id, horizon = sql.row("audit/mark")
    return Mark(last_id, horizon)


def leave_mark(mark: Mark, *, day: str, by: Actor) -> None:
    """Put a day's mark on record, once a day."""
    with transaction.atomic():
        if not Event.objects.filter(action=MARKED, detail__day=day).exists():
            record(MARKED, by=by, detail={"day": day, "last_id": mark.last_id, "horizon": mark.horizon})


def settled_mark(*, before: str) -> Mark | None:
    """The newest mark of an earlier day after which nothing can be added before it."""
    marks = Event.objects.filter(action=MARKED, detail__day__lt=before).order_by("-id").values_list("detail", flat=True)
    for detail in marks[:OLDEST_MARKS]:
        found = Mark(detail["last_id"], detail["horizon"])
        if is_settled(found):
            return found
    return None


def is_settled(mark: Mark) -> bool:
    """Whether every transaction that ran when the mark was made has ended."""
    return sql.row("audit/oldest_running")[0] > mark.horizon


def seal_next(mark: Mark) -> int:
    """Seal the next events up to a settled mark; returns how many, 0 when all are sealed."""
    with transaction.atomic():
        newest = Seal.objects.order_by("-id").first()
        start, previous = (newest.last_id, newest.digest) if newest else (0, "")
        events = list(Event.objects.filter(id__gt=start, id__lte=mark.last_id).order_by("id")[:EVENTS_PER_SEAL])
        if not events:
            return 0
        last = events[-1].pk
        leaves = [[event.pk, leaf(event)] for event in events]
        # Two sealers would make the same link; the unique last id lets one of them through.
        Seal.objects.create(
            first_id=start + 1,
            last_id=last,
            events=len(events),
            leaves=leaves,
            previous=previous,
            digest=link(previous, start + 1, last, leaves),
        )
    return len(events)


def seal(mark: Mark) -> int:
    """Seal all events up to a settled mark; returns how many."""
    sealed = 0
    while more := seal_next(mark):
        sealed += more
    return sealed


def verify(newest: int | None = None) -> Verification:
    """Walk the chain and compare every sealed event with what was sealed: the whole, or its newest seals only."""
    faults, events, seals, before, head = [], 0, 0, 0, ""
    chain = Seal.objects.order_by("id")
    if newest is not None and (former := Seal.objects.order_by("-id")[newest : newest + 1].first()):
        chain, before, head = chain.filter(id__gt=former.pk), former.last_id, former.digest
    for one in chain.iterator():
        seals, events = seals + 1, events + one.events
        if one.first_id != before + 1 or one.previous != head:
            faults.append(f"Seal {one.pk} does not follow the one before it.")
        if one.digest != link(one.previous, one.first_id, one.last_id, one.leaves) or len(one.leaves) != one.events:
            faults.append(f"Seal {one.pk} (events {one.first_id} to {one.last_id}) was altered.")
        faults += _differences(one)
        before, head = one.last_id, one.digest
    return Verification(events, seals, Event.objects.filter(id__gt=before).count(), head, faults)


def standing() -> tuple[Seal | None, int]:
    """The newest seal, and how many events came after it."""
    newest = Seal.objects.order_by("-id").first()
    return newest, Event.objects.filter(id__gt=newest.last_id if newest else 0).count()


def is_in_chain(digest: str) -> bool:
    """Whether a head that was noted earlier is still one of the links."""
    return Seal.objects.filter(digest=digest).exists()


def leaf(event: Event) -> str:
    """The digest of one event, shortened."""
    fields = [
        event.pk, event.at.isoformat(), event.action, event.actor, event.actor_id, event.subject_kind, event.subject_id,
        event.person_id, event.detail, event.reason, event.address,
    ]  # fmt: skip
    return keyed_hash("audit event " + json.dumps(fields, sort_keys=True))[:LEAF_DIGITS]


def link(previous: str, first_id: int, last_id: int, leaves: list[list]) -> str:
    """The digest of a seal, which takes in the one before it."""
    return keyed_hash("audit seal " + json.dumps([previous, first_id, last_id, leaves]))


def _differences(one: Seal) -> Iterator[str]:
    sealed = dict(map(tuple, one.leaves))
    for event in Event.objects.filter(id__gte=one.first_id, id__lte=one.last_id).order_by("id").iterator():
        digest = sealed.pop(event.pk, None)
        if digest is None:
            yield f"Event {event.pk} was added after seal {one.pk}."
        elif digest != leaf(event):
            yield f"Event {event.pk} was altered after seal {one.pk}."
    for missing in sealed:
        yield f"Event {missing} was removed after seal {one.pk}."
