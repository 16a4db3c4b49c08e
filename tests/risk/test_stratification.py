import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.risk import packs
from healthmgmt.risk.judging import Judge, certain, possible
from healthmgmt.risk.measures import QUALIFIERS, Column, Measures, Person, completed_years, of_people
from healthmgmt.risk.packs import COLOURS, Line
from healthmgmt.risk.stratification import NOT_EXAMINED, Outcome, evaluate

PACK = packs.load("cn")
UPPERS = {
    "alt": (50, 40), "ast": (40, 35), "ggt": (60, 45), "tbil": (26, 21), "cea": (5, 5), "ca199": (37, 37),
}  # fmt: skip
HEALTHY = {
    "height": 170, "weight": 63, "sbp": 112, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0, "hdl": 1.4, "ldl": 2.5,
    "creatinine": 70, "alt": 20, "hgb": 150,
}  # fmt: skip
DAY = date(2024, 5, 1)
CHINA_PAR = {
    "sbp": 138, "dbp": 80, "tc": 5.4, "hdl": 1.4, "waist": 86, "smoking": 2, "treatment:bp": 0,
    "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0,
}  # fmt: skip


def person(values: Mapping[str, float], **parts) -> Person:
    return Person(**{"sex": "m", "birth": date(1990, 1, 1), "day": DAY, "values": values} | parts)


def judge(*people: Person) -> Outcome:
    return evaluate(PACK, of_people(people), UPPERS)


def codes(outcome: Outcome, at: int = 0) -> set[str]:
    return {reason["code"] for reason in json.loads(outcome.reasons_json()[at])}


def colour(outcome: Outcome, at: int = 0) -> str:
    return COLOURS[outcome.colour[at]]


def missing(outcome: Outcome, at: int = 0) -> dict[str, list[str]]:
    return json.loads(outcome.missing_json()[at])


def man_of_sixty(values: Mapping[str, float] = CHINA_PAR, **parts) -> Person:
    return person(values, **{"birth": date(1964, 1, 1), "north": True, "urban": True} | parts)


def just_beside(line: Line, limit: float, meets: bool) -> float:
    """A number at the limit, or the nearest float on the side that decides otherwise."""
    inclusive = line.op in (">=", "<=")
    if inclusive == meets:
        return limit
    upward = line.op in (">=", ">")
    return np.nextafter(limit, np.inf if upward == meets else -np.inf)


MEASURED = [line for line in PACK.lines if line.indicator != "china_par_10y"]


@pytest.mark.parametrize("line", MEASURED, ids=lambda line: f"{line.number}-{line.reason}-{line.indicator}")
def test_line_on_both_sides_of_its_cut(line: Line) -> None:
    sex = line.sex or "m"
    upper = UPPERS.get(line.indicator, (1, 1))[0 if sex == "m" else 1] if line.times_upper else 1
    if line.is_flag:
        beside = [(1.0, True), (0.0, False)]
    else:
        beside = [(just_beside(line, line.limit * upper, meets), meets) for meets in (True, False)]
    for value, fires in beside:
        outcome = judge(person({line.indicator: value}, sex=sex))
        assert (line.number - 1 in [at for at, rows in enumerate(outcome.fired) if len(rows)]) is fires
        if fires:
            assert COLOURS.index(colour(outcome)) >= COLOURS.index(line.colour)


@pytest.mark.parametrize(
    ("reason", "risk", "fires"),
    [("high_ascvd_risk", 10, True), ("high_ascvd_risk", 9.99999, False)]
    + [("medium_ascvd_risk", 5, True), ("medium_ascvd_risk", 4.99999, False)],
)
def test_line_on_both_sides_of_the_ten_year_risk(reason: str, risk: float, fires: bool) -> None:
    line = next(line for line in PACK.lines if line.reason == reason)
    scored = replace(of_people([person({})]), columns={"china_par_10y": Column(np.array([risk]))})
    assert Judge(PACK, scored, UPPERS).line(line).hit.tolist() == [fires]


CONVENTIONAL = [line for line in PACK.lines if line.conventional_limit is not None]


