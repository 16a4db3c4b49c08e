"""Asking for work, in the caller's transaction."""

import datetime
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import limits, services
from healthmgmt.work.models import Job
from healthmgmt.work.registry import Run, UnknownKind

BY = Actor(label="system:test")


def nothing(run: Run) -> None:
    pass


def test_submit_writes_one_job(org_a, handle):
    handle("test.nothing", nothing)
    job = services.submit("test.nothing", "k", {"upload": 7}, lane="now")
    found = Job.objects.get()
    assert (found.pk, found.org, found.state, found.lane) == (job.pk, org_a, "queued", "now")
    assert (found.payload, found.attempts, found.done, found.cursor) == ({"upload": 7}, 0, 0, {})


def test_submit_twice_is_one_job(org_a, handle):
    handle("test.nothing", nothing)
    first = services.submit("test.nothing", "k", {"upload": 7})
    second = services.submit("test.nothing", "k", {"upload": 8}, lane="now")
    assert (second.pk, second.payload, second.lane) == (first.pk, {"upload": 7}, "bulk")
    assert Job.objects.count() == 1


def test_submit_of_a_finished_job_does_not_run_it_again(org_a, handle):
    handle("test.nothing", nothing)
    job = services.submit("test.nothing", "k", {})
    services.drain()
    services.submit("test.nothing", "k", {})
    assert services.drain() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_submit_rings_on_commit_only(org_a, handle, rings, django_capture_on_commit_callbacks):
    handle("test.nothing", nothing)
    with django_capture_on_commit_callbacks(execute=True):
        job = services.submit("test.nothing", "k", {}, lane="now")
        services.submit("test.nothing", "k", {}, lane="now")
        assert rings == []
    assert rings == [(org_a, job.pk, "now", 0)]


def test_submit_for_later_rings_then_or_leaves_it_to_the_reconciler(org_a, handle, rings, django_capture_on_commit_callbacks):
    handle("test.nothing", nothing)
    with django_capture_on_commit_callbacks(execute=True):
        soon = services.submit("test.nothing", "soon", {}, run_after=timezone.now() + datetime.timedelta(seconds=90))
        services.submit("test.nothing", "tomorrow", {}, run_after=timezone.now() + datetime.timedelta(days=1))
    assert rings == [(org_a, soon.pk, "bulk", 90)]


@pytest.mark.parametrize("payload", [{"name": "x" * 101}, {"people": [1, 2]}, {"value": 5.4}, {"row": {"name": "x"}}])
def test_submit_refuses_content(org_a, handle, payload):
    handle("test.nothing", nothing)
    with pytest.raises(ValueError, match="is no id"):
        services.submit("test.nothing", "k", payload)
    assert Job.objects.count() == 0


def test_submit_refuses_what_nobody_does(org_a):
    with pytest.raises(UnknownKind):
        services.submit("test.unheard", "k", {})


def test_submit_outside_of_organisations_fails(db, handle):
    handle("test.nothing", nothing)
    with pytest.raises(RuntimeError, match="outside of every organisation"):
        services.submit("test.nothing", "k", {})


def test_announce_writes_a_job_for_each_subscriber(org_a, handle, follow):
    handle("test.count", nothing)
    handle("test.alert", nothing)
    follow("test.happened", kind="test.count", key="happened:{upload}")
    follow("test.happened", kind="test.alert", key="{upload}", lane="now")
    services.announce("test.happened", upload=7)
    services.announce("test.happened", upload=7)
    services.announce("test.unheard", upload=7)
    found = list(Job.objects.values_list("kind", "key", "lane", "payload"))
    assert found == [("test.count", "happened:7", "bulk", {"upload": 7}), ("test.alert", "7", "now", {"upload": 7})]


def test_announce_is_part_of_the_transaction(org_a, handle, follow, rings, django_capture_on_commit_callbacks):
    handle("test.count", nothing)
    follow("test.happened", kind="test.count", key="{upload}")
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        services.announce("test.happened", upload=7)
        1 / 0
    assert (Job.objects.count(), rings) == (0, [])


