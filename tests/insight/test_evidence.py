"""Year report and evidence binder: the published numbers with their dates, and nothing of anybody."""

import io
import re
from html import unescape

import openpyxl
import pytest

from healthmgmt.core.actors import Actor
from healthmgmt.insight import evidence
from healthmgmt.insight.models import Card
from healthmgmt.organization import periods
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from tests.insight import crowds


@pytest.fixture
def crowd(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    return cast


def test_binder_proves_with_counts_dates_and_documents(crowd, sign_in):
    periods.close_period(crowd.before, by=Actor(label="system:test"))
    work.drain(kinds=["insight.settle"])
    Card.objects.create(period=crowd.period, unit=crowd.a, state="accepted")
    page = sign_in(crowd.leader).get("/group/evidence/").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert re.search(r"Coverage \d+% \d+ / \d+ 2026, as of", words)
    assert "Periods closed, their numbers fixed 1 – 2025" in words
    assert "Scorecards accepted 1 1 / 1 2026" in words
    assert "Nobody works under a known hazard" in words


def test_sheet_holds_the_same_lines(crowd, sign_in):
    leader = sign_in(crowd.leader)
    page = leader.get("/group/evidence/").content.decode()
    rows = list(openpyxl.load_workbook(io.BytesIO(leader.get("/group/evidence/sheet/").content)).active.iter_rows(values_only=True))
    assert len(rows) - 1 == page.count('<tr><th scope="row">')
    assert {row[0] for row in rows[1:]} == {entry["en"]["name"] for entry in evidence.load()}


def test_year_report_says_what_the_group_page_says_and_names_nobody(crowd, sign_in):
    leader = sign_in(crowd.leader)
    page, group = (leader.get(path).content.decode() for path in ("/group/year/", "/group/"))
    sentence = re.search(r"<h1[^>]*>(.*?)</h1>", group)[1]
    assert sentence in page and "How the numbers are made" in page
    assert not [one for one in Person.objects.values_list("name", flat=True) if re.search(rf"\b{re.escape(one)}\b", page)]


def test_office_reads_them_of_its_own_unit_alone(crowd, sign_in):
    office = sign_in(crowd.office_a)
    assert office.get(f"/group/evidence/?unit={crowd.b.pk}").status_code == 404
    assert office.get(f"/group/year/?unit={crowd.b.pk}").status_code == 404
    assert office.get(f"/group/evidence/sheet/?unit={crowd.b.pk}").status_code == 404
    assert "Evidence binder" in office.get("/group/evidence/").content.decode()


def test_sheet_is_of_the_period_of_the_page(crowd, sign_in):
    leader = sign_in(crowd.leader)
    page = leader.get(f"/group/evidence/?period={crowd.before.pk}").content.decode()
    address = unescape(re.search(r'href="(/group/evidence/sheet/[^"]*)"', page)[1])
    rows = list(openpyxl.load_workbook(io.BytesIO(leader.get(address).content)).active.values)
    assert {row[4].partition(",")[0] for row in rows if row[1] == "Coverage"} == {"2025"}
    assert leader.get("/group/evidence/sheet/?period=0").status_code == 404
