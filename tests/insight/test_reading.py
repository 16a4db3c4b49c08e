"""The reader of the attack: what it makes of words, and that no number passes it by."""

import pytest

from healthmgmt.insight import metrics
from tests.insight.reading import Reading
from tests.insight.reading_pages import Page

HEAD = '<p class="eyebrow">Alder · Period Present · closed, numbers of 3 March 10:22</p>'
TABLE = (
    '<table><thead><tr><th scope="col">Department</th><th scope="col">Covered</th><th scope="col">On time</th></tr></thead>'
    "<tbody><tr><th>Birch</th><td>{covered}</td><td>{on_time}</td></tr></tbody></table>"
)


def read(content: str) -> Reading:
    reading = Reading({"Present": "Past"})
    reading.rows["Present", "Alder"] = reading.rows["Past", "Alder"] = "Alder"
    Page(HEAD + content, "page", reading).read()
    return reading


def told(reading: Reading) -> dict:
    return {key[1:]: (known.part, known.whole) for key, known in reading.known.items()}


def test_figures_of_rows_and_sentences_of_the_unit_are_read():
    reading = read("<h1>88% are covered.</h1><p>In all, 88 of 100 people are covered, 88%.</p>" + TABLE.format(covered="<b>50%</b> 20 / 40", on_time="Hidden for privacy"))
    assert reading.solve() == []
    assert told(reading) == {("Birch", "covered"): (20, 40), ("Birch", "on_time"): (None, None), ("Alder", "covered"): (88, 100)}


@pytest.mark.parametrize(
    "content",
    [
        "<p>7 people</p>",
        "<p>Hidden for privacy <span>7</span></p>",
        '<p data-people="7">Hidden for privacy</p>',
        '<p title="7 people">Hidden for privacy</p>',
        '<p class="red-7">Hidden for privacy</p>',
        "<!-- 7 -->",
        "<title>7</title>",
        '<a href="/group/?unit=3&amp;red=7">Birch</a>',
        '<input type="hidden" name="red" value="7">',
        '<svg class="sb"><rect class="w1" x="0.00%" width="7.00%" height="100%"/></svg>',
        '<svg class="sp"><polyline points="4.0,7.0"/></svg>',
        '<svg class="mk" aria-label="7 people"><path d="M1 1"/></svg>',
        '<svg class="drawn"><rect width="7"/></svg>',
        '<script type="application/json" id="flows">{"kind": "sankey", "description": "", "nodes": [], "links": [], "red": 7}</script>',
        TABLE.format(covered="Hidden for privacy 7", on_time="7"),
        "<dl><dt>Present counts</dt><dd>7 / 80</dd></dl>",
    ],
)
def test_number_that_nobody_knows_is_noted(content):
    assert read(content).solve() != []


@pytest.mark.parametrize(
    "content",
    [
        '<a class="mt32" href="/group/?unit=3&amp;period=7">Birch</a>',
        '<svg class="icon" viewBox="0 0 24 24"><path d="M1 7"/></svg>',
        f"<dl><dt>Numerator</dt><dd>{metrics.load().metric('closed_in_week').words['en']['numerator']}</dd></dl>",
        '<p data-label="Closed within 7 days">Hidden so that no group of fewer than 10 people can be seen, or worked out from other numbers.</p>',
    ],
)
def test_what_is_the_same_whatever_the_numbers_are_is_no_number(content):
    assert read(content).solve() == []


def test_share_that_only_one_count_gives_is_that_count():
    reading = read("<h1>3% are covered.</h1>")
    reading.say(period="Present", row="Alder", metric="covered", whole=30, why="Hidden", where="json")
    assert reading.solve() != [] and told(reading) == {("Alder", "covered"): (1, 30)}


def test_share_that_several_counts_give_is_told_all_the_same():
    reading = read("<h1>3% are covered.</h1>")
    reading.say(period="Present", row="Alder", metric="covered", whole=400, why="Hidden", where="json")
    assert reading.solve() != [] and told(reading) == {("Alder", "covered"): (None, 400)}


def test_points_against_a_period_of_which_nothing_is_told_are_a_fault():
    page = "<p>In all, 88 of 100 people are covered, 88%, 3 points above Past.</p>"
    assert read(page).solve() != []
    reading = read(page)
    reading.say(period="Past", row="Alder", metric="covered", part=85, whole=100, where="json")
    assert reading.solve() == []
