"""How the work stands."""

from datetime import timedelta

import pytest
from celery import Celery
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.core import organisations
from healthmgmt.work import engine, limits, selectors, services
from healthmgmt.work.models import Job


@pytest.fixture
def waiting(org_a, handle) -> Job:
    """A job that has waited for an hour."""
    handle("test.nothing", lambda run: None)
    job = services.submit("test.nothing", "k", {}, lane="now")
    Job.objects.update(run_after=Now() - timedelta(hours=1))
    return job


def test_oldest_unclaimed_age_of_nothing(org_a):
    assert selectors.oldest_unclaimed_age() is None


def test_oldest_unclaimed_age_of_all_organisations(waiting, org_b):
    with organisations.entered(org_b):
        age = selectors.oldest_unclaimed_age()
    assert timedelta(seconds=3600) <= age < timedelta(seconds=3660)


def test_oldest_unclaimed_age_counts_what_a_dead_worker_left(waiting):
    Job.objects.update(state="running", lease_until=Now() - timedelta(minutes=2))
    assert timedelta(minutes=2) <= selectors.oldest_unclaimed_age() < timedelta(minutes=3)


def test_oldest_unclaimed_age_leaves_out_what_is_not_due(waiting):
    Job.objects.update(run_after=Now() + timedelta(hours=1))
    assert selectors.oldest_unclaimed_age() is None


def test_queues_of_all_organisations_in_one_query(waiting, org_a, org_b):
    failed = services.submit("test.nothing", "failed", {})
    Job.objects.filter(pk=failed.pk).update(state="failed")
    old = services.submit("test.nothing", "old", {})
    Job.objects.filter(pk=old.pk).update(state="done", created_at=Now() - timedelta(hours=25))
    with organisations.entered(org_b):
        services.submit("test.nothing", "later", {}, run_after=timezone.now() + timedelta(hours=1))
    with CaptureQueriesContext(connection) as queries:
        found = selectors.queues()
    assert len([one for one in queries if "work_job" in one["sql"]]) == 1
    assert (found[org_a].failed, found[org_a].recent, found[org_a].is_late) == (1, 2, True)
    assert timedelta(seconds=3600) <= found[org_a].waited < timedelta(seconds=3660)
    assert found[org_b] == selectors.Queue(recent=1)


def test_queue_is_late_by_the_measure_of_its_lane(waiting, org_a):
    for lane, minutes, is_late in (("now", 2, False), ("now", 4, True), ("bulk", 14, False), ("bulk", 16, True)):
        Job.objects.filter(pk=waiting.pk).update(lane=lane, run_after=Now() - timedelta(minutes=minutes))
        assert selectors.queues()[org_a].is_late is is_late, (lane, minutes)


def test_stale_lane_is_one_where_nobody_works(waiting):
    assert selectors.stale_lanes() == ["now"]
    busy = services.submit("test.nothing", "busy", {}, lane="now")
    Job.objects.filter(pk=busy.pk).update(state="running", lease_until=Now() + limits.LEASE)
    assert selectors.stale_lanes() == []


def test_faults_names_what_is_out_of_order(waiting, monkeypatch):
    assert selectors.faults() == ["nobody takes the work of lane now"]
    monkeypatch.setattr(engine, "app", Celery("silent", broker="redis://127.0.0.1:1/0", set_as_current=False))
    assert selectors.faults() == ["nobody takes the work of lane now", "the broker does not answer"]
    assert selectors.healthy() is False


def test_faults_of_a_working_installation(org_a):
    assert (selectors.faults(), selectors.healthy()) == ([], True)


def test_progress_of_a_job(waiting):
    Job.objects.update(done=3, total=10)
    found = selectors.progress("test.nothing", "k")
    assert (found.done, found.total, found.state) == (3, 10, "queued")
    assert selectors.progress("test.nothing", "other") is None


def test_listed_newest_first(waiting):
    second = services.submit("test.nothing", "two", {})
    Job.objects.filter(pk=second.pk).update(state="failed")
    assert list(selectors.listed(failed_only=False, most=10)) == [second, waiting]
    assert list(selectors.listed(failed_only=True, most=10)) == [second]
