"""The record of acts: complete, never anonymous, and nothing happens without it."""

import pytest
from django.db import DatabaseError, connection, transaction

from healthmgmt.audit import services as audit
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor

BY = Actor(label="system:test", address="192.0.2.7")


def test_record_keeps_who_what_whom_and_from_where(cast):
    event = audit.record("unit.renamed", by=BY, subject=cast.a, person_id=cast.anna.pk, detail={"from": "x"}, reason="asked")
    event.refresh_from_db()
    assert (event.action, event.actor, event.actor_id, event.address) == ("unit.renamed", "system:test", None, "192.0.2.7")
    assert (event.subject_kind, event.subject_id) == ("organization.unit", str(cast.a.pk))
    assert (event.person_id, event.detail, event.reason) == (cast.anna.pk, {"from": "x"}, "asked")


@pytest.mark.parametrize("nobody", [None, "system:test", Actor(label="")])
def test_record_without_actor_raises(org_a, nobody):
    with pytest.raises(PermissionError):
        audit.record("unit.renamed", by=nobody)
    assert Event.objects.count() == 0


def test_record_people_writes_one_event_each(cast):
    assert audit.record_people("person.updated", [cast.anna.pk, cast.ben.pk], by=BY, detail={"changed": ["name"]}) == 2
    found = Event.objects.filter(action="person.updated").values_list("person_id", "actor", "detail")
    assert list(found) == [(cast.anna.pk, "system:test", {"changed": ["name"]}), (cast.ben.pk, "system:test", {"changed": ["name"]})]


def test_record_people_of_nobody_writes_nothing(org_a):
    assert audit.record_people("person.updated", [], by=BY) == 0


def test_record_each_writes_one_event_each(cast):
    assert audit.record_each("unit.created", [cast.a, cast.b], by=BY) == 2
    assert list(Event.objects.values_list("subject_id", flat=True)) == [str(cast.a.pk), str(cast.b.pk)]


def test_P21_events_cannot_be_changed_or_removed_by_the_application(org_a):
    event = audit.record("unit.renamed", by=BY)
    for change in (lambda: Event.objects.filter(pk=event.pk).update(action="x"), lambda: event.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Event.objects.get(pk=event.pk).action == "unit.renamed"


def test_P22_what_cannot_be_recorded_does_not_happen(cast, monkeypatch):
    from healthmgmt.organization import services

    monkeypatch.setattr(Event, "save", broken)
    with pytest.raises(audit.AuditUnavailable):
        services.rename(cast.a1, name="New name", by=BY)
    cast.a1.refresh_from_db()
    assert cast.a1.name == "A1"
    assert connection.needs_rollback is False


def broken(*args, **kwargs):
    raise DatabaseError("no table")
