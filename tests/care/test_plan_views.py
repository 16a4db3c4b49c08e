"""Pausing, resuming and ending a plan on the pages of clinicians and of the person."""

from datetime import timedelta

import pytest

from healthmgmt.care import services
from healthmgmt.care.models import GoalState, Pause, Plan
from healthmgmt.core.actors import Actor
from healthmgmt.organization.selectors import today
from tests.care.making import assessment, exam

BY = Actor(label="system:test")


@pytest.fixture
def planned(cast):
    """Anna has a plan with a goal that was reached."""
    first = exam(cast.anna, taken_on=today() - timedelta(40), results={"sbp": 160, "dbp": 95})
    made = assessment(cast.anna, "orange", "hypertension", on=today() - timedelta(40), exams=(first,))
    services.plan_assessed(made.pk, made.pk, today=today() - timedelta(30), by=BY)
    plan = Plan.objects.get()
    GoalState.objects.create(
        plan=plan, goal="pressure", state="reached", stated_on=today(), measured_on=today(), now={"sbp": 132, "dbp": 82},
        before_on=first.taken_on, before={"sbp": 160, "dbp": 95},
    )  # fmt: skip
    return plan


def test_clinician_pauses_resumes_and_ends(cast, planned, sign_in) -> None:
    client = sign_in(cast.case_manager)
    page = f"/care/people/{cast.anna.uuid}/"
    shown = client.get(page).content.decode()
    assert "132/82 mmHg" in shown and "160/95 mmHg" in shown
    client.post(f"{page}pause/", {"reason": "other", "until": "", "note": ""})
    assert not Pause.objects.exists()
    client.post(f"{page}pause/", {"reason": "in_hospital", "until": "", "note": "ward 3"})
    assert (Pause.objects.get().reason, Pause.objects.get().is_own) == ("in_hospital", False)
    assert "ward 3" in client.get(page).content.decode()
    client.post(f"{page}resume/")
    assert Pause.objects.get().ended_on == today()
    client.post(f"{page}end/", {"outcome": "finished"})
    assert Plan.objects.get().ended_on is None
    client.post(f"{page}end/", {"outcome": "referred"})
    assert Plan.objects.get().outcome == "referred"
    assert client.get(page).status_code == 200


def test_person_lets_the_plan_rest_and_go_on(cast, planned, sign_in) -> None:
    client = sign_in(cast.employee)
    assert "132/82 mmHg" in client.get("/plan/").content.decode()
    client.post("/plan/pause/", {"weeks": "4"})
    rest = Pause.objects.get()
    assert (rest.is_own, rest.reason, rest.until) == (True, "not_now", today() + timedelta(28))
    for page in ("/plan/", "/today/"):
        assert client.get(page).status_code == 200
    client.post("/plan/resume/")
    assert Pause.objects.get().ended_on == today()
