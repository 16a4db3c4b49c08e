"""A decision for many rows survives whatever is killed while it is carried out, and changes each row once."""

from datetime import date, timedelta

import pytest

from healthmgmt.exams import correcting, selectors, services
from healthmgmt.exams.access import Hands
from healthmgmt.exams.models import MendedCell, Mending, Upload
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, HEADINGS, ground, text
from tests.faults.crew import Crew, all_settled, crash_database, wait_for

PEOPLE, DAYS = 20, 200
ROWS = PEOPLE * DAYS
TC = HEADINGS[5]


@pytest.fixture
def waiting(committed_org, tmp_path) -> Upload:
    """4,000 rows that wait because their cholesterol is in mg/dL, and one that waits for something else."""
    root = ground()
    people = [casting.person(f"P{number}", root) for number in range(PEOPLE)]
    start = date.today() - timedelta(days=DAYS + 10)
    rows = [[person.emp_no, person.name, start + timedelta(days=day), 120, 70, 193, 5.1] for day in range(DAYS) for person in people]
    path = tmp_path / "file.csv"
    path.write_bytes(text([*rows, ["X9", "Nobody", start, 120, 70, 5.0, 5.1]]))
    with open(path, "rb") as file:
        upload = services.receive(file, name="file.csv", unit=root, by=BY)
    work.drain()
    upload.refresh_from_db()
    assert (upload.state, upload.waiting) == ("checked", ROWS + 1)
    return upload


@pytest.mark.parametrize("blow", ["worker", "database"])
def test_P11_decision_for_many_rows_survives_a_blow_and_changes_each_row_once(waiting, crew: Crew, tell, blow):
    worker = crew.worker(concurrency=1)
    hands = Hands(mends=True, values=True, sees=True)
    correcting.mend_alike(waiting, kind="unit", reason="unit", column=TC, given="mg/dL", hands=hands, by=BY)
    wait_for(lambda: 0 < Job.objects.get(kind="exams.mend").done < ROWS)
    struck = Job.objects.get(kind="exams.mend").done
    if blow == "worker":
        crew.kill(worker)
        crew.worker(concurrency=1)
    else:
        crash_database()
    wait_for(all_settled, 180)
    act = Mending.objects.get()
    waiting.refresh_from_db()
    assert (act.changed, act.finished_at is not None, waiting.waiting, waiting.accepted) == (ROWS, True, 1, ROWS)
    assert MendedCell.objects.count() == waiting.rows.filter(version=1, state="ready").count() == ROWS
    assert [(group.reason, group.rows) for group in selectors.problem_groups(waiting)] == [("unknown-employee", 1)]
    tell(f"unit stated for {ROWS} rows, {blow} struck with {struck} done: each row changed once")
