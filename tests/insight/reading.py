"""What one may know who reads the answers of the product: numbers of rows in the words of the pages, and what follows from them.

Nothing here looks into the database: a row is known by its name, a period by its name, a metric by its words.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from math import ceil

from healthmgmt.core.wording import percent_text
from healthmgmt.insight import evidence, lights, metrics
from tests.insight.attacking import Cell, ReadFlow

# What stands where a number is not told. All but the first two say of what kind the cell is.
HIDDEN = ("Hidden for privacy", "Hidden")
NOBODY = "Nobody yet"
NOT_TOLD = "Told of the whole organisation only"
PERCENT, COUNT = r"–|\d+(?:\.\d+)?%", r"\d[\d,]*"
DAY = r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?(?: \d\d:\d\d)?"
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Said:
    """A number of a row as it stands somewhere: `part` of `whole`, `percent` as it is written, `rest` the others, or how many it is
    `short` of a target in percent. `why` stands instead."""

    period: str
    row: str
    metric: str
    part: int | None = None
    whole: int | None = None
    percent: str = ""
    rest: int | None = None
    short: tuple[int, int] | None = None
    why: str = ""
    where: str = ""

    @property
    def key(self) -> Key:
        return (self.period, self.row, self.metric)


@dataclass
class Known:
    """What is known of a cell when everything was read."""

    part: int | None = None
    whole: int | None = None
    whys: set[str] = field(default_factory=set)

    def is_of_the_whole(self) -> bool:
        """A metric that is told of the whole organisation only, in a row below it."""
        return self.part is None and self.whys == {NOT_TOLD}

    def take(self, said: Said) -> None:
        """What is said in so many words."""
        self.part = said.part if self.part is None else self.part
        self.whole = said.whole if self.whole is None else self.whole

    def work_out(self, said: Said) -> None:
        """A share of a base that is known may come of one count alone."""
        if self.part is not None or self.whole is None:
            return
        if said.rest is not None:
            self.part = self.whole - said.rest
        elif said.short and said.short[0]:
            self.part = ceil(self.whole * said.short[1] / 100) - said.short[0]
        elif said.percent:
            fitting = [part for part in range(self.whole + 1) if percent_text(part, self.whole) == said.percent]
            self.part = fitting[0] if len(fitting) == 1 else None

    def contradicts(self, said: Said) -> bool:
        """Whether somebody says something else, or more."""
        if said.why:
            return self.part is not None
        if self.part is None or (self.whole is None and (said.whole is not None or said.rest is not None or said.short)):
            return True
        wrong = said.part not in (None, self.part) or said.whole not in (None, self.whole)
        if self.whole is not None:
            wrong |= bool(said.percent) and said.percent != percent_text(self.part, self.whole)
            wrong |= said.rest not in (None, self.whole - self.part)
            wrong |= said.short is not None and said.short[0] != max(0, ceil(self.whole * said.short[1] / 100) - self.part)
        return wrong


@dataclass
class Reading:
    """Everything that was read of an organisation; `rows` are those of units by (period, unit), `above` the row that each is a part of.
    `stages` are of activities: by (title, row, stage). `before` names the period before another;
    `chrome` is a pattern of what else stands there with numbers that are nobody's."""

    before: dict[str, str]
    chrome: str = ""
    said: list[Said] = field(default_factory=list)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    above: dict[tuple[str, str], str | None] = field(default_factory=dict)
    people: dict[tuple[str, str], set[int | None]] = field(default_factory=dict)
    flows: dict[tuple[str, str, str], set[int]] = field(default_factory=dict)
    stages: dict[Key, set[int | None]] = field(default_factory=dict)
    follows: list[tuple[str, Callable[[], bool]]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    answers: int = 0
    known: dict[Key, Known] = field(default_factory=dict)

    def say(self, **told: object) -> None:
        self.said.append(Said(**told))

    def check(self, where: str, holds: Callable[[], bool]) -> None:
        """Something that is no cell and has to follow from the cells that are told; looked at when everything was read."""
        self.follows.append((where, holds))

    def flow(self, period: str, source: str, target: str, people: int) -> None:
        self.flows.setdefault((period, source, target), set()).add(people)

    def solve(self) -> list[str]:
        """Put together what was said; returns what nobody may say: numbers that no cell tells, contradictions, and what was left unread."""
        for one in self.said:
            self.known.setdefault(one.key, Known()).whys |= {one.why} - {""}
            self.known[one.key].take(one)
        for one in self.said:
            self.known[one.key].work_out(one)
        wrong = [f"{one.where}: {one}" for one in self.said if self.known[one.key].contradicts(one)]
        wrong += [f"{where}: does not follow from what is told" for where, holds in self.follows if not holds()]
        wrong += [f"{where}: several numbers of people: {found}" for where, found in (self.people | self.flows | self.stages).items() if len(found) > 1]
        return wrong + self.left

    def told(self, period: str, row: str, metric: str) -> tuple[int, int] | None:
        """Part and whole of a cell, None where they are not told."""
        known = self.known.get((period, row, metric))
        return (known.part, known.whole) if known and known.part is not None and known.whole is not None else None

    def share(self, period: str, row: str, metric: str) -> float | None:
        """In percent, to a tenth."""
        told = self.told(period, row, metric)
        return round(100 * told[0] / told[1], 1) if told and told[1] else None

    def rows_below(self, period: str, above: str | None) -> list[str]:
        return [row for (when, row), over in self.above.items() if when == period and over == above]

    def stands_below(self, where: str, period: str, row: str, above: str) -> None:
        """A row is a part of another one, and of that alone."""
        if self.above.setdefault((period, row), above) != above:
            self.left.append(f"{where}: {row} stands below {above} and below {self.above[period, row]}")

    def row_of(self, period: str, unit: str) -> str:
        """The row in which a unit stands. Raises KeyError for one whose row was not read yet."""
        return self.rows[period, unit]

    def cells(self) -> list[Cell]:
        """For the attack: of the rows of the tree."""
        found = []
        for (period, row, metric), known in self.known.items():
            if (period, row) in self.above and not known.is_of_the_whole():
                found.append(Cell(period, row, self.above[period, row], metric, known.part, known.whole, NOBODY in known.whys))
        return found

    def read_flows(self) -> list[ReadFlow]:
        tops = {period: row for (period, row), above in self.above.items() if above is None}
        return [ReadFlow(period, tops[period], source, target, min(people)) for (period, source, target), people in self.flows.items()]


@cache
def constants() -> tuple[str, ...]:
    """Sentences of the files of metrics and lights that hold digits, the longest first: they are the same whatever the numbers are."""
    registry = metrics.load()
    found = {words for one in registry.metrics for words in one.words["en"].values()}
    found |= {name.rpartition(": ")[2] for name in found}
    found |= {registry.reason("small_group", "en", 10), registry.reference_day["en"]}
    found |= {words for one in lights.load().kinds for words in one.words["en"].values()}
    found |= {one["en"]["shows"] for one in evidence.load()}
    found |= {"Came within 15 days of a contact", "Numbers of fewer than 10 people are not shown", "Numbers of fewer than 5 people are not shown"}
    return tuple(sorted((words for words in found if re.search(r"\d", words)), key=len, reverse=True))


def without_constants(words: str) -> str:
    """Words without the sentences that are always the same, and without days."""
    if not re.search(r"\d", words):
        return words
    for one in constants():
        words = words.replace(one, " ")
    return re.sub(rf"\b{DAY}", " ", words)


@dataclass(frozen=True)
class Phrase:
    """A sentence with numbers: `{metric}` its count, `{metric/}` its base, `{metric%}` its share, `{metric~}` those who are left."""

    pattern: re.Pattern
    places: tuple[tuple[str, str], ...]

    def told(self, found: re.Match) -> Iterable[tuple[str, dict[str, int | str]]]:
        """Of each metric of the sentence what is said of it."""
        by_metric: dict[str, dict[str, int | str]] = {}
        for (metric, kind), text in zip(self.places, found.groups(), strict=True):
            name = {"": "part", "/": "whole", "%": "percent", "~": "rest"}[kind]
            by_metric.setdefault(metric, {})[name] = text if kind == "%" else number(text)
        return by_metric.items()


@cache
def phrase(words: str) -> Phrase:
    places, pattern = [], ""
    for piece in re.split(r"(\{\w+[/%~]?\})", words):
        if piece.startswith("{"):
            kind = piece[-2] if piece[-2] in "/%~" else ""
            places.append((piece[1:-1].removesuffix(kind), kind))
            pattern += rf"(?<![\d,.])({PERCENT})" if kind == "%" else rf"(?<![\d,.])({COUNT})"
        else:
            pattern += re.escape(piece)
    return Phrase(re.compile(pattern), tuple(places))


def number(text: str) -> int:
    return int(text.replace(",", ""))
