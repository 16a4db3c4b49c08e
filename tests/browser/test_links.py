"""The page of a one-time link, as somebody without an account meets it: sound on a phone and at a desk, before and after the file."""

import csv

import pytest

from healthmgmt.core.actors import Actor
from healthmgmt.exams import links
from healthmgmt.organization.selectors import root_unit
from tests.browser.site import LANGUAGES, WIDTHS, Visitor
from tests.browser.walking import latin_runs, serious_findings, shown_text, unreachable_by_keyboard


def sound(visitor: Visitor, language: str) -> list[str]:
    """What is wrong with the page that is open."""
    latin = latin_runs(shown_text(visitor)) if language == "zh" else []
    sideways = [f"{over} px sideways"] if (over := visitor.sideways()) > 0 else []
    return [*visitor.taken_complaints(), *sideways, *latin, *serious_findings(visitor), *unreachable_by_keyboard(visitor)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_file_is_delivered_by_a_link_without_an_account(site, town, tmp_path, django_db_blocker, width, language):
    with django_db_blocker.unblock(), town.entered():
        token = links.make(unit=root_unit(), centre="滨江体检中心", by=Actor.system())[1]
    visitor = site.visitor(town.slug, width=width)
    visitor.go(f"/deliver/{token}/")
    visitor.speak(language)
    assert (visitor.page.url.endswith("/deliver/"), sound(visitor, language)) == (True, [])
    path = tmp_path / f"{width}-{language}.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["工号", "姓名", "体检日期", "收缩压(mmHg)"], ["X9", "Nobody", "2026-03-02", width + len(language)]])
    visitor.page.set_input_files('input[type="file"]', path)
    visitor.page.wait_for_selector(".eq")
    assert sound(visitor, language) == []
    assert "X9" not in shown_text(visitor) and "Nobody in" not in visitor.page.inner_text("h1")
    visitor.go(f"/deliver/{token}/")
    assert visitor.page.locator('input[type="file"]').count() == 0
    visitor.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_that_is_none_helps(site, town, language):
    visitor = site.visitor(town.slug, width=390)
    visitor.go("/deliver/none/")
    visitor.speak(language)
    # The browser itself complains of an answer that is an error.
    visitor.taken_complaints()
    assert sound(visitor, language) == []
    visitor.close()
