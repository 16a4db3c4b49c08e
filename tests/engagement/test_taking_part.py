"""Joining in, not now, not for me: respected, reversible, and told to nobody."""

from datetime import timedelta

import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import campaigns, taking_part
from healthmgmt.engagement.models import Activity, Participation, PublishedCount
from healthmgmt.organization.selectors import today
from healthmgmt.work import services as work
from tests import cast as casting
from tests.engagement.making import BY, joined, part, running, walk


def test_everybody_who_works_in_the_unit_or_below_is_invited_once(cast):
    cast.ben.left_on = today() - timedelta(days=1)
    cast.ben.save()
    activity = running(cast.a)
    assert list(activity.participations.values_list("person", "unit").order_by("person")) == [(cast.anna.pk, cast.a1.pk), (cast.amos.pk, cast.a2.pk)]
    assert campaigns.invite(activity.pk, first=1, last=campaigns.last_person(), today=today()) == 0
    notice = Notice.objects.get(kind="activity_invited")
    assert (notice.user, notice.link) == (cast.employee, f"/activities/{activity.uuid}/")


def test_a_draft_invites_nobody_and_a_day_in_the_past_is_refused(cast):
    draft = campaigns.prepare(cast.a, kind="steps", starts_on=today(), ends_on=today(), today=today(), by=BY)
    assert campaigns.invite(draft.pk, first=1, last=campaigns.last_person(), today=today()) == 0
    for wrong in ({"starts_on": today() - timedelta(days=1)}, {"ends_on": today() - timedelta(days=1)}, {"kind": "marathon"}):
        with pytest.raises(Rejected):
            campaigns.prepare(cast.a, **{"kind": "steps", "starts_on": today(), "ends_on": today(), **wrong}, today=today(), by=BY)


def test_who_is_new_is_invited_on_the_next_local_day(cast):
    activity = running(cast.a)
    new = casting.person("E9001", cast.a2)
    PublishedCount.objects.update(counted_on=today() - timedelta(days=1))
    work.submit("engagement.daily", "tomorrow", {"day": today().isoformat()})
    work.drain(kinds=("engagement.daily", "engagement.invite"))
    assert part(activity, new).invited_at


def test_joining_chooses_a_way_and_another_one_keeps_what_was_done(cast):
    activity = running(cast.a1)
    one = joined(activity, cast.anna)
    walk(one, 1)
    again = joined(activity, cast.anna, "seated")
    assert (again.way, again.enrolled_at, again.first_act_on) == ("seated", one.enrolled_at, today())
    with pytest.raises(Rejected):
        joined(activity, cast.anna, "swimming")


def test_declining_is_respected_and_can_be_taken_back(cast):
    activity = running(cast.a1)
    declined = taking_part.decline(part(activity, cast.anna), today=today(), by=BY)
    assert (declined.enrolled_at, declined.declined_at is not None) == (None, True)
    assert joined(activity, cast.anna).declined_at is None
    assert sorted(Event.objects.filter(person_id=cast.anna.pk, action__startswith="activity.").values_list("action", flat=True)) == [
        "activity.declined", "activity.joined",
    ]  # fmt: skip


def test_not_now_rests_for_a_week(cast):
    activity = running(cast.a1)
    assert taking_part.put_off(part(activity, cast.anna), today=today(), by=BY).later_until == today() + timedelta(days=7)


def test_an_activity_that_is_over_asks_for_nothing(cast):
    activity = running(cast.a1)
    campaigns.end(activity, by=BY)
    for decide in (lambda one: taking_part.enrol(one, way="steps", today=today(), by=BY), lambda one: taking_part.put_off(one, today=today(), by=BY)):
        with pytest.raises(Rejected, match="over"):
            decide(part(activity, cast.anna))


def test_who_has_left_takes_part_no_more(cast):
    activity = running(cast.a1)
    cast.anna.left_on = today()
    cast.anna.save()
    with pytest.raises(Rejected, match="work here"):
        joined(activity, cast.anna)


def test_activities_end_by_themselves_a_day_after_their_last(cast):
    activity = running(cast.a1, days=3)
    assert campaigns.end_past(today=activity.ends_on + timedelta(days=1), by=BY) == 0
    assert campaigns.end_past(today=activity.ends_on + timedelta(days=2), by=BY) == 1
    activity.refresh_from_db()
    assert (activity.state, activity.closed_by) == (Activity.State.ENDED, BY.label)
    assert Participation.objects.filter(activity=activity).count() == 2


def test_called_off_is_not_ended_later(cast):
    activity = running(cast.a1)
    campaigns.cancel(activity, by=BY)
    assert campaigns.end(activity, by=BY).state == Activity.State.CANCELLED
