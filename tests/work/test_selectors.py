"""How the work stands."""

from datetime import timedelta

import pytest
from celery import Celery
from django.db.models.functions import Now

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
