"""Ages, versions and reasons in words; of a reason only what cannot hold content."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from healthmgmt.work.models import Job
from healthmgmt.work.running import _place
from healthmgmt.work.selectors import Queue
from tenants import presenters
from tenants.models import Organisation
from tenants.operating import Standing


def standing(name: str = "Alpha", behind: int = 0, **queue) -> Standing:
    return Standing(Organisation(name=name, slug=name.lower()), "host", behind, Queue(**queue))


def reason(error: str) -> str:
    return presenters.failed(Job(error=error, finished_at=timezone.now())).reason


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (2 * 86400 - 1, "47 h"), (2 * 86400, "2 days")]
)
def test_age(seconds, words):
    assert presenters.age(timedelta(seconds=seconds)) == words


def test_age_of_nothing_and_in_chinese():
    assert presenters.age(None) == "none"
    with translation.override("zh-hans"):
        assert presenters.age(timedelta(minutes=14)) == "14 分钟"


@pytest.mark.parametrize(("behind", "words"), [(0, "current"), (1, "1 migration behind"), (2, "2 migrations behind"), (-1, "newer than the code")])
def test_version(behind, words):
    assert presenters.version(behind) == words


@pytest.mark.parametrize("error", ["ValueError in care/services.py:41", "IntegrityError in exams/sql.py:7 (23505 exams_exam person_id exam_once)"])
def test_reason_shows_the_place_in_the_code(error):
    assert reason(error) == error


def test_reason_shows_what_work_notes_of_an_error():
    try:
        raise ValueError("王伟 148")
    except ValueError as error:
        assert reason(_place(error)) == _place(error)


@pytest.mark.parametrize(
    "error",
    [
        "", "王伟", "“王伟” is not in the roster.", "ValueError in care/services.py:41 王伟", "王伟 ValueError in care/services.py:41",
        "ValueError: 148/95 in care/services.py:41", "王Error in care/services.py:41", "ValueError in 王伟/services.py:41",
        "ValueError in care/services.py:41 (王伟)", "ValueError in care/services.py:41\n王伟", "Its process died in each of 5 attempts. 王伟",
    ],
)  # fmt: skip
def test_reason_shows_nothing_else(error):
    assert reason(error) == "Refused by a rule; the sentence is the organisation’s."


def test_reason_of_a_process_that_died():
    assert reason("Its process died in each of 5 attempts.").startswith("Its process died each time")


@pytest.mark.parametrize(
    ("standings", "sentence"),
    [
        ([standing()], "All organisations are in order."),
        ([standing(waited=timedelta(minutes=14), is_late=True, failed=3)], "One organisation needs you now: its oldest job has waited 14 min."),
        ([standing(failed=3), standing()], "One organisation needs you now: 3 of its jobs were given up."),
        ([standing(behind=1)], "One organisation needs you now: its schema and the code are not of one version."),
        ([standing(failed=1), standing(behind=1)], "2 organisations need you now. The first of them: 1 of its jobs was given up."),
    ],
)
def test_sentence_names_the_worst(standings, sentence):
    assert presenters.overview(standings)["sentence"] == sentence


def test_sentence_in_chinese_is_one_piece():
    with translation.override("zh-hans"):
        assert presenters.overview([standing(failed=3)])["sentence"] == "现在有 1 个机构需要您：有 3 个任务被放弃。"


def test_overview_counts_over_all():
    found = presenters.overview([standing(waited=timedelta(minutes=2), recent=5, failed=1), standing(waited=timedelta(seconds=9), recent=7)])
    assert {name: found[name] for name in ("total", "needing", "oldest", "is_late", "recent", "failed", "failed_in")} == {
        "total": 2, "needing": 1, "oldest": "2 min", "is_late": False, "recent": 12, "failed": 1, "failed_in": 1,
    }  # fmt: skip