@pytest.mark.parametrize("line", CONVENTIONAL, ids=lambda line: f"{line.number}-{line.reason}-{line.indicator}")
def test_line_in_the_conventional_unit(line: Line) -> None:
    """The canonical value lies on the other side each time: what the laboratory wrote decides."""
    for meets in (True, False):
        reported = just_beside(line, line.conventional_limit, meets)
        canonical = just_beside(line, line.limit, not meets)
        one = person({line.indicator: canonical}, sex=line.sex or "m", reported={line.indicator: (reported, line.conventional_unit)})
        outcome = judge(one)
        assert (len(outcome.fired[line.number - 1]) == 1) is meets
        if meets:
            found = [r for r in json.loads(outcome.reasons_json()[0]) if r["line"] == line.number]
            assert [(r["unit"], r["limit"]) for r in found] == [(line.conventional_unit, line.conventional_limit)]


def test_glucose_of_126_mg_dl_counts_as_seven() -> None:
    outcome = judge(person(HEALTHY | {"fpg": 126 * 0.0555}, reported={"fpg": (126, "mg/dL")}))
    reason = json.loads(outcome.reasons_json()[0])[0]
    assert reason == {
        "code": "hyperglycaemia", "line": 30, "indicator": "fpg", "value": 126, "unit": "mg/dL", "limit": 126,
        "on": "2024-05-01",
    }  # fmt: skip
    assert codes(judge(person(HEALTHY | {"fpg": 126 * 0.0555}))) == {"impaired_glucose"}


def test_another_reported_unit_leaves_the_canonical_limit() -> None:
    outcome = judge(person(HEALTHY | {"sbp": 140.0}, reported={"sbp": (18.665, "kPa")}))
    assert codes(outcome) == {"hypertension", "high_normal_bp"}


@pytest.mark.parametrize(
    ("op", "qualifier", "value", "expected"),
    [
        (">=", ">", 2.3, True), (">=", ">", 2.2, False), (">=", ">=", 2.3, True), (">=", "<", 9, False),
        (">=", "<=", 9, False), (">", ">", 2.3, True), (">", ">=", 2.3, False), (">", ">=", 2.4, True),
        ("<=", "<", 2.3, True), ("<=", "<=", 2.3, True), ("<=", "<=", 2.4, False), ("<=", ">", 0.1, False),
        ("<", "<", 2.3, True), ("<", "<=", 2.3, False), ("<", "<=", 2.2, True), ("<", ">=", 0.1, False),
        ("=", ">", 2.3, False), (">=", "", 2.3, True), (">", "", 2.3, False),
    ],
)  # fmt: skip
def test_qualified_value_counts_when_its_whole_range_does(op: str, qualifier: str, value: float, expected: bool) -> None:
    signs = np.array([QUALIFIERS.index(qualifier)], dtype=np.int8)
    assert certain(op, np.array([value]), 2.3, signs).tolist() == [expected]


@given(
    st.sampled_from([">=", ">", "<=", "<"]), st.integers(1, 4), st.integers(-5, 5), st.integers(-5, 5),
)  # fmt: skip
def test_qualified_value_agrees_with_every_number_it_stands_for(op: str, sign: int, value: int, limit: int) -> None:
    compare = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}
    numbers = np.arange(-12, 12.25, 0.25)
    stood_for = numbers[compare[QUALIFIERS[sign]](numbers, value)]
    met = compare[op](stood_for, limit)
    signs, values = np.array([sign], dtype=np.int8), np.array([float(value)])
    assert certain(op, values, float(limit), signs)[0] == met.all()
    assert possible(op, values, float(limit), signs)[0] == met.any()


def test_qualified_value_through_the_pack() -> None:
    values = {"tg": 11.3, "hgb": 150}
    assert codes(judge(person(values, qualifiers={"tg": ">"}))) == {"hyperlipidaemia", "borderline_lipids"}
    assert codes(judge(person({"tg": 0.5}, qualifiers={"tg": "<"}))) == set()
    reason = json.loads(judge(person(values, qualifiers={"tg": ">"})).reasons_json()[0])[0]
    assert (reason["value"], reason["qualifier"]) == (11.3, ">")


