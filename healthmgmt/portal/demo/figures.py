"""Draws examination rows from the figures in data/figures.toml.

A Gaussian copula: correlated normal scores, read through the quantiles of the sex and age
band; then what was missing together is missing together, and the impossible values come at their
rate. Beyond the outermost quantiles the line through the last two is continued.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from healthmgmt.portal.demo.measurements import CODES, MAN, Rows

FIGURES = Path(__file__).parents[1] / "data" / "figures.toml"
DECIMALS = {"height": 1, "weight": 1, "bmi": 1, "sbp": 0, "dbp": 0, "alt": 1, "ast": 1, "creatinine": 1}
NARROWEST_PULSE = 10  # mmHg between systolic and diastolic: less is drawn by chance, never measured.


@dataclass(frozen=True)
class Stratum:
    """One sex and age band.

    factor (columns, columns) Cholesky of the copula; quantiles (columns, probabilities);
    patterns (m, 14) True = missing.
    """

    sex: int
    ages: tuple[int, int]
    factor: np.ndarray
    quantiles: np.ndarray
    patterns: np.ndarray
    pattern_shares: np.ndarray
    asked_smoking: float
    smoking_shares: np.ndarray


@dataclass(frozen=True)
class Figures:
    """The whole file. `scores` are the normal scores of the quantiles; `ages` is sex -> age -> people."""

    columns: tuple[str, ...]
    scores: np.ndarray
    strata: tuple[Stratum, ...]
    whole: dict[str, float]
    dirt: dict[str, dict[str, float]]
    ages: dict[int, dict[int, int]]


@cache
def load(path: Path = FIGURES) -> Figures:
    """The figures, read once."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    columns = tuple(raw["copula"]["columns"])
    first = raw["ages"]["first"]
    return Figures(
        columns=columns,
        scores=np.array([NormalDist().inv_cdf(p) for p in raw["quantiles"]["at"]]),
        strata=tuple(_stratum(one, columns, raw["copula"]["group"]) for one in raw["stratum"]),
        whole=raw["whole"],
        dirt=raw["dirt"],
        ages={sex: {first + n: count for n, count in enumerate(raw["ages"][name])} for sex, name in _SEXES},
    )


def draw(figures: Figures, sex: np.ndarray, age: np.ndarray, rng: np.random.Generator) -> Rows:
    """One row for each (sex, age), shapes (n,). Raises ValueError for an age outside every band."""
    values = np.full((len(sex), len(CODES)), np.nan)
    later, smoking = np.full(len(sex), np.nan), np.full(len(sex), np.nan)
    drawn = np.zeros(len(sex), dtype=bool)
    for stratum in figures.strata:
        members = np.flatnonzero((sex == stratum.sex) & (age >= stratum.ages[0]) & (age <= stratum.ages[1]))
        values[members], later[members] = _measure(figures, stratum, len(members), rng)
        smoking[members] = _smoke(stratum, len(members), rng)
        drawn[members] = True
    if not drawn.all():
        raise ValueError("an age or sex that the figures do not describe")
    _soil(values, figures.dirt, rng)
    return Rows(sex.astype(np.int8), age.astype(np.int16), values, later, smoking)


_SEXES = ((MAN, "men"), (MAN + 1, "women"))


def _factor(below: list[list[float]]) -> np.ndarray:
    """Cholesky factor of the correlations; pairwise estimates are first made positive definite."""
    size = len(below) + 1
    matrix = np.eye(size)
    for row, numbers in enumerate(below, start=1):
        matrix[row, :row] = matrix[:row, row] = numbers
    weights, vectors = np.linalg.eigh(matrix)
    matrix = vectors @ np.diag(np.maximum(weights, 1e-4)) @ vectors.T
    scale = np.sqrt(np.diag(matrix))
    return np.linalg.cholesky(matrix / np.outer(scale, scale))


def _stratum(raw: dict[str, Any], columns: tuple[str, ...], groups: list[dict[str, Any]]) -> Stratum:
    low, high = raw["ages"]
    below = [one["below"] for one in groups if one["sex"] == raw["sex"] and one["ages"][0] <= low <= one["ages"][1]]
    shares = np.array(list(raw["missing"].values()), dtype=float)
    return Stratum(
        sex=raw["sex"],
        ages=(low, high),
        factor=_factor(below[0]),
        quantiles=np.array([raw["quantiles"][name] for name in columns]),
        patterns=np.array([[mark == "x" for mark in pattern] for pattern in raw["missing"]]),
        pattern_shares=shares / shares.sum(),
        asked_smoking=raw["smoking"]["asked"],
        smoking_shares=np.array(raw["smoking"]["shares"]) / sum(raw["smoking"]["shares"]),
    )


def _measure(figures: Figures, stratum: Stratum, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Values (n, 14) with their gaps, and the later glucose (n,)."""
    columns = dict(zip(figures.columns, _columns(figures, stratum, n, rng), strict=True))
    for _ in range(20):
        narrow = np.flatnonzero(columns["sbp"] - columns["dbp"] < NARROWEST_PULSE)
        if not len(narrow):
            break
        again = dict(zip(figures.columns, _columns(figures, stratum, len(narrow), rng), strict=True))
        for name, column in columns.items():
            column[narrow] = again[name]
    columns["height"] = _written(columns["height"], "height", figures.whole, rng)
    columns["weight"] = _written(columns["bmi"] * (columns["height"] / 100) ** 2, "weight", figures.whole, rng)
    values = np.column_stack([_written(columns[code], code, figures.whole, rng) for code in CODES])
    pattern = rng.choice(len(stratum.patterns), size=n, p=stratum.pattern_shares)
    values[stratum.patterns[pattern]] = np.nan
    return values, np.round(columns["fpg_later"], 2)


def _columns(figures: Figures, stratum: Stratum, n: int, rng: np.random.Generator) -> list[np.ndarray]:
    scores = rng.standard_normal((n, len(figures.columns))) @ stratum.factor.T
    return [
        _through(scores[:, number], figures.scores, quantiles) for number, quantiles in enumerate(stratum.quantiles)
    ]


def _through(score: np.ndarray, known: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Values at the scores, interpolated between the known quantiles and continued beyond them."""
    values = np.interp(score, known, quantiles)
    for beyond, edge, inner in ((score < known[0], 0, 1), (score > known[-1], -1, -2)):
        slope = (quantiles[edge] - quantiles[inner]) / (known[edge] - known[inner])
        values[beyond] = quantiles[edge] + slope * (score[beyond] - known[edge])
    return np.maximum(values, quantiles[0] * 0.8)


def _written(values: np.ndarray, code: str, whole: dict[str, float], rng: np.random.Generator) -> np.ndarray:
    """Rounded as the sites wrote it: some give whole numbers only."""
    exact = np.round(values, DECIMALS.get(code, 2))
    if code not in whole:
        return exact
    return np.where(rng.random(len(values)) < whole[code], np.round(values), exact)


def _smoke(stratum: Stratum, n: int, rng: np.random.Generator) -> np.ndarray:
    answers = rng.choice((1.0, 2.0, 3.0), size=n, p=stratum.smoking_shares)
    return np.where(rng.random(n) < stratum.asked_smoking, answers, np.nan)


def _soil(values: np.ndarray, dirt: dict[str, dict[str, float]], rng: np.random.Generator) -> None:
    """Puts the impossible values in, at their rate among the measured ones."""
    for code, seen in dirt.items():
        column = values[:, CODES.index(code)]
        column[np.isfinite(column) & (rng.random(len(column)) < seen["share"])] = seen["value"]
