"""Mails that something is new on a page: to whom, when, how often, and what stands in them; and who is told of what."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.care import exceptional, messaging, noticing, reminding
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Settings
from healthmgmt.people import services as people
from healthmgmt.risk.models import Assessment
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.care.making import DAY, assessment, exam
from tests.care.test_escalating import opened, pass_hours
from tests.care.test_reminding import at, waiting

BY = Actor(label="system:test")


def agree(person, purpose: str = "notice_mail") -> None:
    people.give_consent(person, purpose=purpose, version="1", by=BY)


def sent(now=at(9), size: int = 20) -> list[list[str]]:
    mail.outbox.clear()
    while noticing.mail(now=now, by=BY, size=size):
        pass
    return [one.to for one in mail.outbox]


def tell(user, kind: str = "message_answered", key: str = "1") -> None:
    notices.tell([user.pk], kind=kind, key=key, link="/messages/")


def test_P23_employee_is_mailed_only_with_consent(cast) -> None:
    tell(cast.employee)
    assert sent() == []
    agree(cast.anna)
    tell(cast.employee, key="2")
    assert sent() == [[cast.employee.email]]
    assert list(Event.objects.filter(action="notice.mailed").values_list("person_id", flat=True)) == [cast.anna.pk]


def test_P23_consent_taken_back_before_the_mail_goes_stops_it(cast) -> None:
    agree(cast.anna)
    tell(cast.employee)
    people.withdraw_consent(cast.anna, purpose="notice_mail", by=BY)
    assert (sent(), notices.unread(cast.employee)) == ([], 1)


def test_P23_consent_to_another_mail_is_no_consent_to_this_one(cast) -> None:
    agree(cast.anna, "plan_mail")
    tell(cast.employee)
    assert sent() == []


def test_mail_says_nothing_and_names_nobody(cast) -> None:
    agree(cast.anna)
    tell(cast.employee), tell(cast.case_manager, "message_waiting")
    assert len(sent()) == 2
    for one in mail.outbox:
        text = (one.subject + one.body).lower()
        for word in ("message", "answer", "result", "colour", "anna", cast.anna.name.lower(), "care", "late"):
            assert word not in text.replace(cast.employee.email, "")
        assert "/notices/" in text


def test_task_is_mailed_without_asking(cast) -> None:
    tell(cast.case_manager, "message_waiting")
    assert sent() == [[cast.case_manager.email]]


def test_one_mail_for_all_that_is_new_until_somebody_looks(cast) -> None:
    for key in "ab":
        tell(cast.case_manager, "message_waiting", key)
    assert sent() == [[cast.case_manager.email]]
    tell(cast.case_manager, "message_waiting", "c")
    assert sent() == []
    notices.read(notices.of_user(cast.case_manager))
    tell(cast.case_manager, "message_waiting", "d")
    assert sent() == [[cast.case_manager.email]]


def test_second_mail_for_what_was_mailed_never_goes(cast) -> None:
    tell(cast.case_manager, "message_waiting")
    assert [sent(), sent(), sent(at(9, days=8))] == [[[cast.case_manager.email]], [], []]


def test_what_was_read_meanwhile_and_closed_accounts_are_not_mailed(cast) -> None:
    tell(cast.case_manager, "message_waiting")
    notices.read(notices.of_user(cast.case_manager))
    tell(cast.physician, "message_waiting")
    cast.physician.is_active = False
    cast.physician.save()
    assert sent() == []


def test_mails_wait_for_the_end_of_the_quiet_hours(cast) -> None:
    tell(cast.case_manager, "message_waiting")
    assert sent(at(22)) == []
    assert Job.objects.get(kind="care.mail_notices", key__startswith="from ").run_after == at(8, days=4)
    assert sent(at(8, days=4)) == [[cast.case_manager.email]]


def test_mail_that_cannot_be_sent_is_sent_later(cast, monkeypatch) -> None:
    tell(cast.case_manager, "message_waiting")

    def broken(*args, **kwargs):
        raise OSError("no mail server")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
        with pytest.raises(OSError, match="no mail server"):
            noticing.mail(now=at(9), by=BY, size=20)
    assert sent() == [[cast.case_manager.email]]


def test_mails_go_in_slices(cast) -> None:
    users = [casting.user(f"nurse{number}", "case_manager", cast.a1) for number in range(3)]
    for user in users:
        tell(user, "message_waiting")
    assert sent(size=2) == [[user.email] for user in users]


def test_step_that_waits_is_told_of_on_the_page_with_and_without_consent(cast) -> None:
    Settings.objects.update(working_days=[1, 2, 3, 4, 5, 6, 7])
    waiting(cast.anna, agrees=False)
    for _time in range(2):
        reminding.remind(now=at(8), by=BY, size=20)
    assert list(Notice.objects.values_list("user", "kind", "link", "is_mail_due")) == [(cast.employee.pk, "step_due", "/today/", False)]


def test_alert_is_told_of_to_whom_it_came(cast, mailoutbox) -> None:
    opened(cast.anna)
    pass_hours(0)
    assert list(Notice.objects.values_list("user", "kind", "link")) == [(cast.case_manager.pk, "alert_assigned", "/care/alerts/")]


def test_record_opened_by_exception_is_told_of_to_the_person(cast) -> None:
    cast.amos.user = casting.user("amos", "employee", cast.a2)
    cast.amos.save()
    given = {"emp_no": cast.amos.emp_no, "name": cast.amos.name, "reason": "The colleague of his unit is ill."}
    for _time in range(2):
        exceptional.open_record(cast.case_manager, by=Actor.of(cast.case_manager), **given)
    assert list(Notice.objects.values_list("user", "kind", "link")) == [(cast.amos.user.pk, "record_opened", "/privacy/")]


def test_new_results_are_told_of_once_an_exam(cast) -> None:
    day = timezone.localdate()
    one = assessment(cast.anna, "yellow", "overweight", on=day, exams=(exam(cast.anna, day),))
    again = [noticing.tell_of_results(one.pk, one.pk, today=day) for _time in range(2)]
    anew = assessment(cast.anna, "yellow", "overweight", on=day, exams=tuple(exams_of(one)))
    assert (again, noticing.tell_of_results(anew.pk, anew.pk, today=day)) == ([1, 0], 0)
    later = assessment(cast.anna, "green", on=day, exams=(*exams_of(one), exam(cast.anna, day)))
    assert noticing.tell_of_results(later.pk, later.pk, today=day) == 1
    assert set(Notice.objects.values_list("user", "kind", "link")) == {(cast.employee.pk, "report_ready", "/report/")}


def test_old_results_and_people_without_an_account_are_not_told_of(cast) -> None:
    today = timezone.localdate()
    old = assessment(cast.anna, "green", on=DAY, exams=(exam(cast.anna, today - timedelta(days=90)),))
    nobody = assessment(cast.ben, "green", on=DAY, exams=(exam(cast.ben, today),))
    assert noticing.tell_of_results(old.pk, nobody.pk, today=today) == 0


def exams_of(one: Assessment) -> list:
    from healthmgmt.exams.models import Exam

    return list(Exam.objects.filter(pk__in=one.exams))


def test_answer_is_told_of_without_its_words(cast, sign_in) -> None:
    messaging.answer(cast.anna, text="Good morning", token=uuid4(), by=Actor.of(cast.case_manager))
    page = sign_in(cast.employee).get("/notices/").content.decode()
    assert "You have a new message" in page and "Good morning" not in page
