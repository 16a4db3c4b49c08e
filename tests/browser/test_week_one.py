"""An employee in yellow, with a phone: the first week of the plan, from the first look to what was done, in both languages."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F

from healthmgmt.accounts.models import Notice, User
from healthmgmt.care import services
from healthmgmt.care.models import Message, Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.devices.models import Reading
from healthmgmt.people.models import Consent, Person
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.test_journeys import _database, sign_in  # noqa: F401
from tests.browser.town import Town

PHONE = 390
# Each language has a person of its own, since the week changes the plan.
PLACES = {"zh": 1, "en": 7}
QUESTION = {"zh": "这周出差，没有秤怎么办？", "en": "I travel this week and have no scale. What shall I do?"}
ANSWER = {"zh": "没关系，回来再称就好。\n路上多走走。", "en": "Never mind, weigh yourself when you are back.\nWalk a little on the way."}
SAID = {
    "zh": {"declined": "不会再问您", "later": "一周后再问您", "no": "已记下您不同意", "sent": "前回复您", "new": "您有一条新消息", "late": "您的消息已经收到"},
    "en": {
        "declined": "You will not be asked for it again", "later": "asked again in a week", "no": "Your no is noted", "sent": "You get an answer by",
        "new": "You have a new message", "late": "Your message has arrived",
    },
}  # fmt: skip


@pytest.fixture(params=list(PLACES))
def language(request) -> str:
    return request.param


@pytest.fixture
def person(town: Town, language: str) -> Person:
    """Somebody in yellow, who has just got an account; the plan began today."""
    with town.entered():
        found = Person.objects.employed().select_related("user").order_by("emp_no")[PLACES[language]]
        email = f"week-one-{language}@{town.slug}.example"
        if found.user is None:
            given = {"email": email, "role": "employee", "unit": "", "person": found.emp_no, "password": towns.PASSWORD}
            call_command("add_user", org=town.slug, stdout=StringIO(), **given)
        found.refresh_from_db()
        assert Plan.objects.get(person=found, ended_on=None).template == "yellow"
        return found


def pass_days(town: Town, person: Person, count: int) -> None:
    """So many days later: what lies in the person's plan lies so many days further back, and what has come due is there to be done."""
    gone = timedelta(days=count)
    with town.entered():
        plan = Plan.objects.get(person=person, ended_on=None)
        Plan.objects.filter(pk=plan.pk).update(opened_on=F("opened_on") - gone)
        days = ("due_on", "lapses_on", "postponed_until", "fired_on", "reminded_on")
        # At once, since each day has to stay where it is beside the others.
        Step.objects.filter(plan=plan).update(**{name: F(name) - gone for name in days})
        services.fire_steps(today=town.today, by=Actor.system(), size=1000)


def steps_of(town: Town, person: Person) -> dict[str, str]:
    """What became of each step of the present plan that has ended."""
    with town.entered():
        found = Step.objects.filter(plan__person=person, plan__ended_on=None).order_by("number", "occurrence")
        return {f"{one.kind} {one.number}.{one.occurrence}": one.state for one in found if one.state not in Step.OPEN}


def heard(visitor: Visitor) -> str:
    """What the page says of what was just done."""
    return visitor.page.locator(".said").first.inner_text()


