"""Who is told of an open alert, and when: data/escalation.toml checked and frozen. Pure."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "escalation.toml"
SLUGS = ("case_manager", "second", "physician")
UNTIL = ("closed", "acknowledged", "spoken")


class EscalationError(ValueError):
    """The tiers break the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Tier:
    """Told `after_hours` of the opening, of rapid worsening `rapid_after_hours`, unless the alert was settled by then in the sense of `until`."""

    slug: str
    after_hours: int
    rapid_after_hours: int
    until: str


@cache
def load() -> tuple[Tier, ...]:
    """The shipped tiers, the first to be told first. Raises EscalationError."""
    return parse(FILE.read_text(encoding="utf-8"))


def tier(slug: str) -> Tier:
    """Raises KeyError for one that is not there."""
    return {one.slug: one for one in load()}[slug]


def parse(text: str) -> tuple[Tier, ...]:
    """Text of a file of tiers. Raises EscalationError with all faults found."""
    try:
        tiers = tuple(Tier(one["slug"], one["after_hours"], one["rapid_after_hours"], one["until"]) for one in tomllib.loads(text)["tier"])
    except KeyError as error:
        raise EscalationError([f"{error} is missing"]) from error
    faults = [f"tier {one.slug}: nothing is called {one.until!r}" for one in tiers if one.until not in UNTIL]
    if tuple(one.slug for one in tiers) != SLUGS:
        faults.append(f"the tiers are {', '.join(SLUGS)}, in this order")
    for hours in ([one.after_hours for one in tiers], [one.rapid_after_hours for one in tiers]):
        if hours == sorted(set(hours)) and hours[:1] == [0]:
            continue
        faults.append("the first tier is told at once, and each next one later")
    if faults:
        raise EscalationError(faults)
    return tiers
