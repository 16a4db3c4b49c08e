"""Whole published exam tables, with generated employee numbers: every row is received, and what waits waits for a stated reason.

The cells, headings, encoding and delimiter are the files' own; employee number and, where a file has none, a day are put in
front of each row. Their values stay in the reference data; only counts are stated here.
"""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from healthmgmt.exams import child
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from tests.exams import making
from tests.exams.road import ground, upload

DAY = "2018-06-01"
SETS = {
    "cn_healthcheck_2018/cn_healthcheck_part1.csv.gz": ("utf-8", ","),
    "cn_tianchi_glucose/d_train_20180102.csv": ("gb18030", ","),
    "cn_meinian_bp_lipids/meinian_train_part1_gbk.csv": ("gb18030", ","),
    "cn_meinian_wide/meinian_items_wide_part1.csv.gz": ("utf-8", ","),
    "kr_nhis_checkup/kr_nhis_part1.csv.gz": ("utf-8", ","),
    "uci_ckd/kidney_disease.csv": ("utf-8", ","),
    "cardio_70k/cardio_train_part1.csv.gz": ("utf-8", ";"),
    "pima_diabetes/diabetes.csv": ("utf-8", ","),
}


def delivered(path: Path, encoding: str, delimiter: str) -> tuple[bytes, int]:
    """A file as an exam centre would send it, and how many rows it has."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = data.decode(encoding).splitlines()
    has_day = "体检日期" in lines[0]
    first = ["工号"] if has_day else ["工号", "体检日期"]
    told = [delimiter.join([*first, lines[0]])]
    for number, line in enumerate(lines[1:], start=1):
        told.append(delimiter.join([f"E{number:06d}", *([] if has_day else [DAY]), line]))
    return "\r\n".join(told).encode(encoding), len(lines) - 1


def outcome(data: bytes, **options) -> tuple[dict, dict, list[dict]]:
    """Received, accepted and waiting rows; waiting rows by reason; proposals."""
    reasons: Counter[str] = Counter()
    waiting, last = 0, {}
    for frame in child.frames(data, {"today": "2024-05-01"} | options):
        last = frame
        for row in making.rows_of(frame):
            found = {problem["reason"] for problem in child.json.loads(row[-1])}
            waiting += bool(found)
            reasons.update(found)
    assert last["kind"] == "end", last
    received = last["received"]
    return {"received": received, "accepted": received - waiting, "waiting": waiting}, dict(reasons), last["proposals"]


EXPECTED = {
    "cn_healthcheck_2018/cn_healthcheck_part1.csv.gz": (169_467, 168_679, 788, {"range": 788}),
    "cn_tianchi_glucose/d_train_20180102.csv": (5642, 5639, 3, {"range": 3}),
    "cn_meinian_bp_lipids/meinian_train_part1_gbk.csv": (22_000, 21_992, 8, {"range": 5, "number": 3}),
    "cn_meinian_wide/meinian_items_wide_part1.csv.gz": (5600, 5599, 1, {"characters": 1}),
    # mg/dL and g/dL without saying so: nothing of it may pass, and the units are proposed.
    "kr_nhis_checkup/kr_nhis_part1.csv.gz": (20_000, 0, 20_000, {"unit": 20_000, "range": 2}),
    # Haematocrit in per cent, blood cells in impossible numbers, tabs and question marks.
    "uci_ckd/kidney_disease.csv": (400, 55, 345, {"range": 294, "unit": 329, "number": 47}),
    "cardio_70k/cardio_train_part1.csv.gz": (45_000, 44_148, 852, {"range": 669, "order": 66, "unit": 120}),
    "pima_diabetes/diabetes.csv": (768, 0, 768, {"range": 375, "unit": 768}),
}
SLOW = ("cn_healthcheck_2018", "cn_meinian_wide", "kr_nhis_checkup", "cardio_70k")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] if name.startswith(SLOW) else [], id=name.split("/")[0]) for name in SETS],
)
def test_every_row_is_received_and_waits_only_for_a_stated_reason(name, shared):
    data, rows = delivered(shared / "data" / name, *SETS[name])
    counts, reasons, _proposals = outcome(data)
    received, accepted, waiting, expected = EXPECTED[name]
    assert received == rows
    assert (counts, reasons) == ({"received": received, "accepted": accepted, "waiting": waiting}, expected)


@pytest.mark.long  # A whole data set, twice.
def test_korean_rows_go_in_once_people_said_the_proposed_units(shared):
    name = "kr_nhis_checkup/kr_nhis_part1.csv.gz"
    data, rows = delivered(shared / "data" / name, *SETS[name])
    proposed = {one["index"]: one["unit"] for one in outcome(data)[2]}
    layout = next(frame for frame in child.frames(data, {"today": "2024-05-01"}) if frame["kind"] == "layout")
    for column in layout["columns"]:
        if column["index"] in proposed:
            column |= {"unit": proposed[column["index"]], "unit_stated": True, "looks_like": None}
    counts, reasons, proposals = outcome(data, layout=layout)
    assert counts["received"] == rows == counts["accepted"] + counts["waiting"]
    assert counts["accepted"] > 0.95 * rows
    assert (set(reasons), proposals) == ({"range"}, [])


@pytest.mark.long  # Whole data sets, from the file to exams of people who were made for them.
@pytest.mark.parametrize("name", list(SETS), ids=[name.split("/")[0] for name in SETS])
def test_data_set_goes_in_on_the_whole_road(name, shared, org_a):
    data, rows = delivered(shared / "data" / name, *SETS[name])
    unit, now = ground(), timezone.now()
    people = (Person(emp_no=f"E{number:06d}", unit=unit, created_at=now) for number in range(1, rows + 1))
    Person.objects.bulk_create(people, batch_size=5_000)
    received, accepted, waiting, _reasons = EXPECTED[name]
    done = upload(data, name=name.split("/")[-1].removesuffix(".gz"), unit=unit)
    assert (done.received, done.accepted, done.unchanged, done.waiting, done.refused) == (received, accepted, 0, waiting, 0)
    assert done.state == ("partly_applied" if waiting else "applied")
    assert Exam.objects.filter(upload=done, state="current").count() == accepted
