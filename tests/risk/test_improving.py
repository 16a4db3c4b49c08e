"""The smallest single change: it suffices, less of it does not, and it is never one that nobody can make."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.risk import improving, levers, packs
from healthmgmt.risk.improving import Change, Improvement, applied, improve
from healthmgmt.risk.measures import Person, of_people
from healthmgmt.risk.packs import COLOURS
from healthmgmt.risk.stratification import GREEN, evaluate

PACK, LEVERS = packs.load("cn", "2024"), levers.load()
UPPERS = {"alt": (50, 40), "ast": (40, 35), "ggt": (60, 45)}
DAY = date(2024, 5, 1)
HEALTHY = {
    "height": 170, "weight": 63, "sbp": 112, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0, "hdl": 1.4, "ldl": 2.5,
}  # fmt: skip
ANSWERED = {"waist": 80, "smoking": 0, "treatment:bp": 0, "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0}
GIVEN = ("sex", "birth", "north", "urban")
# What laboratories write per decilitre.
MG_DL = {"fpg": 18.016, "tc": 38.67, "tg": 88.57, "hdl": 38.67, "ldl": 38.67, "uric_acid": 1 / 59.48}


def person(sex: str = "m", birth: date = date(1990, 1, 1), *, reported: dict = {}, qualifiers: dict = {}, **values: float) -> Person:
    named = {code.replace("condition_", "condition:"): value for code, value in values.items()}
    return Person(
        sex=sex, birth=birth, day=DAY, values=HEALTHY | named, reported=reported, qualifiers=qualifiers, north=True, urban=True
    )  # fmt: skip


def improved(one: Person) -> Improvement:
    return improve(PACK, of_people([one]), UPPERS, LEVERS)


def colour(measures) -> int:
    return int(evaluate(PACK, measures, UPPERS).colour[0])


def smallest(one: Person) -> tuple[str, list[tuple[str, float, str, float | None]], str]:
    change = improved(one).smallest
    return change.lever.name, [(move.part.code, round(move.value, 6), move.op, move.limit) for move in change.moves], change.colour


def test_limit_of_a_line_is_where_the_change_ends():
    assert smallest(person(sbp=148)) == ("blood_pressure", [("sbp", 140, ">=", 140)], "blue")
    assert smallest(person(sbp=148, dbp=92)) == ("blood_pressure", [("sbp", 140, ">=", 140), ("dbp", 90, ">=", 90)], "blue")
    assert smallest(person(uric_acid=480)) == ("uric_acid", [("uric_acid", 420, ">", 420)], "green")
    assert smallest(person(hdl=0.9)) == ("hdl", [("hdl", 1.0, "<", 1.0)], "green")
    assert smallest(person(alt=90)) == ("alt", [("alt", 50, ">", 50)], "green")
    assert smallest(person(sleep_hours=5)) == ("sleep", [("sleep_hours", 6, "<", 6)], "green")


def test_weight_moves_the_body_mass_index_computed_or_reported():
    assert smallest(person(weight=75)) == ("weight", [("weight", 69, "", None)], "green")
    assert smallest(person(weight=75, bmi=25.95)) == ("weight", [("weight", 69, "", None)], "green")
    assert smallest(person(weight=52)) == ("weight", [("weight", 53.5, "", None)], "green")


def test_body_mass_index_alone_is_moved_where_there_is_no_weight():
    one = person(bmi=26.0)
    one = replace(one, values={code: value for code, value in one.values.items() if code not in ("height", "weight")})
    assert smallest(one)[:2] == ("bmi", [("bmi", 24, ">=", 24)])


def test_change_is_made_in_the_unit_of_the_paper():
    one = person(fpg=6.993, reported={"fpg": (126, "mg/dL")})
    change = improved(one).smallest
    assert [(move.unit, move.op, move.limit) for move in change.moves] == [("mg/dL", ">=", 126)]
    moved = applied(of_people([one]), change)
    assert (COLOURS[colour(moved)], round(float(moved.columns["fpg"].value[0]), 3)) == ("blue", 6.993)


def test_somebody_who_does_not_move_at_all_can_begin():
    assert smallest(person(exercise=0)) == ("activity", [("exercise", 600, "<", 600)], "green")


def test_one_pressure_alone_is_moved_where_there_is_no_other():
    one = person(sbp=148, tc=5.4)
    one = replace(one, values={code: value for code, value in one.values.items() if code != "dbp"})
    assert smallest(one) == ("blood_pressure", [("sbp", 140, ">=", 140)], "blue")


def test_smoking_is_a_change_where_the_ten_year_risk_decides():
    one = person("m", date(1967, 1, 1), **ANSWERED | {"smoking": 2, "sbp": 119})
    assert smallest(one) == ("smoking", [("smoking", 1, "", None)], "green")


def test_waist_of_a_man_is_no_way_to_a_lower_ten_year_risk():
    one = person("m", date(1963, 1, 1), **ANSWERED | {"waist": 79})
    wider = replace(one, values=one.values | {"waist": 89})
    assert [COLOURS[colour(of_people([who]))] for who in (one, wider)] == ["orange", "green"]
    assert improved(one).changes == ()


def test_value_that_is_normal_is_left_alone_whatever_a_score_would_like():
    one = person("m", date(1963, 1, 1), **ANSWERED | {"smoking": 0, "sbp": 118, "family:ascvd": 1})
    assert [line.indicator for line in improved(one).standing] == ["china_par_10y"]


def test_no_single_change_names_two_things_that_stand_in_the_way():
    found = improved(person(sbp=148, tg=2.5, ldl=4.3))
    assert (found.smallest, [line.indicator for line in found.standing]) == (None, ["sbp", "ldl"])
    assert [line.indicator for line in improved(person(sbp=148, dbp=95, condition_diabetes=1)).standing] == ["sbp", "condition:diabetes"]


@pytest.mark.parametrize("flag", ["condition:ascvd", "condition:diabetes", "condition:hypertension", "condition:dyslipidaemia"])
def test_history_that_alone_holds_the_colour_leaves_nothing_to_change(flag):
    one = person(weight=75)
    found = improved(replace(one, values=one.values | {flag: 1}))
    assert (found.changes, [line.indicator for line in found.standing]) == ((), [flag])


def test_nothing_for_green_grey_and_not_examined():
    few = {code: value for code, value in HEALTHY.items() if code != "tc"}
    for one in (person(), replace(person(), values=few), Person(sex="m", birth=date(1990, 1, 1))):
        assert improved(one) == Improvement()


def test_missing_data_and_underweight_are_no_better_colour():
    one = person(weight=75)
    assert improved(replace(one, values={code: value for code, value in one.values.items() if code != "tc"})) == Improvement()


def test_value_known_only_as_a_range_is_not_moved():
    found = improved(person(tg=11.3, qualifiers={"tg": ">"}))
    assert (found.changes, [line.indicator for line in found.standing]) == ((), ["tg"])


def test_score_that_cannot_be_computed_any_more_is_no_improvement():
    # Without diabetes by value the past history is not known, so the ten-year risk would be gone.
    one = person("m", date(1955, 1, 1), **ANSWERED | {"fpg": 7.1, "sbp": 119})
    one = replace(one, values={code: value for code, value in one.values.items() if code != "condition:diabetes"})
    assert "fpg" not in {change.lever.name for change in improved(one).changes}


def test_more_than_one_person_is_an_error():
    with pytest.raises(ValueError, match="one person"):
        improve(PACK, of_people([person(), person()]), UPPERS, LEVERS)


def test_levers_on_what_nobody_can_change_are_refused():
    text = levers.FILE.read_text(encoding="utf-8")
    for code in ("age", "sex", "condition:diabetes", "family:ascvd"):
        with pytest.raises(ValueError, match=f"nobody can work on {code}"):
            levers.parse(text.replace('code = "waist"', f'code = "{code}"'))


def test_one_person_is_judged_twice_however_much_there_is_to_work_on(monkeypatch):
    asked = []

    def counted(pack, measures, uppers):
        asked.append(measures.size)
        return evaluate(pack, measures, uppers)

    monkeypatch.setattr(improving, "evaluate", counted)
    much = {"sbp": 168, "dbp": 104, "tc": 6.8, "tg": 41, "weight": 96, "waist": 101, "smoking": 2, "uric_acid": 510, "alt": 7000}
    improved(person("m", date(1964, 1, 1), **ANSWERED | much))
    assert (len(asked), max(asked) < 1500) == (2, True)


# Properties ----------------------------------------------------------------------------------------------------------------


def number(low: float, high: float, step: float) -> st.SearchStrategy[float]:
    return st.integers(round(low / step), round(high / step)).map(lambda count: round(count * step, 4))


VALUES = {
    "height": number(150, 190, 1), "weight": number(42, 120, 0.1), "sbp": number(90, 199, 1), "dbp": number(55, 120, 1),
    "fpg": number(3.5, 9, 0.01), "hba1c": number(4.6, 9, 0.1), "tc": number(3, 8, 0.01), "tg": number(0.4, 6, 0.01),
    "hdl": number(0.6, 2.2, 0.01), "ldl": number(1, 6, 0.01), "waist": number(60, 120, 0.5), "uric_acid": number(180, 600, 1),
    "alt": number(8, 200, 1), "smoking": st.sampled_from([0, 1, 2]), "bmi": number(17, 36, 0.1), "sleep_hours": number(4, 9, 0.5),
}  # fmt: skip
FLAGS = {code: st.sampled_from([0, 0, 0, 1]) for code in ANSWERED if ":" in code}


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody between 30 and 79 with most values, some of them in mg/dL."""
    values = {code: draw(values) for code, values in VALUES.items() if draw(st.integers(0, 9)) > 0}
    values |= {code: draw(flag) for code, flag in FLAGS.items()}
    paper = [code for code in MG_DL if code in values and draw(st.integers(0, 4)) == 0]
    reported = {}
    for code in paper:
        number = round(values[code] * MG_DL[code], 0 if code != "uric_acid" else 1)
        reported[code], values[code] = (number, "mg/dL"), number / MG_DL[code]
    return Person(
        sex=draw(st.sampled_from(["m", "f"])), birth=date(draw(st.integers(1945, 1993)), 3, 1), day=DAY, values=values,
        reported=reported, north=draw(st.booleans()), urban=draw(st.booleans()),
    )  # fmt: skip


