"""How a person's plan goes, in words: whether it is paused, where its goals stand, and how the last one ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from healthmgmt.care import pausing, templates
from healthmgmt.care.models import GoalState, Pause, Plan
from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.risk.models import Assessment

PAIR = ("sbp", "dbp"), ("sbp_home", "dbp_home")


@dataclass(frozen=True)
class Goal:
    """Where a goal stands: `state` of GoalState, what was measured now and before."""

    title: str
    state: str
    word: str
    text: str


@dataclass(frozen=True)
class Course:
    """`plan` is the open one, `last` the one that ended before it; `goals` of the open plan, of the last while nothing is stated in it;
    `round` the colour of the round before and now."""

    plan: Plan | None
    pause: Pause | None
    paused: str
    may_pause: bool
    goals: list[Goal]
    last: str
    round: str


def of_person(person: Person) -> Course:
    """Six queries, however long the story."""
    plans = list(Plan.objects.filter(person=person).order_by("-pk")[:2])
    present = plans[0] if plans and plans[0].ended_on is None else None
    ended = next((one for one in plans if one.ended_on), None)
    found = goals_of(plans)
    stated = next((found[one.pk] for one in plans if found.get(one.pk)), [])
    pause = pausing.of_person(person)
    one = Assessment.objects.filter(person=person, is_current=True).select_related("before").first()
    return Course(
        plan=present,
        pause=pause,
        paused=paused_words(pause) if pause else "",
        may_pause=pause is None and pausing.may_pause(person),
        goals=stated,
        last=_ended(ended) if ended else "",
        round=_round(one),
    )


def goals_of(plans: Iterable[Plan]) -> Mapping[int, list[Goal]]:
    """Where the goals of plans stand, by the plan's id; one query."""
    found: dict[int, list[Goal]] = {}
    latest = GoalState.objects.filter(plan__in=[one.pk for one in plans]).order_by("plan_id", "goal", "-id").distinct("plan_id", "goal")
    for one in latest:
        found.setdefault(one.plan_id, []).append(_goal(one))
    return found


def paused_words(pause: Pause) -> str:
    """`Paused from 3 June until 1 July: away on rotation`."""
    words = {"first": day(pause.begun_on), "last": day(pause.until) if pause.until else "", "reason": pause.get_reason_display()}
    if pause.until:
        return _("Paused from %(first)s, goes on %(last)s: %(reason)s") % words
    return _("Paused from %(first)s until somebody resumes it: %(reason)s") % words


def _goal(one: GoalState) -> Goal:
    known = templates.load().goals.get(one.goal)
    title = known.words[page_language()] if known else one.goal
    return Goal(title, one.state, one.get_state_display(), _values(one))


def _values(one: GoalState) -> str:
    if not one.measured_on:
        return _("No new value since the plan began")
    words = {"now": _written(one.now), "day": day(one.measured_on), "before": _written(one.before)}
    if one.is_home:
        last = _("at home %(now)s, %(day)s") % words
    else:
        last = _("%(now)s, %(day)s") % words
    if not one.before_on:
        return last
    return _("%(before)s, %(day)s") % {"before": words["before"], "day": day(one.before_on)} + " → " + last


def _written(values: Mapping[str, float]) -> str:
    for pair in PAIR:
        if set(pair) == set(values):
            return "/".join(_number(values[code]) for code in pair) + " mmHg"
    known = catalogue.load()
    return ", ".join(f"{_number(value)} {known[code].unit}" for code, value in values.items())


def _number(value: float) -> str:
    return f"{round(float(value), 1):g}"


def _ended(plan: Plan) -> str:
    try:
        name = templates.load().words(plan.template, plan.version)[page_language()]
    except KeyError:
        name = plan.template
    return _("%(plan)s, %(first)s to %(last)s: %(outcome)s") % {
        "plan": name, "first": day(plan.opened_on), "last": day(plan.ended_on), "outcome": plan.get_outcome_display()
    }  # fmt: skip


def _round(one: Assessment | None) -> str:
    """By the same edition; nothing where one of the two has no colour to compare."""
    if not one or not one.before or "grey" in (one.colour, one.before.colour):
        return ""
    return _("Last round %(then)s, now %(now)s") % {"then": colour_word(one.before.colour), "now": colour_word(one.colour)}
