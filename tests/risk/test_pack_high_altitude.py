"""The occupation pack `high-altitude` on top of a country's pack: what it adds for people at altitude, and nothing for others."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.risk import packs
from healthmgmt.risk.explanation import reason_texts
from healthmgmt.risk.measures import Person, of_people
from healthmgmt.risk.packs import PackError
from healthmgmt.risk.stratification import Outcome, evaluate
from tests.risk.people import UPPERS, codes, colour, missing, person

CHINA = packs.load("cn")
PACK = packs.load("cn+high-altitude")
FLAG = "exposure:high_altitude"
SIGNS = (
    "breathlessness_palpitations", "sleep_disturbance", "cyanosis", "vein_dilatation", "paraesthesia", "headache", "tinnitus",
)  # fmt: skip
FINE = {
    "height": 170, "weight": 63, "sbp": 112, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0, "hgb": 160, "altitude": 3600,
}  # fmt: skip


def judge(*people: Person, pack: packs.Pack = PACK) -> Outcome:
    return evaluate(pack, of_people(people), UPPERS)


def at_altitude(values: dict[str, float], since: date = date(2023, 3, 20), **parts) -> Person:
    return person(values | {FLAG: 1}, days={FLAG: since}, **parts)


def signs(*grades: int) -> dict[str, float]:
    """The seven signs, graded from the first on; the others 0."""
    return {f"qinghai_{name}": grade for name, grade in zip(SIGNS, (*grades, *[0] * 7), strict=False)}


def told(outcome: Outcome) -> list:
    texts = (outcome.reasons_json(), outcome.missing_json())
    return [outcome.colour.tolist(), outcome.incomplete.tolist(), *(text.tolist() for text in texts)]


VALUES = st.dictionaries(
    st.sampled_from(sorted({line.indicator for line in CHINA.lines if not line.is_flag} - {"china_par_10y"} | {"altitude"})),
    st.floats(0.1, 2000, allow_nan=False),
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, st.sampled_from(["m", "f", ""])), min_size=1, max_size=5))
def test_high_altitude_says_nothing_of_people_who_are_not_there(people: list) -> None:
    everyone = [person(values, sex=sex) for values, sex in people]
    assert told(judge(*everyone)) == told(judge(*everyone, pack=CHINA))
    up, *others = everyone
    together = judge(at_altitude(dict(up.values), sex=up.sex), *others)
    alone = judge(*everyone, pack=CHINA)
    assert [part[1:] for part in told(together)] == [part[1:] for part in told(alone)]
    assert codes(alone) <= codes(together)


def test_high_altitude_colours_nobody_who_has_no_value() -> None:
    assert judge(at_altitude({})).counts() == {"red": 0, "orange": 0, "yellow": 0, "blue": 0, "green": 0, "grey": 0}


@pytest.mark.parametrize(
    ("sex", "altitude", "limit"),
    [("m", 400, 130), ("m", 3600, 155), ("m", 4999, 163), ("f", 400, 120), ("f", 3600, 145), ("f", 4999, 153)],
)
def test_high_altitude_anaemia_on_the_adjusted_value(sex: str, altitude: float, limit: float) -> None:
    below, at = (at_altitude({"hgb": hgb, "altitude": altitude}, sex=sex) for hgb in (np.nextafter(limit, 0), limit))
    assert ["altitude_anaemia" in codes(judge(one)) for one in (below, at)] == [True, False]


def test_high_altitude_pregnancy_moves_the_limit_of_anaemia() -> None:
    values = {"altitude": 3600, "condition:pregnant": 1}
    found = [codes(judge(at_altitude(values | {"hgb": hgb}, sex="f"))) for hgb in (134.9, 135)]
    assert ["altitude_anaemia" in one for one in found] == [True, False]


@pytest.mark.parametrize(("sex", "limit"), [("m", 210), ("f", 190)])
def test_high_altitude_haemoglobin_of_the_criteria(sex: str, limit: float) -> None:
    found = [codes(judge(at_altitude({"hgb": hgb, "altitude": 3600}, sex=sex))) for hgb in (limit - 0.1, limit)]
    assert ["altitude_high_haemoglobin" in one for one in found] == [False, True]


@pytest.mark.parametrize(
    ("grades", "score", "reason"),
    [((2,), 5, None), ((3,), 6, "mild"), ((3, 3, 1), 10, "mild"), ((3, 3, 2), 11, "moderate"), ((3, 3, 3, 2), 14, "moderate")]
    + [((3, 3, 3, 3), 15, "severe"), ((3,) * 7, 24, "severe")],
)
def test_high_altitude_score_counts_with_a_high_haemoglobin(grades: tuple, score: int, reason: str | None) -> None:
    values = {"hgb": 210, "altitude": 3600} | signs(*grades)
    outcome = judge(at_altitude(values), at_altitude(values | {"hgb": 209}))
    found = {code for code in codes(outcome) if code.startswith("altitude_cms_")}
    assert found == ({f"altitude_cms_{reason}"} if reason else set())
    assert json.loads(outcome.scores_json()[0])["qinghai_cms"] == score
    assert not {code for code in codes(outcome, 1) if code.startswith("altitude_cms_")}


def test_high_altitude_needs_haemoglobin_and_altitude_for_green() -> None:
    without = [at_altitude({code: value for code, value in FINE.items() if code != name}) for name in ("hgb", "altitude")]
    outcome = judge(at_altitude(FINE), *without, person({"hgb": 150} | {c: v for c, v in FINE.items() if c != "altitude"}))
    assert [colour(outcome, at) for at in range(4)] == ["green", "grey", "grey", "green"]
    assert [missing(outcome, at).get("minimum", []) for at in range(4)] == [[], ["hgb"], ["altitude"], []]
    assert missing(outcome)["qinghai_cms"] == ["qinghai_signs"]


def test_high_altitude_above_the_published_bands_is_no_value() -> None:
    outcome = judge(at_altitude({"hgb": 120, "altitude": 5200}))
    assert missing(outcome)["altitude_haemoglobin_out_of_range"] == ["altitude"]
    assert "altitude_anaemia" not in codes(outcome)


def test_high_altitude_takes_no_value_from_before_somebody_went_up() -> None:
    values = {"hgb": 140, "altitude": 3600}
    before, after = (judge(at_altitude(values, since=day)) for day in (date(2024, 5, 2), date(2024, 5, 1)))
    assert ["altitude_anaemia" in codes(outcome) for outcome in (before, after)] == [False, True]
    assert [sorted(json.loads(outcome.scores_json()[0])) for outcome in (before, after)] == [
        [], ["altitude_haemoglobin", "high_altitude_months"],
    ]  # fmt: skip


def test_high_altitude_keeps_completed_months_of_exposure() -> None:
    days = (date(2023, 5, 1), date(2023, 5, 2), date(2024, 4, 2))
    months = judge(*(at_altitude(FINE, since=day) for day in days), person(FINE)).scores["high_altitude_months"]
    assert months[:3].tolist() == [12, 11, 0]
    assert np.isnan(months[3])


def test_high_altitude_reasons_are_told_with_those_of_the_country() -> None:
    outcome = judge(at_altitude({"hgb": 150, "altitude": 3600, "sbp": 125}))
    reasons = json.loads(outcome.reasons_json()[0])
    assert [text.text for text in reason_texts(PACK, reasons, "en")] == [
        "Blood pressure at least high-normal: systolic blood pressure 125 mmHg on 1 May 2024, at or above 120 mmHg.",
        "Low haemoglobin for the altitude: adjusted haemoglobin (measured haemoglobin less the adjustment for altitude) 125 g/L "
        "on 1 May 2024, below 130 g/L.",
    ]


def test_high_altitude_adds_to_any_country() -> None:
    added = packs.in_force("kr-checkup+high-altitude", date(2026, 1, 1))
    assert (added.name, added.edition, added.country) == ("kr-checkup+high-altitude", "2024+2024", "kr")
    assert packs.load(added.name, added.edition) == added
    assert "altitude_anaemia" in codes(judge(at_altitude({"hgb": 150, "altitude": 3600}), pack=added))


@pytest.mark.parametrize(
    ("name", "edition", "fault"),
    [
        ("high-altitude+cn", "", "cn does not add to high-altitude"),
        ("cn+kr-checkup", "", "kr-checkup does not add to cn"),
        ("cn+high-altitude", "2024", "no pack cn\\+high-altitude 2024"),
        ("cn+high-altitude", "2024+1999", "no pack high-altitude 1999"),
        ("cn+high-altitude+high-altitude", "", "says again what cn\\+high-altitude calls altitude_anaemia"),
    ],
)
def test_packs_that_do_not_combine(name: str, edition: str, fault: str) -> None:
    with pytest.raises(PackError, match=fault):
        packs.load(name, edition)


def test_addition_goes_on_top_of_the_pack_of_the_organisation() -> None:
    table = [("high-altitude", "cn"), ("high-altitude", "jp-tokutei"), ("kr-checkup", "cn"), ("cn+high-altitude", "cn")]
    table += [("high-altitude", "cn+high-altitude")]
    assert [packs.with_country(*one) for one in table] == [
        "cn+high-altitude", "jp-tokutei+high-altitude", "kr-checkup", "cn+high-altitude", "cn+high-altitude",
    ]  # fmt: skip
