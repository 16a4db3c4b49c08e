"""Plan templates: what is shipped, and what is refused."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from healthmgmt.care import endings, lessons, template_shapes, templates
from healthmgmt.care.models import Step
from healthmgmt.risk import packs
from healthmgmt.risk.models import Assessment

TODAY = date(2026, 6, 10)
ONE = """
alert_reasons = ["critical_"]
manager_reasons = []
[courtesy]
most_contacts_a_week = 3
quiet_from = 21:00:00
quiet_until = 08:00:00
lesson_again_days = 700
[[target]]
slug = "pressure"
below = { sbp = 140 }
held_days = 84
"""


def step(number: int, more: str = "", kind: str = "call") -> str:
    return f"""
number = {number}
kind = "{kind}"
doer = "person"
channel = "app"
offset = 0
zh = "电话"
en = "Call"
{more}
"""


def plan(slug: str, colour: str, reasons: str = "[]", more: str = "") -> str:
    return f"""
[[plan]]
slug = "{slug}"
colour = "{colour}"
version = 1
begins = 2026-01-01
reasons = {reasons}
zh = "计划"
en = "Plan"
{more}
[[plan.step]]{step(1)}
"""


PART = f"""
[[part]]
slug = "pathway"
version = 1
reasons = ["hypertension"]
zh = "路径"
en = "Pathway"
[[part.step]]{step(11)}
"""
WHOLE = ONE + PART + "".join(plan(colour, colour, more="parts = { pathway = 1 }" if colour == "orange" else "") for colour in template_shapes.COLOURS)


def shipped(slug: str) -> templates.PlanTemplate:
    return next(one for one in templates.load().in_force(TODAY) if one.slug == slug)


def test_shipped_templates_cover_every_colour() -> None:
    plans = templates.load().in_force(TODAY)
    assert {plan.colour for plan in plans} == set(Assessment.Colour.values)
    assert [plan.slug for plan in plans] == ["red_alert", "red_high_risk", "orange", "yellow", "yellow_after", "blue", "blue_after", "grey", "grey_after", "green"]


def test_shipped_templates_use_the_doers_of_steps() -> None:
    assert set(template_shapes.DOERS) == set(Step.Doer.values)


def test_shipped_templates_have_words_in_both_languages() -> None:
    for one in templates.load().plans:
        for words in [one.words, *(part.words for part in one.parts), *(step.words for _part, step in one.all_steps)]:
            assert all(words[language].strip() for language in template_shapes.LANGUAGES)


def test_first_steps_are_those_the_product_promises() -> None:
    first = {one.slug: (one.steps[0].kind, one.steps[0].doer, one.steps[0].offset) for one in templates.load().in_force(TODAY)}
    assert first["red_alert"] == ("call", "case_manager", 0)
    assert first["red_high_risk"] == ("first_contact", "case_manager", 7)
    assert first["orange"] == ("case_review", "physician", 14)


def test_clock_of_a_class_a_result_is_two_hours_a_day_and_a_week() -> None:
    calls = [one for one in shipped("red_alert").steps if one.doer == "case_manager"]
    assert [(one.offset, one.hours) for one in calls] == [(0, 2), (1, 0), (7, 0)]
    assert calls[0].hours == endings.load().alert_contact_hours


def test_blue_has_eight_lessons_for_everybody_and_yellow_twelve_weigh_ins() -> None:
    assert len({one.lesson for one in shipped("blue").steps if one.lesson}) == 8
    assert [(one.every, one.times) for one in shipped("yellow").steps if one.kind == "weigh_in"] == [(7, 12)]


def test_pathways_have_visits_readings_and_targets() -> None:
    orange = shipped("orange")
    for slug, target in (("hypertension", "pressure"), ("diabetes", "glucose")):
        steps = orange.part(slug).steps
        assert [one.every for one in steps if one.key == "visit"] == [90]
        assert [one.stop for one in steps if one.kind == "home_reading"] == [target]
    assert any(one.kind == "recheck" for one in orange.part("lipids").steps)


def test_every_plan_but_that_of_an_alert_takes_the_rotation_check() -> None:
    assert {one.slug for one in templates.load().in_force(TODAY) if "high_altitude" not in [part.slug for part in one.parts]} == {"red_alert"}


def test_reasons_of_parts_are_those_of_packs() -> None:
    known = {reason for name, _edition in packs.available() for reason in packs.load(name).reason_colours}
    wanted = {beginning for one in templates.load().plans for part in one.parts for beginning in part.reasons}
    assert {beginning for beginning in wanted if not any(reason.startswith(beginning) for reason in known)} == set()


def test_every_lesson_is_taken_in_some_plan() -> None:
    assert {step.lesson for one in templates.load().in_force(TODAY) for _part, step in one.all_steps if step.lesson} == set(lessons.load())


def test_shipped_templates_await_approval() -> None:
    assert {(one.approved_by, one.approved_on) for one in templates.load().plans} == {("", None)}


def test_version_counts_from_its_day_and_the_former_until_then() -> None:
    found = templates.load()
    assert [{one.version for one in found.in_force(day) if not one.follow_up} for day in (date(2025, 12, 31), date(2026, 1, 1))] == [{1}, {2}]


def test_words_are_found_by_version_and_number() -> None:
    found = templates.load()
    assert found.words("green", 1)["en"] == "Keep going"
    assert found.words("red_alert", 1, 1)["en"].startswith("Call today")
    assert found.words("orange", 2, 14)["en"].startswith("Quarterly visit")
    with pytest.raises(KeyError):
        found.words("green", 99)


@pytest.mark.parametrize(
    ("clock", "goes"),
    [("07:59", (10, 8, 0)), ("08:00", (10, 8, 0)), ("12:30", (10, 12, 30)), ("20:59", (10, 20, 59)), ("21:00", (11, 8, 0)), ("23:59", (11, 8, 0))],
)
def test_messages_wait_for_the_end_of_the_quiet_hours(clock, goes) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    moment = datetime.combine(TODAY, time.fromisoformat(clock), tzinfo=zone)
    found = templates.load().courtesy.earliest(moment)
    assert (found.day, found.hour, found.minute, found.tzinfo) == (*goes, zone)


def test_parse_takes_a_whole_file() -> None:
    found = templates.parse(WHOLE)
    assert len(found.plans) == 6
    assert [part.slug for part in found.plan("orange", 1).parts] == ["pathway"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (WHOLE.replace('colour = "grey"', 'colour = "pink"'), "plan grey: no colour 'pink'"),
        (WHOLE.replace('doer = "person"', 'doer = "nurse"'), "plan red, step 1: nobody is called 'nurse'"),
        (WHOLE.replace('kind = "call"', 'kind = "dance"'), "plan red, step 1: there is no kind 'dance'"),
        (WHOLE.replace('channel = "app"', 'channel = "pigeon"'), "plan red, step 1: there is no channel 'pigeon'"),
        (WHOLE.replace("offset = 0", "offset = -1"), "plan red, step 1: a number of days, hours or times is negative"),
        (WHOLE.replace("offset = 0", "offset = 0\nevery = 7"), "plan red, step 1: `every` and `times` belong together"),
        (WHOLE.replace("offset = 0", "offset = 0\nevery = 7\ntimes = 0"), "plan red, step 1: what is repeated without end needs a window, so that it does not pile up"),
        (WHOLE.replace("offset = 0", 'offset = 0\nstop = "pressure"'), "plan red, step 1: it cannot stop at 'pressure'"),
        (WHOLE.replace('kind = "call"', 'kind = "weigh_in"\nstop = "height"'), "plan red, step 1: it cannot stop at 'height'"),
        (WHOLE.replace('kind = "call"', 'kind = "lesson"'), "plan red, step 1: a lesson, and nothing else, names the lesson to take"),
        (WHOLE.replace('kind = "call"', 'kind = "lesson"\nlesson = "dance"'), "plan red, step 1: there is no lesson 'dance'"),
        (WHOLE.replace("offset = 0", "offset = 0\nhours = 30"), "plan red, step 1: `hours` belong to the one day of a step that is done once"),
        (WHOLE.replace("number = 11", "number = 1"), "plan orange: a step number stands twice (1)"),
        (WHOLE.replace("number = 11", 'number = 11\nkey = "orange.1"').replace('doer = "person"', 'doer = "physician"', 1), "plan orange: steps of the key 'orange.1' differ in who does them or what is learnt"),
        (WHOLE.replace('reasons = ["hypertension"]\n', ""), "plan orange, part pathway: neither a reason nor an exposure brings it"),
        (WHOLE.replace("parts = { pathway = 1 }", "parts = { pathway = 2 }"), "plan orange: there is no part 'pathway' in version 2"),
        (WHOLE + plan("red", "red", '["x"]'), "a plan stands twice"),
        (WHOLE + plan("red", "red", '["x"]').replace("version = 1", "version = 2"), "two versions of a plan are in force on 2026-01-01"),
        (WHOLE + plan("red_two", "red"), "the last plan of red, and no other, has to take every reason (on 2026-01-01)"),
        (WHOLE.replace('slug = "grey"\n', ""), "plan at place 5: `slug` is missing"),
        (WHOLE.replace("offset = 0\n", "", 2), "part pathway, step 11: `offset` is missing"),
        (WHOLE.replace("offset = 0\n", 'offset = "0"\n'), "plan red, step 1: `offset` is not of the kind int"),
        (WHOLE.replace("offset = 0\n", "offset = 0\nofset = 1\n"), "plan red, step 1: `ofset` is no field"),
        (WHOLE.replace('zh = "电话"', 'zh = " "'), "plan red, step 1: `zh` is empty"),
        (WHOLE.replace("begins = 2026-01-01", "begins = 2026-01-01\nends = 2026-01-01", 1), "plan red: it ends before it begins"),
        (WHOLE.replace("begins = 2026-01-01", 'begins = 2026-01-01\napproved_by = "Somebody"', 1), "plan red: who approved it and when belong together"),
        (WHOLE.replace("quiet_until = 08:00:00", "quiet_until = 22:00:00"), "courtesy: the quiet hours go from the evening to the morning"),
        (WHOLE.replace("most_contacts_a_week = 3", "most_contacts_a_week = 0"), "courtesy: nobody could ever be asked for anything"),
        (ONE + plan("red", "red"), "the last plan of green, and no other, has to take every reason (on 2026-01-01)"),
    ],
)
def test_parse_names_the_fault(text: str, fault: str) -> None:
    with pytest.raises(templates.TemplateError) as caught:
        templates.parse(text, frozenset({"salt"}))
    assert fault in caught.value.faults


def test_parse_names_all_faults_at_once() -> None:
    with pytest.raises(templates.TemplateError) as caught:
        templates.parse(WHOLE.replace('slug = "grey"\n', "").replace("offset = 0\n", "").replace('zh = "路径"\n', ""))
    assert len(caught.value.faults) == 9
