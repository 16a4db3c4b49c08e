"""The monthly mail: on the first working day, once, three sentences of published numbers, nothing hidden and nobody's name."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from healthmgmt.accounts import services as accounts
from healthmgmt.core.actors import Actor
from healthmgmt.insight import digest, jobs
from healthmgmt.insight.models import PublishedRow
from healthmgmt.organization import calendar
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests.insight import crowds

BY = Actor(label="system:test")
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 12, 1)


@pytest.fixture
def crowd(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    return cast


def said(user, unit, period) -> list[str]:
    return digest.sentences(user, unit, period, TODAY)


def test_three_sentences_say_what_the_scorecard_says(crowd):
    cells = PublishedRow.objects.filter(period=crowd.period, units__contains=[crowd.a1.pk]).last().cells
    covered = cells["covered"]
    assert (covered["numerator"], covered["denominator"]) == (100, 110)
    first, second, third = said(crowd.liaison_a1, crowd.a1, crowd.period)
    assert first.startswith("In all, 100 of 110 people are covered, 91%")
    assert second == "Furthest from its target: Mandatory items present, 38% of 95%, short by 460."
    assert third == "The deadline is 31 October."


def test_hidden_cell_is_neither_told_nor_worked_out(crowd):
    PublishedRow.objects.filter(period=crowd.period).update(cells={})
    for row in PublishedRow.objects.filter(period=crowd.period):
        hidden = {"numerator": None, "denominator": 110, "hidden": "small_group"}
        row.cells = {slug: hidden for slug in ("covered", "items", "on_time", "followed")}
        row.save()
    assert said(crowd.liaison_a1, crowd.a1, crowd.period)[:2] == [
        "There are too few people here to show a number.",
        "Every target that can be seen is reached.",
    ]


def test_mails_go_to_who_reads_scorecards_of_their_own_units_and_name_nobody(crowd, mailoutbox):
    crowd.leader.language = "zh-hans"
    crowd.leader.save()
    digest.mail(digest.next_readers(0, 100), today=TODAY, by=BY)
    readers = {crowd.leader, crowd.office_a, crowd.office_b, crowd.liaison_a1, crowd.liaison_b1}
    assert {mail.to[0] for mail in mailoutbox} == {one.email for one in readers}
    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    office = bodies[crowd.office_a.email]
    assert "\nA\n" in office and "\nB\n" not in office and "people are covered" in office
    assert "人" in bodies[crowd.leader.email] and "covered" not in bodies[crowd.leader.email]
    everything = "\n".join(bodies.values())
    assert [one.name for one in Person.objects.all() if re.search(rf"\b{one.name}\b", everything)] == []


def test_who_stopped_the_mail_gets_none_and_each_says_where_to_stop_it(crowd, mailoutbox):
    accounts.choose_monthly_mail(crowd.office_a, wanted=False, by=BY)
    digest.mail(digest.next_readers(0, 100), today=TODAY, by=BY)
    readers = (crowd.leader, crowd.office_b, crowd.liaison_a1, crowd.liaison_b1)
    assert {mail.to[0] for mail in mailoutbox} == {one.email for one in readers}
    for mail in mailoutbox:
        address = mail.extra_headers["List-Unsubscribe"].strip("<>")
        assert address.endswith("/notices/#monthly-mail") and address in mail.body
    accounts.choose_monthly_mail(crowd.office_a, wanted=True, by=BY)
    assert crowd.office_a.pk in [one.pk for one in digest.next_readers(0, 100)]


def test_slices_reach_everybody_once(crowd, mailoutbox):
    work.submit("insight.mail_digest", "2026-12", {})
    before, jobs.SLICE_MAILS = jobs.SLICE_MAILS, 2
    try:
        work.drain(kinds=["insight.mail_digest"])
    finally:
        jobs.SLICE_MAILS = before
    assert len(mailoutbox) == len({mail.to[0] for mail in mailoutbox}) == 5


@pytest.mark.parametrize(
    ("day", "is_begun"),
    [(date(2026, 11, day), is_begun) for day, is_begun in ((1, False), (2, True), (6, True), (8, False), (9, False))],
)
def test_month_begins_on_its_first_working_day(cast, day, is_begun):
    digest.begin(datetime(day.year, day.month, day.day, 10, tzinfo=ZONE))
    assert Job.objects.filter(kind="insight.mail_digest", key="2026-11").exists() == is_begun


def test_month_is_mailed_once_and_never_at_night_or_on_a_free_day(cast):
    calendar.set_day(date(2026, 12, 1), name="Free", is_free=True, by=BY)
    digest.begin(datetime(2026, 12, 1, 10, tzinfo=ZONE))
    assert not Job.objects.filter(kind="insight.mail_digest").exists()
    for day in (2, 3):
        digest.begin(datetime(2026, 12, day, 0, 10, tzinfo=ZONE))
    job = Job.objects.get(kind="insight.mail_digest")
    begins = job.run_after.astimezone(ZONE)
    assert begins.date() == date(2026, 12, 2) and begins.hour >= 7


def test_nothing_is_mailed_while_nothing_is_published(cast, mailoutbox):
    digest.mail(digest.next_readers(0, 100), today=TODAY, by=BY)
    assert mailoutbox == []
