"""From a file to plan, alert and numbers, by the jobs alone."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from healthmgmt.care import services as care
from healthmgmt.care.models import Alert, Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.exams import services as exams
from healthmgmt.insight.models import UnitFact
from healthmgmt.organization.models import Period
from healthmgmt.work import services as work
from tests.exams.road import text, upload

BY = Actor(label="system:test")


def count(unit, metric: str) -> tuple[int, int]:
    return UnitFact.objects.values_list("numerator", "denominator").get(unit=unit, metric=metric)


def test_file_becomes_plans_alerts_and_numbers_and_its_withdrawal_takes_them_back(cast) -> None:
    today = local_day(timezone.now(), "Asia/Shanghai")
    day = today - timedelta(10)
    Period.objects.all().delete()
    Period.objects.create(name="now", starts_on=today - timedelta(60), ends_on=today + timedelta(60), deadline_on=today + timedelta(30))
    rows = [
        [cast.anna.emp_no, cast.anna.name, day.isoformat(), 190, 121, 5.0, 5.0],
        [cast.amos.emp_no, cast.amos.name, day.isoformat(), 150, 92, 5.0, 5.0],
        [cast.bella.emp_no, cast.bella.name, day.isoformat(), 112, 72, 4.0, 5.0],
    ]
    received = upload(text(rows), unit=cast.root)

    assert dict(Plan.objects.values_list("person__emp_no", "template")) == {"E1001": "red_alert", "E2001": "orange", "E3001": "grey"}
    assert set(Plan.objects.values_list("opened_on", flat=True)) == {today}
    steps = Step.objects.order_by("plan__template").values_list("plan__template").annotate(steps=Count("pk"))
    # Of each part of a plan the next two of the person's and of the others'.
    assert dict(steps) == {"grey": 2, "orange": 6, "red_alert": 2}
    assert list(Alert.objects.values_list("person__emp_no", "code", "measured_on")) == [("E1001", "critical_bp", day)]
    assert (count(cast.root, "covered"), count(cast.a, "covered"), count(cast.a2, "covered")) == ((3, 4), (2, 3), (1, 1))
    assert (count(cast.root, "red"), count(cast.b, "red"), count(cast.root, "open_alerts")) == ((1, 3), (0, 1), (1, 4))
    # Neither body mass index nor triglycerides were in the file.
    assert count(cast.root, "items") == (3 * 6, 3 * 8)

    care.close_alert(Alert.objects.get(), outcome="confirmed", by=BY)
    work.drain()
    assert count(cast.root, "open_alerts") == (0, 4)

    exams.withdraw(received, by=BY)
    work.drain()
    assert (count(cast.root, "covered"), count(cast.root, "assessed"), count(cast.root, "red")) == ((0, 4), (0, 4), (0, 0))
    assert set(Plan.objects.values_list("outcome", flat=True)) == {"withdrawn"}
    assert set(Step.objects.values_list("state", flat=True)) == {"cancelled"}
