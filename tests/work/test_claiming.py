"""Whose turn it is, and what may be claimed."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from healthmgmt.core import organisations
from healthmgmt.work import claiming, limits, services
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed


@pytest.fixture
def served(handle, org_a, org_b) -> list[str]:
    """Runs of `test.served`: whose job it was, in order."""
    order: list[str] = []
    handle("test.served", lambda run: order.append(organisations.current()))
    return order


def fill(schema: str, count: int, lane: str = "bulk") -> None:
    with organisations.entered(schema):
        for number in range(count):
            services.submit("test.served", f"{lane}{number}", {}, lane=lane)


def run_all(lane: str = "bulk") -> None:
    with organisations.entered(organisations.PUBLIC):
        while claiming.run_next(lane):
            pass


def test_organisations_take_turns_in_a_lane(org_a, org_b, served):
    fill(org_a, 5)
    fill(org_b, 2)
    run_all()
    first, second = sorted([org_a, org_b])
    assert served[:4] == [first, second, first, second]
    assert served[4:] == [org_a] * 3


def test_lanes_are_apart(org_a, served):
    fill(org_a, 2, lane="bulk")
    fill(org_a, 1, lane="now")
    run_all("now")
    assert list(Job.objects.values_list("lane", "state")) == [("bulk", "queued"), ("bulk", "queued"), ("now", "done")]


def test_a_closed_organisation_holds_up_nobody(org_a, org_b, served, monkeypatch):
    from tenants import directory

    fill(org_a, 2)
    fill(org_b, 2)
    really = directory.exists
    monkeypatch.setattr(directory, "exists", lambda schema: schema != org_a and really(schema))
    run_all()
    assert served == [org_b, org_b]


def test_claim_takes_what_is_due_and_nothing_else(org_a, served):
    fill(org_a, 4)
    first, later, leased, expired = Job.objects.all()
    Job.objects.filter(pk=later.pk).update(run_after=timezone.now() + timedelta(minutes=1))
    Job.objects.filter(pk=leased.pk).update(state="running", lease_until=Now() + limits.LEASE)
    Job.objects.filter(pk=expired.pk).update(state="running", lease_until=Now() - timedelta(seconds=1), attempts=1)
    claimed = []
    while (run := claiming.claim(Job.objects.due())) is not None:
        claimed.append((run.job_id, run.attempt))
    assert claimed == [(first.pk, 1), (expired.pk, 2)]


def test_claim_goes_on_with_a_job_that_gets_on_at_each_attempt(org_a, served):
    fill(org_a, 1)
    for attempt in range(1, 3 * limits.MAX_ATTEMPTS):
        run = claiming.claim(Job.objects.due())
        with run.batch(done=attempt, total=100, cursor={"done": attempt}):
            pass
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert run.attempt == attempt
    for _ in range(limits.MAX_ATTEMPTS):
        # The cursor stands where it stood: nothing is gained.
        with claiming.claim(Job.objects.due()).batch(done=100, total=100, cursor={"done": attempt}):
            pass
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert (claiming.claim(Job.objects.due()), Job.objects.get().state) == (None, "failed")


def test_claim_gives_up_a_job_whose_process_died_each_time(org_a, served):
    fill(org_a, 2)
    killer, good = Job.objects.all()
    Job.objects.filter(pk=killer.pk).update(
        state="running", lease_until=Now() - timedelta(seconds=1), attempts=limits.MAX_ATTEMPTS, fruitless=limits.MAX_ATTEMPTS
    )
    assert claiming.claim(Job.objects.due()).job_id == good.pk
    killer.refresh_from_db()
    assert (killer.state, killer.attempts, killer.error) == ("failed", 5, "Its process died in each of 5 attempts.")


def test_claim_sees_own_jobs_only(org_a, org_b, served):
    fill(org_b, 1)
    assert claiming.claim(Job.objects.due()) is None


def test_a_failed_try_is_not_due_before_its_time(org_a, handle):
    def broken(run) -> None:
        raise ValueError

    handle("test.broken", broken)
    services.submit("test.broken", "k", {})
    with organisations.entered(organisations.PUBLIC):
        with pytest.raises(HandlerFailed):
            claiming.run_next("bulk")
        assert claiming.run_next("bulk") is False


def test_a_kind_without_handler_fails_its_try(org_a, handle, monkeypatch):
    from healthmgmt.work import registry

    handle("test.gone", lambda run: None)
    services.submit("test.gone", "k", {})
    monkeypatch.delitem(registry._handlers, "test.gone")
    with pytest.raises(HandlerFailed):
        claiming.perform(claiming.claim(Job.objects.due()))
    job = Job.objects.get()
    assert (job.state, job.error.partition(" ")[0]) == ("queued", "UnknownKind")


def test_turns_names_each_organisation_once(org_a, org_b, served):
    fill(org_a, 3)
    fill(org_b, 1)
    with organisations.entered(organisations.PUBLIC):
        found = claiming.turns("bulk")
    assert sorted(organisation for organisation, _ in found) == sorted([org_a, org_b])
