"""The liaison's sentences, for every case."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import Round
from healthmgmt.partners.models import ExamCentre
from healthmgmt.portal import liaison_words
from healthmgmt.portal.completeness import LateCentre, Mending, Progress

TODAY = date(2026, 6, 18)
FILE = Upload(file_name="march.csv", uploaded_at=datetime(2026, 6, 12, 4, tzinfo=ZoneInfo("UTC")), centre=ExamCentre(name="Mingde"))
BARE = Upload(file_name="march.csv", uploaded_at=datetime(2026, 6, 18, 4, tzinfo=ZoneInfo("UTC")))


@pytest.fixture(autouse=True)
def _shanghai():
    with timezone.override("Asia/Shanghai"):
        yield


def around(deadline: date = date(2026, 6, 30), *, units: int = 1, state: str = "open") -> Round:
    period = Period(name="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), deadline_on=deadline, state=state)
    return Round([Unit(name=f"A{number}") for number in range(units)], period, TODAY)


def mending(rows: int = 28, *, helps: bool = True, files: int = 1, causes: int = 3, first: Upload = FILE) -> Mending:
    return Mending(rows, files, causes, helps, first)


MISSING = Progress(due=5240, examined=5154, waiting=28)
NO_FILE = Progress(due=5240, examined=5154)
SENTENCES = [
    (around(), MISSING, mending(), "12 days left, 86 people missing. Mend 28 rows first and only 58 have to be contacted."),
    (around(), MISSING, None, "12 days left, 86 people missing. 28 of them wait in a file, so only 58 have to be contacted."),
    (around(), MISSING, mending(helps=False), "12 days left, 86 people missing. 28 of them wait in a file, so only 58 have to be contacted."),
    (around(), NO_FILE, mending(helps=False), "12 days left, 86 people missing."),
    (around(), Progress(due=3, examined=2, waiting=1), mending(1), "12 days left, 1 person missing. Mend 1 row first and nobody has to be contacted."),
    (around(), Progress(due=3, examined=1, waiting=1), mending(1), "12 days left, 2 people missing. Mend 1 row first and only 1 has to be contacted."),
    (around(date(2026, 6, 19)), NO_FILE, None, "1 day left, 86 people missing."),
    (around(TODAY), NO_FILE, None, "Today is the last day, 86 people missing."),
    (around(date(2026, 6, 17)), NO_FILE, None, "1 day past the deadline, 86 people missing."),
    (around(date(2026, 5, 28)), NO_FILE, None, "21 days past the deadline, 86 people missing."),
    (around(state="closed"), MISSING, mending(), "The period is closed, 86 people missing."),
    (around(units=3), NO_FILE, None, "12 days left, 86 people missing in 3 units."),
    (around(), Progress(due=5240, examined=5240), mending(helps=False), "Everybody has been examined, all 5,240."),
    (around(units=2), Progress(due=12, examined=12), None, "Everybody has been examined in 2 units, all 12."),
    (around(), Progress(), None, "Nobody is due yet. Take in the roster of your unit first."),
    (Round([], None, TODAY), Progress(), None, "No period has been opened yet. Once there is one, this page says who is due."),
]


@pytest.mark.parametrize(("round_", "progress", "mend", "sentence"), SENTENCES)
def test_home_sentence(round_, progress, mend, sentence):
    assert liaison_words.home_sentence(round_, progress, mend) == sentence


def test_home_sentence_in_chinese():
    with translation.override("zh-hans"):
        said = [liaison_words.home_sentence(round_, progress, mend) for round_, progress, mend, _sentence in SENTENCES]
    assert said[0] == "还有 12 天，还差 86 人。先修好 28 行数据，就只剩 58 人要联系。"
    assert said[4] == "还有 12 天，还差 1 人。先修好 1 行数据，就没有人要联系了。"
    assert said[11] == "还有 12 天，3 个单位还差 86 人。"
    assert said[12] == "应检 5,240 人，全部完成。"


def test_home_sentence_says_nothing_to_mend_where_nobody_waits():
    assert liaison_words.home_sentence(around(), Progress(due=2, examined=1), mending(3, helps=True)) == "12 days left, 1 person missing."


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (MISSING, "86 of 5,240 people due have no result yet. 58 not examined, 28 waiting in a file."),
        (Progress(due=3, examined=1), "2 of 3 people due have no result yet."),
        (Progress(due=3, examined=3), "All 3 people due have been examined."),
        (Progress(), "Nobody is due yet."),
    ],
)
def test_due_sentence(progress, sentence):
    assert liaison_words.due_sentence(progress, 50, is_narrowed=False) == sentence


def test_due_sentence_of_a_narrowed_list_counts_what_fits():
    assert [liaison_words.due_sentence(MISSING, found, is_narrowed=True) for found in (1, 1200)] == ["1 person fits.", "1,200 people fit."]


def without_year(text: str) -> str:
    """In another year than that of the file, its day is written with the year."""
    return text.replace(" 2026", "")


def test_rows_stuck_say_since_when_from_whom_and_why():
    found = liaison_words.rows_stuck(mending(), around())
    assert (found.title, without_year(found.text)) == ("28 rows wait to be mended, the oldest for 6 days", "march.csv, delivered by Mingde on 12 June, 3 causes")


@pytest.mark.parametrize(("files", "more"), [(2, "and in one more file"), (4, "and in 3 more files")])
def test_rows_stuck_in_several_files(files, more):
    found = liaison_words.rows_stuck(mending(1, files=files, causes=1, first=BARE), around())
    assert (found.title, without_year(found.text)) == ("1 row waits to be mended, delivered today", f"march.csv of 18 June, {more}, 1 cause")


def test_stuck_are_at_most_three_and_mending_comes_first():
    late = LateCentre(ExamCentre(name="Kangning"), 24, date(2025, 6, 15))
    found = liaison_words.stuck(around(), MISSING, mending(), FILE, late)
    assert [one.title for one in found] == [
        "28 rows wait to be mended, the oldest for 6 days",
        "A file was read and waits for your word",
        "58 people have not been examined",
    ]
    rest = liaison_words.stuck(around(), Progress(due=2, examined=2), None, None, late)
    assert [(one.title, one.text) for one in rest] == [
        ("No file of Kangning has come yet", "its file of the last period came on 15 June 2025, 24 people of yours were in it")
    ]
    assert liaison_words.stuck(around(), Progress(due=2, examined=2), None, None, None) == []
