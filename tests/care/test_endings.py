"""What a contact can end with: what is shipped, and what is refused."""

from datetime import date

import pytest

from healthmgmt.care import endings
from healthmgmt.care.models import Contact
from healthmgmt.risk.models import Assessment

TEXT = endings.FILE.read_text(encoding="utf-8")
DAY = date(2026, 6, 10)


def test_shipped_endings_are_those_of_the_model_in_order() -> None:
    assert [one.slug for one in endings.load().endings] == Contact.Ending.values


def test_shipped_endings_know_every_colour() -> None:
    assert set(endings.COLOURS) == set(Assessment.Colour.values)


def test_next_day_follows_ending_and_colour_and_an_alert_before_both() -> None:
    ending = endings.load().ending("will_come")
    days = [ending.next_on(DAY, colour=colour, has_alert=False) for colour in ("red", "orange")]
    assert days == [date(2026, 6, 17), date(2026, 6, 24)]
    assert ending.next_on(DAY, colour="orange", has_alert=True) == date(2026, 6, 11)


def test_who_was_not_reached_with_an_alert_is_called_again_the_same_day() -> None:
    assert endings.load().ending("not_reached").next_on(DAY, colour="red", has_alert=True) == DAY


@pytest.mark.parametrize(("codes", "word"), [(["critical_bp"], "headache"), (["critical_liver"], "right now"), (["hypertension"], "your results"), ([], "your results")])
def test_question_fits_the_reason(codes, word) -> None:
    assert word in endings.load().question(codes, "en")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("alert_contact_hours = 2", "alert_contact_hours = 0", "at least an hour"),
        ('early_kinds = ["first_contact"]', 'early_kinds = ["lesson"]', "is no contact"),
        ('worsened_colours = ["red", "orange"]', 'worsened_colours = ["purple"]', "a colour that is none"),
        ('slug = "will_come"', 'slug = "referred"', "an ending stands twice"),
        ("days = { alert = 1, red = 7,", "days = { alert = 9, red = 7,", "puts an alert off"),
        ("days = { alert = 1, red = 7,", "days = { alert = 1, red = -7,", "days go from 0"),
        ("days = { alert = 1, red = 7,", "days = { alert = 1, pink = 7,", "days are needed"),
        ('reasons = ["critical_"]', "reasons = []", "the last question"),
        ("alert_longest_days = 3", "", "is missing"),
    ],
)
def test_faults_are_named(old, new, fault) -> None:
    assert old in TEXT
    with pytest.raises(endings.EndingError, match=fault):
        endings.parse(TEXT.replace(old, new, 1))
