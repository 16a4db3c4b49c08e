"""Activities as data: data/activities/*.toml checked and frozen. Pure.

A file is never changed once people were invited by it: what is different is a new file with the next edition.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "activities"
LANGUAGES = ("zh", "en")
FORM, LESSON, READING = SOURCES = ("form", "lesson", "reading")
# Once in which stretch of time an act counts; by lesson: each of them once.
DAY, WEEK, ONCE, BY_LESSON = RHYTHMS = ("day", "week", "once", "lesson")
SENSITIVITIES = ("coverage", "health")
Phrase = Mapping[str, str]


class ProgrammeError(ValueError):
    """A file of an activity breaks the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Way:
    """How somebody takes part: the first of an activity is the main one, the others are worth the same.

    By a form: with a number (`question`, `unit`, from `least` on it counts, more than `most` cannot be right), or by a button.
    By a reading of a kind of `devices`. By lessons of `care`.
    """

    slug: str
    source: str
    title: Phrase
    text: Phrase
    question: Phrase | None = None
    unit: Phrase | None = None
    least: int = 0
    most: int = 0
    reading: str = ""

    @property
    def asks_number(self) -> bool:
        return self.question is not None


@dataclass(frozen=True)
class Programme:
    """What an activity is: `goal` acts carry it through, each is worth `act_points`, the whole `finish_points` more.

    `takes_lists`: who was there may be told by an attendance list. `days` is how long it is meant to run.
    """

    slug: str
    edition: int
    icon: str
    sensitivity: str
    days: int
    rhythm: str
    goal: int
    act_points: int
    finish_points: int
    takes_lists: bool
    title: Phrase
    lead: Phrase
    why: Phrase
    ways: tuple[Way, ...]
    lessons: tuple[str, ...] = ()

    @property
    def is_health_content(self) -> bool:
        return self.sensitivity == "health"

    def way(self, slug: str) -> Way | None:
        return next((one for one in self.ways if one.slug == slug), None)

    def slot(self, day: date, lesson: str = "") -> str:
        """What can be filled once only: a day, a week, a lesson, or the whole."""
        week = day.isocalendar()
        return {
            DAY: f"day {day.isoformat()}",
            WEEK: f"week {week.year}-{week.week:02}",
            BY_LESSON: f"lesson {lesson}" if lesson else f"day {day.isoformat()}",
            ONCE: "once",
        }[self.rhythm]


@cache
def load() -> Mapping[tuple[str, int], Programme]:
    """All shipped programmes by slug and edition, in the order of the files. Raises ProgrammeError with the faults of all."""
    found: dict[tuple[str, int], Programme] = {}
    faults = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            one = parse(path.read_text(encoding="utf-8"))
            if (one.slug, one.edition) in found:
                faults.append(f"{path.name}: this edition of {one.slug} is there twice")
            found[one.slug, one.edition] = one
        except ProgrammeError as error:
            faults += [f"{path.name}: {fault}" for fault in error.faults]
    if faults:
        raise ProgrammeError(faults)
    return found


def programme(slug: str, edition: int) -> Programme:
    """Raises KeyError for one that is not shipped."""
    return load()[slug, edition]


def offered() -> list[Programme]:
    """The newest edition of each."""
    newest: dict[str, Programme] = {}
    for one in load().values():
        if one.slug not in newest or newest[one.slug].edition < one.edition:
            newest[one.slug] = one
    return list(newest.values())


def parse(text: str) -> Programme:
    """Text of a file. Raises ProgrammeError with all faults found."""
    content = tomllib.loads(text)
    if faults := list(_faults(content)):
        raise ProgrammeError(faults)
    ways = tuple(Way(**way) for way in content["way"])
    rest = {name: value for name, value in content.items() if name not in ("way", "lessons")}
    return Programme(ways=ways, lessons=tuple(content.get("lessons", ())), **rest)


NUMBERS = {"edition": 1, "days": 1, "goal": 1, "act_points": 1, "finish_points": 0}
TEXTS = {"slug", "icon", "sensitivity", "rhythm"}
PHRASES = ("title", "lead", "why")
WAY_PARTS = {"slug", "source", "title", "text", "question", "unit", "least", "most", "reading"}


def _faults(content: dict[str, Any]) -> Iterator[str]:
    known = {*NUMBERS, *TEXTS, *PHRASES, "takes_lists", "way", "lessons"}
    yield from (f"`{name}` is no part of an activity" for name in sorted(set(content) - known))
    for name, least in NUMBERS.items():
        if not isinstance(content.get(name), int) or content[name] < least:
            yield f"`{name}` is no number from {least} on"
    yield from (f"`{name}` is missing" for name in sorted(TEXTS) if not isinstance(content.get(name), str) or not content[name])
    for name in PHRASES:
        yield from _phrase_faults(f"`{name}`", content.get(name))
    if content.get("sensitivity") not in SENSITIVITIES or content.get("rhythm") not in RHYTHMS:
        yield "`sensitivity` or `rhythm` is none of those that there are"
    if not isinstance(content.get("takes_lists"), bool):
        yield "`takes_lists` is neither true nor false"
    elif content["takes_lists"] and content.get("sensitivity") == "health":
        # An employer would hold a list of who takes part.
        yield "an activity with health content takes no attendance lists"
    if (content.get("rhythm") == BY_LESSON) != bool(content.get("lessons")):
        yield "lessons belong to the rhythm by lesson"
    yield from _way_faults(content.get("way"))


def _way_faults(ways: Any) -> Iterator[str]:
    if not isinstance(ways, list) or len(ways) < 2:
        yield "it needs a main way and an alternative of the same worth"
        return
    if len({way.get("slug") for way in ways}) < len(ways):
        yield "two ways have the same slug"
    for way in ways:
        place = f"way {way.get('slug')}"
        yield from (f"{place}: `{name}` is no part of a way" for name in sorted(set(way) - WAY_PARTS))
        if not way.get("slug") or way.get("source") not in SOURCES:
            yield f"{place}: it needs a slug and a source"
        yield from _phrase_faults(f"{place}, title", way.get("title"))
        yield from _phrase_faults(f"{place}, text", way.get("text"))
        if ("question" in way) != ("unit" in way) or ("question" in way) != (0 < way.get("least", 0) < way.get("most", 0)):
            yield f"{place}: a question, its unit, least and most belong together"
        if (way.get("source") == READING) != bool(way.get("reading")):
            yield f"{place}: a kind of reading belongs to a way by readings"
    if any(way.get("source") == READING for way in ways) and all(way.get("source") == READING for way in ways):
        yield "there is no way without readings"


def _phrase_faults(place: str, phrase: Any) -> Iterator[str]:
    if not isinstance(phrase, dict) or set(phrase) != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in phrase.values()):
        yield f"{place} needs its words in both languages, and in no other"
