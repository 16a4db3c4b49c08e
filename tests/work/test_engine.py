"""The bell, on the real broker and without one."""

import logging
import time

import pytest
from celery import Celery

from healthmgmt.work import engine, services
from healthmgmt.work.models import Job


@pytest.fixture
def silent_broker(monkeypatch):
    """A broker's address where nobody listens."""
    monkeypatch.setattr(engine, "_quiet_until", 0.0)
    monkeypatch.setattr(engine, "app", Celery("silent", broker="redis://127.0.0.1:1/0", set_as_current=False))


def test_ring_reaches_the_lane(org_a):
    before = engine.rings_waiting("now")
    assert engine.ring(org_a, 1, "now") is True
    assert engine.rings_waiting("now") == before + 1


def test_ring_carries_ids_only(org_a):
    engine.ring(org_a, 41, "now")
    with engine._broker() as client:
        message = client.lindex("now", 0).decode()
    assert '"lang": "py"' in message and "payload" not in message


def test_ring_without_broker_is_no_error_and_is_logged_once(org_a, silent_broker, caplog):
    with caplog.at_level(logging.WARNING, "healthmgmt.work.engine"):
        assert [engine.ring(org_a, 1, "now") for _ in range(3)] == [False, False, False]
    assert [record.message for record in caplog.records] == [
        "the broker cannot be reached (OperationalError); due jobs wait for the reconciler"
    ]


def test_submit_without_broker_keeps_the_job(org_a, silent_broker, handle, django_capture_on_commit_callbacks):
    handle("test.nothing", lambda run: None)
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(20):
            services.submit("test.nothing", str(number), {})
    assert Job.objects.count() == 20
    assert time.monotonic() - started < 10


def test_broker_answers(org_a, silent_broker):
    assert engine.broker_answers() is False
