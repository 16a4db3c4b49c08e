"""What people can work on, and when a reason is confirmed: data/levers.toml as frozen dataclasses. Pure.

One file for every pack: it holds no limit of a rule. Where its figures come from stands in it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .words import Phrase

FILE = Path(__file__).parent / "data" / "levers.toml"
# What nobody can work on; a lever on it is refused.
FIXED = ("age", "sex", "height", "birth", "place", "china_par_10y", "egfr")
FIXED_PREFIXES = ("condition:", "treatment:", "family:", "finding:", "exposure:")


@dataclass(frozen=True)
class Part:
    """One input of a lever. `step`, `spread` and both ends are in the canonical unit; `other_steps` by the unit of the paper.

    An end is None where the search does not go that way. `carries`: reported values that go with it in proportion.
    """

    code: str
    words: Phrase
    step: float
    other_steps: Mapping[str, float]
    spread: float | None
    down_to: float | None
    up_to: float | None
    carries: tuple[str, ...]
    tells_amount: bool


@dataclass(frozen=True)
class Lever:
    """One thing to change: what is measured together is moved together. `said` replaces the condition in words."""

    name: str
    words: Phrase
    parts: tuple[Part, ...]
    is_habit: bool
    only_without: str
    said: Phrase | None

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset(code for part in self.parts for code in (part.code, *part.carries))


@dataclass(frozen=True)
class Group:
    """Indicators measured for the same question, and how many days two readings of them have to be apart."""

    indicators: frozenset[str]
    days: int


@dataclass(frozen=True)
class Levers:
    """`conditions`, `sentences`, `colours` and `units` are phrases by name."""

    levers: tuple[Lever, ...]
    groups: tuple[Group, ...]
    conditions: Mapping[str, Phrase]
    sentences: Mapping[str, Phrase]
    colours: Mapping[str, Phrase]
    units: Mapping[str, Phrase]

    def of(self, indicator: str) -> Lever | None:
        """The first lever that moves an indicator."""
        return next((one for one in self.levers if indicator in one.indicators), None)

    def group(self, indicator: str) -> Group | None:
        return next((one for one in self.groups if indicator in one.indicators), None)


@cache
def load() -> Levers:
    """Raises ValueError or KeyError for a file that cannot be used."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Levers:
    """Raises ValueError for a lever on what nobody can change or that goes nowhere, KeyError for a part that is missing."""
    table = tomllib.loads(text)
    return Levers(
        levers=tuple(_lever(one) for one in table["lever"]),
        groups=tuple(Group(frozenset(one["indicators"]), one.get("days", 1)) for one in table["confirmed"]),
        conditions=_phrases(table["condition"]),
        sentences=_phrases(table["sentence"]),
        colours=_phrases(table["colour"]),
        units=_phrases(table["unit"]),
    )


def _lever(table: Mapping[str, object]) -> Lever:
    said = table.get("said")
    return Lever(
        name=table["name"],
        words=Phrase(table["zh"], table["en"]),
        parts=tuple(_part(one, table) for one in table["part"]),
        is_habit=table.get("is_habit", False),
        only_without=table.get("only_without", ""),
        said=Phrase(said["zh"], said["en"]) if said else None,
    )


def _part(table: Mapping[str, object], lever: Mapping[str, object]) -> Part:
    code, down_to, up_to, spread = table["code"], table.get("down_to"), table.get("up_to"), table.get("spread")
    if code in FIXED or code.startswith(FIXED_PREFIXES):
        raise ValueError(f"levers: nobody can work on {code}")
    if down_to is None and up_to is None:
        raise ValueError(f"levers: {code} goes neither down nor up")
    if spread is None and not lever.get("is_habit"):
        raise ValueError(f"levers: {code} has no spread")
    return Part(
        code=code, words=Phrase(table.get("zh", lever["zh"]), table.get("en", lever["en"])), step=table["step"],
        other_steps=table.get("other_steps", {}), spread=spread, down_to=down_to, up_to=up_to,
        carries=tuple(table.get("carries", ())), tells_amount=table.get("tells_amount", False),
    )  # fmt: skip


def _phrases(table: Mapping[str, Mapping[str, str]]) -> dict[str, Phrase]:
    return {name: Phrase(one["zh"], one["en"]) for name, one in table.items()}
