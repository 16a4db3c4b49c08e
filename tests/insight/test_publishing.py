"""Shares whose base is health content: shown of the whole organisation only, together or not at all."""

import pytest

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP
from healthmgmt.insight import metrics, publishing

PARTS = ("improved", "unchanged", "worsened", "no_follow_up")
SHOWN_BEFORE: frozenset[str] = frozenset()


def facts(people: int = 400, compared: int = 300, parts=(30, 60, 20, 50), open_alerts: int = 40, settled: int = 60) -> dict:
    """Of one unit; everything that is not asked about is whole or empty."""
    of = {slug: (0, people) for slug in ("covered", "on_time", "assessed")}
    of |= {slug: (0, 0) for slug in ("complete", "items", "red", "orange", "yellow", "blue", "green", "grey")}
    of |= {"open_alerts": (open_alerts, people), "settled_alerts": (settled, people)}
    return of | {slug: (count, compared) for slug, count in zip(PARTS, parts, strict=True)}


def cells(given: dict, hidden_before: frozenset[str] | None = SHOWN_BEFORE) -> dict:
    (row,) = publishing.publications({1: None}, {1: given}, metrics.load(), 10, hidden_before)
    return row.cells


def improvement(given: dict, hidden_before: frozenset[str] | None = SHOWN_BEFORE) -> list[tuple]:
    found = cells(given, hidden_before)
    return [(found[slug]["numerator"], found[slug]["denominator"], found[slug]["hidden"]) for slug in PARTS]


def test_four_parts_add_up_to_everybody_at_risk():
    assert improvement(facts()) == [(30, 160, ""), (60, 160, ""), (20, 160, ""), (50, 160, "")]


@pytest.mark.parametrize("parts", [(9, 60, 20, 50), (30, 60, 0, 50), (160, 0, 0, 0), (60, 100, 80, 55)])
def test_one_small_part_hides_all_four_and_their_sum(parts):
    assert improvement(facts(parts=parts)) == [(None, None, SMALL_GROUP)] * 4


def test_nobody_compared_is_said_as_such():
    assert improvement(facts(compared=0, parts=(0, 0, 0, 0))) == [(None, None, NOBODY)] * 4


@pytest.mark.parametrize(
    ("hidden_before", "is_shown"),
    [
        (frozenset(), True),
        (frozenset({"red", "yellow"}), True),
        (frozenset({"green", "grey"}), True),
        (frozenset({"covered", "settled_alerts"}), True),
        # Everybody at risk would be red, orange and yellow: with orange and yellow shown, red were known.
        (frozenset({"red", "grey"}), False),
        (frozenset({"red", "orange", "yellow", "blue", "green", "grey"}), False),
        (None, False),
    ],
)
def test_improvement_does_not_take_hidden_colours_of_the_period_before_apart(hidden_before, is_shown):
    assert (improvement(facts(), hidden_before)[0][0] is not None) is is_shown


@pytest.mark.parametrize(
    ("open_alerts", "settled", "shown"),
    [(40, 60, (60, 100)), (40, 9, (None, None)), (9, 60, (None, None)), (0, 100, (None, None)), (200, 195, (None, None))],
)
def test_alerts_with_an_outcome_are_a_share_of_all_alerted(open_alerts, settled, shown):
    found = cells(facts(open_alerts=open_alerts, settled=settled))["settled_alerts"]
    assert (found["numerator"], found["denominator"]) == shown


def test_shares_of_health_content_are_told_of_the_whole_only():
    below = facts(people=200, compared=150, parts=(15, 30, 10, 25), open_alerts=20, settled=30)
    rows = publishing.publications({1: None, 2: 1, 3: 1}, {1: facts(), 2: below, 3: below}, metrics.load(), 10, SHOWN_BEFORE)
    assert [set(row.cells) & {*PARTS, "settled_alerts"} for row in rows] == [{*PARTS, "settled_alerts"}, set(), set()]
    assert rows[1].cells["open_alerts"]["numerator"] == 20


def test_complete_content_is_a_share_of_those_examined():
    one = metrics.load().metric("complete")
    assert (one.numerator, one.denominator) == ("complete", "covered")


SPLIT = {f"{group}_{part}": 20 for group in ("enrolled", "others") for part in PARTS}


def split(given: dict[str, int]) -> dict[str, tuple]:
    found = cells(facts(compared=300, parts=(40, 40, 40, 40)) | {slug: (count, 300) for slug, count in given.items()})
    return {slug: (found[slug]["numerator"], found[slug]["denominator"]) for slug in (*SPLIT, "improved")}


def test_enrolled_and_others_stand_beside_the_whole_each_of_their_own():
    assert split(SPLIT) == dict.fromkeys(SPLIT, (20, 80)) | {"improved": (40, 160)}


def test_one_small_part_of_either_group_hides_both_and_leaves_the_whole():
    few = SPLIT | {"enrolled_worsened": 9, "others_worsened": 31}
    assert split(few) == dict.fromkeys(SPLIT, (None, None)) | {"improved": (40, 160)}


def test_steps_of_a_chain_are_shares_of_the_one_they_are_said_to_be_of():
    chain = {"bp_have": 100, "bp_know": 80, "bp_treated": 75, "bp_seen": 40, "bp_at_target": 9}
    found = cells(facts() | {slug: (count, 300) for slug, count in chain.items()})
    shown = {slug: (found[slug]["numerator"], found[slug]["denominator"], found[slug]["hidden"]) for slug in chain}
    hidden = (None, None, SMALL_GROUP)
    assert shown == {"bp_have": (100, 300, ""), "bp_know": (80, 100, ""), "bp_treated": hidden, "bp_seen": (40, 100, ""), "bp_at_target": hidden}


@pytest.mark.parametrize(("settled", "shown"), [(30, 70), (10, 50), (9, None), (0, None)])
def test_people_with_an_alert_do_not_tell_how_few_of_them_have_an_outcome(settled, shown):
    """Those with an open alert are told of every unit, so that the difference is told too."""
    closing = {"alerts_any": (40 + settled, 400), "alerts_closed": (settled, 400), "closed_in_week": (0, 400), "closed_in_day": (0, 400)}
    found = cells(facts(open_alerts=40, settled=settled) | closing)
    assert (found["open_alerts"]["numerator"], found["alerts_any"]["numerator"]) == (40, shown)


def test_chain_of_nobody_says_so():
    assert cells(facts())["glucose_know"] == {"numerator": None, "denominator": None, "hidden": NOBODY}


def test_hazards_that_nobody_works_under_are_not_mentioned():
    found = cells(facts() | {"exposure_noise": (8, 20)})
    assert found["exposure_noise"] == {"numerator": 8, "denominator": 20, "hidden": ""}
    assert "exposure_dust" not in found


def test_row_holds_health_content_as_soon_as_somebody_is_assessed():
    registry = metrics.load()
    assert publishing.holds_health_content(cells(facts(open_alerts=0, settled=0, parts=(0, 0, 0, 0))), registry) is False
    assert publishing.holds_health_content(cells(facts() | {"red": (0, 1), "grey": (1, 1)} | dict.fromkeys(("orange", "yellow", "blue", "green"), (0, 1))), registry) is True
    assert publishing.holds_health_content(cells(facts(people=9, compared=0, parts=(0, 0, 0, 0), open_alerts=1, settled=1)), registry) is False
