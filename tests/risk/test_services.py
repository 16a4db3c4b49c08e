"""Assessments over the whole road: loaded from exams, stored once, told in sentences."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.core import organisations
from healthmgmt.exams import services as exams
from healthmgmt.exams.models import Exam
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Exposure
from healthmgmt.risk.expiring import expires_on
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import BY, ground, text, upload

DAY = "2026-03-02"
HEADINGS = [
    "工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "高密度脂蛋白胆固醇(mmol/L)", "腰围(cm)",
    "吸烟史", "用药史", "既往史", "家族史",
]  # fmt: skip


def assess(**options) -> dict:
    out = StringIO()
    call_command("assess", org=organisations.slug(), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def exported() -> dict[str, dict]:
    out = StringIO()
    call_command("export_assessments", org=organisations.slug(), stdout=out)
    return {line["emp_no"]: line for line in map(json.loads, out.getvalue().splitlines())}


def man_of_60(emp_no: str, unit, drop: str = ""):
    """The issue's man; returns headings and his row, without the column `drop`."""
    person = casting.person(emp_no, unit, sex="m", birth=date(1966, 1, 10))
    row = [emp_no, person.name, DAY, 138, 80, 5.4, 1.4, 86, "吸烟", "无", "无", "无"]
    kept = [place for place, heading in enumerate(HEADINGS) if heading != drop]
    return [HEADINGS[place] for place in kept], [row[place] for place in kept]


@pytest.mark.parametrize(("place", "score"), [("北京", 9.6), ("广州", 6.1)])
def test_china_par_follows_the_place_of_the_unit(org_a, place, score):
    unit = casting.unit("Yard", casting.unit("Company", ground(), place=place))
    headings, row = man_of_60("M1", unit)
    upload(text([row], headings=headings))
    assess(as_of=date(2026, 3, 2))
    line = exported()["M1"]
    reason = next(reason for reason in line["reasons"] if reason["code"] == "medium_ascvd_risk")
    assert line["scores"]["china_par"] == score
    assert line["colour"] == "orange"
    assert f"{score}" in reason["text_zh"] and f"{score}" in reason["text_en"]


def test_china_par_without_family_history_is_missing_and_no_score(org_a):
    unit = casting.unit("Yard", ground(), place="北京")
    headings, row = man_of_60("M1", unit, drop="家族史")
    upload(text([row], headings=headings))
    line = exported()["M1"]
    assert "china_par" not in line["scores"]
    assert "family_history" in line["missing"]


def test_assess_counts_people_and_not_examined(org_a):
    root = ground()
    people = [casting.person(f"P{number}", root) for number in range(3)]
    upload(text([[people[0].emp_no, people[0].name, DAY, 190, 80, 5.0, "", "", "", "", "", ""]], headings=HEADINGS))
    result = assess(as_of=date(2026, 3, 2))
    assert (result["people"], result["not_examined"]) == (1, 2)
    assert result["colours"] == {"red": 1, "orange": 0, "yellow": 0, "blue": 0, "green": 0, "grey": 0}


def test_assess_outside_the_window_colours_nobody(org_a):
    headings, row = man_of_60("M1", ground())
    upload(text([row], headings=headings))
    result = assess(as_of=date(2028, 3, 2))
    assert (result["people"], result["not_examined"]) == (0, 1)


PANEL = [
    *HEADINGS[:5], "体重指数", "腰围(cm)", "空腹血糖(mg/dL)", "总胆固醇(mg/dL)", "甘油三酯(mg/dL)", "高密度脂蛋白胆固醇(mg/dL)",
    "吸烟史", "用药史",
]  # fmt: skip


@pytest.mark.parametrize(
    ("pack", "edition", "colour", "first"),
    [
        ("jp-tokutei", "FY2024", "yellow", "Level of support: active (level of specific health guidance, 2 March 2026)."),
        ("kr-checkup", "2024", "blue", "Blood pressure at least in the border range: systolic blood pressure 131 mmHg on 2 March 2026, "
            "at or above 120 mmHg."),
    ],
)
def test_assess_by_the_pack_of_another_country(org_a, pack, edition, colour, first):
    person = casting.person("M1", ground(), sex="m", birth=date(1976, 1, 10))
    row = ["M1", person.name, DAY, 131, 79, 24.0, 86, 100, 190, 120, 55, "不吸烟", "无"]
    upload(text([row], headings=PANEL))
    result = assess(pack=pack)
    line = exported()["M1"]
    assert (result["pack"], result["edition"], line["pack"], line["edition"]) == (pack, edition, pack, edition)
    assert (line["colour"], line["reasons"][0]["text_en"]) == (colour, first)
    assert line["scores"].get("jp_tokutei") == ("active" if pack == "jp-tokutei" else None)
    glucose = next(reason for reason in line["reasons"] if reason["indicator"] == "fpg")
    assert (glucose["value"], glucose["unit"], glucose["limit"]) == (100, "mg/dL", 100)


