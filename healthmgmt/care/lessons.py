"""Lessons: data/lessons/*.toml checked and frozen. Pure.

A lesson has points to read, sources by name, and questions; each question one right option and an explanation.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "lessons"
LANGUAGES = ("zh", "en")
POINTS, QUESTIONS, OPTIONS, MINUTES = (4, 7), (3, 5), (2, 4), (1, 10)
Phrase = dict[str, str]


class LessonError(ValueError):
    """A lesson breaks the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Question:
    """`right` is the place of the right option, counted from 0."""

    words: Phrase
    options: tuple[Phrase, ...]
    right: int
    explanation: Phrase


@dataclass(frozen=True)
class Lesson:
    """Approved by a clinician, or awaiting it: then both fields are empty. A change of the questions is a new `edition`."""

    slug: str
    edition: int
    minutes: int
    title: Phrase
    lead: Phrase
    points: tuple[Phrase, ...]
    sources: tuple[Phrase, ...]
    questions: tuple[Question, ...]
    approved_by: str
    approved_on: date | None

    def count_right(self, answers: Sequence[int]) -> int:
        """How many answers (places of options, one a question) are right. Raises ValueError for answers that do not fit."""
        if len(answers) != len(self.questions):
            raise ValueError("There has to be an answer to each question.")
        if not all(0 <= answer < len(one.options) for one, answer in zip(self.questions, answers, strict=True)):
            raise ValueError("An answer is none of the options.")
        return sum(answer == one.right for one, answer in zip(self.questions, answers, strict=True))


@cache
def load() -> dict[str, Lesson]:
    """The shipped lessons by slug. Raises LessonError with the faults of all files."""
    lessons, faults = {}, []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            lessons[path.stem] = parse(path.read_text(encoding="utf-8"), path.stem)
        except LessonError as error:
            faults += error.faults
    if faults:
        raise LessonError(faults)
    return lessons


def parse(text: str, slug: str) -> Lesson:
    """Text of the file of that slug. Raises LessonError with all faults found."""
    content = tomllib.loads(text)
    if faults := [f"lesson {slug}: {fault}" for fault in _faults(content)]:
        raise LessonError(faults)
    return Lesson(
        slug=slug,
        edition=content["edition"],
        minutes=content["minutes"],
        title=content["title"],
        lead=content["lead"],
        points=tuple(content["points"]),
        sources=tuple(content["sources"]),
        questions=tuple(Question(one["words"], tuple(one["options"]), one["right"] - 1, one["explanation"]) for one in content["question"]),
        approved_by=content.get("approved_by", ""),
        approved_on=content.get("approved_on"),
    )


def _faults(content: dict[str, Any]) -> Iterator[str]:
    for name in ("edition", "minutes"):
        if not isinstance(content.get(name), int) or content[name] < 1:
            yield f"`{name}` is no number from 1 on"
    if isinstance(content.get("minutes"), int) and content["minutes"] > MINUTES[1]:
        yield f"it takes longer than {MINUTES[1]} minutes"
    if bool(content.get("approved_by")) != ("approved_on" in content):
        yield "who approved it and when belong together"
    for name in ("title", "lead"):
        yield from _phrase_faults(f"`{name}`", content.get(name))
    yield from _list_faults("points", content.get("points"), POINTS)
    yield from _list_faults("sources", content.get("sources"), (1, 6))
    questions = content.get("question")
    if not isinstance(questions, list) or not QUESTIONS[0] <= len(questions) <= QUESTIONS[1]:
        yield f"it needs {QUESTIONS[0]} to {QUESTIONS[1]} questions"
        return
    for number, one in enumerate(questions, start=1):
        place = f"question {number}"
        yield from _phrase_faults(place, one.get("words"))
        yield from _phrase_faults(f"{place}, explanation", one.get("explanation"))
        yield from (f"{place}, {fault}" for fault in _list_faults("options", one.get("options"), OPTIONS))
        options = one.get("options") if isinstance(one.get("options"), list) else []
        if one.get("right") not in range(1, len(options) + 1):
            yield f"{place}: `right` names none of the options"
        if any(len({option.get(language) for option in options}) < len(options) for language in LANGUAGES):
            yield f"{place}: an option stands twice"


def _list_faults(name: str, phrases: Any, size: tuple[int, int]) -> Iterator[str]:
    if not isinstance(phrases, list) or not size[0] <= len(phrases) <= size[1]:
        yield f"`{name}` are {size[0]} to {size[1]} texts"
        return
    for number, phrase in enumerate(phrases, start=1):
        yield from _phrase_faults(f"`{name}` {number}", phrase)


def _phrase_faults(place: str, phrase: Any) -> Iterator[str]:
    if not isinstance(phrase, dict) or set(phrase) != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in phrase.values()):
        yield f"{place} needs its words in both languages, and in no other"
