"""The bell and the look-out, run in this process."""

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from healthmgmt.core import organisations
from healthmgmt.work import engine, limits, registry, services, tasks
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed
from tests import cast as casting


@pytest.fixture
def outside(org_a, handle, rings, monkeypatch):
    """Outside of all organisations, with two jobs of A, and rings written down."""
    monkeypatch.setattr(tasks, "ring", engine.ring)
    monkeypatch.setattr(tasks, "_days_checked", int(time.time() // limits.DAY_CHECK_SECONDS) + 1)
    handle("test.nothing", lambda run: None)
    for key in ("one", "two"):
        services.submit("test.nothing", key, {}, lane="now")
    jobs = list(Job.objects.all())
    with organisations.entered(organisations.PUBLIC):
        yield jobs


def states(schema: str) -> list[str]:
    with organisations.entered(schema):
        return list(Job.objects.order_by("id").values_list("state", flat=True))


def test_answer_runs_one_job_and_rings_on(org_a, outside, rings):
    assert tasks.answer(org_a, outside[0].pk) is True
    assert (states(org_a), rings) == (["done", "queued"], [(org_a, outside[1].pk, "now", 0)])
    assert tasks.answer(org_a, outside[0].pk) is True
    assert (states(org_a), len(rings)) == (["done", "done"], 1)


def test_answer_to_a_ring_too_many_does_nothing(org_a, outside, rings):
    for _ in range(4):
        tasks.answer(org_a, outside[0].pk)
    assert tasks.answer(org_a, outside[0].pk) is False
    with organisations.entered(org_a):
        assert list(Job.objects.values_list("attempts", flat=True)) == [1, 1]


def test_answer_rings_on_after_a_failure(org_a, outside, rings, handle):
    def broken(run) -> None:
        raise ValueError

    handle("test.nothing", broken)
    with pytest.raises(HandlerFailed):
        tasks.answer(org_a, outside[0].pk)
    assert rings == [(org_a, outside[1].pk, "now", 0)]


def test_answer_for_a_deleted_organisation_fails_and_touches_nothing(org_a, outside, rings):
    with pytest.raises(organisations.UnknownOrganisation):
        tasks.answer("t_deleted00000", outside[0].pk)
    assert (states(org_a), rings, organisations.current()) == (["queued", "queued"], [], "public")


def test_answer_for_a_job_of_another_organisation_finds_none(org_a, org_b, outside, rings):
    assert tasks.answer(org_b, outside[0].pk) is False
    assert states(org_a) == ["queued", "queued"]


@pytest.mark.parametrize("organisation", ["", "public", None, 7])
def test_answer_without_organisation_fails(org_a, outside, organisation):
    with pytest.raises(engine.TaskOutsideOrganisation):
        tasks.answer(organisation, outside[0].pk)
    assert states(org_a) == ["queued", "queued"]


def test_answer_with_no_arguments_fails(outside):
    with pytest.raises(TypeError):
        tasks.answer()


def test_tasks_refuse_a_process_that_is_still_inside_an_organisation(org_a, org_b, outside):
    with organisations.entered(org_b):
        with pytest.raises(engine.TaskOutsideOrganisation, match="still inside"):
            tasks.answer(org_a, outside[0].pk)
        with pytest.raises(engine.TaskOutsideOrganisation, match="still inside"):
            tasks.look()
    assert states(org_a) == ["queued", "queued"]


def test_task_leaves_its_organisation_when_it_fails(org_a, outside, monkeypatch):
    def broken(lane: str) -> bool:
        raise RuntimeError

    monkeypatch.setattr(tasks.claiming, "run_next", broken)
    with pytest.raises(RuntimeError):
        tasks.answer(org_a, outside[0].pk)
    assert organisations.current() == "public"


def test_every_task_is_bound_to_an_organisation_or_to_none():
    own = [task for name, task in engine.app.tasks.items() if not name.startswith("celery.")]
    assert sorted(task.name for task in own) == ["healthmgmt.work.begin_day", "healthmgmt.work.look", "healthmgmt.work.ring"]
    assert all(isinstance(task, (engine.OrganisationTask, engine.PlatformTask)) for task in own)


def test_look_rings_for_due_and_expired_jobs_of_all_organisations(org_a, org_b, outside, rings, monkeypatch):
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: 0)
    with organisations.entered(org_a):
        Job.objects.filter(pk=outside[0].pk).update(state="running", lease_until=Now() - timedelta(seconds=1), attempts=1)
        later = services.submit("test.nothing", "later", {})
        Job.objects.filter(pk=later.pk).update(run_after=Now() + timedelta(hours=1))
    with organisations.entered(org_b):
        other = services.submit("test.nothing", "bulk", {})
    assert tasks.look() == 3
    assert sorted(rings) == sorted(
        [(org_a, outside[0].pk, "now", 0), (org_a, outside[1].pk, "now", 0), (org_b, other.pk, "bulk", 0)]
    )


def test_look_asks_about_new_days_four_times_an_hour(org_a, org_b, outside, rings, monkeypatch):
    clock, sent = [900 * 1000.0], []
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: 0)
    monkeypatch.setattr(tasks, "_days_checked", 0)
    monkeypatch.setattr(tasks.time, "time", lambda: clock[0])
    monkeypatch.setattr(tasks, "send", lambda task, args, lane: sent.append(args[0]) or True)
    tasks.look()
    assert sorted(sent) == sorted(organisations.schemas())
    clock[0] += 899
    tasks.look()
    assert len(sent) == len(organisations.schemas())
    clock[0] += 1
    tasks.look()
    assert len(sent) == 2 * len(organisations.schemas())


def test_look_asks_about_new_days_again_when_the_broker_was_away(org_a, outside, rings, monkeypatch):
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: 0)
    monkeypatch.setattr(tasks, "_days_checked", 0)
    monkeypatch.setattr(tasks, "send", lambda task, args, lane: False)
    tasks.look()
    assert tasks._days_checked == 0


def test_begin_day_asks_the_organisation(org_a, outside, follow):
    follow("work.daily", kind="test.nothing", key="{day}")
    assert tasks.begin_day(org_a) == 0
    with organisations.entered(org_a):
        casting.make()
    assert tasks.begin_day(org_a) == len(registry.subscriptions("work.daily"))


def test_look_asks_once_for_all_organisations(org_a, org_b, outside, rings, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: 0)
    with organisations.entered(org_b):
        services.submit("test.nothing", "other", {})
    # The switch to the dispatcher's role, and the question.
    with django_assert_num_queries(2):
        tasks.look()


def test_look_does_not_heap_rings_up(org_a, outside, rings, monkeypatch):
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: limits.RINGS_PER_LANE - 1)
    assert tasks.look() == 1
    monkeypatch.setattr(tasks, "rings_waiting", lambda lane: limits.RINGS_PER_LANE + 400)
    assert tasks.look() == 0


def test_the_dispatcher_sees_when_and_not_what(org_a, outside):
    from django.db import ProgrammingError, transaction

    with organisations.dispatching(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(Job.objects.values_list("payload"))
    with organisations.dispatching(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Job.objects.update(state="done")
    assert states(org_a) == ["queued", "queued"]
