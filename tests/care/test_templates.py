"""Plan templates: what is shipped, and what is refused."""

import pytest

from healthmgmt.care import templates
from healthmgmt.care.models import Step
from healthmgmt.risk.models import Assessment

ONE = """
alert_reasons = ["critical_"]
manager_reasons = []
"""


def plan(slug: str, colour: str, reasons: str = "[]", step: str = "") -> str:
    return f"""
[[plan]]
slug = "{slug}"
colour = "{colour}"
version = 1
reasons = {reasons}
zh = "计划"
en = "Plan"
[[plan.step]]
number = 1
kind = "call"
doer = "person"
offset = 0
zh = "电话"
en = "Call"
{step}
"""


WHOLE = ONE + "".join(plan(colour, colour) for colour in templates.COLOURS)


def test_shipped_templates_cover_every_colour() -> None:
    plans = templates.load().plans
    assert {plan.colour for plan in plans} == set(Assessment.Colour.values)
    assert [plan.slug for plan in plans if not plan.is_former] == ["red_alert", "red_high_risk", "orange", "yellow", "blue", "grey", "green"]


def test_shipped_templates_use_the_doers_of_steps() -> None:
    assert set(templates.DOERS) == set(Step.Doer.values)


def test_shipped_templates_have_words_in_both_languages() -> None:
    for one in templates.load().plans:
        for words in [one.words, *(step.words for step in one.steps)]:
            assert all(words[language].strip() for language in templates.LANGUAGES)


def test_first_steps_are_those_the_product_promises() -> None:
    first = {one.slug: (one.steps[0].kind, one.steps[0].doer, one.steps[0].offset) for one in templates.load().plans}
    assert first["red_alert"] == ("call", "case_manager", 0)
    assert first["red_high_risk"] == ("first_contact", "case_manager", 7)
    assert first["orange"] == ("case_review", "physician", 14)


def test_words_are_found_by_version_and_number() -> None:
    shipped = templates.load()
    assert shipped.words("green", 1)["en"] == "Keep going"
    assert shipped.words("red_alert", 1, 1)["en"].startswith("Call today")
    with pytest.raises(KeyError):
        shipped.words("green", 99)


def test_parse_takes_a_whole_file() -> None:
    assert len(templates.parse(WHOLE).plans) == 6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (WHOLE.replace('colour = "grey"', 'colour = "pink"'), "plan grey: no colour 'pink'"),
        (WHOLE.replace('doer = "person"', 'doer = "nurse"', 1), "plan red, step 1: nobody is called 'nurse'"),
        (WHOLE.replace("offset = 0", "offset = -1", 1), "plan red, step 1: a number of days or times is negative"),
        (WHOLE.replace("offset = 0", "offset = 0\nevery = 7", 1), "plan red, step 1: `every` and `times` belong together"),
        (WHOLE + plan("red", "red", '["x"]'), "a plan stands twice"),
        (WHOLE + plan("red_two", "red"), "the last plan of red, and no other, has to take every reason"),
        (WHOLE.replace('slug = "grey"', "", 1), "'slug' is missing"),
        (ONE + plan("red", "red"), "the last plan of green, and no other, has to take every reason"),
    ],
)
def test_parse_names_the_fault(text: str, fault: str) -> None:
    with pytest.raises(templates.TemplateError) as caught:
        templates.parse(text)
    assert fault in caught.value.faults


def test_parse_refuses_a_step_number_twice() -> None:
    again = '[[plan.step]]\nnumber = 1\nkind = "call"\ndoer = "person"\noffset = 1\nzh = "电话"\nen = "Call"\n'
    with pytest.raises(templates.TemplateError, match="a step number stands twice"):
        templates.parse(WHOLE + again)
