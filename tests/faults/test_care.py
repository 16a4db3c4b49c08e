"""P10-P14 on a day of plans: whatever is struck while its steps fire, each fires once, on the organisation's own day.

Every fault is struck once in the ordinary run and nine times more in the long one, by which it has ten repeats; the two beats alone run
their three minutes once, over ten midnights. The days go on from test to test, in one organisation and with one crew.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from healthmgmt.care.models import Step
from healthmgmt.work.models import Job
from tests.conftest import made_organisation
from tests.faults.crew import all_settled, broker, crash_broker, crash_database, wait_for
from tests.faults.days import CURED, POISON, PATIENCE_SECONDS, QUICK, SLOW, Days, Outcome, as_owner, last_event

repeated = pytest.mark.parametrize("times", [1, pytest.param(9, marks=pytest.mark.long)])
FEW, MANY, BATCHES = 200, 10_000, 400
WINDOWS, WINDOW_SECONDS = 10, 18


@pytest.fixture(scope="module")
def days(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Days]:
    """An organisation for all tests of the module, at work."""
    from tenants import current

    with made_organisation(django_db_blocker) as schema, current.use(schema):
        made = Days(tmp_path_factory.mktemp("days"))
        made.crew.worker()
        wait_for(lambda: Job.objects.filter(kind="care.fire_due", state="done").exists())
        wait_for(all_settled)
        yield made
        made.crew.end()


@pytest.fixture
def plans(days) -> list[int]:
    return days.plans(BATCHES)


@contextmanager
def slowly() -> Iterator[None]:
    """So that a day lasts for a second or two, and can be struck in its middle."""
    as_owner(*SLOW)
    try:
        yield
    finally:
        as_owner(*QUICK)


def strike(days: Days, plans: list[int], times: int, blow: Callable[[], None]) -> tuple[list[Outcome], list[int]]:
    """Days that are struck while some of their steps have fired and some have not: what they came to, and how many had."""
    outcomes, struck = [], []
    with slowly():
        for _ in range(times):
            due, mark = days.due(plans, days.today + timedelta(days=1)), last_event()
            days.pass_days()
            began = time.monotonic()
            wait_for(lambda: 0 < days.fired() < due)
            struck.append(days.fired())
            blow()
            outcomes.append(days.await_day(due, began, mark))
    return outcomes, struck


def uneven(outcomes: list[Outcome]) -> list[str]:
    """The repeats in which not every step was done, or one twice."""
    return [str(outcome) for outcome in outcomes if not outcome.is_once]


def report(tell: Callable[[str], None], what: str, outcomes: list[Outcome]) -> None:
    """A line of all repeats."""
    together = {name: sum(getattr(one, name) for one in outcomes) for name in ("due", "fired", "keys", "attempts")}
    slowest = max(one.seconds for one in outcomes)
    tell(
        f"care, {what}, {len(outcomes)} times: {together['due']} steps due, {together['fired']} done, {together['keys']} distinct keys, "
        f"{together['attempts']} attempts, latency at most {slowest:.1f} s"
    )


@repeated
def test_P12_worker_killed_in_the_middle_of_a_day(days, plans, tell, times):
    def blow() -> None:
        days.crew.kill(days.crew.running[0])
        days.crew.worker()

    outcomes, struck = strike(days, plans, times, blow)
    assert all(outcome.attempts > 1 for outcome in outcomes)
    report(tell, f"worker killed with {min(struck)} to {max(struck)} of {BATCHES} done", outcomes)
    assert uneven(outcomes) == []


@repeated
def test_P14_broker_emptied_in_the_middle_of_a_day(days, plans, tell, times):
    def blow() -> None:
        with broker() as client:
            client.flushall()

    outcomes, _struck = strike(days, plans, times, blow)
    report(tell, "broker emptied", outcomes)
    assert uneven(outcomes) == []


@pytest.mark.long  # Waits for recoveries.
def test_P12_database_restarted_in_the_middle_of_a_day(days, plans, tell):
    outcomes, _struck = strike(days, plans, 10, crash_database)
    report(tell, "database restarted", outcomes)
    assert uneven(outcomes) == []


@repeated
def test_P12_everything_stopped_over_midnight(days, plans, tell, times):
    outcomes = []
    for _ in range(times):
        due, mark = days.due(plans, days.today + timedelta(days=1)), last_event()
        days.set(23, 59)
        days.crew.kill(days.crew.running[0])
        crash_broker()
        days.pass_days()
        began = time.monotonic()
        days.crew.worker()
        outcomes.append(days.await_day(due, began, mark))
    report(tell, "everything stopped over midnight", outcomes)
    assert uneven(outcomes) == []


@repeated
def test_P12_clock_forward_two_days(days, tell, times):
    """The steps of the day that nobody saw, and of the one after it, as the product planned them."""
    outcomes = []
    for _ in range(times):
        tomorrow = days.today + timedelta(days=1)
        due, mark = days.alert_plans(FEW, tomorrow), last_event()
        days.pass_days(2)
        began = time.monotonic()
        outcomes.append(days.await_day(due, began, mark))
        assert due == 2 * FEW
        assert not Job.objects.filter(kind="care.fire_due", key=tomorrow.isoformat()).exists()
    report(tell, "clock forward two days", outcomes)
    assert uneven(outcomes) == []


@repeated
def test_P13_poison_step_holds_up_nobody(days, plans, tell, times):
    """A step that the database refuses to fire: all others fire, the day's job is given up and seen, the step stays as it was."""
    outcomes, spoilt = [], []
    as_owner(*POISON)
    try:
        for at in range(times):
            tomorrow = days.today + timedelta(days=1)
            due, mark = days.due(plans, tomorrow), last_event()
            spoilt.append(days.poisonous(plans[at], tomorrow))
            days.pass_days()
            began = time.monotonic()
            wait_for(lambda due=due: days.fired() >= due, PATIENCE_SECONDS)
            seconds = time.monotonic() - began
            tried = Job.objects.filter(kind="care.fire_due", key=tomorrow.isoformat(), attempts__gt=0)
            # The last day's job may have come back for its own poison and fired all else before this one began.
            wait_for(tried.exists)
            outcomes.append(days.outcome(due, seconds, mark))
        wait_for(all_settled, PATIENCE_SECONDS)
    finally:
        as_owner(*CURED)
    failed = Job.objects.filter(kind="care.fire_due", state="failed").order_by("-pk")
    assert [(job.attempts, job.error.partition(" ")[0]) for job in failed[:times]] == [(5, "StepsLeft")] * times
    states = Step.objects.filter(pk__in=[step.pk for step in spoilt]).values_list("state", flat=True)
    assert list(states) == ["planned"] * times
    report(tell, f"{times} poison steps", outcomes)
    assert uneven(outcomes) == []
    # Cured, they fire on the next day.
    mark = last_event()
    days.pass_days()
    assert days.await_day(times, time.monotonic(), mark).is_once


