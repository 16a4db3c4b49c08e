"""Trying a draft on the people's last exams beside the pack in force. Counts alone are kept; nobody's assessment changes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import organisation_settings, place_flags, today
from healthmgmt.risk import comparing, editions, loading, services
from healthmgmt.risk.comparing import Trial
from healthmgmt.risk.editing import Texts
from healthmgmt.risk.models import PackDraft, Simulation
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from healthmgmt.work.registry import Run

KIND = "risk.simulate"
# Exams go on coming in: older counts are not what somebody should approve by.
FRESH_DAYS = 7


@dataclass(frozen=True)
class Progress:
    """How far a simulation is; `state` is that of its job: queued, running, done or failed."""

    done: int
    total: int
    state: str


def start(draft: PackDraft, *, by: Actor) -> Simulation:
    """Ask for the simulation of a draft as it is now; one of today that runs or is done is returned instead of a second."""
    day = today()
    current = editions.in_force(day)
    with transaction.atomic():
        draft = PackDraft.objects.select_for_update().get(pk=draft.pk)
        found = _of(draft, current.name, current.edition).filter(as_of=day).first()
        if found is not None and progress(found).state != Job.State.FAILED:
            return found
        simulation = Simulation.objects.create(
            draft=draft, fingerprint=draft.fingerprint, pack=current.name, edition=current.edition, as_of=day, asked_by_id=by.user_id
        )
        audit.record("pack.simulated", by=by, subject=draft, detail={"pack": draft.name, "edition": draft.edition})
        work.submit(KIND, str(simulation.pk), {"simulation": simulation.pk}, lane="now")
    return simulation


def latest(draft: PackDraft) -> Simulation | None:
    """The newest simulation of a draft, unfinished or stale ones too."""
    return Simulation.objects.filter(draft=draft).first()


def fresh(draft: PackDraft) -> Simulation | None:
    """The newest finished simulation of these very texts against the pack in force, of the last days."""
    current, since = editions.in_force(today()), today() - timedelta(days=FRESH_DAYS)
    return _of(draft, current.name, current.edition).filter(finished_at__isnull=False, as_of__gt=since).first()


def progress(simulation: Simulation) -> Progress:
    """One query. What has no job any more and is not finished never will be."""
    if simulation.finished_at is not None:
        return Progress(1, 1, Job.State.DONE.value)
    found = Job.objects.filter(kind=KIND, key=str(simulation.pk)).values_list("done", "total", "state").first()
    return Progress(*found) if found else Progress(0, 1, Job.State.FAILED.value)


def run(run: Run, simulation_id: int) -> None:
    """Slice by slice, each in one transaction with its counts; resumes after the last finished one. A draft that was changed or discarded
    meanwhile is not looked at any further."""
    simulation = Simulation.objects.filter(pk=simulation_id).select_related("draft").first()
    if simulation is None or simulation.finished_at is not None:
        return
    if simulation.fingerprint != simulation.draft.fingerprint:
        simulation.delete()
        return
    given, places = _trial(simulation), place_flags()
    after, total = run.cursor.get("after", 0), services.slices_end()
    while (last := services.slice_end(after)) is not None:
        found = loading.load(
            after=after, last=last, since=given.since, as_of=simulation.as_of, upload=None, places=places, flags=given.flags
        )
        compared = comparing.compare(given, found.measures, services.uppers())
        counts = _counts(given, compared, _units(found.people, after, last))
        with run.batch(done=last, total=total, cursor={"after": last}):
            simulation.counts = _added(simulation.counts, counts)
            simulation.save(update_fields=["counts"])
        after = last
    with run.batch(done=total, total=total):
        Simulation.objects.filter(pk=simulation.pk).update(counts=simulation.counts or _nothing(given), finished_at=timezone.now())


def evidence(simulation: Simulation) -> dict[str, Any]:
    """What stays with a proposal of its simulation, and of the case managers of that day."""
    against = {"pack": simulation.pack, "edition": simulation.edition, "as_of": simulation.as_of.isoformat()}
    return {"against": against, "counts": simulation.counts, "managers": managers(), "limit": organisation_settings().people_per_manager}


def managers() -> int:
    """How many people hold the role of a case manager."""
    held = Membership.objects.filter(role="case_manager", user__is_active=True)
    return held.order_by().values("user").distinct().count()


def _of(draft: PackDraft, pack: str, edition: str) -> QuerySet[Simulation]:
    return Simulation.objects.filter(draft=draft, fingerprint=draft.fingerprint, pack=pack, edition=edition)


def _trial(simulation: Simulation) -> Trial:
    parts = editions.parts(simulation.pack, simulation.edition)
    before = editions.load(simulation.pack, simulation.edition)
    draft = simulation.draft
    after = editions.in_place(editions.parsed(Texts(draft.head, draft.lines, draft.words)), parts)
    since_before, since_after = (services.window_start(simulation.as_of, pack) for pack in (before, after))
    return comparing.trial(before, after, since_before=since_before, since_after=since_after)


def _units(people: np.ndarray, after: int, last: int) -> np.ndarray:
    """The unit of each of the people, who are ascending."""
    rows = np.array(sql.rows("risk/units_of_slice", {"after": after, "last": last}), dtype=np.int64).reshape(-1, 2)
    return rows[np.searchsorted(rows[:, 0], people), 1]


def _counts(given: Trial, compared: comparing.Compared, units: np.ndarray) -> dict[str, Any]:
    by_unit = comparing.moves_by_unit(units, compared.before, compared.after)
    return {
        "moves": dict(comparing.moves(compared.before, compared.after)),
        "causes": {
            cause.key: dict(comparing.moves(compared.before[rows], colours))
            for cause, (rows, colours) in zip(given.causes, compared.causes, strict=True)
        },
        # Keys of JSON are texts.
        "units": {str(unit): dict(counted) for unit, counted in by_unit.items()},
    }


def _nothing(given: Trial) -> dict[str, Any]:
    return {"moves": {}, "causes": {cause.key: {} for cause in given.causes}, "units": {}}


def _added(counts: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = {"moves": comparing.merged(counts.get("moves", {}), more["moves"])}
    for name in ("causes", "units"):
        before = counts.get(name, {})
        merged[name] = {key: comparing.merged(before.get(key, {}), more[name].get(key, {})) for key in before.keys() | more[name].keys()}
    return merged