def test_drain_runs_what_was_caused_and_what_that_causes(org_a, handle, follow):
    seen = []

    def first(run: Run) -> None:
        with run.batch(done=1, total=1):
            services.announce("test.happened", upload=run.payload["upload"])
        seen.append("first")

    handle("test.first", first)
    handle("test.second", lambda run: seen.append(run.payload))
    follow("test.happened", kind="test.second", key="{upload}")
    services.submit("test.first", "k", {"upload": 7})
    assert services.drain() == 2
    assert seen == ["first", {"upload": 7}]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_drain_leaves_the_jobs_of_others_and_of_later(org_a, handle):
    handle("test.nothing", nothing)
    services.submit("test.nothing", "other", {})
    Job.objects.update(origin="elsewhere:1:x")
    services.submit("test.nothing", "later", {}, run_after=timezone.now() + datetime.timedelta(hours=1))
    services.submit("test.nothing", "mine", {})
    assert services.drain() == 1
    assert list(Job.objects.values_list("key", "state")) == [("other", "queued"), ("later", "queued"), ("mine", "done")]


def test_drain_narrowed_to_kinds(org_a, handle):
    handle("test.one", nothing)
    handle("test.two", nothing)
    services.submit("test.one", "k", {})
    services.submit("test.two", "k", {})
    assert services.drain(kinds=["test.two"]) == 1
    assert Job.objects.get(kind="test.one").state == "queued"


def test_drain_until_something_is_so(org_a, handle):
    ran = []
    handle("test.one", lambda run: ran.append(run.job_id))
    for number in range(5):
        services.submit("test.one", str(number), {})
    assert services.drain(until=lambda: len(ran) == 2) == 2


def test_drain_repeats_a_failed_try_at_once(org_a, handle):
    def third_time(run: Run) -> None:
        if run.attempt < 3:
            raise ConnectionError("gone")

    handle("test.third_time", third_time)
    job = services.submit("test.third_time", "k", {})
    assert services.drain() == 3
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("done", 3, "")


def test_drain_ends_when_a_job_fails_for_good(org_a, handle):
    def broken(run: Run) -> None:
        raise ValueError("Name E1001 is written here")

    handle("test.broken", broken)
    job = services.submit("test.broken", "k", {})
    assert services.drain() == limits.MAX_ATTEMPTS
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", limits.MAX_ATTEMPTS)
    assert job.error.startswith("ValueError in ") and "E1001" not in job.error


def test_retry_of_a_failed_job(org_a, handle):
    broken = [True]

    def mended(run: Run) -> None:
        if broken[0]:
            raise Rejected("The file is gone.")

    handle("test.mended", mended)
    job = services.submit("test.mended", uuid.uuid4().hex, {})
    assert services.drain() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The file is gone.")
    broken[0] = False
    services.retry(job, by=BY)
    assert services.drain() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("done", 1, "")
    event = Event.objects.get(action="job.retried")
    assert (event.actor, event.subject_id) == ("system:test", str(job.pk))


def test_retry_of_a_job_that_has_not_failed_is_refused(org_a, handle):
    handle("test.nothing", nothing)
    job = services.submit("test.nothing", "k", {})
    with pytest.raises(Rejected, match="Only a failed job"):
        services.retry(job, by=BY)


def test_begin_day_announces_each_local_day_once(cast, handle, follow):
    handle("test.day", nothing)
    follow("work.daily", kind="test.day", key="{day}")
    evening = datetime.datetime(2026, 3, 1, 15, 59, tzinfo=datetime.UTC)
    services.begin_day(evening)
    services.begin_day(evening)
    services.begin_day(evening + datetime.timedelta(minutes=1))
    found = Job.objects.filter(kind="test.day").values_list("key", "payload")
    assert list(found) == [("2026-03-01", {"day": "2026-03-01"}), ("2026-03-02", {"day": "2026-03-02"})]


def test_begin_day_before_the_organisation_is_established(org_a, handle, follow):
    handle("test.day", nothing)
    follow("work.daily", kind="test.day", key="{day}")
    assert services.begin_day(timezone.now()) == []
