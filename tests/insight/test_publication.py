"""When numbers are published: once a local day, and what else may bring them out."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.audit.models import Event
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import selectors, services
from healthmgmt.insight.models import PublishedRow, UnitFact
from healthmgmt.organization import periods
from healthmgmt.organization.models import Settings
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from tests import cast as casting

BY = Actor(label="system:test")
# 9 and 20 o'clock of 10 June, and half past midnight of the next day, in Shanghai.
MORNING = datetime(2026, 6, 10, 1, tzinfo=UTC)
EVENING = datetime(2026, 6, 10, 12, tzinfo=UTC)
NEXT_DAY = datetime(2026, 6, 10, 16, 30, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets the time."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(services.timezone, "now", lambda: moment)

    return set_to


@pytest.fixture
def crowd(cast):
    """Forty people in A1, thirty of them assessed."""
    cast.crowd = [casting.person(f"K{number}", cast.a1) for number in range(40)]
    cast.upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    examine(cast, cast.crowd[:15], "green")
    examine(cast, cast.crowd[15:30], "orange")
    return cast


def examine(cast, people, colour: str) -> None:
    for person in people:
        exam = Exam.objects.create(person=person, upload=cast.upload, row_number=person.pk, taken_on="2026-05-04", results={"sbp": 120})
        Assessment.objects.create(person=person, assessed_on="2026-05-05", colour=colour, exams=[exam.pk], pack="cn", edition="2024")


def count_events(number: int) -> None:
    """What an event leads to."""
    work.submit("insight.count", key=f"event:{number}", payload={})
    work.drain(kinds=["insight.count"])


def published(cast, metric: str = "covered") -> tuple[int, datetime]:
    root = selectors.published_root(cast.period)
    return root.cells[metric]["numerator"], root.published_at


def counted(cast, metric: str = "covered") -> int:
    return UnitFact.objects.get(unit=cast.root, period=cast.period, metric=metric).numerator


def test_two_counts_of_a_day_are_one_publication_and_the_next_day_is_the_second(crowd, clock):
    clock(MORNING)
    count_events(1)
    assert published(crowd) == (30, MORNING)
    clock(EVENING)
    examine(crowd, crowd.crowd[30:31], "orange")
    count_events(2)
    assert (counted(crowd), published(crowd)) == (31, (30, MORNING))
    assert selectors.is_publication_behind() is True
    clock(NEXT_DAY)
    count_events(3)
    assert published(crowd) == (31, NEXT_DAY)


def test_the_days_own_event_publishes_what_changed_after_the_last_publication(crowd, clock):
    clock(MORNING)
    count_events(1)
    examine(crowd, crowd.crowd[30:31], "orange")
    count_events(2)
    clock(NEXT_DAY)
    work.begin_day(NEXT_DAY)
    work.drain(kinds=["insight.count"])
    assert published(crowd) == (31, NEXT_DAY)


def test_while_nobody_is_assessed_every_change_is_published(cast, clock):
    people = [casting.person(f"K{number}", cast.a1) for number in range(20)]
    cast.upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    clock(MORNING)
    count_events(1)
    assert published(cast, "assessed") == (0, MORNING)
    clock(EVENING)
    examine(cast, people[:3], "red")
    count_events(2)
    assert published(cast, "assessed") == (3, EVENING)
    examine(cast, people[3:4], "red")
    count_events(3)
    # Three are assessed: hidden as their colours are, a fourth one would show in them tomorrow, not now.
    assert published(cast, "assessed") == (3, EVENING)


def test_stricter_smallest_group_is_published_at_once_and_a_laxer_one_is_not(crowd, clock):
    clock(MORNING)
    count_events(1)
    Settings.objects.update(smallest_group=20)
    count_events(2)
    assert set(PublishedRow.objects.values_list("smallest_group", flat=True)) == {20}
    Settings.objects.update(smallest_group=10)
    count_events(3)
    assert set(PublishedRow.objects.values_list("smallest_group", flat=True)) == {20}


def test_closing_counts_and_publishes_once_more_and_then_never_again(crowd, clock):
    clock(MORNING)
    count_events(1)
    examine(crowd, crowd.crowd[30:31], "orange")
    clock(EVENING)
    periods.close_period(crowd.period, by=BY)
    work.drain(kinds=["insight.settle"])
    assert published(crowd) == (31, EVENING)
    clock(NEXT_DAY)
    examine(crowd, crowd.crowd[31:32], "orange")
    count_events(2)
    assert services.settle_period(crowd.period, today=NEXT_DAY.date()) is False
    assert (counted(crowd), published(crowd)) == (31, (31, EVENING))


def test_settling_does_nothing_to_an_open_period(crowd, clock):
    clock(MORNING)
    assert services.settle_period(crowd.period, today=MORNING.date()) is False
    assert not PublishedRow.objects.exists()


def test_publish_does_not_wait_for_the_next_day_and_is_recorded(crowd, clock):
    clock(MORNING)
    count_events(1)
    clock(EVENING)
    examine(crowd, crowd.crowd[30:31], "orange")
    services.publish(crowd.period, by=BY)
    assert published(crowd) == (31, EVENING)
    assert selectors.is_publication_behind() is False
    event = Event.objects.get(action="numbers.published")
    assert (event.actor, event.subject_id) == ("system:test", str(crowd.period.pk))


def test_publish_leaves_a_closed_period_alone(crowd, clock):
    clock(MORNING)
    count_events(1)
    periods.close_period(crowd.period, by=BY)
    with pytest.raises(Rejected, match="stay as they were published"):
        services.publish(crowd.period, by=BY)
    assert services.publish_open_periods(by=BY) == []
    assert not Event.objects.filter(action="numbers.published").exists()


def test_command_publishes_the_open_periods_in_somebodys_name(crowd, clock):
    clock(MORNING)
    out = StringIO()
    call_command("publish_numbers", "--org", organisations.slug(), "--by", "admin@example.org", stdout=out)
    assert (out.getvalue(), published(crowd)) == ("Published: 2026.\n", (30, MORNING))
    assert Event.objects.get(action="numbers.published").actor_id == crowd.admin.pk
    with pytest.raises(CommandError, match="There is no user"):
        call_command("publish_numbers", "--org", organisations.slug(), "--by", "stranger@example.org", stdout=out)
