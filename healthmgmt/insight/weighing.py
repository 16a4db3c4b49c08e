"""What a scorecard weighs: data/scorecard.toml, and what a unit reached of its targets. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from healthmgmt.insight import metrics

FILE = Path(__file__).parent / "data" / "scorecard.toml"
WHOLE = 100


@dataclass(frozen=True)
class Weight:
    """A metric with its weight and its target in percent; `next` says by language what to do when it is missed, within `days`."""

    metric: str
    weight: int
    target: int
    next: Mapping[str, str]
    days: int


@cache
def defaults() -> tuple[Weight, ...]:
    """The shipped ones. Raises ValueError where they cannot be."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Weight, ...]:
    lines = tomllib.loads(text)["line"]
    found = tuple(
        Weight(one["metric"], one["weight"], one["target"], {language: one[language]["next"] for language in metrics.LANGUAGES}, one["en"]["days"])
        for one in lines
    )
    if wrong := faults({one.metric: (one.weight, one.target) for one in found}):
        raise ValueError("; ".join(wrong))
    return found


def may_carry_weight(metric: str) -> bool:
    """What is worked at may; what became of people's health, and what is told of the whole organisation only, never."""
    found = {one.slug: one for one in metrics.load().metrics}.get(metric)
    return found is not None and found.scope == "tree" and found.direction == "up" and not found.baseline


def faults(given: Mapping[str, tuple[int, int]]) -> list[str]:
    """What is wrong with weights and targets: `metric:<slug>`, `target:<slug>`, `weight:<slug>` or `sum`."""
    found = [f"metric:{metric}" for metric in given if not may_carry_weight(metric)]
    found += [f"weight:{metric}" for metric, (weight, _target) in given.items() if not 0 <= weight <= WHOLE]
    found += [f"target:{metric}" for metric, (_weight, target) in given.items() if not 1 <= target <= WHOLE]
    return found + (["sum"] if sum(weight for weight, _target in given.values()) != WHOLE else [])


def weights(set_above: Mapping[str, tuple[int, int]]) -> tuple[Weight, ...]:
    """The lines of a scorecard: as the level above set them, else as shipped; what weighs nothing stays away."""
    if not set_above:
        return defaults()
    changed = [replace(one, weight=set_above[one.metric][0], target=set_above[one.metric][1]) for one in defaults() if one.metric in set_above]
    return tuple(one for one in changed if one.weight)


def weight_of(said: Mapping[str, Any]) -> Weight:
    """The line of a scorecard as it was kept, with what to do next as it is shipped."""
    shipped = next(one for one in defaults() if one.metric == said["metric"])
    return replace(shipped, weight=said["weight"], target=said["target"])


def short_by(part: int, whole: int, target: int) -> int:
    """How many more it takes to reach the target."""
    return max(0, ceil(whole * target / WHOLE) - part)


def score(reached: Sequence[tuple[int, float]]) -> int | None:
    """0 to 100 from (weight, share of the target reached, at most 1); what cannot be seen is not among them and its weight falls away.

    None where nothing can be seen.
    """
    weight = sum(one for one, _share in reached)
    return round(WHOLE * sum(one * min(1.0, share) for one, share in reached) / weight) if weight else None
