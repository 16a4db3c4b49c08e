"""Whoever is known in rows that somebody looked at reads of it under "who opened my record"."""

import pytest

from healthmgmt.audit.words import WORDS
from healthmgmt.exams.models import Upload
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import HEADINGS
from tests.exams.test_views import a_file

DAY = "2026-03-02"


@pytest.fixture
def waiting(cast, sign_in, org_a) -> Upload:
    """Anna's row waits because of its cholesterol."""
    row = [cast.anna.emp_no, cast.anna.name, DAY, 120, 80, 8765, 5.2]
    sign_in(cast.liaison_a1).post("/uploads/", a_file(row))
    with current.use(org_a):
        work.drain()
        return Upload.objects.get()


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("", "upload.rows_viewed"),
        ("problems/", "upload.rows_viewed"),
        ("problems/?reason=range&column=" + HEADINGS[5], "upload.rows_viewed"),
        ("rows/1/", "upload.people_searched"),
        ("bad-rows/", "upload.rows_downloaded"),
    ],
)
def test_employee_reads_who_looked_at_the_row(cast, sign_in, waiting, path, action):
    employee = sign_in(cast.employee)
    assert "Liaison A1" not in employee.get("/privacy/").content.decode()
    answer = sign_in(cast.liaison_a1).get(f"/uploads/{waiting.uuid}/{path}")
    assert (answer.status_code, bool(answer.getvalue())) == (200, True)
    told = employee.get("/privacy/").content.decode()
    assert "Liaison A1" in told and str(WORDS[action]) in told
