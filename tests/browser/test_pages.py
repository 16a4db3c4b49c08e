"""Every page of every role in a real browser: nothing complains, nothing is cut off, keyboard and screen reader come everywhere."""

import pytest

from healthmgmt.accounts.models import User
from tests.browser import town as towns
from tests.browser.site import LANGUAGES, WIDTHS, Site, Visitor
from tests.browser.town import Town
from tests.browser.walking import (
    ROLES, Page, html_routes, latin_runs, pages_of, pages_of_nobody, serious_findings, shown_text, unreachable_by_keyboard
)  # fmt: skip
from tests.isolation.addresses import URLS

SEEN: set[str] = set()


def faults(visitor: Visitor, page: Page, *, language: str) -> list[str]:
    """What is wrong with a page in this window, also for those who hear it read out."""
    response = visitor.go(page.path)
    SEEN.add(page.route)
    if response is None or response.status != 200:
        return [f"answers {response and response.status}"]
    found = visitor.taken_complaints()
    if (over := visitor.sideways()) > 0:
        found.append(f"scrolls sideways by {over} px")
    if language == "zh":
        found += [f"Latin: {run}" for run in sorted(set(latin_runs(shown_text(visitor))))]
    return found + serious_findings(visitor)


def walked(visitor: Visitor, pages: list[Page], *, language: str, keyboard: bool) -> list[str]:
    """What is wrong with the pages."""
    found = []
    for page in pages:
        wrong = faults(visitor, page, language=language)
        if keyboard and not wrong:
            wrong = [f"out of the keyboard's reach: {one}" for one in unreachable_by_keyboard(visitor)]
        found += [f"{page.role} {page.path} {language}: {one}" for one in wrong]
    return found


def as_role(site: Site, town: Town, role: str, *, width: int, language: str) -> Visitor:
    return site.signed_in(town.slug, town.logins[role], towns.PASSWORD, width=width, language=language)


def pages_seen_by(town: Town, role: str) -> list[Page]:
    with town.entered():
        pages = list(pages_of(role, User.objects.get(email=town.logins[role])))
    assert pages
    return pages


every_role = pytest.mark.parametrize("role", sorted(ROLES.values()))


@every_role
def test_pages_of_a_role_are_sound_on_a_phone_and_their_frame_at_a_desk(site, town, role, django_db_blocker):
    """Each page once, by the first role that has it; all pages of all roles in all looks below."""
    with django_db_blocker.unblock():
        pages = pages_seen_by(town, role)
    chosen = [page for number, page in enumerate(pages) if number == 0 or page.route not in SEEN]
    phone = as_role(site, town, role, width=390, language="zh")
    found = walked(phone, chosen, language="zh", keyboard=True)
    phone.close()
    desk = as_role(site, town, role, width=1280, language="en")
    found += walked(desk, chosen[:1], language="en", keyboard=True)
    desk.close()
    assert not found, "\n".join(found)


@pytest.mark.long  # Every role, language and width.
@every_role
def test_all_pages_of_a_role_are_sound_in_every_look(site, town, role, django_db_blocker):
    with django_db_blocker.unblock():
        pages = pages_seen_by(town, role)
    found = []
    for width in WIDTHS:
        for language in LANGUAGES:
            visitor = as_role(site, town, role, width=width, language=language)
            found += walked(visitor, pages, language=language, keyboard=True)
            visitor.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "language"), [(390, "zh"), (1280, "en")])
def test_pages_of_nobody_are_sound(site, town, width, language):
    visitor = site.visitor(town.slug, width=width)
    visitor.go("/accounts/login/")
    visitor.speak(language)
    found = walked(visitor, list(pages_of_nobody()), language=language, keyboard=True)
    visitor.close()
    assert not found, "\n".join(found)


def test_no_page_was_left_out():
    """Runs after the walks above, which note the routes they saw."""
    assert html_routes(URLS) - SEEN == set()


def test_a_page_that_does_not_exist_says_so_in_both_languages(site, town):
    for language, words in (("en", "There is nothing here"), ("zh", "这里没有")):
        visitor = as_role(site, town, "employee", width=390, language=language)
        assert visitor.go("/nothing/").status == 404
        assert words in visitor.page.inner_text("h1")
        visitor.close()
