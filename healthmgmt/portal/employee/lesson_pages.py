"""A lesson as its page shows it: what to read, the questions, and after them what was right and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care import selectors as care
from healthmgmt.care.lessons import Lesson, Question
from healthmgmt.care.models import LessonResult, Step
from healthmgmt.care.services import MOST_TRIES
from healthmgmt.core.templatetags.health import day, page_language

PREFIX = "question-"


@dataclass(frozen=True)
class ShownOption:
    """`is_right` and `is_chosen` together say what is drawn once the questions are answered."""

    place: int
    text: str
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True)
class ShownQuestion:
    """`explanation` is blank until the questions are answered."""

    name: str
    text: str
    options: list[ShownOption]
    explanation: str = ""
    is_right: bool = False
    is_missing: bool = False


def given(post: Mapping[str, str]) -> dict[str, str]:
    """The answers that a form brought, by field."""
    return {name: value for name, value in post.items() if name.startswith(PREFIX)}


def places(step: Step, answers: Mapping[str, str]) -> list[int]:
    """The places of the options chosen; -1, which no question has, for what is missing or no number."""
    found = (answers.get(_name(number), "") for number in range(len(_lesson(step).questions)))
    return [int(value) if value.isascii() and value.isdigit() else -1 for value in found]


def page(step: Step, *, given: Mapping[str, str] | None = None, fault: str = "", is_anew: bool = False) -> dict[str, Any]:
    """What the page shows; `given` are answers that could not be taken, `is_anew`: the questions once more. Two queries.

    Raises Http404 for a step that is no lesson.
    """
    lesson, language = _lesson(step), page_language()
    result = None if is_anew or fault else care.last_result(step)
    if result:
        questions = [_answered(one, number, result, language) for number, one in enumerate(lesson.questions)]
    else:
        questions = [_open(one, number, given or {}, language, bool(fault)) for number, one in enumerate(lesson.questions)]
    return {
        "step": step,
        "title": lesson.title[language],
        "lead": lesson.lead[language],
        "minutes": lesson.minutes,
        "points": [point[language] for point in lesson.points],
        "sources": [source[language] for source in lesson.sources],
        "approval": _approval(lesson),
        "questions": questions,
        "fault": fault,
        "result": _told(lesson, result) if result else "",
        "may_try_again": result is not None and result.attempt < MOST_TRIES and result.right < len(lesson.questions),
        "may_answer": step.state in (*Step.OPEN, Step.State.DONE),
    }


def _lesson(step: Step) -> Lesson:
    found = care.lesson_of(step)
    if found is None:
        raise Http404(_("There is no such lesson."))
    return found


def _name(number: int) -> str:
    return f"{PREFIX}{number}"


def _open(question: Question, number: int, given: Mapping[str, str], language: str, is_checked: bool) -> ShownQuestion:
    chosen = given.get(_name(number), "")
    options = [ShownOption(place, one[language], str(place) == chosen, False) for place, one in enumerate(question.options)]
    is_missing = is_checked and not any(one.is_chosen for one in options)
    return ShownQuestion(_name(number), question.words[language], options, is_missing=is_missing)


def _answered(question: Question, number: int, result: LessonResult, language: str) -> ShownQuestion:
    chosen = result.answers[number]
    options = [ShownOption(place, one[language], place == chosen, place == question.right) for place, one in enumerate(question.options)]
    return ShownQuestion(_name(number), question.words[language], options, question.explanation[language], chosen == question.right)


def _told(lesson: Lesson, result: LessonResult) -> str:
    count = len(lesson.questions)
    if result.right == count:
        return _("All right. Thank you for taking the time.")
    words = {"right": result.right, "count": count}
    return ngettext(
        "%(right)d of %(count)d was as the lesson has it. Below stands why; nothing depends on the number.",
        "%(right)d of %(count)d were as the lesson has it. Below stands why; nothing depends on the number.",
        result.right,
    ) % words


def _approval(lesson: Lesson) -> str:
    if lesson.approved_on:
        return _("Approved by %(name)s on %(day)s") % {"name": lesson.approved_by, "day": day(lesson.approved_on, "year")}
    return _("Written from public guidelines; awaiting approval by a clinician")
