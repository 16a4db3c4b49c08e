"""P10, P11 on the real road: an upload that was answered is applied, each row once, whatever is killed on its way."""

import random
import time
from datetime import date, timedelta

import pytest

from healthmgmt.exams import services
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.risk.models import Assessment
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, ground, text
from tests.faults.crew import Crew, all_settled, crash_broker, crash_database, wait_for

PEOPLE, DAYS = 40, 600
ROWS = PEOPLE * DAYS


@pytest.fixture
def received(committed_org, tmp_path) -> Upload:
    """A file of 24,000 exams, answered; nobody works yet."""
    root = ground()
    people = [casting.person(f"P{number}", root) for number in range(PEOPLE)]
    start = date.today() - timedelta(days=DAYS + 10)
    rows = [
        [person.emp_no, person.name, start + timedelta(days=day), 110 + day % 30, 70 + day % 9, 5.0, 5.1]
        for day in range(DAYS)
        for person in people
    ]
    path = tmp_path / "file.csv"
    path.write_bytes(text(rows))
    with open(path, "rb") as file:
        return services.receive(file, name="file.csv", unit=root, by=BY, apply_when_read=True)


def done_of(kind: str) -> int:
    job = Job.objects.filter(kind=kind, state="running").first()
    return job.done if job else 0


def check(upload: Upload) -> list[int]:
    """Everything is there once; returns the attempts of each job."""
    upload.refresh_from_db()
    assert (upload.state, upload.received, upload.accepted, upload.waiting, upload.refused) == ("applied", ROWS, ROWS, 0, 0)
    assert UploadRow.objects.filter(upload=upload).count() == ROWS
    assert Exam.objects.filter(upload=upload, state="current").count() == ROWS
    assert Assessment.objects.filter(is_current=True).count() == PEOPLE
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
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
