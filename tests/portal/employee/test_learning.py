"""Lessons and what somebody may say of a step, over HTTP."""

import re
from datetime import timedelta

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.care import lessons, services
from healthmgmt.care.models import LessonResult, Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.selectors import today
from tests.care.making import assessment

ALL_RIGHT = {f"question-{number}": str(one.right) for number, one in enumerate(lessons.load()["report"].questions)}
ALL_WRONG = {name: "1" if place == "0" else "0" for name, place in ALL_RIGHT.items()}


def planned(person, *codes: str) -> None:
    made = assessment(person, "orange", *(codes or ("hypertension", "hyperglycaemia")), on=today() - timedelta(5))
    services.plan_assessed(made.pk, made.pk, today=today() - timedelta(3), by=Actor.system())
    services.fire_steps(today=today(), by=Actor.system(), size=100)


def lesson_step(person, number: int = 2) -> Step:
    return Step.objects.select_related("plan").get(plan__person=person, number=number)


def address(step: Step, act: str) -> str:
    return f"/plan/{step.plan.uuid}/steps/{step.number}/{step.occurrence}/{act}/"


@pytest.fixture
def anna(cast):
    planned(cast.anna)
    return cast.anna


@pytest.fixture
def browser(cast, sign_in):
    return sign_in(cast.employee)


