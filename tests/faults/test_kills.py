"""kill -9, pauses and crashes while a job is between its first and its last row: nothing is lost, nothing is twice."""

import os
import random
import signal
import time

import pytest

from healthmgmt.core import organisations
from healthmgmt.work.models import Job
from tests.faults.crew import all_settled, crash_broker, crash_database, once, rows_of, wait_for

TOTAL = 200
SLOWLY = {"total": TOTAL, "size": 10, "inside_ms": 20, "between_ms": 40}


def under_way(job: Job) -> bool:
    """Whether some batches are done and some are left."""
    job.refresh_from_db()
    return 1 <= job.done <= job.total - 1


def test_P10_worker_killed_in_the_middle_of_a_job(committed_org, crew, submit, tell):
    job = submit("fault.rows", **SLOWLY)
    struck = []
    for blow in (random.randint(1, 70), random.randint(90, 150)):
        worker = crew.worker(concurrency=1)
        wait_for(lambda: under_way(job) and job.done >= blow)
        crew.kill(worker)
        job.refresh_from_db()
        assert (job.state, under_way(job)) == ("running", True)
        struck.append(job.done)
    crew.worker(concurrency=1)
    wait_for(all_settled)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, rows_of(job)) == ("done", 3, TOTAL, once(TOTAL))
    tell(f"worker killed at {struck[0]} and {struck[1]} of {TOTAL} rows: {job.attempts} attempts, {TOTAL} rows, each once")


@pytest.mark.long  # Waits for leases.
def test_P11_a_worker_that_wakes_too_late_writes_nothing(committed_org, crew, submit, tell):
    job = submit("fault.rows", **SLOWLY | {"inside_ms": 0, "between_ms": 100})
    sleeper = crew.worker(concurrency=1)
    wait_for(lambda: under_way(job))
    os.killpg(sleeper.pid, signal.SIGSTOP)
    asleep_at = job.done
    crew.worker(concurrency=1)
    wait_for(lambda: Job.objects.get(pk=job.pk).attempts == 2)
    os.killpg(sleeper.pid, signal.SIGCONT)
    wait_for(all_settled)
    wait_for(lambda: "lost its lease" in crew.logs())
    job.refresh_from_db()
    assert (job.state, job.attempts, rows_of(job)) == ("done", 2, once(TOTAL))
    tell(f"worker asleep at {asleep_at} of {TOTAL} rows, awake after another took over: {TOTAL} rows, each once")


@pytest.mark.long  # Waits for a recovery.
def test_P10_database_crashed_in_the_middle_of_a_job(committed_org, crew, submit, tell):
    job = submit("fault.rows", **SLOWLY)
    crew.worker(concurrency=1)
    wait_for(lambda: under_way(job))
    struck = job.done
    crash_database()
    wait_for(all_settled)
    job.refresh_from_db()
    assert (job.state, rows_of(job)) == ("done", once(TOTAL))
    assert job.attempts >= 2
    tell(f"database crashed at {struck} of {TOTAL} rows: {job.attempts} attempts, {TOTAL} rows, each once")


def test_P27_a_worker_asked_to_end_finishes_its_job(committed_org, crew, submit, tell):
    job = submit("fault.rows", **SLOWLY)
    worker = crew.worker(concurrency=1)
    wait_for(lambda: under_way(job))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, rows_of(job)) == ("done", 1, once(TOTAL))
    tell(f"worker asked to end in the middle: 1 attempt, {TOTAL} rows, each once")


@pytest.mark.long
def test_P10_thirty_blows_at_worker_broker_and_database(empty_org, committed_org, crew, submit, tell):
    """Two organisations, jobs without end, one blow after the other."""
    dice = random.Random(20260301)
    blows = ["worker", "broker", "database"] * 10
    dice.shuffle(blows)
    crew.worker()
    number = 0
    for blow in blows:
        for schema in (committed_org, empty_org):
            with organisations.entered(schema):
                for _ in range(2):
                    number += 1
                    submit("fault.rows", str(number), lane=dice.choice(["now", "bulk"]), **SLOWLY | {"total": 40})
        time.sleep(dice.uniform(0.3, 2.5))
        if blow == "worker":
            crew.kill(crew.running[0])
            crew.worker()
        else:
            {"broker": crash_broker, "database": crash_database}[blow]()
    attempts = []
    for schema in (committed_org, empty_org):
        with organisations.entered(schema):
            wait_for(all_settled, 300)
            for job in Job.objects.all():
                assert (job.state, job.error, rows_of(job)) == ("done", "", once(40)), job.pk
                attempts.append(job.attempts)
    tell(f"30 blows, {len(attempts)} jobs of 40 rows: {sum(attempts)} attempts, at most {max(attempts)} for one, each row once")
