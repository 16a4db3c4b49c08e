"""The wording table knows everything that can happen to somebody, in both languages."""

import re

import pytest

from healthmgmt.care import templates
from healthmgmt.portal.employee import words
from healthmgmt.risk import packs

LATIN = re.compile(r"[A-Za-z]{2,}")


def phrases():
    known = words.load()
    yield from known.sentences.values()
    yield from known.hints.values()
    for topic in known.topics.values():
        yield from (topic.state, topic.recorded, topic.noun)
    for step in known.steps.values():
        yield from (step.lead, step.title, step.text)


@pytest.mark.parametrize("name", [name for name, _edition in packs.available()])
def test_words_know_every_reason_of_a_pack(name):
    pack = packs.load(name)
    assert set(pack.reason_colours) - set(words.load().topics) == set()


def test_words_know_every_step_of_the_plans():
    assert {step.kind for plan in templates.load().plans for _part, step in plan.all_steps} - set(words.load().steps) == set()


def test_words_that_are_for_one_step_belong_to_a_step():
    kinds = {name for plan in templates.load().plans for _part, step in plan.all_steps for name in (step.key, step.kind)}
    assert set(words.load().steps) - kinds - {"named_lesson", "self_check"} == set()


def test_words_stand_in_both_languages():
    assert all(set(phrase) == {"zh", "en"} and all(phrase.values()) for phrase in phrases())


def test_words_name_no_diagnosis_and_blame_nobody():
    blamed = re.compile("您患有|依从|超标|(?<!血脂)异常|you have (hypertension|diabetes)|non-compliant|abnormal", re.IGNORECASE)
    assert [text for phrase in phrases() for text in phrase.values() if blamed.search(text)] == []


def test_chinese_words_hold_no_latin():
    placeholders = re.compile(r"\{\w+\}")
    assert [phrase["zh"] for phrase in phrases() if LATIN.search(placeholders.sub("", phrase["zh"]))] == []
