"""P11: every handler run twice changes nothing. A kind that no scenario makes a job of fails here."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from healthmgmt.audit.models import Event
from healthmgmt.core import organisations
from healthmgmt.exams.models import Upload
from healthmgmt.work import claiming, registry
from healthmgmt.work.models import Job
from tests.work.scenarios import STEPS, walk

# Fields that may differ between two runs, each with its reason.
TIMES = {
    "insight.UnitFact": {"id", "counted_at"},  # counted anew, to the same numbers
}

# Events that tell of a run and not of what it changed; a second run is told of too.
TOLD_AGAIN = {"care.planned", "account.reset_mailed", "digest.mailed"}

Snapshot = dict[str, list[tuple]]


def snapshot() -> Snapshot:
    """Every row of every table of the organisation, its files, and how many jobs there are."""
    stored = sorted((path.name,) for path in (Path(settings.UPLOAD_ROOT) / organisations.current()).glob("*"))
    found: Snapshot = {"jobs": [(Job.objects.count(),)], "files": stored}
    for model in apps.get_models():
        if any(model._meta.app_config.name == app for app in settings.TENANT_APPS):
            found[model._meta.label] = rows(model)
    return found


def rows(model: type[models.Model]) -> list[tuple]:
    left_out = TIMES.get(model._meta.label, set())
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
    found = model._base_manager.exclude(action__in=TOLD_AGAIN) if model is Event else model._base_manager.all()
    return sorted(found.values_list(*names), key=repr)


def again(job: Job, *, from_the_start: bool) -> None:
    """The job is delivered once more: after its last batch was stored, or with nothing of its place known."""
    changes = {"state": Job.State.QUEUED, "attempts": 0, "run_after": Now()}
    Job.objects.filter(pk=job.pk).update(**changes | ({"cursor": {}, "done": 0} if from_the_start else {}))
    run = claiming.claim(Job.objects.filter(pk=job.pk).due())
    assert claiming.perform(run) is True


def difference(before: Snapshot, after: Snapshot) -> dict[str, tuple[list, list]]:
    """By table: rows that are gone, rows that are new."""
    return {
        label: (
            [row for row in before[label] if row not in after[label]][:3],
            [row for row in after[label] if row not in before[label]][:3],
        )
        for label in before
        if before[label] != after[label]
    }


@pytest.fixture
def walked(cast) -> list[Job]:
    """One job of each kind after the other, all done."""
    walk(cast)
    for step in STEPS.values():
        step(cast)
    return list(Job.objects.order_by("id"))


def test_P11_every_kind_has_a_scenario(walked):
    assert sorted({job.kind for job in walked}) == registry.kinds()
    assert [(job.kind, job.state, job.error) for job in walked if job.state != "done"] == []


def test_P11_the_purge_that_is_run_twice_has_removed_something(walked):
    assert [(one.rows.count(), one.file_key) for one in Upload.objects.exclude(purged_at=None)] == [(0, "")]


@pytest.mark.parametrize("from_the_start", [False, True], ids=["redelivered", "from_the_start"])
def test_P11_every_handler_twice_changes_nothing(walked: list[Job], from_the_start: bool, record_property: Callable):
    changed = {}
    for job in walked:
        before = snapshot()
        again(job, from_the_start=from_the_start)
        if found := difference(before, snapshot()):
            changed[f"{job.kind} {job.key}"] = found
    assert changed == {}
    record_property("jobs run twice", len(walked))
