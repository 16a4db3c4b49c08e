"""From an applied result to an open alert, by the worker processes of a running installation, while a large file comes in."""

import time
from datetime import date
from io import BytesIO
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from bench import bare, files
from bench.installation import organisation
from bench.intake import hire
from bench.measuring import apart, line

GOAL_SECONDS = 60
# One person's class A result beside the large file, so often.
EVERY_SECONDS = 4
MOST_SECONDS = 1800
TODAY = date.today()
ALONE = "工号,姓名,体检日期,收缩压(mmHg),舒张压(mmHg)\n{number},{name},{day},192,121\n"
# Seconds from the moment a result counts as stored to the opening of its alert; `alone` are those delivered one by one.
WAITED = """
SELECT a.measured_on = %s AS alone, extract(epoch FROM a.opened_at - e.stored_at)::float AS seconds
FROM care_alert AS a
JOIN risk_assessment AS r ON r.id = a.assessment_id
JOIN exams_exam AS e ON e.id = ANY (r.exams) AND e.taken_on = a.measured_on
"""


class Waited(NamedTuple):
    """Seconds of every alert, and of the whole road of the large file."""

    of_file: list[float]
    alone: list[float]
    road: float


def measure(folder: Path, rows: int) -> None:
    from healthmgmt.portal.processes import Processes, free_port

    apart(files.write_text_files, folder, rows, TODAY)
    schema = organisation("arriving")
    apart(hire, schema, folder / "roster.csv")
    with bare.connected() as database:
        database.settle(schema, "people_person")
    processes = Processes(free_port(0), folder / "logs")
    try:
        processes.start()
        waited = apart(_deliver, schema, folder / "exams.csv").result
    finally:
        processes.stop()
    print(f"alerts: {rows} rows come in, and one person's class A result every {EVERY_SECONDS} s", flush=True)
    line("the whole road of the file, plans and all", waited.road, "s")
    _print("of the file", waited.of_file)
    _print("of one person", waited.alone)


def _deliver(schema: str, path: Path) -> Waited:
    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.exams import services
    from healthmgmt.organization.selectors import root_unit
    from healthmgmt.people.models import Person

    with organisations.entered(schema):
        unit, by = root_unit(), Actor.system()
        started = time.monotonic()
        with path.open("rb") as file:
            large = services.receive(file, name=path.name, unit=unit, by=by, apply_when_read=True)
        people = Person.objects.order_by("-pk").values_list("emp_no", "name").iterator()
        while not _is_assessed(large.pk):
            _check_patience(started)
            number, name = next(people)
            content = ALONE.format(number=number, name=name, day=TODAY).encode()
            services.receive(BytesIO(content), name=f"{number}.csv", unit=unit, by=by, apply_when_read=True)
            time.sleep(EVERY_SECONDS)
        while _is_busy():
            _check_patience(started)
            time.sleep(EVERY_SECONDS)
        road = time.monotonic() - started
        waited = _waited()
    return Waited([taken for alone, taken in waited if not alone], [taken for alone, taken in waited if alone], road)


def _is_assessed(upload: int) -> bool:
    from healthmgmt.work.models import Job

    return Job.objects.filter(kind="risk.assess_upload", payload__upload=upload, state="done").exists()


def _is_busy() -> bool:
    """Whether any job is left but those for a later hour."""
    from django.db.models.functions import Now

    from healthmgmt.work.models import Job

    return Job.objects.unfinished().exclude(state="queued", attempts=0, run_after__gt=Now()).exists()


def _check_patience(started: float) -> None:
    if time.monotonic() - started > MOST_SECONDS:
        raise SystemExit(f"The file was not worked off in {MOST_SECONDS} s.")


def _waited() -> list[tuple[bool, float]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(WAITED, [TODAY])
        return cursor.fetchall()


def _print(whose: str, taken: list[float]) -> None:
    if len(taken) < 2:
        print(f"  not measured: no alert {whose}")
        return
    line(f"p95 from applied to open alert, {len(taken)} {whose}", quantiles(taken, n=20)[-1], "s", f"longest {max(taken):.1f} s", f"goal <= {GOAL_SECONDS} s")
