"""What a row says otherwise than what is stored."""

import pytest

from healthmgmt.exams.comparing import Kind, Told, changes

FILE = {"sbp", "dbp", "fpg", "history"}


def told(results=(), texts=(), signs=(), left_out=()) -> Told:
    return Told(dict(results), dict(texts), dict(signs), left_out)


def listed(row: Told, *stored: Told) -> list[tuple]:
    return [
        (one.code, one.kind, one.before and one.before.value, one.after and one.after.value) for one in changes(row, stored, FILE)
    ]


@pytest.mark.parametrize(
    ("row", "stored", "expected"),
    [
        (told({"sbp": 120}), [told({"sbp": 120})], []),
        (told({"sbp": 130}), [told({"sbp": 120})], [("sbp", Kind.CHANGED, 120, 130)]),
        (told({"fpg": 5.0}, signs={"fpg": "<"}), [told({"fpg": 5.0})], [("fpg", Kind.CHANGED, 5.0, 5.0)]),
        (told({"sbp": 120, "dbp": 80}), [told({"sbp": 120})], [("dbp", Kind.ADDED, None, 80)]),
        (told({"sbp": 120}), [told({"sbp": 120, "dbp": 80})], [("dbp", Kind.GONE, 80, None)]),
        # What has no column in the file stays, and with it all of its exam.
        (told({"sbp": 120}), [told({"sbp": 120, "dbp": 80, "uric_acid": 300})], []),
        # What was left out of the row stays, too.
        (told({"sbp": 120}, left_out={"dbp"}), [told({"sbp": 120, "dbp": 80})], []),
        # The later exam of the day counts.
        (told({"sbp": 130}), [told({"sbp": 120, "uric_acid": 300}), told({"sbp": 130})], []),
        (told(texts={"history": "无"}), [told({"condition:hypertension": 1}, {"history": "高血压"})], [("history", Kind.CHANGED, "高血压", "无")]),
    ],
)
def test_changes(row, stored, expected):
    assert listed(row, *stored) == expected
