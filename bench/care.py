"""`python -m bench.care`: plans for everybody newly assessed, a day of a million plans, and alerts while a large file comes in."""

from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from bench import arriving, bare, crowd
from bench.installation import installation, organisation
from bench.measuring import Measured, apart, line, repeated, seconds

PEOPLE, SMALL = 1_000_000, 100_000
ROWS, SMALL_ROWS = 250_000, 25_000
TIMES = 3
# Of the lane `bulk`, as `portal.processes` starts them.
WORKERS = 2
# Plans begin on so many days in turn, so that a day has the steps of all ages.
BEGINNINGS = 28
TODAY = date.today()
WRITTEN = {
    "care_plan": ["id", "uuid", "person_id", "assessment_id", "template", "version", "colour", "opened_on", "outcome"],
    "care_planpart": ["id", "plan_id", "slug", "begun_on"],
    "care_step": ["id", "plan_id", "part_id", "number", "occurrence", "kind", "doer", "due_on", "window_days", "state", "ended_by"],
}

SPREAD = (
    "UPDATE {plans} SET opened_on = opened_on - (id % {days})::int",
    "UPDATE {steps} SET due_on = due_on - (plan_id % {days})::int",
    "UPDATE {steps} SET state = 'done', fired_on = due_on, ended_at = now(), ended_by = 'bench' WHERE due_on < {today}",
)


class Fired(NamedTuple):
    """Seconds of the job `care.fire_due`, how many steps were due and how many of them it fired."""

    seconds: float
    due: int
    fired: int


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the file that comes in while alerts are opened")
    parser.add_argument("--small", action="store_true", help=f"{SMALL} people, {SMALL_ROWS} rows")
    options = parser.parse_args()
    people, rows = (SMALL, SMALL_ROWS) if options.small else (options.people, options.rows)
    with installation() as folder:
        if people:
            _measure_plans(folder, people)
        if rows:
            arriving.measure(folder, rows)


def _measure_plans(folder: Path, people: int) -> None:
    schema = organisation("crowd")
    source = apart(crowd.fill, schema, folder, people, TODAY).result
    print(f"care: {people} people, newly assessed by values {source}", flush=True)
    apart(_assess, schema)
    taken = _plan(schema)
    _print_plans(people, taken, apart(_count, schema).result, _bare_in(schema, folder))
    apart(_spread, schema)
    _print_day(people, apart(_fire, schema))


def _assess(schema: str) -> None:
    """Everybody's assessment; the jobs that follow from it wait."""
    from healthmgmt.core import organisations
    from healthmgmt.work import services as work

    with organisations.entered(schema):
        work.submit("risk.assess", "bench", {"as_of": TODAY.isoformat(), "pack": ""})
        work.drain(kinds=("risk.assess",))
    with bare.connected() as database:
        database.settle(schema, "risk_assessment")


def _plan(schema: str) -> float:
    """Seconds of the jobs `care.plan`, in as many processes as the product has for their lane, without what other rooms make of it."""
    from django.db import connections

    connections.close_all()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        return seconds(lambda: list(pool.map(_plan_alone, [schema] * WORKERS)))


def _plan_alone(schema: str) -> None:
    from healthmgmt.core import organisations
    from healthmgmt.work import claiming
    from healthmgmt.work.models import Job

    with organisations.entered(schema):
        while (run := claiming.claim(Job.objects.due().filter(kind="care.plan"))) is not None:
            claiming.perform(run)


def _count(schema: str) -> dict[str, int]:
    """How many plans, parts and steps there are."""
    from healthmgmt.care.models import Plan, PlanPart, Step
    from healthmgmt.core import organisations

    with organisations.entered(schema):
        counts = {"plans": Plan.objects.count(), "parts": PlanPart.objects.count(), "steps": Step.objects.count()}
    if not counts["plans"]:
        raise SystemExit("Nobody has a plan.")
    return counts


def _bare_in(schema: str, folder: Path) -> float:
    """COPY of the same rows into tables without indexes."""
    paths = {name: folder / f"{name}.txt" for name in WRITTEN}

    def load() -> None:
        for name, columns in WRITTEN.items():
            database.load(name, paths[name], columns, "FORMAT text")

    with bare.connected() as database:
        for name, columns in WRITTEN.items():
            database.unload(schema, name, columns, paths[name])
            database.make_same(name, columns, schema)
        return repeated(load, TIMES)


def _spread(schema: str) -> None:
    """Plans as if they had begun one day after the other, what was due before today done."""
    from psycopg2 import sql

    names = {"plans": sql.Identifier(schema, "care_plan"), "steps": sql.Identifier(schema, "care_step")}
    given = names | {"days": sql.Literal(BEGINNINGS), "today": sql.Literal(TODAY)}
    with bare.connected() as database:
        for statement in SPREAD:
            database.run(sql.SQL(statement).format(**given))
        database.settle(schema, *WRITTEN)


def _fire(schema: str) -> Fired:
    from healthmgmt.care.models import Step
    from healthmgmt.core import organisations
    from healthmgmt.work import services as work

    with organisations.entered(schema):
        due = Step.objects.filter(state="planned", due_on__lte=TODAY).count()
        work.submit("care.fire_due", TODAY.isoformat(), {"day": TODAY.isoformat()})
        taken = seconds(partial(work.drain, kinds=("care.fire_due",)))
        return Fired(taken, due, Step.objects.filter(state="fired", fired_on=TODAY).count())


def _print_plans(people: int, taken: float, counts: dict[str, int], copied: float) -> None:
    line(f"bare COPY of the plans and steps in (median of {TIMES})", copied, "s")
    line(f"plans with their next steps, {WORKERS} workers", taken, "s", f"{taken / copied:.1f} x bare COPY")
    line("the same for 1,000,000 people", taken * 1_000_000 / people, "s", "", "goal <= 60 s")
    print("  " + ", ".join(f"{count} {name}" for name, count in counts.items()), flush=True)


def _print_day(people: int, day: Measured) -> None:
    fired = day.result
    line(f"a day's {fired.due} due steps found and fired", fired.seconds, "s", f"{1e6 * fired.seconds / max(1, fired.fired):.0f} us a step")
    line("the same for 1,000,000 plans", fired.seconds * 1_000_000 / people, "s", "", "goal <= 5 s")
    print(f"  {fired.fired} fired, {fired.due - fired.fired} wait for room in their person's week", flush=True)


if __name__ == "__main__":
    main()
