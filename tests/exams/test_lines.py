from hypothesis import given
from hypothesis import strategies as st

from healthmgmt.exams import lines

FIELDS = st.none() | st.text(st.sampled_from("a你\\N\t\n\r .\"'\0")) | st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(FIELDS, min_size=width, max_size=width), min_size=1)))
def test_rows_come_back_from_their_lines_whatever_they_say(rows):
    told = lines.of(rows).split(b"\n")
    assert [lines.decode(line) for line in told] == rows


def test_lines_are_fields_by_tab():
    assert lines.encode([["1", "2"], [None, "a\\b"]], {1}) == b"1\t\\N\n2\ta\\\\b"
    assert lines.encode([["1", "2"], [None, "b"]], {1}) == b"1\t\\N\n2\tb"
