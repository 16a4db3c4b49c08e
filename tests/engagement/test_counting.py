"""What employers see of an activity: counted once a local day, by the rules of its sensitivity."""

from datetime import timedelta

import pytest

from healthmgmt.engagement import counting
from healthmgmt.engagement.funnels import STAGES
from healthmgmt.engagement.models import Activity, PublishedCount
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today
from tests import cast as casting
from tests.engagement.making import joined, running, walk


@pytest.fixture
def crowd(cast):
    """Fourteen more in A1, twelve in A2."""
    return [casting.person(f"C{number}", cast.a1 if number < 14 else cast.a2) for number in range(26)]


def stages(activity: Activity, row: int = 0) -> list[int | None]:
    found = PublishedCount.objects.get(activity=activity).rows[row]["stages"]
    return [found[stage] for stage in STAGES]


def test_counts_are_of_the_units_below_and_add_up(cast, crowd):
    activity = running(cast.a)
    for person in crowd[:6] + crowd[14:17]:
        walk(joined(activity, person), 1)
    counting.publish(activity, today=today() + timedelta(days=1))
    rows = PublishedCount.objects.get(activity=activity).rows
    assert [row["units"] for row in rows] == [[cast.a.pk], [cast.a1.pk], [cast.a2.pk]]
    assert [stages(activity, place) for place in range(3)] == [[29, 9, 9, 9, 0], [16, 6, 6, 6, 0], [13, 3, 3, 3, 0]]


def test_P04_nothing_moves_within_a_local_day(cast, crowd):
    activity = running(cast.a)
    walk(joined(activity, crowd[0]), 1)
    assert counting.publish(activity, today=today()) is False
    assert stages(activity) == [29, 0, 0, 0, 0]
    assert counting.publish(activity, today=today() + timedelta(days=1)) is True
    assert stages(activity) == [29, 1, 1, 1, 0]


def test_P04_an_activity_that_tells_of_health_hides_groups_below_the_organisations_smallest(cast, crowd):
    activity = running(cast.a, "weight")
    for person in crowd[:9]:
        joined(activity, person, "plate")
    counting.publish(activity, today=today() + timedelta(days=1))
    assert stages(activity) == [29, None, None, None, None]
    joined(activity, crowd[9], "plate")
    counting.publish(activity, today=today() + timedelta(days=2))
    assert stages(activity)[:2] == [29, 10]


def test_a_larger_smallest_group_counts_at_once(cast, crowd):
    activity = running(cast.a, "weight")
    Settings.objects.update(smallest_group=20)
    assert counting.publish(activity, today=today()) is True
    assert PublishedCount.objects.get().smallest_group == 20
