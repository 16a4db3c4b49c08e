"""How plans end, and what became of their goals."""

import pytest

from healthmgmt.care import outcomes, services
from healthmgmt.care.models import Alert, GoalState, Plan, Step
from healthmgmt.core.exceptions import Rejected
from tests.care.making import DAY, assessment, exam
from tests.care.over_time import BY, after, finish_all, plan


def goals(person) -> list[tuple]:
    found = GoalState.objects.filter(plan__person=person).order_by("pk")
    return [(one.goal, one.state, one.measured_on) for one in found]


@pytest.mark.parametrize(("weight", "outcome", "state"), [(76, "goal_reached", "reached"), (76.5, "finished", "not_reached"), (None, "finished", "not_measured")])
def test_programme_ends_with_its_goal_as_it_was_measured_and_goes_over_into_keeping(cast, weight, outcome, state) -> None:
    first = exam(cast.anna, results={"weight": 80, "sbp": 120})
    plan(assessment(cast.anna, "yellow", "overweight", exams=(first,)))
    if weight:
        exam(cast.anna, taken_on=after(60), results={"weight": weight})
    finish_all(cast.anna, "yellow", after(100))
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome")) == [("yellow", outcome), ("yellow_after", "")]
    assert goals(cast.anna)[0] == ("weight", state, after(60) if weight else None)


def test_weight_without_one_before_the_plan_is_no_goal_reached(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna),)))
    exam(cast.anna, taken_on=after(60), results={"weight": 60})
    finish_all(cast.anna, "yellow", after(100))
    assert goals(cast.anna)[0][1] == "not_measured"
    assert Plan.objects.get(template="yellow").outcome == "finished"


def test_bound_is_no_goal_reached(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna, results={"weight": 80}),)))
    made = exam(cast.anna, taken_on=after(60), results={"weight": 60})
    type(made).objects.filter(pk=made.pk).update(qualifiers={"weight": ">"})
    finish_all(cast.anna, "yellow", after(100))
    assert goals(cast.anna)[0][1] == "not_measured"


def test_next_exam_closes_the_loop(cast) -> None:
    first = exam(cast.anna, results={"sbp": 160, "dbp": 95})
    plan(assessment(cast.anna, "orange", "hypertension", exams=(first,)))
    assert goals(cast.anna) == []
    second = exam(cast.anna, taken_on=after(300), results={"sbp": 132, "dbp": 82})
    newer = assessment(cast.anna, "orange", "hypertension", on=after(300), exams=(second,))
    for _twice in range(2):
        plan(newer, today=after(301))
    assert goals(cast.anna) == [("pressure", "reached", after(300))]
    told = GoalState.objects.get()
    assert (told.before, told.before_on, told.now) == ({"sbp": 160, "dbp": 95}, DAY, {"sbp": 132, "dbp": 82})
    # Half of a pressure is none.
    exam(cast.anna, taken_on=after(600), results={"sbp": 120})
    plan(assessment(cast.anna, "orange", "hypertension", on=after(600)), today=after(601))
    assert goals(cast.anna) == [("pressure", "reached", after(300))]


def test_round_without_the_value_says_so(cast) -> None:
    plan(assessment(cast.anna, "orange", "hyperlipidaemia"))
    exam(cast.anna, taken_on=after(300), results={"sbp": 132})
    plan(assessment(cast.anna, "orange", "hyperlipidaemia", on=after(300)), today=after(301))
    assert goals(cast.anna) == [("ldl", "not_measured", None)]


def test_keeping_goes_on_until_another_exam(cast) -> None:
    first = exam(cast.anna, results={"weight": 80})
    made = assessment(cast.anna, "yellow", "overweight", exams=(first,))
    plan(made)
    finish_all(cast.anna, "yellow", after(100))
    # Assessed again without another exam: it goes on.
    plan(assessment(cast.anna, "yellow", "overweight", exams=(first,)), today=after(230))
    assert Plan.objects.get(ended_on=None).template == "yellow_after"
    second = exam(cast.anna, taken_on=after(300), results={"weight": 79})
    plan(assessment(cast.anna, "yellow", "overweight", exams=(second,)), today=after(301))
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome"))[1:] == [("yellow_after", "renewed"), ("yellow", "")]


def test_class_a_plan_ends_with_its_alert_and_case_management_follows(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    services.open_alerts(made.pk, made.pk, by=BY)
    finish_all(cast.anna, "red_alert", DAY)
    assert Plan.objects.get().ended_on is None
    services.close_alert(Alert.objects.get(), outcome="confirmed", by=BY)
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome")) == [("red_alert", "finished"), ("red_high_risk", "")]
    # Assessed again from the same values, nothing begins anew; another class A result does.
    plan(assessment(cast.anna, "red", "critical_bp"), today=after(20))
    assert Plan.objects.get(ended_on=None).template == "red_high_risk"
    plan(assessment(cast.anna, "red", "critical_bp", "critical_glucose"), today=after(21))
    assert Plan.objects.get(ended_on=None).template == "red_alert"


def test_plan_of_which_nothing_was_wanted_ends_as_that_and_nothing_follows(cast) -> None:
    made = assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna),))
    plan(made)
    while step := Step.objects.filter(state__in=Step.OPEN).order_by("due_on").first():
        services.decline_step(step, today=after(90), by=BY)
    assert list(Plan.objects.values_list("template", "outcome")) == [("yellow", "declined")]
    # The same results ask for nothing again; those of another exam do.
    assert plan(made, today=after(91)) == 0
    assert plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna, taken_on=after(300)),)), today=after(301)) == 1


@pytest.mark.parametrize("outcome", ["referred", "declined", "died"])
def test_plan_is_ended_by_hand_and_stays_ended(cast, outcome) -> None:
    first = exam(cast.anna)
    made = assessment(cast.anna, "orange", "hypertension", exams=(first,))
    plan(made)
    ended = outcomes.end_by_hand(Plan.objects.get(), outcome=outcome, today=after(3), by=BY)
    assert (ended.outcome, ended.ended_on) == (outcome, after(3))
    assert not Step.objects.filter(state__in=Step.OPEN).exists()
    assert plan(made, today=after(4)) == 0
    newer = assessment(cast.anna, "orange", "hypertension", exams=(exam(cast.anna, taken_on=after(300)),))
    assert plan(newer, today=after(301)) == (0 if outcome == "died" else 1)
    with pytest.raises(Rejected):
        outcomes.end_by_hand(ended, outcome=outcome, today=after(3), by=BY)


def test_plan_does_not_end_by_hand_over_an_open_alert_or_without_a_reason(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    services.open_alerts(made.pk, made.pk, by=BY)
    for outcome in ("referred", "goal_reached"):
        with pytest.raises(Rejected):
            outcomes.end_by_hand(Plan.objects.get(), outcome=outcome, today=DAY, by=BY)


def test_round_without_a_new_value_does_not_count_the_old_one(cast) -> None:
    first = exam(cast.anna, results={"sbp": 120, "dbp": 80})
    plan(assessment(cast.anna, "orange", "hypertension", exams=(first,)))
    plan(assessment(cast.anna, "orange", "hypertension", on=after(300)), today=after(301))
    assert goals(cast.anna) == [("pressure", "not_measured", None)]
