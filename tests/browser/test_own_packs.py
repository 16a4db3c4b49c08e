"""A steward changes the rules as the pages lead: copy, edit with the preview seen, simulate, propose; two others approve, and colours follow."""

import re
from urllib.parse import urlsplit

import pytest

from healthmgmt.people.models import Person
from healthmgmt.risk import editions
from healthmgmt.risk.models import Assessment
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.test_journeys import LOOKS_BY_VALUE, SECONDS, looks, sign_in
from tests.browser.town import Town

WORDS = {
    "zh": {"fault": "界值是一个数", "after": "收缩压 ≥ {limit} mmHg", "nobody": "没有人的颜色因为这次模拟而改变", "copied": "本厂 {edition} 版"},
    "en": {"fault": "The limit is a number", "after": "systolic blood pressure ≥ {limit} mmHg", "nobody": "Nobody’s colour has changed", "copied": "Own, edition {edition}"},
}  # fmt: skip
# What people type stands on pages of both languages as they typed it.
WHO_DECIDED = "职业医学委员会 2026-03"
SOURCE = {"zh": "source_zh", "en": "source_en"}


@pytest.fixture(autouse=True)
def _database(django_db_blocker):
    """The journey looks into the town's committed data; the processes of the site write it."""
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections["default"].close()


@looks
def test_steward_changes_the_rules_two_approve_and_an_employee_reads_the_new_edition(site, town, language, width):
    number = LOOKS_BY_VALUE.index((language, width))
    edition, limit, words = f"2026.{number + 1}", str(139 - number), WORDS[language]
    title = words["copied"].format(edition=edition)
    person, before, reasons = _employee(town)
    after = "yellow" if before.colour == "orange" else "orange"

    steward = sign_in(site, town, "data_steward", language, width)
    _copy(steward, edition)
    _change_limit(steward, limit, language)
    for reason in reasons:
        _change_colour(steward, reason, after, language)
    _simulate(steward, words["nobody"])
    address = _propose(steward, town)
    assert steward.page.locator("input[name=part]").count() == 0, "who proposed cannot approve"

    second = sign_in(site, town, "second data steward", language, width)
    second.go(address)
    _approve(second, "steward")
    physician = sign_in(site, town, "physician", language, width)
    physician.go("/care/alerts/")
    physician.page.locator("nav a[href='/rules/proposals/']:visible").first.click()
    physician.page.locator(f"a[href='{address}']").first.click()
    _approve(physician, "physician")

    _await_colour(town, person, after, edition, physician)
    employee = sign_in(site, town, "employee", language, width)
    employee.go("/today/")
    assert f"state-{after}" in employee.page.locator("section.state").first.get_attribute("class")
    employee.go("/report/")
    assert title in employee.page.locator("main").text_content()
    steward.go("/steward/pack/")
    assert title in steward.page.inner_text("h1.lead1")
    for visitor in (steward, second, physician, employee):
        assert visitor.taken_complaints() == []
        visitor.close()


def _employee(town: Town) -> tuple[Person, Assessment, list[str]]:
    """Who they are, how they are judged, and by which reasons."""
    with town.entered():
        person = Person.objects.get(user__email=town.logins["employee"])
        found = Assessment.objects.get(person=person, is_current=True)
        return person, found, _reasons(found)


def _reasons(assessment: Assessment) -> list[str]:
    """The reasons that give somebody's colour."""
    colours = editions.load(assessment.pack, assessment.edition).reason_colours
    return list(dict.fromkeys(one["code"] for one in assessment.reasons if colours[one["code"]] == assessment.colour))


def _copy(visitor: Visitor, edition: str) -> None:
    visitor.go("/steward/pack/")
    visitor.page.locator(".editions a.btn-p").first.click()
    visitor.page.fill("[name=edition]", edition)
    visitor.page.fill("[name=title_zh]", WORDS["zh"]["copied"].format(edition=edition))
    visitor.page.fill("[name=title_en]", WORDS["en"]["copied"].format(edition=edition))
    visitor.page.click("form.narrow-form button.btn-p")
    visitor.page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]+/$"))


def _opened(visitor: Visitor, kind: str, of: str):
    """The form of a change, opened in its place on the draft's page."""
    place = visitor.page.locator(f"#{of} details.own-open:has(summary[hx-get*='/change/{kind}/{of}'])").first
    place.locator("summary").click()
    place.locator("form.own-change").wait_for()
    return place


def _change_limit(visitor: Visitor, limit: str, language: str) -> None:
    words, place = WORDS[language], _opened(visitor, "limit", "hypertension")
    place.locator("[name=limit]").press_sequentially("x")
    place.locator(".fault", has_text=words["fault"]).wait_for()
    place.locator("[name=limit]").fill(limit)
    place.locator(f"[name={SOURCE[language]}]").press_sequentially(WHO_DECIDED)
    place.locator(".looked b", has_text=words["after"].format(limit=limit)).wait_for()
    assert place.locator(".fault").count() == 0
    with visitor.page.expect_navigation():
        place.locator("button.btn-q").click()
    assert f"≥ {limit} mmHg" in visitor.page.inner_text("table.differences")


def _change_colour(visitor: Visitor, reason: str, colour: str, language: str) -> None:
    place = _opened(visitor, "colour", reason)
    place.locator("[name=colour]").select_option(colour)
    place.locator(f"[name={SOURCE[language]}]").press_sequentially(WHO_DECIDED)
    place.locator(f".looked .mk-{colour}").first.wait_for()
    with visitor.page.expect_navigation():
        place.locator("button.btn-q").click()
    assert visitor.page.locator(f"table.differences .band-{colour}").count() > 0


def _simulate(visitor: Visitor, said: str) -> None:
    visitor.page.click("form[action$='/simulation/'] button")
    visitor.page.wait_for_selector(".sim.tot", timeout=SECONDS)
    assert said in visitor.page.inner_text("main")
    assert visitor.page.locator(".sim .mk").count() == 6


def _propose(visitor: Visitor, town: Town) -> str:
    """Proposed from today; the proposal's address."""
    visitor.page.click("#next a.btn-p")
    visitor.page.fill("[name=effective_from]", town.today.isoformat())
    visitor.page.fill("[name=why]", WHO_DECIDED)
    visitor.page.click("form:has([name=why]) button.btn-p")
    visitor.page.wait_for_url(re.compile(r"/rules/proposals/[0-9a-f-]+/$"))
    return urlsplit(visitor.page.url).path


def _approve(visitor: Visitor, part: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.click(f"form:has(input[value={part}]) button")
    assert visitor.page.locator("input[name=part]").count() == 0


def _await_colour(town: Town, person: Person, colour: str, edition: str, visitor: Visitor) -> None:
    for _second in range(60):
        with town.entered():
            found = Assessment.objects.get(person=person, is_current=True)
        if found.edition == edition:
            break
        visitor.page.wait_for_timeout(1000)
    assert (found.pack, found.edition, found.colour) == ("cn-own", edition, colour)