@pytest.mark.long  # Three minutes.
def test_P12_two_beats_for_three_minutes(days, plans, tell):
    """Two beats at ticks of one second, for three minutes, over ten midnights; the worker has none of its own."""
    outcomes = []
    days.crew.end()
    days.crew.more["FAULTS_TICK_SECONDS"] = "1"
    days.crew.worker(has_beat=False)
    for _ in range(2):
        days.crew.beat()
    for _ in range(WINDOWS):
        due, mark = days.due(plans[:FEW], days.today + timedelta(days=1)), last_event()
        began = time.monotonic()
        days.pass_days()
        done = days.await_day(due, began, mark)
        time.sleep(max(0.0, began + WINDOW_SECONDS - time.monotonic()))
        outcomes.append(days.outcome(due, done.seconds, mark))
    assert Job.objects.filter(kind="care.fire_due", key=days.today.isoformat()).count() == 1
    days.crew.end()
    del days.crew.more["FAULTS_TICK_SECONDS"]
    days.crew.worker()
    report(tell, "two beats", outcomes)
    assert uneven(outcomes) == []


@pytest.mark.long  # Load.
def test_P12_ten_thousand_steps_at_once(days, tell):
    """In the slices of the product."""
    outcomes, plans = [], days.plans(MANY)
    days.crew.end()
    small = days.crew.more.pop("FAULTS_SLICE_STEPS")
    days.crew.worker()
    for _ in range(10):
        due, mark = days.due(plans, days.today + timedelta(days=1)), last_event()
        days.pass_days()
        outcomes.append(days.await_day(due, time.monotonic(), mark))
    days.crew.end()
    days.crew.more["FAULTS_SLICE_STEPS"] = small
    days.crew.worker()
    report(tell, f"{MANY} steps at once", outcomes)
    assert uneven(outcomes) == []
