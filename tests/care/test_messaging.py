"""What people and those who care for them write to each other: to whom it comes, by when it is answered, and who else is asked."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.care import inboxes, messaging, promising, services
from healthmgmt.care.models import Addressee, Assignment, Message
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import calendar
from healthmgmt.organization.models import Settings
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting

BY = Actor(label="system:test")
SECRET = "My left knee hurts since Sunday"


@pytest.fixture
def second(cast):
    """A case manager of the whole, farther away than the one of unit A1."""
    return casting.user("second", "case_manager", cast.root)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


def ask(person: Person, text: str = SECRET, token=None) -> Message:
    return messaging.ask(person, text=text, token=token or uuid4(), by=Actor.of(person.user) if person.user else BY)


def answer(person: Person, by, text: str = "Please rest it.", token=None) -> Message:
    return messaging.answer(person, text=text, token=token or uuid4(), by=Actor.of(by))


def told(message: Message) -> list[tuple[str, str]]:
    return list(message.addressees.order_by("pk").values_list("place", "user__email"))


def pass_promise() -> None:
    """The hour by which everything that was asked is answered has come."""
    Message.objects.filter(side="person").update(sent_at=timezone.now() - timedelta(days=4), answer_by=timezone.now() - timedelta(minutes=1))
    Job.objects.filter(kind="care.escalate_message", state="queued").update(run_after=timezone.now())
    work.drain(kinds=("care.escalate_message",))


@pytest.mark.parametrize(
    ("sent", "count", "until"),
    [
        (date(2026, 6, 10), 2, date(2026, 6, 12)),  # Wednesday
        (date(2026, 6, 11), 2, date(2026, 6, 15)),  # Thursday: over the weekend
        (date(2026, 6, 12), 2, date(2026, 6, 16)),  # Friday
        (date(2026, 6, 13), 2, date(2026, 6, 16)),  # Saturday: Monday is the first day
        (date(2026, 6, 14), 1, date(2026, 6, 15)),  # Sunday
    ],
)
def test_promise_counts_working_days(sent, count, until) -> None:
    assert promising.working_day_after(sent, count, is_weekday) == until


def test_promise_leaves_holidays_out_and_works_on_days_that_are_made_up() -> None:
    festival, made_up = {date(2026, 6, 19)}, {date(2026, 6, 20)}
    assert promising.working_day_after(
        date(2026, 6, 18), 1, lambda day: day in made_up or is_weekday(day) and day not in festival
    ) == date(2026, 6, 20)


@pytest.mark.parametrize(("count", "is_working"), [(0, is_weekday), (1, lambda day: False)])
def test_promise_that_cannot_be_kept_is_an_error(count, is_working) -> None:
    with pytest.raises(ValueError, match="working day"):
        promising.working_day_after(date(2026, 6, 10), count, is_working)


def test_promise_is_an_evening_of_the_organisations_clock() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    # 00:30 on Thursday in Shanghai, still Wednesday in London.
    sent = datetime(2026, 6, 10, 16, 30, tzinfo=UTC).astimezone(zone)
    assert promising.answer_by(sent, 2, is_weekday) == datetime(2026, 6, 15, 18, tzinfo=zone)


def test_message_on_a_working_day_before_a_holiday_is_answered_after_it(cast):
    calendar.set_day(date(2026, 6, 19), name="Dragon Boat Festival", is_free=True, by=BY)
    zone = ZoneInfo("Asia/Shanghai")
    Settings.objects.update(answer_days=1)
    assert messaging.promised(datetime(2026, 6, 18, 9, tzinfo=zone)) == datetime(2026, 6, 22, 18, tzinfo=zone)


def test_message_comes_to_the_case_manager_of_the_unit_with_the_hour_of_the_answer(cast, second) -> None:
    Settings.objects.update(answer_days=3)
    message = ask(cast.anna)
    assert told(message) == [("first", "case_manager@example.org")]
    until = timezone.localtime(message.answer_by, ZoneInfo("Asia/Shanghai"))
    here = timezone.localtime(message.sent_at, ZoneInfo("Asia/Shanghai"))
    assert (until.hour, until.date()) == (18, promising.working_day_after(here.date(), 3, is_weekday))
    job = Job.objects.get(kind="care.escalate_message")
    assert (job.run_after, job.payload, job.lane) == (message.answer_by, {"message": message.pk}, "now")
    assert list(Event.objects.filter(action="message.sent").values_list("person_id", "actor_id")) == [(cast.anna.pk, cast.employee.pk)]


def test_message_comes_to_the_persons_own_manager_alone(cast, second) -> None:
    services.assign_manager(second, person=cast.anna, by=BY)
    assert told(ask(cast.anna)) == [("first", "second@example.org")]


def test_message_comes_to_the_manager_to_whom_the_unit_was_given(cast) -> None:
    given = casting.user("given", "physician", cast.b)
    services.assign_manager(given, unit=cast.b1, by=BY)
    assert told(ask(cast.bella)) == [("first", "given@example.org")]


def test_message_comes_to_a_physician_where_there_is_no_case_manager(cast) -> None:
    assert told(ask(cast.bella)) == [("first", "physician@example.org")]


def test_message_comes_to_nobody_who_has_no_role_in_care_any_more(cast, second) -> None:
    former = casting.user("former", "liaison", cast.a1)
    Assignment.objects.create(manager=former, person=cast.anna, started_by="x")
    assert "former@example.org" not in [email for _place, email in told(ask(cast.anna))]


def test_further_message_is_told_of_once_the_first_was_looked_at(cast) -> None:
    for _time in range(2):
        ask(cast.anna)
    assert Notice.objects.filter(user=cast.case_manager).count() == 1
    Notice.objects.update(read_at=timezone.now())
    ask(cast.anna)
    assert Notice.objects.filter(user=cast.case_manager, read_at=None).count() == 1


def test_message_to_nobody_is_refused(cast) -> None:
    cast.physician.is_active = False
    cast.physician.save()
    with pytest.raises(Rejected, match="nobody is there"):
        ask(cast.bella)
    assert not Message.objects.exists()


def test_message_of_a_case_manager_comes_to_somebody_else(cast, second) -> None:
    cast.anna.user = cast.case_manager
    cast.anna.save()
    assert told(ask(cast.anna)) == [("first", "second@example.org")]


def test_message_sent_twice_is_one(cast) -> None:
    token = uuid4()
    assert ask(cast.anna, token=token) == ask(cast.anna, token=token)
    assert (Message.objects.count(), Addressee.objects.count(), Job.objects.filter(kind="care.escalate_message").count()) == (1, 1, 1)
    assert Event.objects.filter(action="message.sent").count() == 1
    answered = uuid4()
    assert answer(cast.anna, cast.case_manager, token=answered) == answer(cast.anna, cast.case_manager, token=answered)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("text", ["", "  \r\n ", "\x00\x07", "x" * 1001])
def test_message_of_nothing_or_too_much_is_refused(cast, text) -> None:
    with pytest.raises(Rejected) as caught:
        ask(cast.anna, text)
    assert caught.value.field == "text"


def test_message_is_plain_text(cast) -> None:
    assert ask(cast.anna, " a\r\nb\x00<b>c</b>\x1b[1m ").text == "a\nb<b>c</b>[1m"


def test_too_many_questions_without_an_answer_are_refused(cast) -> None:
    for _number in range(messaging.MOST_WAITING):
        ask(cast.anna)
    with pytest.raises(Rejected, match="wait for the answer"):
        ask(cast.anna)
    answer(cast.anna, cast.case_manager)
    ask(cast.anna)


def test_text_is_encrypted_at_rest_and_stands_in_no_record_job_or_mail(cast, second, mailoutbox) -> None:
    ask(cast.anna)
    pass_promise()
    answer(cast.anna, cast.case_manager, text=SECRET)
    with connection.cursor() as cursor:
        for table in ("care_message", "care_addressee", "audit_event", "accounts_notice", "public.work_job"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            assert [row for (row,) in cursor.fetchall() if "knee" in row or SECRET.encode().hex() in row] == []
    assert [one for one in mailoutbox if "knee" in one.body + one.subject] == []
    assert {one.text for one in Message.objects.all()} == {SECRET}


def test_answer_settles_all_that_waits_and_tells_the_person(cast) -> None:
    first, later = ask(cast.anna), ask(cast.anna)
    made = answer(cast.anna, cast.case_manager)
    for one in (first, later):
        one.refresh_from_db()
    assert first.answered_at and first.answered_at == later.answered_at
    assert (made.side, made.answer_by, made.sent_by) == ("care", None, f"user:{cast.case_manager.pk}")
    notice = Notice.objects.get(user=cast.employee)
    assert (notice.kind, notice.link) == ("message_answered", "/messages/")
    assert Event.objects.filter(action="message.answered", person_id=cast.anna.pk).count() == 1


def test_what_waits_of_a_person_is_one_notice_and_is_read_when_somebody_answered(cast) -> None:
    services.assign_manager(casting.user("fellow", "case_manager", cast.root), unit=cast.a1, by=BY)
    ask(cast.anna), ask(cast.anna)
    found = Notice.objects.filter(kind="message_waiting")
    assert sorted(found.values_list("user__email", "read_at")) == [("case_manager@example.org", None), ("fellow@example.org", None)]
    answer(cast.anna, cast.case_manager)
    assert found.filter(read_at=None).count() == 0
    ask(cast.anna)
    assert found.filter(read_at=None).count() == 2


def test_answer_to_somebody_without_an_account_is_refused(cast) -> None:
    with pytest.raises(Rejected, match="no account"):
        answer(cast.ben, cast.case_manager)


def test_thanks_need_no_answer(cast) -> None:
    ask(cast.anna)
    assert [messaging.settle(cast.anna, by=Actor.of(cast.case_manager)) for _time in range(2)] == [1, 0]
    assert Event.objects.filter(action="message.settled", person_id=cast.anna.pk).count() == 1
    pass_promise()
    assert Addressee.objects.filter(place="second").count() == 0


def test_question_that_is_late_goes_to_one_more_person_once(cast, second) -> None:
    message, _later = ask(cast.anna), ask(cast.anna)
    pass_promise()
    assert Addressee.objects.filter(place="second").values_list("message", "user").get() == (message.pk, second.pk)
    assert list(Notice.objects.filter(user=second).values_list("kind", "link")) == [("message_late", f"/care/people/{cast.anna.uuid}/messages/")]
    assert list(Event.objects.filter(action="message.escalated").values_list("person_id", flat=True)) == [cast.anna.pk]
    messaging.escalate(message.pk, by=BY)
    assert Addressee.objects.filter(place="second").count() == 1


def test_question_that_is_late_goes_to_a_physician_where_there_is_no_other_manager(cast) -> None:
    ask(cast.anna)
    pass_promise()
    assert Addressee.objects.get(place="second").user == cast.physician


def test_question_that_was_answered_goes_to_nobody_else(cast, second) -> None:
    ask(cast.anna)
    answer(cast.anna, cast.case_manager)
    pass_promise()
    assert Addressee.objects.filter(place="second").count() == 0


def test_question_goes_to_nobody_from_another_unit(cast) -> None:
    casting.user("far", "case_manager", cast.b)
    cast.physician.is_active = False
    cast.physician.save()
    ask(cast.anna)
    pass_promise()
    assert Addressee.objects.filter(place="second").count() == 0


def test_inbox_has_who_waits_longest_first_and_who_was_answered(cast, second) -> None:
    cast.ben.user = casting.user("ben", "employee", cast.a1)
    cast.ben.save()
    ask(cast.ben), ask(cast.anna), ask(cast.anna)
    Message.objects.filter(person=cast.ben).update(sent_at=timezone.now() - timedelta(days=9), answer_by=timezone.now() - timedelta(days=1))
    found = inboxes.inbox(cast.case_manager, now=timezone.now())
    assert [(row.uuid, row.count, row.is_late) for row in found.waiting] == [(cast.ben.uuid, 1, True), (cast.anna.uuid, 2, False)]
    assert (found.late, inboxes.waiting_count(cast.case_manager)) == (1, 2)
    answer(cast.ben, cast.case_manager)
    found = inboxes.inbox(cast.case_manager, now=timezone.now())
    assert [[row.uuid for row in rows] for rows in (found.waiting, found.answered)] == [[cast.anna.uuid], [cast.ben.uuid]]


def test_inbox_is_of_those_cared_for_and_of_those_who_were_passed_on(cast, second) -> None:
    far = casting.user("far", "case_manager", cast.b)
    services.assign_manager(second, person=cast.anna, by=BY)
    ask(cast.anna)
    assert [inboxes.waiting_count(user) for user in (second, cast.case_manager, far, cast.physician)] == [1, 0, 0, 0]
    pass_promise()
    assert [inboxes.waiting_count(user) for user in (second, cast.case_manager, far, cast.physician)] == [1, 1, 0, 0]


def test_reading_is_noted_once_for_each_side(cast) -> None:
    ask(cast.anna)
    assert [messaging.read(cast.anna, side=side) for side in ("person", "care", "care")] == [0, 1, 0]
    answer(cast.anna, cast.case_manager)
    assert [messaging.read(cast.anna, side=side) for side in ("care", "person", "person")] == [0, 1, 0]
    assert mail.outbox == []
