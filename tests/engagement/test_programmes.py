"""Activities as data: what is shipped, and what is refused."""

import pytest

from healthmgmt.care.lessons import load as lessons
from healthmgmt.core.icons import drawing
from healthmgmt.devices import kinds
from healthmgmt.engagement import programmes

WHOLE = (programmes.FOLDER / "steps_1.toml").read_text(encoding="utf-8")


def test_programmes_shipped_cover_steps_weight_lessons_booking_and_breaks():
    assert {one.slug: one.sensitivity for one in programmes.offered()} == {
        "checkup": "coverage", "lessons": "coverage", "sleep": "coverage", "steps": "coverage", "stretching": "coverage", "weight": "health",
    }  # fmt: skip


def test_programmes_name_what_there_is():
    for one in programmes.load().values():
        assert drawing(one.icon) and set(one.lessons) <= set(lessons())
        assert {way.reading for way in one.ways} - {""} <= set(kinds.load())


def test_programmes_have_a_way_for_everybody_of_the_same_worth():
    """The goal and the points stand with the activity, never with a way; and nobody needs a meter."""
    for one in programmes.load().values():
        assert len(one.ways) > 1 and any(way.source != programmes.READING for way in one.ways)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("goal = 20", "goal = 0", "`goal` is no number from 1 on"),
        ('sensitivity = "coverage"', 'sensitivity = "health"', "an activity with health content takes no attendance lists"),
        ('rhythm = "day"', 'rhythm = "lesson"', "lessons belong to the rhythm by lesson"),
        ("least = 6000\n", "", "way steps: a question, its unit, least and most belong together"),
        ('slug = "seated"', 'slug = "steps"', "two ways have the same slug"),
        ("edition = 1", "edition = 1\nreward = 3", "`reward` is no part of an activity"),
        ('en = "Walking" }', "}", "way steps, title needs its words in both languages, and in no other"),
    ],
)
def test_programmes_that_cannot_be_are_refused(old, new, fault):
    with pytest.raises(programmes.ProgrammeError) as refused:
        programmes.parse(WHOLE.replace(old, new, 1).replace(", }", " }"))
    assert fault in refused.value.faults


def test_programme_without_an_alternative_is_refused():
    with pytest.raises(programmes.ProgrammeError, match="an alternative of the same worth"):
        programmes.parse(WHOLE[: WHOLE.rindex("[[way]]")])
