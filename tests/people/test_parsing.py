"""What a row says, or why it cannot be used. No database."""

from datetime import date

import pytest

from healthmgmt.people import parsing
from healthmgmt.people.sheets import Sheet, Unreadable
from tests.people.rosters import id_number

TODAY = date(2026, 6, 1)
BIRTH = date(1980, 5, 17)


def lines(headings: list[str], *rows: list[str]) -> list[parsing.RosterLine]:
    columns, below = parsing.find_columns(iter([Sheet("", enumerate([headings, *rows], start=1))]))
    return list(parsing.Reader(columns, TODAY).lines(below))


def one(**cells: str) -> parsing.RosterLine:
    given = {"emp_no": "E1"} | cells
    return lines(list(given), list(given.values()))[0]


def faults(line: parsing.RosterLine) -> list[tuple[str, str]]:
    return [(problem.column, problem.reason) for problem in line.problems]


@pytest.mark.parametrize(
    "headings", [["工号", "姓名", "身份证号"], ["Employee No.", "Full Name", "ID number"], ["*员工编号：", " 姓 名 ", "身份证号码"]]
)
def test_headings_in_either_language(headings):
    if headings[0].endswith("."):
        headings = [headings[0].rstrip("."), *headings[1:]]
    line = lines(headings, ["E1", "张", ""])[0]
    assert (line.emp_no, line.name, line.problems) == ("E1", "张", [])


def test_headings_below_a_title():
    columns, _rows = parsing.find_columns(iter([Sheet("", iter([(1, ["名单"]), (3, ["", "姓名", "工号"])]))]))
    assert (columns.index, columns.heading_row, columns.cell("emp_no", 9)) == ({"name": 1, "emp_no": 2}, 3, "C9")


@pytest.mark.parametrize(("headings", "reason"), [(["name", "sex"], "missing-column"), (["emp_no", "工号"], "duplicate-heading")])
def test_headings_that_cannot_be_used(headings, reason):
    with pytest.raises(Unreadable) as error:
        lines(headings)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1990-01-02", date(1990, 1, 2)),
        ("1990/1/2", date(1990, 1, 2)),
        ("1990.1.2", date(1990, 1, 2)),
        ("19900102", date(1990, 1, 2)),
        ("1990年1月2日", date(1990, 1, 2)),
        ("１９９０－０１－０２", date(1990, 1, 2)),
        ("1990-01-02 00:00:00", date(1990, 1, 2)),
        ("2023-02-29", None),
        ("02/01/1990", None),
        ("33000", None),
        ("1990", None),
        ("unknown", None),
    ],
)
def test_day(text, found):
    assert parsing.day(text) == found


@pytest.mark.parametrize(
    ("text", "sex"), [("男", "m"), ("女", "f"), ("M", "m"), ("female", "f"), ("1", "m"), ("2", "f"), ("", ""), ("x", ""), ("0", "")]
)
def test_sex(text, sex):
    line = one(sex=text)
    assert (line.sex, faults(line)) == (sex, [] if sex or not text else [("sex", "sex")])


def test_identity_number_gives_birth_and_sex():
    line = one(id_no=id_number(BIRTH, 22).lower())
    assert (line.id_no, line.birth, line.sex, line.problems) == (id_number(BIRTH, 22), BIRTH, "f", [])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"id_no": id_number(BIRTH)[:-1] + "?"}, [("id_no", "id-number")]),
        ({"id_no": "760101198005170", "birth": "1980-05-17"}, [("id_no", "id-number")]),
        ({"id_no": id_number(BIRTH), "birth": "1980-05-18"}, [("birth", "contradicts-id")]),
        ({"id_no": id_number(BIRTH, 21), "sex": "女"}, [("sex", "contradicts-id")]),
        ({"id_no": id_number(BIRTH, 21), "sex": "女", "birth": "1981-05-17"}, [("birth", "contradicts-id"), ("sex", "contradicts-id")]),
        ({"birth": "2020-01-01"}, [("birth", "date")]),
        ({"birth": "1880-01-01"}, [("birth", "date")]),
        ({"birth": "1980-02-30"}, [("birth", "date")]),
        ({"left_on": "2026-06-02"}, [("left_on", "future-date")]),
        ({"hired_on": "2030-01-01"}, [("hired_on", "future-date")]),
        ({"birth": "1980-01-01", "hired_on": "1990-01-01"}, [("hired_on", "date")]),
        ({"hired_on": "2020-01-01", "left_on": "2019-12-31"}, [("left_on", "order")]),
        ({"unit": "A", "place": "火星"}, [("place", "place")]),
        ({"name": "x" * 101}, [("name", "too-long")]),
        ({"unit": "u" * 121}, [("unit", "too-long")]),
        ({"exposure": "e" * 41}, [("exposure", "too-long")]),
        ({"name": "a\x07b"}, [("name", "characters")]),
        ({"emp_no": ""}, [("emp_no", "missing")]),
        ({"emp_no": "9" * 41}, [("emp_no", "too-long")]),
    ],
)
def test_problems_of_a_row(cells, expected):
    assert faults(one(**cells)) == expected


@pytest.mark.parametrize(
    ("unit", "dept", "path"),
    [
        ("A", "B", ("A", "B")),
        ("A", "", ("A",)),
        ("A/B/C", "", ("A", "B", "C")),
        ("A/B", "C/D", ("A", "B", "C", "D")),
        (" A / B ", "", ("A", "B")),
        ("A", "A", ("A",)),
        ("", "B", ("B",)),
        ("", "", None),
    ],
)
def test_unit_and_department_make_the_path(unit, dept, path):
    assert one(unit=unit, dept=dept).path == path


def test_file_without_units_says_nothing_of_them():
    assert one(name="x").path is None
    assert faults(one(place="北京")) == [("unit", "missing")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("噪声；高温", ["heat", "noise"]), ("noise, NOISE", ["noise"]), ("无", []), ("", None), ("蓝光", ["蓝光"]), ("高原/粉尘", ["dust", "high_altitude"])],
)
def test_exposures(text, kinds):
    assert one(exposure=text).exposures == kinds


def test_short_rows_are_blank_at_their_end():
    assert lines(["emp_no", "name", "sex"], ["E1"])[0].problems == []


def test_every_reason_has_a_sentence():
    import re
    from pathlib import Path

    from healthmgmt.people import presenters

    source = Path(parsing.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'_blame\(line, [^,]+(?: if [^,]+)?, "([a-z-]+)"\)', source))
    assert used - set(presenters.ROW_REASONS) == set()
