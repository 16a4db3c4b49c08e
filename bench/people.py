"""Invented people with values drawn from the product's own figures, so that no data set is needed, or from a published one."""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from healthmgmt.portal.demo import figures, measurements
from healthmgmt.portal.demo.measurements import CODES, Rows

# What the figures do not describe: mean, spread, decimals.
MORE = {
    "waist": (83, 9, 0),
    "uric_acid": (330, 80, 0),
    "wbc": (6.2, 1.5, 2),
    "hgb": (145, 14, 0),
    "plt": (235, 55, 0),
    "hba1c": (5.4, 0.5, 1),
    "tbil": (13, 4, 1),
}
MEASURED = (*CODES, *MORE)
EXAM_DAYS_AGO = (30, 120)


@dataclass(frozen=True)
class People:
    """`n` people, each examined once.

    sex (n,) 1 man, 2 woman; birth (n,) and taken_on (n,) days; values (n, 21) in the order of MEASURED, nan = not
    measured; smoking (n,) 1 current, 2 former, 3 never, nan = not asked; hypertensive (n,) bool, told as past history.
    """

    sex: np.ndarray
    birth: list[date]
    taken_on: list[date]
    values: np.ndarray
    smoking: np.ndarray
    hypertensive: np.ndarray


def published() -> Rows | None:
    """The rows of the CC0 set below the folder of reference data; None where it is not there."""
    shared = Path(os.environ.get("SHARED", "../shared"))
    return measurements.read(shared) if (shared / measurements.SOURCE).exists() else None


def draw(count: int, *, today: date, seed: int, pool: Rows | None = None) -> People:
    """The same people for the same arguments: rows of the pool, a row as often as it is drawn, else of the product's own figures."""
    rng = np.random.default_rng(seed)
    rows = _of_figures(count, rng) if pool is None else _of_pool(pool, rng.integers(0, len(pool), count))
    more = [np.round(np.maximum(rng.normal(mean, spread, count), mean / 4), digits) for mean, spread, digits in MORE.values()]
    days_old = rows.age * 365.25 + rng.integers(140, 360, count)
    return People(
        sex=rows.sex,
        birth=[today - timedelta(days=int(days)) for days in days_old],
        taken_on=[today - timedelta(days=int(days)) for days in rng.integers(*EXAM_DAYS_AGO, count)],
        values=np.column_stack([rows.values, *more]),
        smoking=rows.smoking,
        hypertensive=rng.random(count) < 0.15,
    )


def _of_figures(count: int, rng: np.random.Generator) -> Rows:
    known = figures.load()
    cells = [(sex, age, people) for sex, ages in known.ages.items() for age, people in ages.items()]
    shares = np.array([people for _, _, people in cells], dtype=float)
    chosen = np.array([cell[:2] for cell in cells])[rng.choice(len(cells), size=count, p=shares / shares.sum())]
    return figures.draw(known, chosen[:, 0], chosen[:, 1], rng)


def _of_pool(pool: Rows, chosen: np.ndarray) -> Rows:
    values = measurements.sound(pool.values[chosen])
    return Rows(pool.sex[chosen], pool.age[chosen], values, pool.fpg_later[chosen], pool.smoking[chosen])
