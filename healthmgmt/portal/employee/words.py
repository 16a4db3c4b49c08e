"""What the employee's pages say: data/employee.toml as frozen dataclasses. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "employee.toml"
Phrase = Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """What a reason is called: its `state` after "Your", the same where it is only on record, and the topic's name."""

    state: Phrase
    recorded: Phrase
    noun: Phrase


@dataclass(frozen=True)
class StepWords:
    """A kind of step as the person reads it; `lead` has a place for {when}. `is_waited`: the person has to be there for it."""

    lead: Phrase
    title: Phrase
    text: Phrase
    is_waited: bool = False


@dataclass(frozen=True)
class Compared:
    """A value that is compared with the exam before, and the least difference that is one."""

    code: str
    least: float


@dataclass(frozen=True)
class Words:
    """Phrases by language (`zh`, `en`)."""

    sentences: Mapping[str, Phrase]
    topics: Mapping[str, Topic]
    steps: Mapping[str, StepWords]
    compared: tuple[Compared, ...]
    hints: Mapping[str, Phrase]


@cache
def load() -> Words:
    """Raises KeyError for a part that is missing."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Words(
        sentences=table["sentence"],
        topics={code: Topic(one["state"], one.get("recorded", one["state"]), one["noun"]) for code, one in table["topic"].items()},
        steps={kind: StepWords(one["lead"], one["title"], one["text"], one.get("is_waited", False)) for kind, one in table["step"].items()},
        compared=tuple(Compared(one["code"], one["least"]) for one in table["change"]),
        hints=table["hint"],
    )
