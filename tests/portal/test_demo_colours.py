"""The colours of drawn people agree with those of the published rows within two points."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from healthmgmt.portal.demo import figures, files, measurements
from healthmgmt.portal.demo.measurements import CODES, Rows
from healthmgmt.portal.demo.population import age_on
from tests.portal.plain_colours import shares
from tests.portal.plain_reader import records, roster


def subset(rows: Rows, members: np.ndarray) -> Rows:
    return Rows(rows.sex[members], rows.age[members], rows.values[members], rows.fpg_later[members], rows.smoking[members])


def gaps(found: dict[str, float], expected: dict[str, float]) -> dict[str, float]:
    """The colours that are more than two points apart."""
    return {shade: gap for shade in expected if abs(gap := found[shade] - expected[shade]) > 2}


@pytest.mark.parametrize(("later", "seed"), [(False, 1), (True, 2)], ids=["first year", "with the later glucose"])
def test_draw_colours_agree_within_two_points(shared, later, seed):
    rng = np.random.default_rng(seed)
    published = measurements.read(shared)
    real = subset(published, rng.choice(len(published), size=25_000, replace=False))
    drawn = figures.draw(figures.load(), real.sex, real.age, rng)
    if later:
        for rows in (real, drawn):
            rows.values[:, measurements.FPG] = rows.fpg_later
    expected, found = shares(real), shares(drawn)
    assert gaps(found, expected) == {}


def written_rows(organisation: files.Organisation, year: int) -> Rows:
    """The sound rows of a year's files, with the sex and age that the roster gives."""
    people = roster(organisation.roster)
    by_number = {person[key]: person for person in people for key in ("emp_no", "id_no")}
    sex, age, values = [], [], []
    for exam in (exam for exam in organisation.exams if exam.year == year):
        faulty = {number for number, _ in exam.problems}
        for number, row in enumerate(records(exam), start=1):
            if number in faulty:
                continue
            person = by_number[row.get("emp_no", row.get("id_no"))]
            sex.append({"男": 1, "女": 2}[person["sex"]])
            age.append(age_on(date.fromisoformat(person["birth"]), date.fromisoformat(row["day"].replace("/", "-"))))
            values.append([row.get(code, np.nan) for code in CODES])
    unknown = np.full(len(sex), np.nan)
    return Rows(np.array(sex), np.array(age), np.array(values, dtype=float), unknown, unknown)


@pytest.mark.long  # Half a minute.
def test_write_colours_with_and_without_real_values_agree_within_two_points(shared: Path, tmp_path):
    today = date(2026, 11, 21)
    drawn, real = (
        files.write(tmp_path / name, source, today=today).organisations[0]
        for name, source in (("drawn", None), ("real", shared))
    )
    for year in (2025, 2026):
        assert gaps(shares(written_rows(drawn, year)), shares(written_rows(real, year))) == {}
