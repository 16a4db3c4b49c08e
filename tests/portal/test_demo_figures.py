"""Drawn rows: like the published ones, without being any of them."""

import numpy as np
import pytest

from healthmgmt.portal.demo import estimate, figures, measurements
from healthmgmt.portal.demo.measurements import CODES
from healthmgmt.records import catalogue


def test_draw_misses_as_much_as_the_published_rows(shared):
    real = measurements.read(shared)
    drawn = figures.draw(figures.load(), real.sex, real.age, np.random.default_rng(3))
    assert np.abs(np.isnan(drawn.values).mean(axis=0) - np.isnan(real.values).mean(axis=0)).max() < 0.01
    impossible = [
        int((np.isnan(measurements.sound(rows.values)) & np.isfinite(rows.values)).any(axis=1).sum())
        for rows in (drawn, real)
    ]
    assert impossible == [pytest.approx(788, rel=0.15), 788]


def test_draw_gives_possible_people():
    sex, age = np.repeat([1, 2], 10_000), np.tile(np.arange(20, 70), 400)
    rows = figures.draw(figures.load(), sex, age, np.random.default_rng(4))
    values = dict(zip(CODES, rows.values.T, strict=True))
    both = np.isfinite(values["sbp"]) & np.isfinite(values["dbp"])
    assert (values["sbp"][both] > values["dbp"][both]).all()
    assert np.abs(values["weight"] / (values["height"] / 100) ** 2 - values["bmi"]).max() < 1
    for code in ("height", "weight", "bmi", "sbp", "dbp", "fpg", "urea", "creatinine"):
        known = values[code][np.isfinite(values[code])]
        assert all(catalogue.load()[code].is_plausible(value) for value in known.tolist())


def test_draw_same_seed_same_rows():
    sex, age = np.array([1, 2, 1]), np.array([30, 40, 50])
    one, two, three = (figures.draw(figures.load(), sex, age, np.random.default_rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(one.values, two.values, equal_nan=True)
    assert not np.array_equal(one.values, three.values, equal_nan=True)


def test_draw_unknown_age_is_an_error():
    with pytest.raises(ValueError):
        figures.draw(figures.load(), np.array([1]), np.array([12]), np.random.default_rng(1))


def test_figures_file_is_small_and_cites_its_source():
    text = figures.FIGURES.read_text(encoding="utf-8")
    assert len(text.encode()) < 60_000
    for words in ("Chen Y", "BMJ Open 2018;8:e021768", "doi:10.5061/dryad.ft8750v", "CC0 1.0"):
        assert words in text


@pytest.mark.long  # The whole data set.
def test_figures_file_is_what_the_estimate_gives(shared, tmp_path):
    estimate.main(shared, tmp_path / "figures.toml")
    assert (tmp_path / "figures.toml").read_text(encoding="utf-8") == figures.FIGURES.read_text(encoding="utf-8")