def test_qualified_value_that_decides_nothing_is_no_part_of_the_minimum_set() -> None:
    normal = judge(person(HEALTHY | {"tg": 0.5}, qualifiers={"tg": "<"}))
    open_ = judge(person(HEALTHY | {"tg": 2.5}, qualifiers={"tg": "<"}))
    assert (colour(normal), colour(open_)) == ("green", "grey")
    assert missing(open_)["minimum"] == ["tg"]


def test_upper_limit_of_the_report_wins_over_the_catalogue() -> None:
    assert codes(judge(person({"alt": 45}))) == set()
    assert codes(judge(person({"alt": 45}, sex="f"))) == {"raised_liver_enzymes"}
    assert codes(judge(person({"alt": 45}, uppers={"alt": 40}))) == {"raised_liver_enzymes"}
    assert codes(judge(person({"alt": 55}, uppers={"alt": 60}))) == set()
    assert codes(judge(person({"alt": 45}, sex=""))) == set()
    assert codes(judge(person({"cea": 10}, sex=""))) == {"important_tumour_marker"}


def test_multiple_met_exactly_in_the_unit_of_the_report_is_met() -> None:
    for number in (0.1, 0.7, 1.1, 1.3, 2.3):
        factor, tripled = 17.104, round(3 * number, 1)
        one = person({"tbil": tripled * factor}, reported={"tbil": (tripled, "mg/dL")}, uppers={"tbil": number * factor})
        assert codes(judge(one)) == {"important_liver"}
    below = person({"tbil": 3.2 * 17.104}, reported={"tbil": (3.2, "mg/dL")}, uppers={"tbil": 1.1 * 17.104})
    assert codes(judge(below)) == set()


def test_bmi_is_computed_when_absent_or_contradicted() -> None:
    body = {"height": 170, "weight": 72}
    assert codes(judge(person(body))) == {"overweight"}
    assert codes(judge(person(body | {"bmi": 23.95}))) == set()
    assert codes(judge(person(body | {"bmi": 23.90}))) == {"overweight"}
    assert json.loads(judge(person(body)).scores_json()[0]) == {"bmi": 24.9135}


def test_reasons_and_scores_tell_what_was_computed_from_what_was_reported() -> None:
    body, man = {"height": 170, "weight": 72}, man_of_sixty(CHINA_PAR | {"creatinine": 200})
    outcome = judge(person(body), person(body | {"bmi": 24.5}), person(body | {"bmi": 20}), man, person({"egfr": 40}))
    marked = [[one["code"] for one in json.loads(reasons) if one.get("computed")] for reasons in outcome.reasons_json()]
    kidney = ["reduced_kidney_function", "medium_ascvd_risk", "mildly_reduced_kidney_function"]
    assert marked == [["overweight"], [], ["overweight"], kidney, []]
    scores = [sorted(json.loads(one)) for one in outcome.scores_json()]
    assert scores == [["bmi"], ["bmi_reported"], ["bmi"], ["china_par", "ckd_epi_2021"], []]


def test_bmi_reported_later_than_the_weight_stands() -> None:
    one = person({"height": 170, "weight": 80, "bmi": 23.0}, days={"weight": date(2023, 5, 1), "height": date(2023, 5, 1)})
    assert codes(judge(one)) == set()


def test_egfr_is_computed_when_not_reported() -> None:
    assert codes(judge(person({"creatinine": 200}))) == {"reduced_kidney_function", "mildly_reduced_kidney_function"}
    assert codes(judge(person({"creatinine": 200, "egfr": 80}))) == set()
    assert codes(judge(person({"creatinine": 200}, sex=""))) == set()
    assert missing(judge(person({"creatinine": 200}, sex="")))["ckd_epi_2021"] == ["sex"]


def test_egfr_of_a_bounded_creatinine_is_bounded_the_other_way() -> None:
    above = judge(person({"creatinine": 200}, qualifiers={"creatinine": ">"}))
    below = judge(person({"creatinine": 200}, qualifiers={"creatinine": "<"}))
    assert (codes(above), codes(below)) == ({"reduced_kidney_function", "mildly_reduced_kidney_function"}, set())
    assert json.loads(above.scores_json()[0]) == {}


