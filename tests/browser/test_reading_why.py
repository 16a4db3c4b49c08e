"""An employee and a clinician read why a colour is what it is, what is missing, how sure it is, what would better it and the ideal state."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.test_journeys import LOOKS_BY_VALUE, deliver, let_in, looks, sign_in
from tests.browser.town import Town

# Men between 47 and 54; each look has its own.
MEN = ("D0011", "D0022", "D0031", "D0029")
MEASURED = ["工号", "姓名", "体检日期", "身高(cm)", "体重(kg)", "收缩压(mmHg)", "舒张压(mmHg)", "空腹血糖(mmol/L)", "总胆固醇(mmol/L)",
            "甘油三酯(mmol/L)", "高密度脂蛋白胆固醇(mmol/L)", "低密度脂蛋白胆固醇(mmol/L)", "腰围(cm)"]  # fmt: skip
ASKED = ["吸烟史", "用药史", "既往史", "家族史"]
WORDS = {
    "zh": {
        "own": ["达到或高于 1", "也是这样", "颜色就变为", "这是筛查结果", "吸烟"],
        "ideal": ["同龄同性别的理想状态", "China-PAR 官方计算器"],
        "clinical": ["颜色的由来", "收缩压 148 mmHg", "两个日期结果一致", "颜色就变为", "这是筛查结果"],
        "lacking": ["风险估算还缺什么", "本人可以说明：", "吸烟"],
    },
    "en": {
        "own": ["at or above 1", "It was so on", "the colour becomes", "This is a screening result, not a diagnosis", "moking"],
        "ideal": ["in the ideal state at the same age and sex", "official China-PAR calculator"],
        "clinical": [
            "Why this colour", "systolic blood pressure 148 mmHg", "confirmed on two days", "the colour becomes",
            "This is a screening result, not a diagnosis",
        ],
        "lacking": ["What estimates of risk lack", "The person can say: ", "moking"],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _database(django_db_blocker):
    """The journey looks into the town's committed data; the processes of the site write it."""
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections["default"].close()


@looks
def test_employee_and_clinician_read_why_how_sure_what_would_better_it_and_the_ideal(site, town, language, width):
    words, person = WORDS[language], _man(town, LOOKS_BY_VALUE.index((language, width)))
    liaison = sign_in(site, town, "liaison", language, width)
    _examine(liaison, town, person, [(15, 144), (10, 148)], f"测量_{person.emp_no}.csv")
    colour = _await(liaison, town, person, lambda one: '"value": 148' in json.dumps(one.reasons)).colour

    employee = site.signed_in(town.slug, _login(town, person), towns.PASSWORD, language=language, width=width)
    employee.go("/today/")
    assert f"state-{colour}" in employee.page.locator("section.state").first.get_attribute("class")
    for said in words["own"]:
        assert said in _text(employee), said
    clinician = sign_in(site, town, "case_manager", language, width)
    clinician.go(f"/care/people/{person.uuid}/")
    for said in (*words["clinical"], *words["lacking"]):
        assert said in _text(clinician), (said, _text(clinician))
    assert words["ideal"][0] not in _text(clinician)

    _examine(liaison, town, person, [(9, 148)], f"问卷_{person.emp_no}.csv", answers=["不吸烟", "无", "无", "无"])
    _await(liaison, town, person, lambda one: "china_par" in one.scores)
    employee.go("/report/")
    clinician.go(f"/care/people/{person.uuid}/")
    for visitor in (employee, clinician):
        for said in words["ideal"]:
            assert said in _text(visitor), said
    assert words["lacking"][1] not in _text(clinician)
    for visitor in (liaison, employee, clinician):
        assert visitor.taken_complaints() == []
        visitor.close()


def _text(visitor: Visitor) -> str:
    """Everything that the page says, folded parts too."""
    return " ".join(visitor.page.locator("main").text_content().split())


def _man(town: Town, place: int) -> Person:
    with town.entered():
        return Person.objects.select_related("unit").get(emp_no=MEN[place])


def _login(town: Town, person: Person) -> str:
    email = f"{person.emp_no.lower()}@{town.slug}.example"
    options = {"email": email, "role": "employee", "unit": person.unit.name, "password": towns.PASSWORD, "person": person.emp_no, "name": ""}
    call_command("add_user", org=town.slug, stdout=StringIO(), **options)
    return email


def _examine(liaison: Visitor, town: Town, person: Person, pressures: list[tuple[int, int]], name: str, answers: list[str] = []) -> None:
    """A file with an exam for each (days ago, systolic pressure); all else is as it should be."""
    lines = [MEASURED + (ASKED if answers else [])]
    for days, pressure in pressures:
        day = (town.today - timedelta(days=days)).isoformat()
        lines.append([person.emp_no, person.name, day, 168, 62, pressure, 82, 5.2, 4.4, 1.1, 1.4, 2.5, 80, *answers])
    content = "\n".join(",".join(map(str, line)) for line in lines).encode("gb18030")
    deliver(liaison, {"name": name, "mimeType": "text/csv", "buffer": content})
    let_in(liaison)


def _await(visitor: Visitor, town: Town, person: Person, holds: Callable[[Assessment], bool]) -> Assessment:
    """The person's present assessment, once it is as it should be."""
    for _second in range(60):
        with town.entered():
            one = Assessment.objects.filter(person=person, is_current=True).first()
        if one and holds(one):
            return one
        visitor.page.wait_for_timeout(1000)
    raise AssertionError("was not judged in a minute")
