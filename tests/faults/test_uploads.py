"""P10, P11 on the real road: an upload that was answered is applied, each row once, whatever is killed on its way."""

import random
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from healthmgmt.exams import services
from healthmgmt.exams.models import Exam, QualityFact, Upload, UploadRow
from healthmgmt.risk.models import Assessment
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, ground, text
from tests.faults.crew import Crew, all_settled, crash_broker, crash_database, for_later, wait_for

PEOPLE, DAYS = 40, 600
ROWS = PEOPLE * DAYS
MORE_DAYS = 1_250


@pytest.fixture
def received(committed_org, tmp_path) -> Upload:
    """A file of 24,000 exams, answered; nobody works yet."""
    return deliver(tmp_path / "file.csv", DAYS)


def deliver(path: Path, days: int) -> Upload:
    """A file of so many days of everybody."""
    root = ground()
    people = [casting.person(f"P{number}", root) for number in range(PEOPLE)]
    start = date.today() - timedelta(days=days + 10)
    rows = [
        [person.emp_no, person.name, start + timedelta(days=day), 110 + day % 30, 70 + day % 9, 5.0, 5.1]
        for day in range(days)
        for person in people
    ]
    path.write_bytes(text(rows))
    with open(path, "rb") as file:
        return services.receive(file, name="file.csv", unit=root, by=BY, apply_when_read=True)


def done_of(kind: str) -> int:
    job = Job.objects.filter(kind=kind, state="running").first()
    return job.done if job else 0


def gone() -> int:
    """How far everything has come, and how many jobs are done."""
    return Job.objects.aggregate(rows=Sum("done"))["rows"] + Job.objects.filter(state="done").count()


def check(upload: Upload, rows: int = ROWS) -> list[int]:
    """Everything is there once; returns the attempts of each job."""
    upload.refresh_from_db()
    assert (upload.state, upload.received, upload.accepted, upload.waiting, upload.refused) == ("applied", rows, rows, 0, 0)
    assert list(UploadRow.objects.filter(upload=upload).order_by("number").values_list("number", flat=True)) == list(range(1, rows + 1))
    assert Exam.objects.filter(upload=upload, state="current").count() == rows
    assert QualityFact.objects.filter(upload=upload, indicator="", measure="received").aggregate(rows=Sum("count")) == {"rows": rows}
    assert Assessment.objects.filter(is_current=True).count() == PEOPLE
    assert set(Job.objects.exclude(for_later()).values_list("state", flat=True)) == {"done"}
    return list(Job.objects.order_by("id").values_list("attempts", flat=True))


def test_P10_upload_survives_a_kill_while_read_and_while_applied(received, crew: Crew, tell):
    struck = []
    for kind in ("exams.read", "exams.apply"):
        worker = crew.worker(concurrency=1)
        wait_for(lambda: 1 <= done_of(kind) < ROWS)
        struck.append(done_of(kind))
        crew.kill(worker)
    crew.worker(concurrency=1)
    wait_for(all_settled)
    attempts = check(received)
    tell(
        f"upload of {ROWS} rows, worker killed with {struck[0]} read and with {struck[1]} applied: "
        f"{sum(attempts)} attempts of {len(attempts)} jobs, each row once"
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_P10_upload_survives_six_blows_at_random(received, crew: Crew, tell, seed):
    dice = random.Random(seed)
    worker = crew.worker(concurrency=1)
    blows = [dice.choice(["worker", "broker", "database"]) for _ in range(6)]
    for blow in blows:
        wait_for(lambda: Job.objects.filter(state="running").exists() or all_settled())
        time.sleep(dice.uniform(0, 0.8))
        if blow == "worker":
            crew.kill(worker)
            worker = crew.worker(concurrency=1)
        else:
            {"broker": crash_broker, "database": crash_database}[blow]()
    wait_for(all_settled, 120)
    attempts = check(received)
    tell(f"upload of {ROWS} rows, {', '.join(blows)} struck: {sum(attempts)} attempts of {len(attempts)} jobs, each row once")


@pytest.mark.long
def test_P10_upload_of_fifty_thousand_rows_survives_twenty_kills(committed_org, crew: Crew, tmp_path, tell):
    upload, rows = deliver(tmp_path / "file.csv", MORE_DAYS), PEOPLE * MORE_DAYS
    dice, struck = random.Random(20261126), []
    while len(struck) < 20 or not {"read", "apply"} <= {one.split()[0] for one in struck}:
        worker, before = crew.worker(concurrency=1), gone()
        # Each has come a little further, or the whole would be over before it was struck twice.
        wait_for(lambda before=before: gone() > before or all_settled())
        time.sleep(dice.uniform(0, 0.15))
        job = Job.objects.filter(state="running").first()
        struck.append(f"{job.kind.removeprefix('exams.')} {job.done}" if job else "-")
        crew.kill(worker)
        assert len(struck) < 60
    crew.worker(concurrency=1)
    wait_for(all_settled, 300)
    attempts = check(upload, rows)
    tell(f"upload of {rows} rows, {len(struck)} kills ({', '.join(struck)}): {sum(attempts)} attempts of {len(attempts)} jobs, each row once")