def test_china_par_of_the_man_in_beijing_and_in_guangzhou() -> None:
    outcome = judge(man_of_sixty(), man_of_sixty(north=False))
    assert np.round(outcome.scores["china_par"], 1).tolist() == [9.6, 6.1]
    assert ["medium_ascvd_risk" in codes(outcome, at) for at in (0, 1)] == [True, True]
    reason = next(r for r in json.loads(outcome.reasons_json()[0]) if r["code"] == "medium_ascvd_risk")
    assert (round(reason["value"], 1), reason["unit"], reason["limit"]) == (9.6, "%", 5)


@pytest.mark.parametrize(
    ("absent", "name"),
    [
        ("sbp", "sbp"), ("tc", "tc"), ("hdl", "hdl"), ("waist", "waist"), ("smoking", "smoking"),
        ("treatment:bp", "medication"), ("condition:diabetes", "past_history"), ("family:ascvd", "family_history"),
    ],
)  # fmt: skip
def test_china_par_needs_every_input(absent: str, name: str) -> None:
    outcome = judge(man_of_sixty({code: value for code, value in CHINA_PAR.items() if code != absent}))
    assert np.isnan(outcome.scores["china_par"][0])
    assert missing(outcome)["china_par"] == [name]


def test_china_par_needs_sex_birth_and_place() -> None:
    outcome = judge(man_of_sixty(sex=""), man_of_sixty(birth=None), man_of_sixty(urban=None), man_of_sixty(north=None))
    assert [missing(outcome, at)["china_par"] for at in range(4)] == [["sex"], ["age"], ["place"], ["place"]]


@pytest.mark.parametrize(
    ("birth", "scored"),
    [(date(1989, 5, 1), True), (date(1989, 5, 2), False), (date(1949, 5, 2), True), (date(1949, 5, 1), False)],
)
def test_china_par_only_from_35_to_74_completed_years(birth: date, scored: bool) -> None:
    outcome = judge(man_of_sixty(birth=birth))
    assert np.isnan(outcome.scores["china_par"][0]) != scored
    assert "china_par" not in missing(outcome)


def test_china_par_never_with_known_disease() -> None:
    outcome = judge(man_of_sixty(CHINA_PAR | {"condition:ascvd": 1}))
    assert np.isnan(outcome.scores["china_par"][0])
    assert (colour(outcome), "known_ascvd" in codes(outcome), "china_par" in missing(outcome)) == ("red", True, False)


def test_china_par_takes_no_bound_for_a_value_and_no_value_outside_the_form() -> None:
    bounded = judge(man_of_sixty(qualifiers={"tc": ">"}))
    outside = judge(man_of_sixty(CHINA_PAR | {"waist": 131}))
    assert np.isnan([bounded.scores["china_par"][0], outside.scores["china_par"][0]]).all()
    assert missing(bounded)["china_par"] == ["tc"]
    assert missing(outside)["china_par_out_of_range"] == ["waist"]


def test_china_par_knows_diabetes_from_values_but_its_absence_only_from_the_answer() -> None:
    unanswered = {code: value for code, value in CHINA_PAR.items() if code != "condition:diabetes"}
    answered = judge(man_of_sixty(CHINA_PAR | {"condition:diabetes": 1})).scores["china_par"][0]
    people = [
        man_of_sixty(unanswered | {"fpg": 7.0}),
        man_of_sixty(CHINA_PAR | {"hba1c": 6.5}),
        man_of_sixty(unanswered | {"fpg": 6.99}, reported={"fpg": (126, "mg/dL")}),
        man_of_sixty(unanswered | {"fpg": 6.99}),
    ]
    risks = judge(*people).scores["china_par"]
    assert risks[:3].tolist() == [answered] * 3
    assert np.isnan(risks[3])


