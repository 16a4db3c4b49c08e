"""Rows of examination values: read from the published set, dealt to people, paired over two years."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from healthmgmt.records import catalogue

MAN, WOMAN = 1, 2
SOURCE = Path("data/cn_healthcheck_2018/cn_healthcheck_part1.csv.gz")
# Catalogue code -> column of the published set.
COLUMNS = {
    "height": "height",
    "weight": "weight",
    "bmi": "BMI",
    "sbp": "SBP",
    "dbp": "DBP",
    "fpg": "FPG",
    "tc": "Cholesterol",
    "tg": "Triglyceride",
    "hdl": "HDL",
    "ldl": "LDL",
    "alt": "ALT",
    "ast": "AST",
    "urea": "BUN",
    "creatinine": "CCR",
}
CODES = tuple(COLUMNS)
BMI, SBP, FPG, WEIGHT, CREATININE = map(CODES.index, ("bmi", "sbp", "fpg", "weight", "creatinine"))
# What a person takes along into the next year, and how much it counts: a weight that falls by a twentieth would be an alert.
TRAITS = {BMI: 1, SBP: 1, WEIGHT: 2, CREATININE: 1}

SMALLEST_SPREAD = 0.1  # Where all rows of a cell are alike.


@dataclass(frozen=True)
class Rows:
    """`n` examinations; absent values are nan.

    sex (n,) 1 man, 2 woman; age (n,) completed years; values (n, 14) in the order of CODES and
    in the catalogue's units; fpg_later (n,) mmol/L, glucose of the same person at a later visit;
    smoking (n,) 1 current, 2 former, 3 never.
    """

    sex: np.ndarray
    age: np.ndarray
    values: np.ndarray
    fpg_later: np.ndarray
    smoking: np.ndarray

    def __len__(self) -> int:
        return len(self.sex)


def read(shared: Path) -> Rows:
    """All rows of the published set below `shared`. Raises FileNotFoundError when it is not there."""
    with gzip.open(shared / SOURCE, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader)
        table = np.array([[float(cell or "nan") for cell in row] for row in reader])
    place = {name: number for number, name in enumerate(heading)}

    def column(name: str) -> np.ndarray:
        return table[:, place[name]]

    return Rows(
        sex=column("Gender").astype(np.int8),
        age=column("Age").astype(np.int16),
        values=np.column_stack([column(name) for name in COLUMNS.values()]),
        fpg_later=column("FPG_final"),
        smoking=column("smoke"),
    )


def sound(values: np.ndarray) -> np.ndarray:
    """Values (n, 14) with those outside the catalogue's plausible limits made nan."""
    indicators = [catalogue.load()[code] for code in CODES]
    low = np.array([one.low_plausible for one in indicators])
    high = np.array([one.high_plausible for one in indicators])
    return np.where((values < low) | (values > high), np.nan, values)


def deal(pool: Rows, sex: np.ndarray, age: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One row of `pool` per person, each row once: its number, of the person's sex and age.

    Raises ValueError when the pool has too few rows of a sex and age.
    """
    dealt = np.empty(len(sex), dtype=np.int64)
    for one_sex, one_age, people in _cells(sex, age):
        rows = np.flatnonzero((pool.sex == one_sex) & (pool.age == one_age))
        dealt[people] = rng.choice(rows, size=len(people), replace=False)
    return dealt


def pair(pool: Rows, first: np.ndarray) -> np.ndarray:
    """For each row in `first` the row of somebody else, a year older, of the same sex.

    The nearest in TRAITS (in standard deviations of the cell), among rows that nobody has yet: a row
    speaks for one person and one year only. Raises ValueError when the pool has too few rows of a
    sex and age.
    """
    free = np.ones(len(pool), dtype=bool)
    free[first] = False
    columns, factors = list(TRAITS), np.array(list(TRAITS.values()))
    known = np.isfinite(pool.values[:, columns]).all(axis=1)
    second = np.empty(len(first), dtype=np.int64)
    for one_sex, one_age, people in _cells(pool.sex[first], pool.age[first]):
        rows = np.flatnonzero((pool.sex == one_sex) & (pool.age == one_age + 1) & free & known)
        if len(rows) < len(people):
            raise ValueError(f"too few rows of sex {one_sex} and age {one_age + 1}")
        traits = pool.values[rows][:, columns]
        scale = np.maximum(traits.std(axis=0), SMALLEST_SPREAD) / factors
        taken = np.zeros(len(rows), dtype=bool)
        for person in people:
            gap = np.nan_to_num((traits - pool.values[first[person], columns]) / scale)
            distance = (gap * gap).sum(axis=1)
            distance[taken] = np.inf
            nearest = int(distance.argmin())
            taken[nearest] = True
            second[person] = rows[nearest]
        free[second[people]] = False
    return second


def next_year(pool: Rows, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Values (len(first), 14) a year later: the second row, with the glucose and no other value of the first."""
    values = pool.values[second].copy()
    values[:, FPG] = pool.fpg_later[first]
    return values


def _cells(sex: np.ndarray, age: np.ndarray):
    """(sex, age, numbers of the people in that cell), in a fixed order."""
    for one_sex in (MAN, WOMAN):
        for one_age in np.unique(age[sex == one_sex]):
            yield one_sex, int(one_age), np.flatnonzero((sex == one_sex) & (age == one_age))
