"""Days, shares and sentences as people read them."""

from datetime import date

import pytest

from healthmgmt.core import wording

DAY = date(2026, 6, 18)


@pytest.mark.parametrize(
    ("language", "options", "text"),
    [
        ("zh", {"this_year": 2026}, "6 月 18 日"),
        ("zh", {"this_year": 2027}, "2026 年 6 月 18 日"),
        ("zh", {"this_year": 2026, "weekday": True}, "6 月 18 日 星期四"),
        ("en", {"this_year": 2026}, "18 June"),
        ("en", {}, "18 June 2026"),
        ("en", {"this_year": 2026, "weekday": True}, "Thursday 18 June"),
    ],
)
def test_day_text(language, options, text):
    assert wording.day_text(DAY, language, **options) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(93, 100, "93%"), (0, 100, "0%"), (100, 100, "100%"), (1, 1000, "0.1%"), (999, 1000, "99.9%"), (1, 10**6, "0.1%"), (10**6 - 1, 10**6, "99.9%"), (0, 0, "–")],
)
def test_percent_text_never_rounds_something_to_nothing_or_all(part, whole, text):
    assert wording.percent_text(part, whole) == text


def test_clauses_break_after_a_stop_and_lose_nothing():
    sentence = "您的血压偏高，请在 7 月 2 日前让医生复核。其他结果大多平稳"
    assert wording.clauses(sentence) == ["您的血压偏高，", "请在 7 月 2 日前让医生复核。", "其他结果大多平稳"]
    assert "".join(wording.clauses("，开头也有。")) == "，开头也有。"


def test_paragraph_joins_sentences_as_the_language_does():
    assert wording.paragraph(["One.", "", "Two."], "en") == "One. Two."
    assert wording.paragraph(["一。", "", "二。"], "zh") == "一。二。"
