"""The page on which somebody types in what they measured at home."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from healthmgmt.devices.models import Reading


def given(**other: str) -> dict[str, str]:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {"kind": "pressure", "token": str(uuid.uuid4()), "taken_at": now, "sbp_home": "128", "dbp_home": "82"} | other


def measured(person, *pressures: tuple[int, int]) -> None:
    for back, (upper, lower) in enumerate(pressures):
        values = {"sbp_home": float(upper), "dbp_home": float(lower)}
        Reading.objects.create(person=person, kind="pressure", taken_at=timezone.now() - timedelta(days=back), values=values, entered_by="user:1")


@pytest.fixture
def employee(cast, sign_in):
    return sign_in(cast.employee)


def test_reading_is_typed_shown_and_taken_back(cast, employee) -> None:
    assert employee.post("/readings/", given()).headers["Location"] == "/readings/"
    page = employee.get("/readings/").content.decode()
    assert "128/82 mmHg" in page and "You have measured on 1 day." in page
    made = Reading.objects.get(person=cast.anna)
    assert employee.post(f"/readings/{made.token}/withdraw/").headers["Location"] == "/readings/"
    assert "None yet." in employee.get("/readings/").content.decode()


def test_fault_stands_beside_its_number_and_the_rest_is_kept(cast, employee) -> None:
    answer = employee.post("/readings/", given(sbp_home="80", dbp_home="120"))
    page = answer.content.decode()
    assert (answer.status_code, Reading.objects.count()) == (422, 0)
    assert 'id="fault_dbp_home"' in page and 'value="120"' in page and "smaller than the upper one" in page


@pytest.mark.parametrize(("wrong", "fault"), [({"taken_at": "soon"}, "Give the day and the time."), ({"token": "x"}, "Load the page anew"), ({"kind": "steps"}, "steps")])
def test_form_that_is_not_whole_stores_nothing(cast, employee, wrong, fault) -> None:
    answer = employee.post("/readings/", given(**wrong))
    assert (answer.status_code, Reading.objects.count()) == (422, 0)


def test_form_sent_twice_is_one_reading(cast, employee) -> None:
    form = given()
    assert [employee.post("/readings/", form).status_code for _ in range(2)] == [302, 302]
    assert Reading.objects.count() == 1


@pytest.mark.parametrize(
    ("pressures", "words"),
    [
        ([(128, 82)] * 3, "was 128/82 mmHg in the mean of 3 days. That is below the limit for home readings, 135/85."),
        ([(130, 86)] * 4, "was 130/86 mmHg in the mean of 4 days. That is at or above the limit for home readings, 135/85."),
        ([(135, 80)] * 3, "That is at or above the limit"),
    ],
)
def test_sentence_tells_the_mean_beside_the_limit_at_home(cast, employee, pressures, words) -> None:
    measured(cast.anna, *pressures)
    page = " ".join(employee.get("/readings/").content.decode().split())
    assert words in page.replace('</span><span class="nowrap">', "")


@pytest.mark.parametrize(("upper", "lower", "is_warned"), [("180", "90", True), ("150", "110", True), ("179", "109", False)])
def test_critical_reading_is_answered_with_what_to_do_now(cast, employee, upper, lower, is_warned) -> None:
    page = employee.post("/readings/", given(sbp_home=upper, dbp_home=lower), follow=True).content.decode()
    assert ("call 120 at once" in page) is is_warned


def test_clinician_sees_what_was_measured_at_home(cast, sign_in) -> None:
    measured(cast.anna, (128, 82), (132, 84), (136, 86))
    page = " ".join(sign_in(cast.case_manager).get(f"/care/people/{cast.anna.uuid}/").content.decode().split())
    assert "Measured at home" in page and "132/84 mmHg" in page and "mean of 3 days" in page


def test_somebody_elses_reading_is_not_found(cast, employee) -> None:
    measured(cast.ben, (128, 82))
    other = Reading.objects.get(person=cast.ben)
    assert employee.post(f"/readings/{other.token}/withdraw/").status_code == 404
    other.refresh_from_db()
    assert other.withdrawn_at is None
