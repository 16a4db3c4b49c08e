"""Two packs on the same people: the short way gives what asking everybody anew gives, and what is told gives nothing small away."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from healthmgmt.records import catalogue
from healthmgmt.risk import comparing, editing, packs
from healthmgmt.risk.comparing import PLACES, WINDOW, Trial
from healthmgmt.risk.editing import NewColour, NewLimit, NewLine, NewWindow, Removal, Source, Texts
from healthmgmt.risk.measures import Measures, Person, of_people
from healthmgmt.risk.packs import Pack
from healthmgmt.risk.stratification import evaluate

TODAY = date(2026, 6, 1)
UPPERS = {code: (one.ref_high_m, one.ref_high_f) for code, one in catalogue.load().items()}
WHY = Source("文献", "Paper")
SINCE = date(2024, 12, 1)
CHANGES = {
    "cn": [
        NewLimit("hypertension|sbp|>=|", "135", "", WHY),
        NewLimit("high_normal_bp|dbp|>=|", "85", "", WHY),
        NewLimit("hyperglycaemia|fpg|>=|", "6.5", "117", WHY),
        NewLimit("raised_liver_enzymes|alt|>|", "2", "", WHY),
        NewColour("central_obesity", "orange", WHY),
        NewColour("hypertension", "red", WHY),
        Removal("overweight|bmi|>=|", WHY),
        Removal("hypertension|condition:hypertension|=||true", WHY),
        NewLine("hyperlipidaemia", "hdl", "<", "1.2", "m", WHY, "46", "mg/dL"),
        NewLimit("medium_ascvd_risk|china_par_10y|>=|", "4", "", WHY),
    ],
    "jp-tokutei": [NewLimit("hypertension|sbp|>=|", "135", "", WHY)],
}


def texts_of(name: str) -> Texts:
    return Texts(*packs.texts(*next(pair for pair in packs.available() if pair[0] == name)))


def with_changes(name: str, *changes) -> Pack:
    texts = base = texts_of(name)
    for change in changes:
        texts = editing.changed(texts, base, change)
    return texts.parse()


def crowd(pack: Pack, size: int, seed: int = 7) -> Measures:
    """People with values on both sides of many limits, some of them bounds, some in the other unit, some old, some missing."""
    random = Random(seed)
    lines = [line for line in pack.lines if not line.is_calculated and line.indicator not in ("china_par_10y", "egfr")]
    lines = [line for line in lines if line.colour != "red" or random.random() < 0.1]
    known = {
        "sbp": (95, 145), "dbp": (55, 92), "fpg": (4, 7.1), "tc": (3, 6), "tg": (0.5, 2), "hdl": (0.95, 2), "waist": (60, 92), "alt": (5, 70),
        "height": (160, 190), "weight": (50, 75),
    }  # fmt: skip
    return of_people([_person(random, lines, known) for _ in range(size)])


def _person(random: Random, lines, known) -> Person:
    values, reported, qualifiers, days = {}, {}, {}, {}
    for line in random.sample(lines, min(random.choice([0, 1, 4]), len(lines))):
        if line.is_flag:
            values[line.indicator] = float(random.random() < 0.3)
            continue
        near = line.limit * (UPPERS.get(line.indicator, (40, 40))[0] or 40 if line.times_upper else 1)
        values[line.indicator] = round(near * random.uniform(0.85, 1.15), 1)
        if line.conventional_limit and random.random() < 0.3:
            number = round(line.conventional_limit * random.uniform(0.9, 1.1))
            values[line.indicator], reported[line.indicator] = number * line.limit / line.conventional_limit, (number, line.conventional_unit)
        if random.random() < 0.1:
            qualifiers[line.indicator] = random.choice(["<", ">", "<=", ">="])
    # The model of ten-year risk asks for all of these.
    values |= {"smoking": random.choice([0.0, 2.0]), "treatment:bp": 0.0, "condition:diabetes": 0.0, "family:ascvd": 0.0, "condition:hypertension": float(random.random() < 0.1)}
    values |= {code: round(random.uniform(*ends), 1) for code, ends in known.items() if code not in values and random.random() < 0.95}
    last = random.randint(0, 700)
    days = {code: TODAY - timedelta(days=last + random.randint(0, 60)) for code in values}
    birth = date(random.randint(1950, 2000), 3, 4)
    return Person(random.choice(["m", "f", "m", "f", "m", "f", ""]), birth, values, reported, qualifiers, {}, None, days, True, random.random() < 0.5)


def plainly(pack: Pack, measures: Measures, since: date) -> np.ndarray:
    return evaluate(pack, comparing.aged(measures, since), UPPERS).colour + 1


def check(one: Trial, measures: Measures) -> comparing.Compared:
    measures = comparing.aged(measures, one.since)
    found = comparing.compare(one, measures, UPPERS)
    assert found.before.tolist() == plainly(one.before, measures, one.since_before).tolist()
    assert found.after.tolist() == plainly(one.after, measures, one.since_after).tolist()
    for cause, (rows, colours) in zip(one.causes, found.causes, strict=True):
        alone = found.before.copy()
        alone[rows] = colours
        assert alone.tolist() == plainly(cause.pack, measures, one.since_after if cause.key == WINDOW else one.since_before).tolist()
    return found


def trial(before: Pack, after: Pack, since_after: date = SINCE) -> Trial:
    return comparing.trial(before, after, since_before=SINCE, since_after=since_after)


@pytest.mark.parametrize("change", CHANGES["cn"], ids=lambda change: f"{type(change).__name__} {getattr(change, 'key', '') or change.reason}")
def test_compare_finds_everybody_who_moves_by_one_change(change):
    before, after = packs.load("cn"), with_changes("cn", change)
    found = check(trial(before, after), crowd(before, 1500))
    assert len(found.causes) == 1
    assert (found.before != found.after).sum() == len(found.causes[0][0]) > 0


def test_compare_finds_everybody_who_moves_by_all_changes_and_by_each():
    before, after = packs.load("cn"), with_changes("cn", *CHANGES["cn"])
    one = trial(before, after)
    assert [cause.key for cause in one.causes] == [
        "hypertension", "hyperglycaemia|fpg|>=|", "medium_ascvd_risk|china_par_10y|>=|", "overweight|bmi|>=|", "central_obesity",
        "high_normal_bp|dbp|>=|", "raised_liver_enzymes|alt|>|", "hyperlipidaemia|hdl|<|m",
    ]  # fmt: skip
    check(one, crowd(before, 600))


def test_compare_where_calculators_count_reasons_and_words():
    before = packs.load("jp-tokutei")
    key = next(editing.key_of(line) for line in before.lines if line.reason not in ("",) and line.colour != "red" and line.limit_text.isdecimal())
    line = next(line for line in before.lines if editing.key_of(line) == key)
    other = f"{int(line.limit_text) - 3}"
    after = with_changes("jp-tokutei", NewLimit(key, other, "", WHY))
    check(trial(before, after), crowd(before, 400))


def test_compare_where_values_count_for_another_time():
    before = packs.load("cn")
    after = with_changes("cn", NewWindow(24), CHANGES["cn"][0])
    for since in (date(2024, 6, 1), date(2025, 5, 1)):
        one = trial(before, after, since)
        assert [cause.key for cause in one.causes] == ["hypertension|sbp|>=|", WINDOW]
        found = check(one, crowd(before, 400))
        assert 0 in (found.before if since < SINCE else found.after)


def test_compare_packs_of_two_countries():
    one = trial(packs.load("cn"), packs.load("kr-checkup"))
    assert one.causes == ()
    check(one, crowd(packs.load("cn"), 300))


def test_compare_with_an_addition_for_people_under_a_hazard():
    country, addition = packs.load("cn"), texts_of("high-altitude")
    before = packs.load("cn+high-altitude")
    key = next(editing.key_of(line) for line in addition.parse().lines if not line.is_calculated and line.indicator == "hgb")
    after = packs.add(country, editing.changed(addition, addition, NewLimit(key, "190", "19", WHY)).parse())
    measures = crowd(before, 200)
    days = np.full(200, np.datetime64("2025-01-01", "D"))
    exposed = replace(measures, columns={**measures.columns, "exposure:high_altitude": comparing.Column(np.ones(200), measured_on=days)})
    check(trial(before, after), exposed)


@pytest.mark.parametrize("size", [0, 100])
def test_same_packs_move_nobody(size):
    pack = packs.load("cn")
    found = check(trial(pack, pack), crowd(pack, size))
    assert (found.causes, (found.before == found.after).all()) == ((), True)
    coloured = int((found.before != 0).sum())
    assert comparing.moves_by_unit(np.full(size, 4), found.before, found.after) == ({4: {"people": coloured}} if size else {})


def test_moves_count_people_by_both_colours_and_by_unit():
    before, after = (np.array([PLACES.index(place) for place in places], dtype=np.int8) for places in (
        ("blue", "blue", "none", "none", "red"), ("orange", "blue", "none", "blue", "red"),
    ))  # fmt: skip
    assert comparing.moves(before, after) == {"blue>orange": 1, "blue>blue": 1, "none>blue": 1, "red>red": 1}
    assert comparing.moves_by_unit(np.array([4, 4, 4, 7, 7]), before, after) == {
        4: {"people": 2, "blue>orange": 1}, 7: {"people": 2, "none>blue": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"blue>orange": 12, "blue>blue": 30, "red>red": 40}, {"blue>orange": 12}),
        ({"blue>orange": 9, "blue>blue": 30, "red>red": 40}, {}),
        ({"blue>orange": 33, "blue>blue": 7, "red>red": 40}, {"blue>orange": 30}),
        ({"blue>orange": 33, "red>red": 40}, {"blue>orange": 33}),
        ({"blue>orange": 12, "blue>blue": 3, "red>red": 40}, {}),
        ({"blue>orange": 12, "blue>yellow": 30, "blue>blue": 3, "red>red": 40}, {"blue>orange": 12, "blue>yellow": 23}),
        ({"blue>orange": 35, "red>red": 4}, {}),
        ({"blue>orange": 4}, {}),
    ],
)
def test_told_moves_leave_no_small_group(counts, found):
    assert comparing.told(counts, 10) == found


def test_told_moves_never_leave_few_behind():
    random = Random(3)
    for _ in range(2000):
        counts = Counter({f"{was}>{now}": random.choice([0, 0, 1, 4, 9, 10, 11, 25, 60]) for was in PLACES for now in random.sample(PLACES, 3)})
        counts = {move: count for move, count in counts.items() if count and move != "none>none"}
        found, before = comparing.told(counts, 10), comparing.sides(counts)[0]
        for place in PLACES:
            going = sum(count for move, count in found.items() if move.startswith(f"{place}>"))
            assert going == 0 or before[place] - going == 0 or before[place] - going >= 10
        assert all(10 <= count <= counts[move] for move, count in found.items())