def test_assess_by_an_occupation_pack_adds_to_the_one_of_the_organisation(org_a):
    root = ground()
    up, down, left = (casting.person(number, root, sex="m", birth=date(1976, 1, 10)) for number in ("M1", "M2", "M3"))
    Exposure.objects.create(person=up, kind="high_altitude", since=date(2025, 1, 20))
    Exposure.objects.create(person=left, kind="high_altitude", since=date(2024, 1, 1), until=date(2026, 3, 1))
    rows = [[one.emp_no, one.name, DAY, 125, 75, 150, 3600] for one in (up, down, left)]
    upload(text(rows, headings=[*HEADINGS[:5], "血红蛋白(g/L)", "海拔(m)"]))
    before = {number: [reason["code"] for reason in line["reasons"]] for number, line in exported().items()}
    result = assess(pack="high-altitude")
    lines = exported()
    assert (result["pack"], result["edition"]) == ("cn+high-altitude", "2024+2024")
    assert before == {"M1": ["high_normal_bp"], "M2": ["high_normal_bp"], "M3": ["high_normal_bp"]}
    assert {number: [reason["code"] for reason in line["reasons"]] for number, line in lines.items()} == before | {
        "M1": ["high_normal_bp", "altitude_anaemia"]
    }
    assert lines["M1"]["scores"] == {"altitude_haemoglobin": 125.0, "high_altitude_months": 13.0}
    assert lines["M2"]["scores"] == lines["M3"]["scores"] == {}


def test_signs_of_an_examination_at_altitude_give_the_score(org_a):
    up = casting.person("M1", ground(), sex="m", birth=date(1976, 1, 10))
    Exposure.objects.create(person=up, kind="high_altitude", since=date(2025, 1, 20))
    signs = ["高原气短或心悸", "高原睡眠障碍", "高原发绀", "高原静脉扩张", "高原感觉异常", "高原头痛", "高原耳鸣"]
    upload(text([["M1", up.name, DAY, 125, 75, 215, 3600, 3, 2, 2, 1, 0, 1, 0]], headings=[*HEADINGS[:5], "血红蛋白(g/L)", "海拔(m)", *signs]))
    assess(pack="high-altitude")
    line = exported()["M1"]
    assert line["scores"]["qinghai_cms"] == 12.0
    assert "altitude_cms_moderate" in [reason["code"] for reason in line["reasons"]]


def test_assess_refuses_an_occupation_pack_alone_and_a_pack_that_there_is_not(org_a):
    ground()
    with pytest.raises(CommandError, match="no pack atlantis"):
        assess(pack="atlantis")
    Settings.objects.update(pack="high-altitude")
    with pytest.raises(CommandError, match="high-altitude adds to the pack of a country"):
        assess()


def test_assess_twice_stores_once(org_a):
    headings, row = man_of_60("M1", ground())
    upload(text([row], headings=headings))
    first = list(Assessment.objects.values_list("id", "is_current"))
    assess()
    assess()
    assert list(Assessment.objects.values_list("id", "is_current")) == first


def test_assess_as_of_an_earlier_day_stays_history(org_a):
    person = casting.person("P1", ground())
    headings = HEADINGS[:5]
    upload(text([["P1", person.name, "2025-09-01", 150, 80]], headings=headings))
    upload(text([["P1", person.name, "2026-03-01", 125, 80]], headings=headings))
    assess(as_of=date(2025, 9, 2))
    found = list(Assessment.objects.order_by("assessed_on", "id").values_list("assessed_on", "colour", "is_current"))
    assert found[0] == (date(2025, 9, 2), "orange", False)
    assert [colour for _, colour, is_current in found if is_current] == ["blue"]


