"""P21: a change of a sealed event, by whoever can make it, is named."""


import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from healthmgmt.accounts import jobs
from healthmgmt.audit import sealing
from healthmgmt.audit import services as audit
from healthmgmt.audit.models import Event, Seal
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor

BY = Actor(label="system:test")


def record(count: int) -> list[Event]:
    return [audit.record("unit.renamed", by=BY, detail={"number": number}) for number in range(count)]


def seal_all() -> int:
    return sealing.seal(sealing.Mark(Event.objects.order_by("id").last().pk, 0))


def as_owner(statement: str, *parameters) -> None:
    """What somebody with the owner's rights could do behind the application's back."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f'SET search_path = "{organisations.current()}"')
        cursor.execute(statement, parameters)
        cursor.execute("SET search_path = public")
    owner.close()


def test_sealing_links_seals_and_verifies(org_a, monkeypatch):
    monkeypatch.setattr(sealing, "EVENTS_PER_SEAL", 3)
    record(7)
    assert seal_all() == 7
    assert [one.events for one in Seal.objects.all()] == [3, 3, 1]
    found = sealing.verify()
    assert (found.events, found.seals, found.unsealed, found.faults) == (7, 3, 0, [])
    assert found.head == Seal.objects.last().digest


def test_sealing_twice_adds_nothing(org_a):
    record(2)
    assert (seal_all(), seal_all()) == (2, 0)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_event SET actor = 'somebody else' WHERE id = %s", "Event {id} was altered after seal {seal}."),
        ("DELETE FROM audit_event WHERE id = %s", "Event {id} was removed after seal {seal}."),
    ],
)
def test_P21_tampering_as_owner_is_named(committed_org, statement, sentence):
    events = record(5)
    seal_all()
    as_owner(statement, events[2].pk)
    expected = sentence.format(id=events[2].pk, seal=Seal.objects.get().pk)
    assert sealing.verify().faults == [expected]
    with pytest.raises(CommandError, match=f"Event {events[2].pk} was"):
        call_command("verify_audit", org=organisations.slug())


def test_P21_a_seal_that_was_altered_is_named(committed_org):
    record(2)
    seal_all()
    as_owner("UPDATE audit_seal SET digest = repeat('0', 64)")
    assert sealing.verify().faults == [f"Seal {Seal.objects.get().pk} (events 1 to 2) was altered."]


def test_an_event_slipped_in_is_named(org_a):
    first, _second = record(2)
    Event.objects.bulk_create([Event(pk=first.pk + 5, action="unit.renamed", actor="system:test")])
    seal_all()
    Event(pk=first.pk + 3, action="unit.renamed", actor="system:test").save(force_insert=True)
    assert sealing.verify().faults == [f"Event {first.pk + 3} was added after seal {Seal.objects.get().pk}."]


def test_head_noted_elsewhere_shows_a_cut_chain(org_a):
    record(1)
    seal_all()
    assert sealing.is_in_chain(sealing.verify().head) is True
    assert sealing.is_in_chain("0" * 64) is False


def test_marks_wait_for_transactions_that_still_run(committed_org):
    record(1)
    with transaction.atomic():
        record(1)
        noted = sealing.mark()
        assert sealing.is_settled(noted) is False
    # Nothing of another process may hold it up in this test's own cluster for long.
    assert wait_until(lambda: sealing.is_settled(noted)) is True


def test_daily_job_seals_up_to_the_mark_of_an_earlier_day(committed_org):
    record(3)
    sealing.leave_mark(sealing.mark(), day="2026-01-01", by=BY)
    sealing.leave_mark(sealing.mark(), day="2026-01-01", by=BY)
    assert Event.objects.filter(action="audit.marked").count() == 1
    record(2)
    assert wait_until(lambda: sealing.settled_mark(before="2026-01-02") is not None)
    noted = sealing.settled_mark(before="2026-01-02")
    assert sealing.seal(noted) == 3
    assert sealing.settled_mark(before="2026-01-01") is None


def test_sealing_job_is_declared():
    from healthmgmt.work import registry

    assert registry.handler_of("audit.seal") is jobs.seal


def wait_until(holds) -> bool:
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.1)
    return False
