"""A roster and one exam file of 30 columns, as csv and as xlsx with the same cells."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from bench.people import MEASURED, People, draw
from healthmgmt.core import resident_id
from healthmgmt.portal.demo.writing import write_text, write_workbook
from healthmgmt.records import catalogue

AREA = "760101"  # No such place: the number can belong to nobody.
SEXES, SMOKING = ("男", "女"), ("吸烟", "已戒烟", "从不吸烟")
# Heading and the type of the column in a plain table.
FIRST = {"工号": "text", "姓名": "text", "身份证号": "text", "性别": "text", "体检日期": "date"}
LAST = {"吸烟史": "text", "尿蛋白": "text", "既往史": "text", "腹部彩超": "text"}


def columns() -> dict[str, str]:
    """Heading -> type of the 30 columns."""
    return FIRST | {catalogue.load()[code].name_zh: "double precision" for code in MEASURED} | LAST


def wide_columns() -> list[str]:
    """Headings of the 40 columns of the widest file."""
    return [*columns(), *(catalogue.load()[code].name_zh for code in _more())]


def _more() -> list[str]:
    """Ten further items with limits on both sides."""
    items = catalogue.load()
    limited = (code for code in items if items[code].ref_low_m is not None and items[code].ref_high_m is not None)
    return [code for code in limited if code not in MEASURED and items[code].is_numeric][:10]


def write_text_files(folder: Path, count: int, today: date) -> tuple[People, list[tuple[str, str, str]]]:
    """`roster.csv` and `exams.csv` about the same people; returns who they are."""
    people = draw(count, today=today, seed=1)
    identities = [_identity(people, at) for at in range(count)]
    roster = ([*identity, SEXES[sex - 1], birth.isoformat()] for identity, sex, birth in zip(identities, people.sex, people.birth))
    write_text(folder / "roster.csv", ["工号", "姓名", "身份证号", "性别", "出生日期"], roster, "utf-8")
    write_text(folder / "exams.csv", list(columns()), _rows(people, identities), "utf-8")
    return people, identities


def write(folder: Path, count: int, today: date) -> None:
    """Both text files, `exams.xlsx` and `wide.xlsx` (with ten more columns) about the same people, and `columns.json`."""
    people, identities = write_text_files(folder, count, today)
    write_workbook(folder / "exams.xlsx", list(columns()), _rows(people, identities))
    limits = [(catalogue.load()[code].ref_low_m, catalogue.load()[code].ref_high_m) for code in _more()]
    rng = np.random.default_rng(3)
    more = ([f"{rng.uniform(low, high):.4g}" for low, high in limits] for _ in range(count))
    write_workbook(folder / "wide.xlsx", wide_columns(), ([*row, *added] for row, added in zip(_rows(people, identities), more)))
    (folder / "columns.json").write_text(json.dumps(columns()), encoding="utf-8")


def _identity(people: People, at: int) -> tuple[str, str, str]:
    # Birthdays repeat; of one day and sex the 500 sequence numbers can run out, so the area counts too.
    sequence, area = divmod(at, 200)
    digits = f"{int(AREA) + area:06d}{people.birth[at]:%Y%m%d}{sequence % 500 * 2 + int(people.sex[at]) % 2:03d}"
    return f"E{at + 1:07d}", f"张{at + 1}", digits + resident_id.check_digit(digits)


def _rows(people: People, identities: list[tuple[str, str, str]]) -> Iterator[list]:
    rng = np.random.default_rng(2)
    protein = rng.choice(["阴性", "阴性", "阴性", "±", "1+"], len(identities))
    liver = rng.choice(["肝胆胰脾未见明显异常", "轻度脂肪肝", "胆囊息肉"], len(identities))
    for at, identity in enumerate(identities):
        measured = ["" if np.isnan(value) else f"{value:g}" for value in people.values[at].tolist()]
        smoking = "" if np.isnan(people.smoking[at]) else SMOKING[int(people.smoking[at]) - 1]
        history = "高血压" if people.hypertensive[at] else "无"
        yield [*identity, SEXES[people.sex[at] - 1], people.taken_on[at].isoformat(), *measured, smoking, protein[at], history, liver[at]]
