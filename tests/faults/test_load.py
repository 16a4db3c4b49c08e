"""Many jobs at once: broker emptied, poison among them, two reconcilers, an organisation that is gone."""

import time

import pytest

from healthmgmt.core import organisations
from healthmgmt.work import engine
from healthmgmt.work.models import Job
from tests.faults.crew import all_settled, broker, once, rows_of, wait_for

ONE = {"total": 1, "size": 1, "inside_ms": 0, "between_ms": 0}


def attempts_of(kind: str) -> list[int]:
    return list(Job.objects.filter(kind=kind).order_by("id").values_list("attempts", flat=True))


def done_count() -> int:
    return Job.objects.filter(state="done").count()


def test_P14_broker_emptied_under_load(committed_org, standing_crew, submit, tell):
    emptied = []
    for number in range(120):
        submit("fault.rows", str(number), **ONE | {"inside_ms": 20})
    for done in (10, 40, 70):
        wait_for(lambda: done_count() >= done)
        with broker() as client:
            emptied.append(client.llen("bulk"))
            client.flushall()
    wait_for(all_settled)
    assert {job.state for job in Job.objects.all()} == {"done"}
    assert all(rows_of(job) == once(1) for job in Job.objects.all())
    assert emptied[0] > 0
    attempts = attempts_of("fault.rows")
    tell(f"broker emptied with {emptied} rings in it: 120 jobs done, {sum(attempts)} attempts, each row once")


def test_P13_poison_ends_and_holds_up_nobody(committed_org, standing_crew, submit, tell):
    started = time.monotonic()
    poison = submit("fault.kills")
    for number in range(100):
        submit("fault.rows", str(number), **ONE)
    wait_for(lambda: done_count() == 100)
    seconds = time.monotonic() - started
    wait_for(all_settled)
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == ("failed", 5)
    assert poison.error == "Its process died in each of 5 attempts."
    assert all(rows_of(job) == once(1) for job in Job.objects.filter(kind="fault.rows"))
    tell(f"poison: given up after {poison.attempts} attempts; 100 good jobs done {seconds:.1f} s after it came, each row once")


@pytest.mark.long  # Load.
def test_P11_two_workers_and_two_reconcilers(committed_org, standing_crew, submit, tell):
    second = standing_crew.worker()
    for number in range(100):
        submit("fault.rows", str(number), lane=("now", "bulk")[number % 2], **ONE)
    wait_for(lambda: f"w{len(standing_crew.running) - 1}@" in standing_crew.logs() or done_count() == 100)
    for number in range(100, 200):
        submit("fault.rows", str(number), **ONE)
    wait_for(all_settled)
    standing_crew.kill(second)
    assert attempts_of("fault.rows") == [1] * 200
    assert all(rows_of(job) == once(1) for job in Job.objects.all())
    tell("two workers, two reconcilers: 200 jobs, 200 attempts, each row once")


def test_failed_tries_come_again(committed_org, standing_crew, submit, tell):
    job = submit("fault.fails_twice")
    wait_for(all_settled)
    job.refresh_from_db()
    assert (job.state, job.attempts, rows_of(job)) == ("done", 3, once(1))
    tell("job that fails twice: 3 attempts, 1 row")


def test_P02_ring_for_a_deleted_organisation_touches_nothing(committed_org, standing_crew, submit, tell):
    engine.ring("t_deleted00000", 1, "bulk")
    engine.send(engine.RING, (), "bulk")
    job = submit("fault.rows", **ONE)
    wait_for(all_settled)
    wait_for(lambda: "UnknownOrganisation" in standing_crew.logs() and "TypeError" in standing_crew.logs())
    assert rows_of(job) == once(1)
    assert Job.objects.count() == 1
    tell("ring for a deleted organisation and ring for none: two errors, nothing touched, the next job done")


@pytest.mark.long  # Load.
def test_a_busy_organisation_does_not_hold_up_another(empty_org, committed_org, standing_crew, submit, tell):
    for number in range(60):
        submit("fault.rows", str(number), **ONE | {"inside_ms": 50})
    with organisations.entered(empty_org):
        for number in range(3):
            submit("fault.rows", str(number), **ONE)
        wait_for(all_settled)
    left = Job.objects.unfinished().count()
    assert left > 0
    wait_for(all_settled)
    tell(f"60 jobs of one organisation before 3 of another: the 3 done while {left} of the 60 waited")