def test_age_is_completed_years_on_the_day_of_the_measurement() -> None:
    birth = np.array(["1964-02-29", "1964-02-29", "1964-05-01", "1964-05-02", "NaT"], dtype="M8[D]")
    on = np.array(["2023-02-28", "2023-03-01", "2024-05-01", "2024-05-01", "2024-05-01"], dtype="M8[D]")
    assert completed_years(birth, on)[:4].tolist() == [58, 59, 60, 59]
    assert np.isnan(completed_years(birth, on)[4])


def test_pregnancy_switches_off_weight_and_uric_acid_and_moves_the_anaemia_limit() -> None:
    values = {"bmi": 30, "waist": 95, "uric_acid": 500, "sbp": 150, "hgb": 112}
    ordinary = judge(person(values, sex="f"))
    pregnant = judge(person(values | {"condition:pregnant": 1}, sex="f"))
    assert codes(ordinary) - codes(pregnant) == {"overweight", "central_obesity", "high_uric_acid", "anaemia"}
    assert codes(pregnant) == {"hypertension", "high_normal_bp"}
    anaemic = judge(person(values | {"condition:pregnant": 1, "hgb": 109.9}, sex="f"))
    reason = next(r for r in json.loads(anaemic.reasons_json()[0]) if r["code"] == "anaemia")
    assert (reason["value"], reason["limit"]) == (109.9, 110)


def test_pregnancy_limit_in_the_conventional_unit() -> None:
    values = {"hgb": 109.9, "condition:pregnant": 1}
    at_limit, below = (person(values, sex="f", reported={"hgb": (number, "g/dL")}) for number in (11.0, 10.9))
    assert [codes(judge(one)) for one in (at_limit, below)] == [set(), {"anaemia"}]


def test_pregnancy_ends() -> None:
    values = {"bmi": 30, "condition:pregnant": 1}
    later = person(values, sex="f", days={"condition:pregnant": date(2023, 7, 1)})
    assert codes(judge(later)) == {"overweight"}


def test_home_readings_have_their_own_limits() -> None:
    assert codes(judge(person({"sbp_home": 135}))) == {"hypertension"}
    assert codes(judge(person({"sbp_home": 134, "dbp_home": 84}))) == set()
    assert codes(judge(person({"cap_glucose": 16.6}))) == set()


def test_green_only_with_the_whole_minimum_set() -> None:
    assert (colour(judge(person(HEALTHY))), missing(judge(person(HEALTHY)))) == ("green", {})
    for code, name in {"weight": "bmi", "sbp": "sbp", "dbp": "dbp", "fpg": "fpg_or_hba1c", "tc": "tc", "tg": "tg"}.items():
        outcome = judge(person({c: v for c, v in HEALTHY.items() if c != code}))
        assert (colour(outcome), missing(outcome)["minimum"], outcome.incomplete[0]) == ("grey", [name], True)
    without = judge(person(HEALTHY, sex=""), person(HEALTHY, birth=None))
    assert [colour(without, at) for at in (0, 1)] == ["grey", "grey"]
    instead = {c: v for c, v in HEALTHY.items() if c != "fpg"} | {"hba1c": 5.0}
    assert colour(judge(person(instead))) == "green"


def test_colour_from_a_reason_stands_though_incomplete() -> None:
    outcome = judge(person({"sbp": 182}))
    assert (colour(outcome), bool(outcome.incomplete[0])) == ("red", True)
    assert codes(outcome) == {"critical_bp", "hypertension", "high_normal_bp"}


def test_nobody_is_coloured_without_a_value() -> None:
    outcome = judge(person({}), person({"smoking": 0}), person(HEALTHY))
    assert outcome.colour.tolist() == [NOT_EXAMINED, COLOURS.index("grey"), COLOURS.index("green")]
    assert (outcome.has_value.tolist(), outcome.incomplete.tolist()) == ([False, True, True], [False, True, False])
    assert outcome.counts() == {"red": 0, "orange": 0, "yellow": 0, "blue": 0, "green": 1, "grey": 1}


VALUES = st.dictionaries(
    st.sampled_from(sorted({line.indicator for line in PACK.lines if not line.is_flag} - {"china_par_10y"})),
    st.floats(0.1, 2000, allow_nan=False),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES, st.sampled_from(["m", "f", ""]))
