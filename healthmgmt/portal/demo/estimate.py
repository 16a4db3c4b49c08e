"""Estimates data/figures.toml from the published set: python -m healthmgmt.portal.demo.estimate SHARED OUT

What goes in: per sex and age band the quantiles of each column, how they go together, which columns
are missing together and how often, smoking; for the whole set the rate of impossible values and of
values without decimals. No row of the set is copied.
"""

import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import numpy as np

from healthmgmt.portal.demo.measurements import CODES, MAN, WOMAN, Rows, read, sound

HEAD = """\
# Figures estimated from a published set of health examinations, by
#   python -m healthmgmt.portal.demo.estimate
# They describe groups of people; no row of the set is in this file.

[source]
citation = "Chen Y, Zhang XP, Yuan J, et al. BMJ Open 2018;8:e021768"
data = "Dryad, doi:10.5061/dryad.ft8750v"
licence = "CC0 1.0"
population = "Chinese adults without known diabetes, health examinations 2010-2016"
"""
BANDS = (20, 30, 35, 40, 45, 50, 55, 60, 70, 120)
STAGES = (20, 35, 50, 120)
HIGH = 0.8
PROBABILITIES = (
    *(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    *(0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999),
)
# Weight follows from height and BMI.
DRAWN = (*(code for code in CODES if code != "weight"), "fpg_later")
# Written without decimals by some sites only; a whole number says so.
ROUNDED_BY_SITE = ("height", "weight", "alt", "ast")
WORKING_AGES = range(20, 60)
FEWEST = 20  # A pattern seen in fewer people of a band is left out.
SCORES = NormalDist()


def main(shared: Path, out: Path) -> None:
    """Writes the figures to `out`."""
    rows = read(shared)
    lines = [HEAD, *_quantile_points(), *_overall(rows), *_correlations(rows)]
    for sex in (MAN, WOMAN):
        for low, high in pairwise(BANDS):
            members = (rows.sex == sex) & (rows.age >= low) & (rows.age < high)
            lines += _stratum(rows, members, sex, low, high)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quantile_points() -> list[str]:
    return ["# Where the quantiles of each stratum are taken.", "[quantiles]", f"at = {list(PROBABILITIES)}", ""]


def _overall(rows: Rows) -> list[str]:
    lines = ["[ages]", f"first = {WORKING_AGES[0]}"]
    for name, sex in (("men", MAN), ("women", WOMAN)):
        counts = [int(((rows.sex == sex) & (rows.age == age)).sum()) for age in WORKING_AGES]
        lines.append(f"{name} = {counts}")
    lines += ["", "# Share of measured values written without decimals.", "[whole]"]
    for code in ROUNDED_BY_SITE:
        column = rows.values[:, CODES.index(code)]
        column = column[np.isfinite(column)]
        lines.append(f"{code} = {(column == np.round(column)).mean():.3f}")
    lines += ["", "# Share of measured values that are impossible, and the one mostly seen.", "[dirt]"]
    clean = sound(rows.values)
    for number, code in enumerate(CODES):
        measured = np.isfinite(rows.values[:, number])
        impossible = rows.values[measured & np.isnan(clean[:, number]), number]
        if len(impossible):
            usual = Counter(impossible.tolist()).most_common(1)[0][0]
            lines.append(f"{code} = {{ share = {len(impossible) / measured.sum():.6f}, value = {usual} }}")
    return [*lines, ""]


def _correlations(rows: Rows) -> list[str]:
    """For each sex and stage of life the correlations that a copula needs; see `_tail_correlation`."""
    lines = ["# Lower triangles in the order of `columns`, for the ages from .. to.", "[copula]"]
    lines += [f"columns = {list(DRAWN)}".replace("'", '"'), ""]
    for sex in (MAN, WOMAN):
        for low, high in pairwise(STAGES):
            high_ones = _high_ones(rows, sex, low, high)
            below = [
                [round(_tail_correlation(high_ones[:, row], high_ones[:, column]), 2) for column in range(row)]
                for row in range(1, len(DRAWN))
            ]
            lines += ["[[copula.group]]", f"sex = {sex}", f"ages = [{low}, {high - 1}]"]
            lines += ["below = [", *(f"  {row}," for row in below), "]", ""]
    return lines


def _high_ones(rows: Rows, sex: int, low: int, high: int) -> np.ndarray:
    """(people, columns): 1 in the top fifth of the person's own band, 0 not, nan not measured."""
    parts = []
    for start, end in pairwise(BANDS):
        if low <= start and end <= high:
            values = _drawn_columns(rows, (rows.sex == sex) & (rows.age >= start) & (rows.age < end))
            cut = np.nanquantile(values, HIGH, axis=0)
            parts.append(np.where(np.isnan(values), np.nan, values >= cut))
    return np.concatenate(parts)


def _tail_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two normal variables that are high together as often as these are.

    Colours depend on high values meeting in one person, which the correlation of ranks understates.
    """
    both = np.isfinite(one) & np.isfinite(other)
    joint = float((one[both] * other[both]).mean())
    cuts = [SCORES.inv_cdf(1 - float(column[both].mean())) for column in (one, other)]
    least, most = -0.95, 0.95
    for _ in range(30):
        middle = (least + most) / 2
        least, most = (middle, most) if _both_above(*cuts, middle) < joint else (least, middle)
    return (least + most) / 2


def _both_above(cut: float, other_cut: float, correlation: float) -> float:
    """P(X > cut and Y > other_cut) of standard normal variables, by the trapezoidal rule."""
    x = np.linspace(cut, 8, 400)
    slack = (correlation * x - other_cut) / np.sqrt(1 - correlation**2)
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return float(np.trapezoid(density * np.array([SCORES.cdf(y) for y in slack]), x))


def _drawn_columns(rows: Rows, members: np.ndarray | slice) -> np.ndarray:
    """Sound values (n, 14) in the order of DRAWN."""
    values = np.delete(sound(rows.values[members]), CODES.index("weight"), axis=1)
    return np.column_stack([values, rows.fpg_later[members]])


def _stratum(rows: Rows, members: np.ndarray, sex: int, low: int, high: int) -> list[str]:
    clean = _drawn_columns(rows, members)
    smoking = rows.smoking[members]
    answered = smoking[np.isfinite(smoking)]
    shares = [round(float((answered == code).mean()), 3) for code in (1, 2, 3)]
    lines = [
        "[[stratum]]",
        f"sex = {sex}",
        f"ages = [{low}, {high - 1}]",
        f"people = {int(members.sum())}",
        f"smoking = {{ asked = {len(answered) / len(smoking):.3f}, shares = {shares} }}",
    ]
    patterns = Counter("".join("x" if absent else "." for absent in row) for row in np.isnan(rows.values[members]))
    kept = [(pattern, count) for pattern, count in patterns.most_common() if count >= FEWEST]
    lines.append("missing = { " + ", ".join(f'"{pattern}" = {count}' for pattern, count in kept) + " }")
    lines.append("[stratum.quantiles]")
    for number, name in enumerate(DRAWN):
        column = clean[:, number]
        column = column[np.isfinite(column)]
        lines.append(f"{name} = [{', '.join(_short(x) for x in np.quantile(column, PROBABILITIES))}]")
    return [*lines, ""]


def _short(number: float) -> str:
    """At most four significant digits: more would only make the file longer."""
    return f"{number:.4g}" if "e" not in f"{number:.4g}" else f"{number:.0f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
