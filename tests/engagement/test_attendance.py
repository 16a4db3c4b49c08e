"""Attendance lists: who was there counts once; a row that cannot be right stays out, named by its number."""

import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import attendance, campaigns, ledger, taking_part
from healthmgmt.engagement.models import Act, AttendanceList
from healthmgmt.organization.selectors import today
from tests.engagement.making import BY, joined, part, running, walk


def listed(*rows: tuple[str, str], heading: str = "工号,姓名") -> bytes:
    return "\n".join([heading, *(",".join(row) for row in rows)]).encode()


def take_in(activity, data: bytes, **more) -> AttendanceList:
    return attendance.take_in(activity, data, **{"held_on": today(), "today": today(), "by": BY} | more)


def test_whoever_was_there_has_taken_part_also_who_had_declined(cast):
    activity = running(cast.a1)
    taking_part.decline(part(activity, cast.ben), today=today(), by=BY)
    taken = take_in(activity, listed(("E1001", "Name E1001"), ("E1002", " name  e1002 ")))
    assert (taken.counted, taken.known, taken.problems) == (2, 0, [])
    ben = part(activity, cast.ben)
    assert (ben.first_act_on, ben.way, ben.declined_at, ledger.balance(cast.ben)) == (today(), "steps", None, 5)


def test_each_row_that_cannot_be_right_is_named_by_its_number(cast):
    activity = running(cast.a1)
    rows = [("E1001", "Somebody"), ("E1002", "Name E1002"), ("E3001", "Name E3001"), ("", "Nobody"), ("E1001", ""), ("E1002", "Name E1002")]
    taken = take_in(activity, listed(*rows))
    assert (taken.counted, taken.problems) == (
        1, [[2, "other_name"], [4, "unknown"], [5, "no_number"], [6, "no_name"], [7, "twice"]],
    )  # fmt: skip
    assert list(Act.objects.values_list("participation__person", flat=True)) == [cast.ben.pk]


def test_P11_the_same_list_again_and_another_of_the_same_day_change_nothing(cast):
    activity = running(cast.a1)
    data = listed(("E1001", "Name E1001"))
    assert take_in(activity, data) == take_in(activity, data)
    other = take_in(activity, data + b"\n")
    assert (other.counted, other.known, Act.objects.count(), ledger.balance(cast.anna)) == (0, 1, 1, 5)


def test_a_day_that_was_typed_in_counts_once(cast):
    activity = running(cast.a1)
    walk(joined(activity, cast.anna), 1)
    assert take_in(activity, listed(("E1001", "Name E1001"))).known == 1


def test_a_workbook_is_read_as_well(cast):
    book, out = Workbook(), io.BytesIO()
    for row in (("Attendance", None), ("Staff no", "Name"), ("E1001", "Name E1001")):
        book.active.append(row)
    book.save(out)
    assert take_in(running(cast.a1), out.getvalue()).counted == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"), (listed(heading="工号,姓名"), "no rows"), (listed(("E1001",), heading="工号"), "no column with names"),
        (b"a,b\n1,2", "no column with employee numbers"), (b"PK\x03\x04broken", "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_changes_nothing(cast, data, sentence):
    with pytest.raises(Rejected, match=sentence):
        take_in(running(cast.a1), data)
    assert not AttendanceList.objects.exists()


def test_P04_an_activity_that_tells_of_health_takes_no_list(cast):
    with pytest.raises(Rejected, match="nobody else's business"):
        take_in(running(cast.a1, "weight"), listed(("E1001", "Name E1001")))


def test_a_day_outside_of_the_activity_is_refused_and_after_its_end_a_list_may_come(cast):
    activity = running(cast.a1)
    with pytest.raises(Rejected):
        take_in(activity, listed(("E1001", "Name E1001")), held_on=today() + timedelta(days=1))
    campaigns.end(activity, by=BY)
    activity.refresh_from_db()
    assert take_in(activity, listed(("E1001", "Name E1001"))).counted == 1
    with pytest.raises(Rejected, match="no lists any more"):
        take_in(activity, listed(("E1001", "Name E1001")), today=activity.ends_on + timedelta(days=40))
