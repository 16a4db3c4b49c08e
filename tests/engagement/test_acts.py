"""Acts: typed in, from lessons and readings, once each; and the points that they bring and lose."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from healthmgmt.care import services as care
from healthmgmt.care.models import LessonResult
from healthmgmt.core.exceptions import Rejected
from healthmgmt.devices import services as devices
from healthmgmt.engagement import acts, ledger
from healthmgmt.engagement.models import Act, PointsEntry
from healthmgmt.organization.selectors import today
from healthmgmt.people import services as people
from healthmgmt.work import services as work
from tests.engagement.making import BY, joined, lesson_step, part, running, walk

BY_ITSELF = ("engagement.act_by_reading", "engagement.undo_reading", "engagement.act_by_lesson")


def note(one, steps=8000, done_on=None):
    return acts.note(one, done_on=done_on or today(), today=today(), amount=steps, by=BY)


def weigh(person, kilograms="70", at=None):
    return devices.record(person, kind="weight", typed={"weight": kilograms}, taken_at=at or timezone.now(), token=uuid4(), by=BY)


def consent(person):
    people.give_consent(person, purpose="activity_readings", version="1", by=BY)


def test_an_act_is_noted_once_a_local_day_and_brings_its_points_once(cast):
    one = joined(running(cast.a1), cast.anna)
    assert note(one) == note(one)
    with pytest.raises(Rejected, match="already"):
        note(one, 9000)
    assert (Act.objects.count(), ledger.balance(cast.anna)) == (1, 5)
    one.refresh_from_db()
    assert one.first_act_on == today()


@pytest.mark.parametrize(("steps", "sentence"), [(5999, "counts from 6,000"), (60001, "cannot be right"), (-1, "cannot be right"), (None, "whole number")])
def test_a_number_that_does_not_count_is_refused_with_a_sentence(cast, steps, sentence):
    one = joined(running(cast.a1), cast.anna)
    with pytest.raises(Rejected, match=sentence):
        note(one, steps)
    assert not Act.objects.exists()


def test_only_today_and_yesterday_within_the_activity_can_be_noted(cast):
    one = joined(running(cast.a1), cast.anna)
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(Rejected):
            note(one, done_on=day)
    last = one.activity.ends_on
    acts.note(one, done_on=last, today=last + timedelta(days=1), amount=7000, by=BY)
    with pytest.raises(Rejected):
        acts.note(one, done_on=last, today=last + timedelta(days=2), amount=7000, by=BY)


def test_who_did_not_join_notes_nothing(cast):
    with pytest.raises(Rejected, match="Join in first"):
        note(part(running(cast.a1), cast.anna))


def test_the_alternative_carries_the_activity_through_for_the_same_points(cast):
    activity = running(cast.a1)
    walk(joined(activity, cast.anna), 20)
    walk(joined(activity, cast.ben, "seated"), 20, steps=30)
    assert ledger.balance(cast.anna) == ledger.balance(cast.ben) == 20 * 5 + 50
    assert part(activity, cast.anna).finished_at and part(activity, cast.ben).finished_at


def test_after_the_goal_nothing_more_counts(cast):
    one = joined(running(cast.a1), cast.anna)
    walk(one, 20)
    with pytest.raises(Rejected, match="carried this activity through"):
        walk(one, 1, begun=today() + timedelta(days=20))
    assert ledger.balance(cast.anna) == 150


def test_what_is_taken_back_loses_its_points_by_another_entry_and_leaves_its_place(cast):
    one = joined(running(cast.a1), cast.anna)
    walk(one, 20)
    last = Act.objects.counting().latest("done_on")
    for _twice in range(2):
        acts.take_back(last, today=last.done_on, by=BY)
    one.refresh_from_db()
    assert (ledger.balance(cast.anna), one.finished_at) == (19 * 5, None)
    assert [(entry.kind, entry.points) for entry in PointsEntry.objects.filter(points__lt=0).order_by("points")] == [("correction", -50), ("correction", -5)]
    walk(one, 1, steps=7000, begun=last.done_on)
    one.refresh_from_db()
    assert (ledger.balance(cast.anna), one.finished_at is not None) == (150, True)


def test_the_first_act_taken_back_is_no_participation(cast):
    one = joined(running(cast.a1), cast.anna)
    acts.take_back(note(one), today=today(), by=BY)
    one.refresh_from_db()
    assert (one.first_act_on, one.enrolled_at is not None) == (None, True)


def test_a_reading_counts_once_a_week_with_consent_alone_and_its_value_stays_out(cast):
    activity = running(cast.a1, "weight", days=56)
    one = joined(activity, cast.anna, "weigh_in")
    weigh(cast.anna, at=timezone.now() - timedelta(minutes=5))
    work.drain(kinds=BY_ITSELF)
    assert not Act.objects.exists()
    consent(cast.anna)
    reading = weigh(cast.anna, "71")
    work.drain(kinds=BY_ITSELF)
    acts.by_reading(reading.pk, by=BY)
    act = Act.objects.get()
    assert (act.kind, act.amount, act.source, act.participation, ledger.balance(cast.anna)) == ("reading", None, f"reading:{reading.pk}", one, 15)


def test_P23_consent_taken_back_stops_what_comes_after(cast):
    joined(running(cast.a1, "weight", days=56), cast.anna, "weigh_in")
    consent(cast.anna)
    people.withdraw_consent(cast.anna, purpose="activity_readings", by=BY)
    weigh(cast.anna)
    work.drain(kinds=BY_ITSELF)
    assert not Act.objects.exists()


def test_a_reading_that_is_taken_back_counts_no_more_and_another_takes_its_place(cast):
    joined(running(cast.a1, "weight", days=56), cast.anna, "weigh_in")
    consent(cast.anna)
    first = weigh(cast.anna, at=timezone.now() - timedelta(seconds=40))
    second = weigh(cast.anna, "71", at=timezone.now())
    work.drain(kinds=BY_ITSELF)
    for reading, left in ((first, [f"reading:{second.pk}"]), (second, [])):
        devices.withdraw(reading, by=BY)
        work.drain(kinds=BY_ITSELF)
        assert list(Act.objects.counting().values_list("source", flat=True)) == left
    assert ledger.balance(cast.anna) == 0


def test_a_lesson_of_the_plan_counts_once(cast):
    one = joined(running(cast.a1, "lessons", days=42), cast.anna, "reading")
    step = lesson_step(cast.anna)
    for _twice in range(2):
        care.answer_lesson(step, answers=[0, 0, 0], today=today(), by=BY)
    work.drain(kinds=BY_ITSELF)
    assert LessonResult.objects.count() == 2
    act = Act.objects.get()
    assert (act.kind, act.slot, act.participation, ledger.balance(cast.anna)) == ("lesson", f"lesson {LessonResult.objects.first().lesson}", one, 15)


def test_a_lesson_read_within_the_activity_counts_and_keeps_no_answer(cast):
    one = joined(running(cast.a1, "lessons", days=42), cast.anna, "reading")
    with pytest.raises(Rejected, match="answer every question"):
        acts.finish_lesson(one, lesson="sleep", answers=[0, -1, 0], today=today(), by=BY)
    for _twice in range(2):
        acts.finish_lesson(one, lesson="sleep", answers=[0, 0, 0], today=today(), by=BY)
    assert (Act.objects.get().slot, LessonResult.objects.count()) == ("lesson sleep", 0)


def test_P11_a_key_stands_once_whoever_writes_it(cast):
    one = joined(running(cast.a1), cast.anna)
    note(one)
    entry = PointsEntry.objects.get()
    entry.pk = None
    assert PointsEntry.objects.bulk_create([entry], ignore_conflicts=True) and PointsEntry.objects.count() == 1