def picture(visitor: Visitor, name: str, language: str) -> None:
    """Kept where WEEK_SHOTS names a folder; nothing is cut off either way."""
    assert visitor.sideways() == 0, name
    if folder := os.environ.get("WEEK_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        visitor.photograph(Path(folder) / f"{name}-{language}.png")


def press(visitor: Visitor, selector: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()


def test_yellow_employee_does_week_one_on_a_phone(site: Site, town: Town, person: Person, language: str):
    visitor = site.visitor(town.slug, width=PHONE)
    visitor.sign_in(person.emp_no, towns.PASSWORD)
    visitor.speak(language)
    visitor.go("/today/")
    assert visitor.page.locator("section.state-yellow").count() == 1
    assert visitor.page.locator("section.act").count() == 1
    picture(visitor, "1-today", language)
    _decides_about_mails(visitor, town, person, language)

    pass_days(town, person, 3)
    visitor.go("/today/")
    picture(visitor, "3-joining", language)
    declined = visitor.page.inner_text("section.act h2")
    press(visitor, "section.act form.other button:not([formaction])")
    assert SAID[language]["declined"] in heard(visitor)

    pass_days(town, person, 2)
    visitor.go("/today/")
    picture(visitor, "4-lesson-asked", language)
    # What was declined is not asked for, nor is it announced.
    assert declined not in visitor.page.inner_text("main")
    press(visitor, "section.act form.other button[formaction]")
    assert SAID[language]["later"] in heard(visitor)

    pass_days(town, person, 2)
    _weighs_themselves(visitor, town, person, language)
    _takes_the_lesson(visitor, language)
    _asks_and_is_answered(visitor, site, town, person, language)

    visitor.go("/plan/")
    picture(visitor, "9-week-done", language)
    assert visitor.page.locator(".steps1 li.done").count() == 2
    assert steps_of(town, person) == {"enrol 1.1": "declined", "weigh_in 2.1": "done", "lesson 3.1": "done"}
    assert visitor.taken_complaints() == []
    visitor.close()


def _decides_about_mails(visitor: Visitor, town: Town, person: Person, language: str) -> None:
    """No to one purpose, yes to another, each by itself."""
    visitor.go("/privacy/")
    press(visitor, "form:has(input[value=care_contact]) button[value=decline]")
    assert SAID[language]["no"] in heard(visitor)
    press(visitor, "form:has(input[value=notice_mail]) button[value=give]")
    picture(visitor, "2-privacy", language)
    with town.entered():
        answers = set(Consent.objects.filter(person=person).values_list("purpose", "is_declined"))
    assert answers == {("care_contact", True), ("notice_mail", False)}


def _weighs_themselves(visitor: Visitor, town: Town, person: Person, language: str) -> None:
    visitor.go("/today/")
    picture(visitor, "5-weighing-asked", language)
    visitor.go("/readings/")
    form = visitor.page.locator("form:has(input[name=kind][value=weight])")
    if not form.locator("input[name=weight]").is_visible():
        visitor.page.locator("details:has(input[name=kind][value=weight]) > summary").click()
    form.locator("input[name=weight]").fill("73.4")
    with visitor.page.expect_navigation():
        form.locator("button").first.click()
    picture(visitor, "6-weighed", language)
    with town.entered():
        assert Reading.objects.get(person=person, kind="weight").values == {"weight": 73.4}
    for _second in range(60):
        if steps_of(town, person).get("weigh_in 2.1") == "done":
            break
        visitor.page.wait_for_timeout(500)


def _takes_the_lesson(visitor: Visitor, language: str) -> None:
    """It was put off for a week, and may be taken before."""
    visitor.go("/plan/")
    press(visitor, "a[href$='/lesson/']")
    questions = visitor.page.locator("#questions fieldset")
    assert questions.count() > 0
    for number in range(questions.count()):
        questions.nth(number).locator("input").first.check()
    press(visitor, "#questions form button")
    picture(visitor, "7-lesson-answered", language)


def _asks_and_is_answered(visitor: Visitor, site: Site, town: Town, person: Person, language: str) -> None:
    visitor.go("/today/")
    press(visitor, "main a[href='/messages/']")
    visitor.page.fill("textarea[name=text]", QUESTION[language])
    press(visitor, "form:has(textarea) button")
    assert SAID[language]["sent"] in heard(visitor) and SAID[language]["late"] in visitor.page.inner_text("h1.lead1")
    picture(visitor, "8-asked", language)
    manager = sign_in(site, town, "case_manager", language, 1280)
    manager.go("/care/messages/")
    picture(manager, "8-inbox", language)
    press(manager, f"a[href='/care/people/{person.uuid}/messages/']")
    assert QUESTION[language] in manager.page.inner_text(".talk")
    manager.page.fill("textarea[name=text]", ANSWER[language])
    press(manager, "form:has(textarea) button")
    picture(manager, "8-conversation", language)
    assert manager.taken_complaints() == []
    manager.close()

    visitor.go("/today/")
    assert int(visitor.page.locator("a.bell .count").inner_text()) > 0
    press(visitor, "a.bell")
    picture(visitor, "8-notices", language)
    press(visitor, f"button.notice:has-text('{SAID[language]['new']}')")
    assert ANSWER[language].split("\n")[0] in visitor.page.inner_text(".talk")
    picture(visitor, "8-answered", language)
    with town.entered():
        assert [(one.side, one.answered_at is None) for one in Message.objects.filter(person=person)] == [("person", False), ("care", True)]
        user = User.objects.get(pk=person.user_id)
        assert not Notice.objects.filter(user=user, kind="message_answered", read_at=None).exists()