def shown(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_lesson_is_read_answered_and_explained(cast, anna, browser) -> None:
    step = lesson_step(anna)
    page = shown(browser.get(address(step, "lesson")))
    one = lessons.load()["report"]
    assert all(point["en"].replace("'", "&#x27;") in page for point in one.points)
    assert one.questions[0].explanation["en"] not in page
    answer = browser.post(address(step, "lesson"), ALL_WRONG, follow=True)
    assert answer.redirect_chain == [(address(step, "lesson"), 302)]
    page = shown(answer)
    assert "0 of 3 were as the lesson has it" in page
    assert "nothing depends on the number" in page
    assert all(question.explanation["en"].replace("'", "&#x27;") in page for question in one.questions)
    step.refresh_from_db()
    assert (step.state, step.ended_by) == ("done", f"user:{cast.employee.pk}")


def test_questions_may_be_tried_again_and_every_try_is_kept(anna, browser) -> None:
    step = lesson_step(anna)
    browser.post(address(step, "lesson"), ALL_WRONG)
    assert 'type="radio"' in browser.get(address(step, "lesson") + "?again").content.decode()
    page = shown(browser.post(address(step, "lesson"), ALL_RIGHT, follow=True))
    assert "All right. Thank you" in page
    assert "once more" not in page
    found = LessonResult.objects.filter(step=step)
    assert list(found.values_list("person", "lesson", "attempt", "right")) == [(anna.pk, "report", 1, 0), (anna.pk, "report", 2, 3)]
    assert Event.objects.filter(action="step.done", person_id=anna.pk).count() == 1
    events = Event.objects.filter(action="lesson.answered", person_id=anna.pk)
    assert [event.detail for event in events] == [{}, {}]


def test_tries_come_to_an_end(anna, browser) -> None:
    step = lesson_step(anna)
    answers = [browser.post(address(step, "lesson"), ALL_WRONG).status_code for _time in range(6)]
    assert (answers, LessonResult.objects.count()) == ([302] * 5 + [422], 5)


@pytest.mark.parametrize("given", [{}, {"question-0": "0"}, ALL_RIGHT | {"question-1": "9"}, ALL_RIGHT | {"question-2": "x"}, ALL_RIGHT | {"question-2": "²"}])
def test_answers_that_are_missing_or_strange_are_asked_for_again_and_the_others_kept(anna, browser, given) -> None:
    step = lesson_step(anna)
    answer = browser.post(address(step, "lesson"), given)
    assert (answer.status_code, "Please answer every question." in shown(answer)) == (422, True)
    assert answer.content.decode().count("required checked") == sum(value in ("0", "1", "2") for value in given.values())
    assert (LessonResult.objects.count(), Step.objects.get(pk=step.pk).state) == (0, "fired")


def test_lesson_of_somebody_else_is_not_there(cast, anna, browser) -> None:
    planned(cast.ben)
    theirs = lesson_step(cast.ben)
    assert [browser.get(address(theirs, "lesson")).status_code, browser.post(address(theirs, "lesson"), ALL_RIGHT).status_code] == [404, 404]
    assert not LessonResult.objects.exists()


def test_step_that_is_no_lesson_has_no_lesson_page(anna, browser) -> None:
    reading = Step.objects.select_related("plan").get(number=12, occurrence=1)
    review = Step.objects.select_related("plan").get(number=1)
    assert [browser.get(address(one, "lesson")).status_code for one in (reading, review)] == [404, 403]


def test_lesson_is_not_done_without_its_questions(anna, browser) -> None:
    step = lesson_step(anna)
    assert browser.post(address(step, "done")).headers["Location"] == address(step, "lesson")
    assert Step.objects.get(pk=step.pk).state == "fired"


def test_lesson_of_a_part_that_was_dropped_can_be_read_and_not_answered(anna, browser) -> None:
    step = lesson_step(anna, 11)
    planned(anna, "hyperglycaemia")
    answers = [browser.get(address(step, "lesson")), browser.post(address(step, "lesson"), ALL_RIGHT)]
    assert [answer.status_code for answer in answers] == [200, 422]
    assert not LessonResult.objects.exists()


@pytest.mark.parametrize("role", ["leader", "liaison_a1", "office_a", "case_manager", "physician", "admin", "steward"])
def test_lessons_are_for_their_employee_alone(cast, anna, sign_in, role) -> None:
    step = lesson_step(anna)
    other = sign_in(getattr(cast, role))
    assert [other.get(address(step, "lesson")).status_code, *(other.post(address(step, act)).status_code for act in ("lesson", "later", "decline"))] == [403] * 4


def test_look_at_a_lesson_is_recorded(cast, anna, browser) -> None:
    browser.get(address(lesson_step(anna), "lesson"))
    assert Event.objects.get(action="own_record.viewed", actor_id=cast.employee.pk).detail == {"page": "lesson"}


def test_not_now_and_not_for_me_are_taken_kindly(anna, browser) -> None:
    first, second = lesson_step(anna), lesson_step(anna, 11)
    page = shown(browser.post(address(first, "later"), {"from": "plan"}, follow=True))
    assert "You will be asked again in a week." in page
    page = shown(browser.post(address(second, "decline"), {"from": "plan"}, follow=True))
    assert "You will not be asked for it again in this plan." in page
    assert [Step.objects.get(pk=one.pk).state for one in (first, second)] == ["planned", "declined"]
    assert list(Event.objects.filter(person_id=anna.pk, action__startswith="step.").values_list("action", flat=True).order_by("id")) == ["step.postponed", "step.declined"]


def test_nobody_else_can_put_off_or_decline_a_step(cast, anna, browser) -> None:
    planned(cast.ben)
    theirs, review = lesson_step(cast.ben), Step.objects.select_related("plan").get(plan__person=anna, number=1)
    found = [browser.post(address(one, act)).status_code for one in (theirs, review) for act in ("later", "decline")]
    assert found == [404, 404, 403, 403]
    assert set(Step.objects.filter(pk__in=(theirs.pk, review.pk)).values_list("state", flat=True)) <= {"fired", "planned"}


def test_plan_and_today_show_a_merged_plan_once(anna, browser) -> None:
    page = shown(browser.get("/plan/"))
    for words in ("Blood pressure pathway", "Diabetes pathway", "Reading your report", "Take the lesson", "Not for me", "Not now, ask in a week"):
        assert words in page, words
    assert page.count("Your case manager follows up") == 1
    assert "The whole plan" in shown(browser.get("/today/"))
