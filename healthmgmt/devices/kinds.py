"""What people measure at home, and how readings are read and put together: data/kinds.toml checked and frozen. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import fsum
from pathlib import Path

FILE = Path(__file__).parent / "data" / "kinds.toml"
LANGUAGES = ("zh", "en")
# More decimals than any meter at home shows.
DECIMALS = 2
# Digits and point of a Chinese keyboard in full width.
WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")


class KindError(ValueError):
    """The kinds break the schema; the message names the place."""


class Unreadable(ValueError):
    """What was typed is no plain number."""


@dataclass(frozen=True)
class Kind:
    """One thing that is measured at home; see data/kinds.toml."""

    slug: str
    codes: tuple[str, ...]
    mean_days: int
    least_days: int
    is_judged: bool
    words: Mapping[str, str]


@dataclass(frozen=True)
class Summary:
    """What the readings of a kind come to: `values` by code, of `days` days up to `until`; `is_enough` of them to count."""

    values: Mapping[str, float]
    days: int
    until: date
    is_enough: bool


@cache
def load() -> Mapping[str, Kind]:
    """The shipped kinds by slug, in the order of the file. Raises KindError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[str, Kind]:
    """Text of a file of kinds. Raises KindError."""
    found: dict[str, Kind] = {}
    for entry in tomllib.loads(text)["kind"]:
        words = {language: entry[language] for language in LANGUAGES}
        kind = Kind(entry["slug"], tuple(entry["codes"]), entry["mean_days"], entry["least_days"], entry["is_judged"], words)
        if not kind.codes or not 1 <= kind.least_days <= kind.mean_days or kind.slug in found:
            raise KindError(f"kind {kind.slug}: no codes, days that cannot be, or there twice")
        found[kind.slug] = kind
    return found


def number(text: str) -> float:
    """A number as it is typed on a phone, full-width signs included. Raises Unreadable for anything else."""
    plain = text.translate(WIDE).strip()
    whole, _point, rest = plain.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(rest) <= DECIMALS and (rest.isdigit() or not _point)):
        raise Unreadable(text)
    return float(plain)


def summary(kind: Kind, readings: Sequence[tuple[date, Mapping[str, float]]]) -> Summary | None:
    """The mean of the last days on which there are readings: first of each day, then of the days. None without any.

    `readings` are (local day, values by code) in any order.
    """
    if not readings:
        return None
    until = max(day for day, _values in readings)
    first = until - timedelta(days=kind.mean_days - 1)
    by_day: dict[date, list[Mapping[str, float]]] = {}
    for day, values in readings:
        if day >= first:
            by_day.setdefault(day, []).append(values)
    means = {code: _mean([_mean([one[code] for one in of_day]) for of_day in by_day.values()]) for code in kind.codes}
    return Summary(means, len(by_day), until, len(by_day) >= kind.least_days)


def _mean(values: Sequence[float]) -> float:
    # Whatever order they come in.
    return fsum(values) / len(values)
