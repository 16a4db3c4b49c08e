"""One try at a job: batches, fencing, failure."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.audit.services import record
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import claiming, limits, services
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed, LostLease, Run, identity

BY = Actor(label="system:test")


@pytest.fixture
def run(org_a, handle) -> Run:
    """A job, claimed."""
    handle("test.rows", lambda run: None)
    services.submit("test.rows", "k", {"upload": 7})
    return claiming.claim(Job.objects.due())


def stolen() -> None:
    """The lease runs out and another process claims."""
    Job.objects.update(lease_by="other:1:x", attempts=2, lease_until=Now() + limits.LEASE)


def test_claim_counts_the_attempt_and_leases(run):
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_by, run.attempt) == ("running", 1, identity(), 1)
    assert timedelta(seconds=50) < job.lease_until - job.created_at < timedelta(seconds=70)


def test_batch_stores_progress_and_cursor(run):
    with run.batch(done=10, total=30, message="rows", cursor={"row": 10}) as batch:
        assert batch is run
        assert run.cursor == {}
    job = Job.objects.get()
    assert (job.done, job.total, job.message, job.cursor, run.cursor) == (10, 30, "rows", {"row": 10}, {"row": 10})


def test_batch_without_cursor_keeps_it(run):
    with run.batch(done=10, total=30, cursor={"row": 10}):
        pass
    with run.batch(done=20, total=30):
        pass
    assert Job.objects.values_list("done", "cursor").get() == (20, {"row": 10})


def test_batch_that_fails_leaves_nothing(run):
    with pytest.raises(ZeroDivisionError), run.batch(done=10, total=30, cursor={"row": 10}):
        record("test.row", by=BY)
        1 / 0
    assert Job.objects.values_list("done", "cursor").get() == (0, {})
    assert (run.cursor, Event.objects.filter(action="test.row").count()) == ({}, 0)


def test_batch_renews_the_lease(run):
    Job.objects.update(lease_until=Now() + timedelta(seconds=1))
    with run.batch(done=1, total=2):
        pass
    assert Job.objects.filter(lease_until__gt=Now() + timedelta(seconds=50)).count() == 1


def test_renew_between_batches(run):
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    run.renew()
    assert Job.objects.due().count() == 0


def test_batch_of_a_stolen_job_writes_nothing(run):
    stolen()
    with pytest.raises(LostLease), run.batch(done=10, total=30):
        record("test.row", by=BY)
    with pytest.raises(LostLease):
        run.renew()
    assert Job.objects.values_list("done", "lease_by").get() == (0, "other:1:x")
    assert Event.objects.filter(action="test.row").count() == 0


def test_batch_of_a_job_that_this_process_claimed_again_writes_nothing(run):
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    second = claiming.claim(Job.objects.due())
    with pytest.raises(LostLease), run.batch(done=1, total=2):
        pass
    with second.batch(done=2, total=2):
        pass
    assert Job.objects.values_list("done", "attempts").get() == (2, 2)


def test_perform_finishes_while_the_lease_is_held(run):
    assert run.perform(lambda run: None, delay_chance=0) is True
    job = Job.objects.get()
    assert (job.state, job.error, job.finished_at is not None) == ("done", "", True)


def test_perform_does_not_finish_what_was_stolen(run):
    assert run.perform(lambda run: stolen(), delay_chance=0) is False
    assert Job.objects.values_list("state", "lease_by").get() == ("running", "other:1:x")


def test_perform_does_not_fail_what_was_stolen(run):
    def stolen_then_broken(run: Run) -> None:
        stolen()
        raise ValueError

    with pytest.raises(HandlerFailed):
        run.perform(stolen_then_broken, delay_chance=0)
    assert Job.objects.values_list("state", "error").get() == ("running", "")


def test_perform_waits_longer_after_each_failure(run, rings, django_capture_on_commit_callbacks):
    def broken(run: Run) -> None:
        raise ConnectionError

    waits = []
    for attempt in range(1, limits.MAX_ATTEMPTS):
        with pytest.raises(HandlerFailed), django_capture_on_commit_callbacks(execute=True):
            run.perform(broken, delay_chance=1.0)
        job = Job.objects.get()
        assert (job.state, job.attempts) == ("queued", attempt)
        waits.append(rings[-1][3])
        Job.objects.update(run_after=Now())
        run = claiming.claim(Job.objects.due())
    assert waits == [5, 20, 80, 320]
    with pytest.raises(HandlerFailed):
        run.perform(broken, delay_chance=1.0)
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("failed", limits.MAX_ATTEMPTS)


def test_perform_gives_up_at_once_on_a_rejection(run):
    def rejected(run: Run) -> None:
        raise Rejected("The file is gone.")

    with pytest.raises(HandlerFailed):
        run.perform(rejected, delay_chance=0)
    assert Job.objects.values_list("state", "attempts", "error").get() == ("failed", 1, "The file is gone.")


def test_perform_keeps_content_out_of_error_and_log(run, caplog):
    def broken(run: Run) -> None:
        raise ValueError("Anna, " + "110101" * 3)

    with pytest.raises(HandlerFailed) as failure:
        run.perform(broken, delay_chance=0)
    job = Job.objects.get()
    assert job.error == str(failure.value).partition(": ")[2]
    assert job.error.startswith("ValueError in ")
    assert "110101110101" not in job.error + caplog.text
    assert (failure.value.__cause__, failure.value.__suppress_context__) == (None, True)


def test_perform_names_what_the_database_refused_and_not_the_values(run):
    def doubled(run: Run) -> None:
        with run.batch(done=1, total=1):
            bulk = [User(email="anna@example.org", name="Anna") for _ in range(2)]
            User.objects.bulk_create(bulk)

    with pytest.raises(HandlerFailed):
        run.perform(doubled, delay_chance=0)
    error = Job.objects.get().error
    assert error.startswith("IntegrityError in ") and " (23505 accounts_user " in error
    assert "anna" not in error


def test_jobs_caused_by_a_job_have_its_origin(run, handle):
    handle("test.caused", lambda run: None)
    Job.objects.update(origin="elsewhere:1:x")
    run = Run(Job.objects.get())
    run.perform(lambda run: services.submit("test.caused", "k", {}), delay_chance=0)
    assert Job.objects.get(kind="test.caused").origin == "elsewhere:1:x"
    assert services.submit("test.caused", "own", {}).origin == identity()
