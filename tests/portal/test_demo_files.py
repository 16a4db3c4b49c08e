"""The written files, read back by a plain reader that knows nothing of the generator."""

import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from healthmgmt.exams import intake
from healthmgmt.exams.cleaning import FIELDS
from healthmgmt.portal.demo import measurements
from healthmgmt.portal.demo.files import ROSTER_COLUMNS, DemoFiles, ExamFile, write
from tests.exams import making
from tests.portal.plain_reader import HEADINGS, NOT_MEASURED, PER_MG_DL, records, roster, table

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> DemoFiles:
    return write(tmp_path_factory.mktemp("drawn"), None, today=TODAY)


@pytest.fixture(scope="module")
def real(tmp_path_factory, shared) -> DemoFiles:
    return write(tmp_path_factory.mktemp("real"), shared, today=TODAY)


@pytest.fixture(scope="module", params=["drawn", "real"])
def demo(request) -> DemoFiles:
    return request.getfixturevalue(request.param)


def check_digit_is_right(number: str) -> bool:
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    return number[17] == "10X98765432"[sum(w * int(d) for w, d in zip(weights, number, strict=False)) % 11]


def own_reason(row: dict, numbers: set[str]) -> str:
    """What is wrong with a row when it is looked at alone."""
    if "id_no" in row and not check_digit_is_right(row["id_no"]):
        return "id-number"
    if row.get("emp_no", row.get("id_no")) not in numbers:
        return "unknown-employee"
    if any(not low <= row[what] <= high for what, (_, low, high) in HEADINGS.items() if low and what in row):
        return "range"
    return "order" if "sbp" in row and row["sbp"] <= row["dbp"] else ""


def outcome(exam: ExamFile, numbers: set[str]) -> list[tuple[int, str]]:
    """(data row, reason) of the rows that cannot be stored."""
    rows = records(exam)
    reasons = [own_reason(row, numbers) for row in rows]
    seen: dict[tuple, int] = {}
    for number, row in enumerate(rows):
        key = (row.get("emp_no", row.get("id_no")), row["day"])
        before = seen.setdefault(key, number)
        if before == number:
            continue
        if {**row, "序号": ""} == {**rows[before], "序号": ""}:
            reasons[number] = "duplicate"
        else:
            reasons[before] = reasons[number] = "conflict"
    return [(number, reason) for number, reason in enumerate(reasons, start=1) if reason]


def test_write_states_what_a_plain_reader_finds(demo):
    for organisation in demo.organisations:
        people = roster(organisation.roster)
        numbers = {person["emp_no"] for person in people} | {person["id_no"] for person in people}
        for exam in organisation.exams:
            assert list(exam.problems) == outcome(exam, numbers)
            assert exam.received == len(table(exam)[1])


def test_write_files_are_understood_by_the_product(drawn):
    for exam in (exam for organisation in drawn.organisations for exam in organisation.exams):
        found, problems = read_by_the_product(exam)
        in_the_row = {(number, reason) for number, reason in exam.problems if reason in ("range", "order", "id-number")}
        assert problems == in_the_row
        for number, row in enumerate(records(exam), start=1):
            told = {code: row[code] for code in measurements.CODES if code in row}
            if number not in {faulty for faulty, _ in exam.problems}:
                assert {code: found[number][code] for code in told} == pytest.approx(told, rel=1e-9)
                assert set(found[number]) - set(told) <= {"smoking"}


def read_by_the_product(exam: ExamFile) -> tuple[dict[int, dict], set[tuple[int, str]]]:
    """(values by data row, (data row, reason) of the problems) as the reading child gives them."""
    options = {"name": exam.path.name, "today": TODAY.isoformat(), "limits": {}, "layout": None, "country": "cn"}
    values, problems = {}, set()
    with exam.path.open("rb") as file:
        for frame in intake.run(file.fileno(), options):
            for row in making.rows_of(frame):
                values[int(row[0])] = json.loads(row[FIELDS.index("values")])
                problems |= {(int(row[0]), problem["reason"]) for problem in json.loads(row[-1])}
    return values, problems


def test_write_counts_add_up(demo):
    for organisation in demo.organisations:
        for exam in organisation.exams:
            assert exam.received == exam.accepted + exam.waiting + exam.refused
            assert exam.waiting + exam.refused == len(exam.problems) == sum(exam.reasons.values())
            assert exam.refused == exam.reasons["duplicate"] == 1
        for year, examined in organisation.examined.items():
            received = sum(exam.received for exam in organisation.exams if exam.year == year)
            repeats = sum(
                exam.reasons["duplicate"] + exam.reasons.get("conflict", 0) // 2
                for exam in organisation.exams
                if exam.year == year
            )
            assert received - repeats == examined
            assert 0.91 < examined / organisation.due[year] < 0.96


def test_write_faults_are_the_stated_small_number(drawn):
    for exam in drawn.organisations[0].exams:
        planted = {"order": 2, "unknown-employee": 2, "duplicate": 1, "conflict": 2}
        if "江海" not in exam.centre:
            planted["id-number"] = 3
        assert {reason: count for reason, count in exam.reasons.items() if reason != "range"} == planted


