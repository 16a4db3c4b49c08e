"""Mails that something in the plan waits: to whom, when, how often, and what stands in them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from healthmgmt.audit.models import Event
from healthmgmt.care import lessons, reminding, services, templates
from healthmgmt.care.models import Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Settings
from healthmgmt.people import services as people
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.care.making import DAY, assessment

BY = Actor(label="system:test")
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def every_day_is_worked(cast) -> None:
    """The hours of a day are what is looked at here; free days are in test_free_days."""
    Settings.objects.update(working_days=[1, 2, 3, 4, 5, 6, 7])


def at(hour: int, minute: int = 0, days: int = 3) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=ZONE) + timedelta(days=days)


def waiting(person, *codes: str, agrees: bool = True) -> None:
    """Something in the plan waits on the third day."""
    made = assessment(person, "orange", *(codes or ("hypertension",)))
    services.plan_assessed(made.pk, made.pk, today=DAY, by=BY)
    if agrees:
        people.give_consent(person, purpose="plan_mail", version="1", by=BY)
    services.fire_steps(today=DAY + timedelta(3), by=BY, size=100)


def remind(now: datetime = at(8), size: int = 20) -> list[list[str]]:
    mail.outbox.clear()
    while reminding.remind(now=now, by=BY, size=size):
        pass
    return [one.to for one in mail.outbox]


def test_mail_goes_to_the_person_once_for_all_that_waits(cast) -> None:
    waiting(cast.anna)
    assert Step.objects.filter(state="fired").count() > 1
    assert remind() == [[cast.employee.email]]
    assert remind() == []
    assert list(Event.objects.filter(action="step.reminded").values_list("person_id", flat=True)) == [cast.anna.pk]


def test_mail_says_nothing_of_health(cast) -> None:
    waiting(cast.anna, "hypertension", "hyperglycaemia")
    remind()
    (sent,) = mail.outbox
    text = (sent.subject + sent.body).lower()
    words = {step.words["en"] for plan in templates.load().plans for _part, step in plan.all_steps} | {one.title["en"] for one in lessons.load().values()}
    words |= {plan.words["en"] for plan in templates.load().plans} | {part.words["en"] for plan in templates.load().plans for part in plan.parts}
    assert [word for word in words if word.lower() in text] == []
    for word in ("pressure", "glucose", "orange", "lesson", "chronic", "anna"):
        assert word not in text.replace(cast.employee.email, "")


@pytest.mark.parametrize("answer", ["never asked", "withdrawn"])
def test_P23_mail_goes_to_nobody_who_did_not_agree(cast, answer) -> None:
    waiting(cast.anna, agrees=answer == "withdrawn")
    if answer == "withdrawn":
        people.withdraw_consent(cast.anna, purpose="plan_mail", by=BY)
    assert remind() == []
    assert not Event.objects.filter(action="step.reminded").exists()


def test_mail_goes_to_nobody_whose_account_is_closed(cast) -> None:
    waiting(cast.anna)
    cast.employee.is_active = False
    cast.employee.save()
    assert remind() == []


@pytest.mark.parametrize(("now", "goes_on"), [(at(21), at(8, days=4)), (at(0, 5), at(8)), (at(7, 59), at(8))])
def test_mail_waits_for_the_end_of_the_quiet_hours(cast, now, goes_on) -> None:
    waiting(cast.anna)
    assert remind(now) == []
    job = Job.objects.get(kind="care.remind")
    assert (job.run_after, job.payload) == (goes_on, {})
    assert Step.objects.filter(reminded_on__isnull=False).count() == 0
    assert remind(goes_on) == [[cast.employee.email]]


def test_mails_go_in_slices_and_each_person_has_one(cast) -> None:
    users = []
    for number in range(3):
        user = casting.user(f"walker{number}", "employee", cast.a1)
        one = casting.person(f"W{number}", cast.a1)
        one.user = user
        one.save()
        users.append(user)
        waiting(one)
    assert sorted(remind(size=2)) == sorted([user.email] for user in users)


def test_mail_that_cannot_be_sent_is_sent_later(cast, monkeypatch) -> None:
    waiting(cast.anna)

    def broken(*args, **kwargs):
        raise OSError("no mail server")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
        with pytest.raises(OSError, match="no mail server"):
            reminding.remind(now=at(8), by=BY, size=20)
    assert remind() == [[cast.employee.email]]


def test_step_put_off_is_told_of_again_when_it_comes_back(cast) -> None:
    waiting(cast.anna)
    remind()
    for step in Step.objects.filter(state="fired"):
        services.postpone_step(step, today=DAY + timedelta(3), by=BY)
    services.fire_steps(today=DAY + timedelta(10), by=BY, size=100)
    assert remind(at(9, days=10)) == [[cast.employee.email]]


def test_step_of_others_is_no_reason_for_a_mail(cast) -> None:
    waiting(cast.anna)
    Step.objects.filter(doer="person").delete()
    services.fire_steps(today=DAY + timedelta(30), by=BY, size=100)
    assert remind() == []
