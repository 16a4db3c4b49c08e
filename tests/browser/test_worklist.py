"""A case manager clears a worklist by keyboard alone, and goes on writing while a colleague's calls change the numbers."""

from datetime import timedelta

import pytest

from healthmgmt.accounts.models import User
from healthmgmt.care import services
from healthmgmt.care.models import Contact
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import root_unit
from healthmgmt.people import spelling
from healthmgmt.people.models import Person
from tests import cast as casting
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.town import Town
from tests.care.making import assessment, exam

BY = Actor(label="system:test")
NAMES = "林知远 罗永年 范立新 唐秀英 贺子轩 邵建军 石庆林 秦海燕 黄国栋 曾子墨 单雨桐 仇英杰 解晓东 区志强 查文静 翟明月 任思齐 乐嘉怡 缪春生 覃小兰".split()
# Endings by the number that chooses them; most are spoken to.
ENDINGS = {1: "will_be_seen_today", 2: "will_come", 3: "referred", 4: "in_treatment", 5: "not_reached"}
PEOPLE = {"zh": "位", "en": "people"}


@pytest.fixture(autouse=True)
def _database(django_db_blocker):
    """The journeys look into the town's committed data; the processes of the site write it."""
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections["default"].close()


def shift(site: Site, town: Town, mark: str, language: str, people: int) -> tuple[Visitor, list[int]]:
    """A case manager of a unit of so many people, all red and none spoken to, signed in; and the people."""
    with town.entered():
        unit = Unit.objects.filter(name=f"班组 {mark}").first() or casting.unit(f"班组 {mark}", root_unit())
    towns._user(town, "case_manager", unit.name, called=f"case manager {mark}")
    with town.entered():
        ids = [_red(casting.person(f"K{mark}{number:02d}", unit), NAMES[number], town) for number in range(people)]
    login = town.logins[f"case manager {mark}"]
    return site.signed_in(town.slug, login, towns.PASSWORD, language=language), ids


def _red(person: Person, name: str, town: Town) -> int:
    Person.objects.filter(pk=person.pk).update(name=name, pinyin=spelling.keys(name))
    made = assessment(person, "red", "known_ascvd", on=town.exam_day, exams=(exam(person, town.exam_day),))
    services.plan_assessed(made.pk, made.pk, today=town.today, by=BY)
    return person.pk


def focused(visitor: Visitor) -> str:
    return visitor.page.evaluate("document.activeElement.id || document.activeElement.querySelector('.nm')?.textContent || document.activeElement.name || 'body'")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_case_manager_clears_a_worklist_of_20_by_keyboard(site, town, language):
    visitor, people = shift(site, town, language, language, 20)
    page = visitor.page
    visitor.go("/care/")
    assert page.locator("a.wl").count() == 20
    keys = page.keyboard

    # The keys are told, and told away.
    keys.press("?")
    assert page.locator("#keys").is_visible()
    keys.press("Escape")
    assert not page.locator("#keys").is_visible()

    # Along the list and back; the card of whoever is chosen comes beside it.
    keys.press("j")
    second = focused(visitor)
    keys.press("ArrowDown")
    keys.press("k")
    assert focused(visitor) == second == page.locator("a.wl .nm").nth(1).inner_text()
    keys.press("Enter")
    page.wait_for_function("name => document.querySelector('#panel-name').textContent === name", arg=second)
    page.wait_for_function("() => document.activeElement.name === 'ending'")

    said, noted = {}, 0
    for number in range(20):
        name, ending = page.locator("#panel-name").inner_text(), number % 5 + 1
        keys.press(str(ending))
        assert page.locator("input[name=ending]:checked").get_attribute("value") == ENDINGS[ending]
        said[name] = ENDINGS[ending]
        if number % 4 == 3:
            # What is typed into the note is text and no key; from there, the key of every form sends it.
            keys.press("n")
            keys.type("2 jks")
            assert page.locator("input[name=ending]:checked").get_attribute("value") == ENDINGS[ending]
            noted += 1
        with page.expect_navigation():
            keys.press("Enter" if number % 4 == 3 else "s")
        if number < 19:
            assert focused(visitor) == "panel-name" and page.locator("#panel-name").inner_text() not in said

    with town.entered():
        made = Contact.objects.filter(person__in=people)
        assert dict(made.values_list("person__name", "ending")) == said and made.count() == len(said) == 20
        assert made.filter(note="2 jks").count() == noted == 5
        assert all(one.next_on >= town.today for one in made)
    # Left are those who were not reached, of whom nobody has to be called today.
    assert page.locator("a.wl").count() == 4 and page.locator("#panel form").count() == 0
    assert visitor.taken_complaints() == []
    visitor.close()


def test_numbers_follow_a_colleague_and_what_was_typed_stays(site, town):
    visitor, people = shift(site, town, "two", "zh", 3)
    page = visitor.page
    visitor.go("/care/")
    page.locator("#note").fill("写到一半")
    with town.entered():
        last = Person.objects.exclude(name=page.locator("#panel-name").inner_text()).filter(pk__in=people).first()
        services.log_contact(last, ending="will_come", by=Actor.of(User.objects.get(email=town.logins["case_manager"])))
    page.wait_for_function("() => document.querySelector('#count-first').textContent === '2'", timeout=40_000)
    assert page.locator("#live a").is_visible()
    assert page.locator("#note").input_value() == "写到一半" and focused(visitor) == "note"
    # The list is brought up to date beside the card.
    name = page.locator("#panel-name").inner_text()
    page.locator("#live a").click()
    page.wait_for_function("() => document.querySelectorAll('a.wl').length === 2 && !document.querySelector('#live a')")
    assert page.locator("a.wl[aria-current=true] .nm").all_inner_texts() == [name] == [focused(visitor)]
    assert page.locator("#note").input_value() == "写到一半"
    assert visitor.taken_complaints() == []
    visitor.close()


def test_next_day_is_chosen_by_keyboard(site, town):
    visitor, people = shift(site, town, "day", "en", 1)
    page = visitor.page
    visitor.go("/care/")
    day = town.today + timedelta(days=3)
    page.keyboard.press("2")
    page.keyboard.press("d")
    assert focused(visitor) == "next_on"
    # In which order a browser takes day and month is its own affair.
    page.locator(":focus").fill(day.isoformat())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with town.entered():
        assert Contact.objects.get(person__in=people).next_on == day
    visitor.close()