def test_write_one_file_for_each_centre_and_year(demo):
    shipping, small = demo.organisations
    assert Counter(exam.year for exam in shipping.exams) == {2025: 3, 2026: 3}
    assert len({exam.centre for exam in shipping.exams}) == 3
    assert [exam.year for exam in small.exams] == [2026]
    assert [round.year for round in shipping.rounds] == [2025, 2026]


def test_write_files_differ_as_the_centres_do(drawn):
    jianghai, nanyu, beichen = drawn.organisations[0].exams[:3]
    content = jianghai.path.read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert content.decode("gb18030").startswith("序号,工号,姓名")
    assert nanyu.path.read_bytes()[:2] == beichen.path.read_bytes()[:2] == b"PK"
    assert table(nanyu)[0] != table(beichen)[0]
    assert "血清总胆固醇(mg/dL)" in table(nanyu)[0]


def test_write_workbook_has_merged_titles_above_the_heading(drawn):
    beichen = next(exam for exam in drawn.organisations[0].exams if "北辰" in exam.centre)
    sheet = load_workbook(beichen.path).active
    assert sorted(str(merged) for merged in sheet.merged_cells.ranges) == ["A1:S1", "A2:S2"]
    assert sheet["A1"].value == "云帆航运集团（演示） 2025 年度员工健康体检结果汇总"
    assert sheet["A3"].value == "姓名"


def test_write_full_width_digits_and_words_for_not_measured(drawn):
    for exam in drawn.organisations[0].exams:
        cells = [cell for row in table(exam)[1] for cell in row]
        wide = sum(any("０" <= letter <= "９" for cell in row for letter in cell) for row in table(exam)[1])
        assert wide == 6
        assert len({cell for cell in cells if cell} & NOT_MEASURED) == 2


def test_write_roster_has_the_columns_and_the_tree(drawn):
    shipping, small = drawn.organisations
    people = roster(shipping.roster)
    assert tuple(people[0]) == ROSTER_COLUMNS
    assert len(people) == shipping.people == 6000
    assert len({person["unit"] for person in people}) == 10
    assert len({(person["unit"], person["dept"]) for person in people}) == 50
    assert (shipping.units, small.units, small.people) == (60, 5, 40)
    assert {person["place"] for person in people} >= {"上海", "大连", "广州", "天津", "青岛", "武汉", "厦门"}


def test_write_nobody_is_in_both_organisations(drawn):
    one, two = (roster(organisation.roster) for organisation in drawn.organisations)
    for column in ("name", "id_no"):
        assert len({person[column] for person in [*one, *two]}) == 6040
    assert {person["emp_no"] for person in two} <= {person["emp_no"] for person in one}


def test_write_same_arguments_same_bytes(drawn, tmp_path):
    again = write(tmp_path, None, today=TODAY)
    for one, two in zip(drawn.organisations, again.organisations, strict=True):
        for first, second in zip(files_of(one), files_of(two), strict=True):
            assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()


def files_of(organisation) -> list[Path]:
    return [organisation.roster, *(exam.path for exam in organisation.exams)]


def test_write_other_seed_other_people(drawn, tmp_path):
    other = write(tmp_path, None, today=TODAY, seed=7)
    assert other.organisations[0].roster.read_bytes() != drawn.organisations[0].roster.read_bytes()


def test_write_people_are_the_same_with_and_without_real_values(drawn, real):
    for one, two in zip(drawn.organisations, real.organisations, strict=True):
        assert one.roster.read_bytes() == two.roster.read_bytes()
        assert [exam.received for exam in one.exams] == [exam.received for exam in two.exams]


def test_write_real_values_are_rows_of_the_set(real, shared):
    pool = measurements.read(shared)
    codes = ("height", "weight", "sbp", "dbp", "tc", "tg", "creatinine")
    columns = [measurements.CODES.index(code) for code in codes]
    known = {tuple(row) for row in pool.values[:, columns].tolist()}
    for exam in real.organisations[0].exams:
        if "江海" not in exam.centre:
            continue
        sound = {number for number, _ in exam.problems}
        rows = [row for number, row in enumerate(records(exam), start=1) if number not in sound]
        complete = [tuple(row[code] for code in codes) for row in rows if all(code in row for code in codes)]
        assert len(complete) > 1500
        assert [row for row in complete if row not in known] == []


def test_write_conventional_units_are_the_same_values_within_rounding(real, shared):
    exact = ("height", "weight", "sbp", "dbp", "alt")
    by_exact = {}
    for row in measurements.read(shared).values.tolist():
        values = dict(zip(measurements.CODES, row, strict=True))
        by_exact.setdefault(tuple(values[code] for code in exact), []).append(values)
    exam = next(exam for exam in real.organisations[0].exams if "南屿" in exam.centre and exam.year == 2025)
    faulty = {number for number, _ in exam.problems}
    rows = [row for number, row in enumerate(records(exam), start=1) if number not in faulty and "alt" in row]
    assert len(rows) > 1000
    assert [row for row in rows if not any(map(same(row), by_exact[tuple(row[code] for code in exact)]))] == []


def same(row: dict):
    """A test whether published values are the row's, to half a step of what the centre prints."""
    step = {code: factor * (0.01 if code == "creatinine" else 1) for code, factor in PER_MG_DL.items()}
    return lambda values: all(abs(row[code] - values[code]) < 0.51 * step[code] for code in step if code in row)


def test_write_missing_set_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path, tmp_path / "nowhere", today=TODAY)
