"""What is told of the whole organisation alone: data/chains.toml checked and turned into frozen dataclasses. Pure.

A fact of it is stored under a name: `<chain>.<step>`, `<part>.enrolled`, `<part>.not_enrolled`, `flow.<colour>.<colour>`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from healthmgmt.core.drawing import COLOURS

FILE = Path(__file__).parent / "data" / "chains.toml"
LANGUAGES = ("zh", "en")
BASES = ("due", "assessed")
PARTS = ("improved", "unchanged", "worsened", "no_follow_up")
SIDES = ("enrolled", "not_enrolled")
FLOW = "flow"


@dataclass(frozen=True)
class Step:
    slug: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Chain:
    """Steps that narrow down; `words` {language: {"name", "exclusions", "cut_off", "edition"}}."""

    slug: str
    version: int
    base: str
    steps: tuple[Step, ...]
    words: Mapping[str, Mapping[str, str]]

    def facts(self) -> list[str]:
        """The names under which its steps are stored."""
        return [f"{self.slug}.{step.slug}" for step in self.steps]


@dataclass(frozen=True)
class High:
    """One of the three highs: by which codes and answers somebody has it, and the goals of the plans that say when it is at target."""

    slug: str
    reasons: tuple[str, ...]
    condition: str
    treatment: str
    goals: tuple[str, ...]


@dataclass(frozen=True)
class Chains:
    """`cascades` are chains too, one for each of `highs`. `enrolled` and `flows`: version and words of the two other tables."""

    chains: tuple[Chain, ...]
    cascades: tuple[Chain, ...]
    highs: tuple[High, ...]
    enrolled: Mapping[str, Any]
    flows: Mapping[str, Any]

    @property
    def all(self) -> tuple[Chain, ...]:
        return (*self.chains, *self.cascades)

    def chain(self, slug: str) -> Chain:
        """Raises KeyError."""
        return {chain.slug: chain for chain in self.all}[slug]

    def versions(self) -> dict[str, int]:
        """Every fact of the whole organisation by its name, with the version of its definition."""
        found = {name: chain.version for chain in self.all for name in chain.facts()}
        found |= {part_fact(part, side): self.enrolled["version"] for part, side in product(PARTS, SIDES)}
        return found | dict.fromkeys(flow_facts(), self.flows["version"])


@cache
def load() -> Chains:
    """The shipped ones. Raises ValueError where the file breaks the schema, KeyError where something is missing."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Chains:
    content = tomllib.loads(text)
    chains = tuple(_chain(entry) for entry in content["chain"])
    found = Chains(
        chains=chains,
        cascades=tuple(_chain({**content["cascade"], **entry}, content["cascade"]) for entry in content["high"]),
        highs=tuple(_high(entry) for entry in content["high"]),
        enrolled=content["enrolled"],
        flows=content["flows"],
    )
    names = [name for chain in found.all for name in chain.facts()]
    if len(set(names)) < len(names):
        raise ValueError("A step stands twice.")
    return found


def _chain(entry: Mapping, common: Mapping | None = None) -> Chain:
    if entry["base"] not in BASES:
        raise ValueError(f"{entry['slug']}: no base {entry['base']!r}")
    steps = tuple(Step(one["slug"], {language: one[language] for language in LANGUAGES}) for one in entry["steps"])
    if len(steps) < 2:
        raise ValueError(f"{entry['slug']}: a chain has two steps at least")
    words = {language: {**(common or {}).get(language, {}), **entry[language]} for language in LANGUAGES}
    return Chain(entry["slug"], entry["version"], entry["base"], steps, words)


def _high(entry: Mapping) -> High:
    return High(entry["slug"], tuple(entry["reasons"]), entry["condition"], entry["treatment"], tuple(entry["goals"]))


def part_fact(part: str, side: str) -> str:
    return f"{part}.{side}"


def flow_fact(before: str, after: str) -> str:
    return f"{FLOW}.{before}.{after}"


def flow_facts() -> dict[str, tuple[str, str]]:
    """Every flow by the name under which it is stored."""
    return {flow_fact(*flow): flow for flow in product(COLOURS, COLOURS)}
