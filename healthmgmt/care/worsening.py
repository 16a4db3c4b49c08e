"""What counts as rapid worsening: data/worsening.toml checked and frozen, and pairs of values judged by it. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from healthmgmt.core.dates import completed_years
from healthmgmt.risk.calculators import bmi, ckd_epi_2021

FILE = Path(__file__).parent / "data" / "worsening.toml"
# How the codes of these alerts begin; those of class A results are reasons of a pack.
PREFIX = "rapid_"
VALUES = ("egfr", "hgb", "weight")
OVERWEIGHT = 24.0


class WorseningError(ValueError):
    """The rules break the schema; the message names the place."""


@dataclass(frozen=True)
class Rule:
    """One kind of worsening; see data/worsening.toml."""

    code: str
    value: str
    fall: float
    fall_percent: float
    crosses_stage: bool
    normal_weight: bool
    within_days: int
    words: Mapping[str, str]

    @property
    def read(self) -> str:
        """The indicator that exams hold."""
        return "creatinine" if self.value == "egfr" else self.value


@dataclass(frozen=True)
class Rules:
    fresh_days: int
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule:
        return next(rule for rule in self.rules if rule.code == code)


class Pair(NamedTuple):
    """Two values of a person by a rule, the earlier and the later, as the exams hold them."""

    assessment: int
    person: int
    code: str
    sex: str
    birth: date | None
    height: float | None
    was: float
    was_on: date
    now: float
    now_on: date


class Worsened(NamedTuple):
    """A pair that met its rule; `was` and `now` of what the rule compares."""

    pair: Pair
    was: float
    now: float


@cache
def load() -> Rules:
    """The shipped rules. Raises WorseningError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Rules:
    """Text of a file of rules. Raises WorseningError."""
    table = tomllib.loads(text)
    rules = Rules(table["fresh_days"], tuple(_rule(one) for one in table["rule"]))
    if len({rule.code for rule in rules.rules}) != len(rules.rules):
        raise WorseningError("a code stands there twice")
    return rules


def _rule(entry: Mapping[str, Any]) -> Rule:
    rule = Rule(
        entry["code"], entry["value"], entry.get("fall", 0.0), entry.get("fall_percent", 0.0), entry.get("crosses_stage", False),
        entry.get("normal_weight", False), entry["within_days"], {"zh": entry["zh"], "en": entry["en"]},
    )  # fmt: skip
    if not rule.code.startswith(PREFIX) or rule.value not in VALUES or rule.within_days < 1:
        raise WorseningError(f"rule {rule.code}: its code, value or days cannot be")
    if rule.fall <= 0 and rule.fall_percent <= 0:
        raise WorseningError(f"rule {rule.code}: no fall would be enough")
    return rule


def worsened(pairs: Iterable[Pair]) -> list[Worsened]:
    """Of each person and rule the pair with the greatest fall that meets the rule."""
    found: dict[tuple[int, str], Worsened] = {}
    for pair in pairs:
        one = _judged(load().rule(pair.code), pair)
        key = (pair.person, pair.code)
        if one and (key not in found or one.was - one.now > found[key].was - found[key].now):
            found[key] = one
    return list(found.values())


def _judged(rule: Rule, pair: Pair) -> Worsened | None:
    was, now = pair.was, pair.now
    if rule.value == "egfr":
        was, now = _egfr(pair, pair.was, pair.was_on), _egfr(pair, pair.now, pair.now_on)
    # What a conversion left in the last digits decides nothing.
    fall = round(was - now, 6)
    is_met = fall > 0 and fall >= rule.fall and fall >= round(was * rule.fall_percent / 100, 6)
    if is_met and rule.crosses_stage:
        is_met = bool(_stage(now) != _stage(was))
    if is_met and rule.normal_weight:
        is_met = bool(pair.height and bmi.metric(np.float64(pair.height), np.float64(pair.was)) < OVERWEIGHT)
    return Worsened(pair, was, now) if is_met else None


def _egfr(pair: Pair, creatinine: float, on: date) -> float:
    """Not a number for somebody whose age or sex is not known, or who is no adult."""
    age = completed_years(pair.birth, on) if pair.birth else 0
    if pair.sex not in ("m", "f") or age < ckd_epi_2021.MIN_AGE:
        return float("nan")
    return float(ckd_epi_2021.egfr(np.float64(age), np.bool_(pair.sex == "f"), np.float64(creatinine / ckd_epi_2021.UMOL_PER_MG_DL)))


def _stage(value: float) -> str:
    return str(ckd_epi_2021.stage(np.float64(value)))
