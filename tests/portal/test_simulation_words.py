"""A simulation in words: every case of its first sentence, what the bars show, and the ways out that are true."""

from datetime import date
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import load_workbook

from healthmgmt.portal.packs.books import workbook
from healthmgmt.portal.packs.telling import Told, ways_out
from healthmgmt.risk.simulated import Capacity, CauseCount, ColourCount, Move, Result, UnitMoves

# The numbers of the design.
BEFORE = {"red": 596, "orange": 7316, "yellow": 11204, "blue": 13870, "green": 5240, "grey": 3160}
MOVES = (Move("blue", "orange", 1139), Move("yellow", "orange", 701))
CAUSE = CauseCount("k", "hypertension", "Blood pressure", "SBP ≥ 140", "SBP ≥ 135", "orange", "orange", "=Committee", 1840, MOVES)


def result(moves=MOVES, *, managers: int = 46, people: int | None = 41386, hidden: tuple[str, ...] = (), small: bool = False) -> Result:
    after = dict(BEFORE)
    for move in moves:
        after[move.before] -= move.people
        after[move.after] += move.people
    colours = tuple(ColourCount(one, None if one in hidden else BEFORE[one], None if one in hidden else after[one]) for one in BEFORE)
    cared = [None if hidden else sum(of[one] for one in ("red", "orange")) for of in (BEFORE, after)]
    units = (UnitMoves(("Yard", "Port"), False, 1, 30, None, 0, None),)
    return Result(
        as_of=date(2026, 6, 15), pack="cn", edition="2024", people=people, smallest_group=10, colours=colours, moves=tuple(moves), small_moves=small,
        causes=(CAUSE,), units=units, capacity=Capacity(managers, 180, *cared),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "The draft would put 1,840 more people on orange. The present case managers cannot carry that: 9 are lacking."),
        ({"managers": 60}, "The draft would put 1,840 more people on orange. The present case managers can carry that."),
        ({"managers": 54}, "The draft would put 1,840 more people on orange. The present case managers cannot carry that: 1 is lacking."),
        ({"managers": 0}, "The draft would put 1,840 more people on orange. There is no case manager yet: 55 are needed."),
        ({"moves": (), "managers": 46}, "The draft would change nobody’s colour. The present case managers can carry that."),
        ({"moves": (), "managers": 40}, "The draft would change nobody’s colour. The present case managers cannot carry today’s people as it is: 4 are lacking."),
        ({"moves": (Move("orange", "yellow", 1),)}, "The draft would put 1 person fewer on orange. The present case managers can carry that."),
        ({"moves": (Move("orange", "yellow", 300),)}, "The draft would put 300 people fewer on orange. The present case managers can carry that."),
        ({"moves": (Move("yellow", "red", 12),)}, "The draft would put 12 more people on red. The present case managers can carry that."),
        ({"moves": (Move("yellow", "blue", 25),)}, "The draft would give 25 people another colour. The present case managers can carry that."),
        ({"moves": (), "small": True}, "The draft would change the colour of so few people that their number is not shown. The present case managers can carry that."),
        ({"people": None, "hidden": tuple(BEFORE), "moves": ()}, "Too few people have results to say what the draft would change."),
        ({"hidden": ("red",)}, "The draft would put 1,840 more people on orange."),
    ],
)
def test_first_sentence_answers_the_page(given, said):
    assert Told(result(**given), "en").sentence == said


def test_first_sentence_in_chinese():
    with translation.override("zh-hans"):
        assert Told(result(), "zh").sentence == "草案会让橙色多 1,840 人。现在的个案管理师接不下，还差 9 位。"


def test_bars_have_one_scale_and_hide_what_is_hidden():
    rows = Told(result(hidden=("red",)), "en").rows
    assert rows[0].bars == ([], [])
    assert [sum(count for count, _fill in bar) for row in rows[1:] for bar in row.bars] == [13870] * 10
    assert [(row.apart, row.has_more) for row in rows[1:4]] == [(1840, True), (701, False), (1139, False)]


def test_capacity_bars_show_what_is_over_the_limit():
    told = Told(result(), "en")
    assert told.capacity_bars == ([(172, "w1"), (0, "w3"), (68, "w4")], [(180, "w1"), (32, "w3"), (28, "w4")])
    assert (told.over_each, told.can_carry) == (32, 8280)


def test_ways_out_are_worked_out():
    more, stay = ways_out(Capacity(46, 180, 7912, 9752))
    assert (more.title, more.text) == (
        "Add 9 case managers first", "With 55 case managers each has 178 people. Choose a first day by which they are there."
    )  # fmt: skip
    assert stay.title == "Do not switch"
    assert ways_out(Capacity(60, 180, 7912, 9752)) == []


def test_workbook_holds_what_the_page_shows_and_runs_nothing():
    sheet = load_workbook(BytesIO(workbook(Told(result(hidden=("red",)), "en")))).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert ["People by colour", "Red · High-risk alert", "too few to say", "too few to say", "too few to say", None] in rows
    assert ["People by colour", "Orange · Chronic care", 7316, 9156, 1840, None] in rows
    assert ["Who changes colour", "Blue → Orange 1,139", None, None, 1139, None] in rows
    assert ["Which rule causes it", "Blood pressure", "SBP ≥ 140", "SBP ≥ 135", 1840, "'=Committee"] in rows
    assert ["Units", "Yard, Port: a more urgent colour", 30, None, "too few to say", None] in rows
