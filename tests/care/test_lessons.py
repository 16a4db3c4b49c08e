"""Lessons: what is shipped, and what is refused."""

import re

import pytest

from healthmgmt.care import lessons

PHRASE = '{ zh = "字", en = "Word" }'
QUESTION = f"""
[[question]]
words = {PHRASE}
options = [{PHRASE}, {{ zh = "另", en = "Other" }}]
right = 2
explanation = {PHRASE}
"""
WHOLE = f"""
edition = 1
minutes = 3
title = {PHRASE}
lead = {PHRASE}
points = [{PHRASE}, {PHRASE}, {PHRASE}, {PHRASE}]
sources = [{PHRASE}]
{QUESTION * 3}"""


def phrases(one: lessons.Lesson):
    yield from (one.title, one.lead, *one.points, *one.sources)
    for question in one.questions:
        yield from (question.words, question.explanation, *question.options)


def test_shipped_lessons_are_at_least_ten_and_await_approval() -> None:
    found = lessons.load()
    assert len(found) >= 10
    assert {(one.approved_by, one.approved_on) for one in found.values()} == {("", None)}


@pytest.mark.parametrize("slug", sorted(lessons.load()))
def test_lesson_speaks_plainly_in_both_languages(slug) -> None:
    one = lessons.load()[slug]
    blamed = re.compile("您患有|依从|超标|异常|non-compliant|abnormal|you have (hypertension|diabetes)", re.IGNORECASE)
    units = re.compile(r"mmHg|mmol/L|umol/L|WS/T|GBZ")
    for phrase in phrases(one):
        assert not blamed.search(phrase["zh"] + phrase["en"]), phrase
        assert not re.search("[A-Za-z]{2,}", units.sub("", phrase["zh"])), phrase
        assert not re.search("[\u4e00-\u9fff]", phrase["en"]), phrase
        assert len(phrase["zh"]) <= 90
        assert len(phrase["en"].split()) <= 50


def test_answers_are_counted_and_have_to_fit() -> None:
    one = lessons.parse(WHOLE, "one")
    assert [one.count_right(answers) for answers in ([1, 1, 1], [0, 1, 0], [0, 0, 0])] == [3, 1, 0]
    for answers in ([1, 1], [1, 1, 2], [1, 1, -1]):
        with pytest.raises(ValueError, match="answer"):
            one.count_right(answers)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (WHOLE.replace("edition = 1", ""), "`edition` is no number from 1 on"),
        (WHOLE.replace("minutes = 3", "minutes = 30"), "it takes longer than 10 minutes"),
        (WHOLE.replace(f"title = {PHRASE}", 'title = { zh = "字" }'), "`title` needs its words in both languages, and in no other"),
        (WHOLE.replace(f"points = [{PHRASE}, ", "points = ["), "`points` are 4 to 7 texts"),
        (WHOLE.replace(f"sources = [{PHRASE}]", "sources = []"), "`sources` are 1 to 6 texts"),
        (WHOLE.replace(QUESTION, "", 1), "it needs 3 to 5 questions"),
        (WHOLE.replace("right = 2", "right = 3", 1), "question 1: `right` names none of the options"),
        (WHOLE.replace('zh = "另"', 'zh = "字"', 1), "question 1: an option stands twice"),
        (WHOLE.replace(f"explanation = {PHRASE}", "", 1), "question 1, explanation needs its words in both languages, and in no other"),
        (WHOLE.replace("edition = 1", 'edition = 1\napproved_by = "Somebody"'), "who approved it and when belong together"),
    ],
)
def test_parse_names_the_fault(text: str, fault: str) -> None:
    with pytest.raises(lessons.LessonError) as caught:
        lessons.parse(text, "one")
    assert f"lesson one: {fault}" in caught.value.faults