def test_adding_a_value_never_removes_a_reason_that_rests_on_another(before: dict, added: dict, sex: str) -> None:
    """A reported eGFR is left out of what is added: it takes the place of the computed one, the same indicator."""
    added = {code: value for code, value in added.items() if code != "egfr"}
    one, two = person(before, sex=sex), person(added | before, sex=sex)
    outcome = judge(one, two)
    first, second = ({(r["code"], r["line"]) for r in json.loads(text)} for text in outcome.reasons_json())
    assert first <= second


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, st.sampled_from(["m", "f", ""])), min_size=1, max_size=6))
def test_one_person_and_many_give_the_same(people: list) -> None:
    everyone = [person(values, sex=sex, birth=date(1960, 3, 3)) for values, sex in people]
    batch = judge(*everyone)
    for at, one in enumerate(everyone):
        alone = judge(one)
        assert (alone.colour[0], alone.reasons_json()[0]) == (batch.colour[at], batch.reasons_json()[at])
        assert (alone.scores_json()[0], missing(alone)) == (batch.scores_json()[at], missing(batch, at))


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_green_means_minimum_set_and_no_reason(values: dict) -> None:
    outcome = judge(person(values))
    lacking = missing(outcome).get("minimum", [])
    assert (colour(outcome) == "green") == (not lacking and codes(outcome) == set() and bool(values))


COLUMNS = {
    "height": "height", "weight": "weight", "bmi": "BMI", "sbp": "SBP", "dbp": "DBP", "fpg": "FPG",
    "tc": "Cholesterol", "tg": "Triglyceride", "hdl": "HDL", "ldl": "LDL", "alt": "ALT", "ast": "AST", "urea": "BUN",
    "creatinine": "CCR",
}  # fmt: skip


def real_rows(shared: Path) -> Measures:
    path = shared / "data" / "cn_healthcheck_2018" / "cn_healthcheck_part1.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    table = np.array([[cell or "nan" for cell in row] for row in rows[1:]], dtype=np.float64)
    places = {name: at for at, name in enumerate(rows[0])}
    year = 2024 - table[:, places["Age"]].astype(int)
    return Measures(
        sex=table[:, places["Gender"]].astype(np.int8),
        birth=np.array([f"{y}-05-01" for y in year], dtype="M8[D]"),
        columns={code: Column(table[:, places[name]]) for code, name in COLUMNS.items()},
        north=np.full(len(table), np.nan), urban=np.full(len(table), np.nan), measured_on=np.datetime64("2024-05-01"),
    )  # fmt: skip


def usable(measures: Measures, items: Mapping[str, Mapping[str, str]]) -> np.ndarray:
    bad = measures.value("sbp") <= measures.value("dbp")
    for code, column in measures.columns.items():
        low, high = (float(items[code][side]) for side in ("low_plausible", "high_plausible"))
        bad |= (column.value < low) | (column.value > high)
    return ~bad


def catalogue_upper(items: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[float | None, float | None]]:
    number = {code: [row["ref_high_m"], row["ref_high_f"]] for code, row in items.items()}
    return {code: tuple(float(text) if text else None for text in pair) for code, pair in number.items()}


def test_colours_of_the_real_rows(shared: Path) -> None:
    with (shared / "reference" / "exam_items.csv").open(encoding="utf-8") as file:
        items = {row["code"]: row for row in csv.DictReader(file)}
    everyone = real_rows(shared)
    rows = usable(everyone, items)
    kept = replace(
        everyone, sex=everyone.sex[rows], birth=everyone.birth[rows], north=everyone.north[rows],
        urban=everyone.urban[rows], columns={code: Column(c.value[rows]) for code, c in everyone.columns.items()},
    )  # fmt: skip
    outcome = evaluate(PACK, kept, catalogue_upper(items))
    assert (kept.size, int((~rows).sum())) == (168_679, 788)
    assert outcome.counts() == {
        "red": 1158, "orange": 41799, "yellow": 39033, "blue": 47540, "green": 37979, "grey": 1170,
    }  # fmt: skip