def test_withdrawn_upload_takes_its_assessment_out_of_force(org_a):
    headings, row = man_of_60("M1", ground())
    done = upload(text([row], headings=headings))
    assert Assessment.objects.filter(is_current=True).count() == 1
    exams.withdraw(done, by=BY)
    work.drain()
    assert Assessment.objects.filter(is_current=True).count() == 0


def test_export_says_since_when_a_colour_has_expired(org_a):
    root = ground()
    old, new = casting.person("P1", root), casting.person("P2", root)
    day = local_today() - timedelta(days=400)
    upload(text([["P1", old.name, day.isoformat(), 150, 80], ["P2", new.name, local_today().isoformat(), 150, 80]], headings=HEADINGS[:5]))
    assert [line["expired_on"] for line in exported().values()] == [None, None]
    Settings.objects.update(window_months=13)
    found = {number: line["expired_on"] for number, line in exported().items()}
    assert found == {"P1": expires_on(day, 13).isoformat(), "P2": None}


def test_mg_per_dl_is_judged_in_its_own_unit(org_a):
    person = casting.person("P1", ground())
    upload(text([["P1", person.name, DAY, 126]], headings=[*HEADINGS[:3], "空腹血糖(mg/dL)"]))
    line = exported()["P1"]
    reason = next(reason for reason in line["reasons"] if reason["code"] == "hyperglycaemia")
    assert (line["colour"], reason["value"], reason["limit"]) == ("orange", 126, 126)


def test_qualified_value_counts_when_its_whole_range_does(org_a):
    root = ground()
    above, below = casting.person("P1", root), casting.person("P2", root)
    rows = [["P1", above.name, DAY, ">11.3"], ["P2", below.name, DAY, "<2.5"]]
    upload(text(rows, headings=[*HEADINGS[:3], "甘油三酯(mmol/L)"]))
    lines = exported()
    assert [reason["code"] for reason in lines["P1"]["reasons"]] == ["hyperlipidaemia", "borderline_lipids"]
    assert lines["P2"]["colour"] == "grey"


def test_newest_value_of_each_item_counts(org_a):
    person = casting.person("P1", ground())
    upload(text([["P1", person.name, "2026-01-05", 150, 85, 5.0]], headings=HEADINGS[:6]))
    upload(text([["P1", person.name, "2026-03-05", 118, 76]], headings=HEADINGS[:5]))
    line = exported()["P1"]
    assert line["colour"] == "grey"
    assert Assessment.objects.get(is_current=True).exams and len(Assessment.objects.get(is_current=True).exams) == 2


def test_reason_with_two_alternatives_is_told_once_with_both_values(org_a):
    person = casting.person("P1", ground())
    upload(text([["P1", person.name, DAY, 150, 95]], headings=HEADINGS[:5]))
    reasons = {reason["code"]: reason for reason in exported()["P1"]["reasons"]}
    assert list(reasons) == ["hypertension", "high_normal_bp"]
    assert (reasons["hypertension"]["value"], [one["value"] for one in reasons["hypertension"]["also"]]) == (150, [95])


def test_export_tells_computed_from_reported_and_exams_hold_nothing_computed(org_a):
    unit = ground()
    headings = ["工号", "姓名", "体检日期", "身高(cm)", "体重(kg)", "体重指数", "肌酐(μmol/L)"]
    people = [casting.person(number, unit, sex="m", birth=date(1966, 1, 10)) for number in ("P1", "P2", "P3")]
    rows = [[one.emp_no, one.name, DAY, 170, 80, index, 200] for one, index in zip(people, ("", 27.5, 21), strict=True)]
    upload(text(rows, headings=headings))
    assess(as_of=date(2026, 3, 2))
    lines = exported()
    told = {
        number: (line["scores"]["bmi"], line["computed"], {one["indicator"]: one["computed"] for one in line["reasons"]})
        for number, line in lines.items()
    }
    both = {"bmi": True, "egfr": True}
    assert told == {
        "P1": (27.7, ["bmi", "ckd_epi_2021"], both),
        "P2": (27.5, ["ckd_epi_2021"], both | {"bmi": False}),
        "P3": (27.7, ["bmi", "ckd_epi_2021"], both),
    }
    stored = Exam.objects.order_by("person__emp_no").values_list("results", flat=True)
    assert [(one.get("bmi"), one.get("egfr")) for one in stored] == [(None, None), (27.5, None), (21, None)]