def scaled(change: Change, factor: float) -> Change:
    """The same change, only so much of it."""
    moves = tuple(replace(move, value=move.was + (move.value - move.was) * factor) for move in change.moves)
    return replace(change, moves=moves)


def in_steps(change: Change) -> Change:
    """A change that ends at a step, one tenth smaller: the steps are whole, so that it is at least one less."""
    (move,) = change.moves
    step = move.part.other_steps.get(move.unit, move.part.step)
    less = max(1, int(abs(move.value - move.was) / step * 0.1)) * step
    return replace(change, moves=(replace(move, value=move.value + (less if move.value < move.was else -less)),))


@settings(max_examples=60, deadline=None)
@given(people())
def test_named_change_betters_the_colour_and_a_tenth_less_does_not(one: Person) -> None:
    measures = of_people([one])
    for change in improve(PACK, measures, UPPERS, LEVERS).changes:
        after = colour(applied(measures, change))
        assert (GREEN <= after < colour(measures), COLOURS[after]) == (True, change.colour)
        if any(move.was == move.limit for move in change.moves):
            # Exactly at the limit: there is nothing between it and the number just past it.
            continue
        if all(move.limit is not None for move in change.moves):
            assert colour(applied(measures, scaled(change, 0.9))) >= colour(measures)
        elif len(change.moves) == 1 and not change.lever.is_habit:
            less = in_steps(change)
            is_back = (less.moves[0].value - less.moves[0].was) * (change.moves[0].value - change.moves[0].was) <= 0
            assert is_back or colour(applied(measures, less)) >= colour(measures)


@settings(max_examples=60, deadline=None)
@given(people())
def test_change_is_never_one_of_age_sex_history_nor_of_a_mans_waist_for_his_risk(one: Person) -> None:
    measures = of_people([one])
    before = evaluate(PACK, measures, UPPERS)
    for change in improve(PACK, measures, UPPERS, LEVERS).changes:
        after = applied(measures, change)
        assert [getattr(after, name)[0] for name in GIVEN] == [getattr(measures, name)[0] for name in GIVEN]
        moved = {code for code, column in after.columns.items() if column.value[0] != measures.columns[code].value[0]}
        assert moved <= change.lever.indicators and not any(":" in code for code in moved)
        if one.sex == "m" and change.lever.name == "waist":
            outcome = evaluate(PACK, after, UPPERS)
            risk, own = outcome.scores["china_par"][0], before.scores["china_par"][0]
            assert np.isnan(own) or risk > own
            pairs = zip(PACK.lines, before.judged, outcome.judged, strict=True)
            assert {line.indicator for line, was, now in pairs if was is not None and was.hit[0] and not now.hit[0]} == {"waist"}
