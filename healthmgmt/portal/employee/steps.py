"""The steps of a plan as the person reads them, and the one thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care import templates
from healthmgmt.care.models import Plan, Step
from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.portal.employee import words
from healthmgmt.portal.employee.writing import dotted, first_upper

OPEN = (Step.State.PLANNED, Step.State.FIRED)
EARLY = timedelta(days=60)


@dataclass(frozen=True)
class ShownStep:
    """A step of the list; `state` is done, now, late or blank (later); `step` only where it can be noted as done now."""

    state: str
    title: str
    text: str
    hint: str = ""
    step: Step | None = None


@dataclass(frozen=True)
class Action:
    """The one thing to do: `step` only where the person can note it as done now; `is_theirs` is false where only others act."""

    eyebrow: str
    title: str
    text: str
    is_theirs: bool
    step: Step | None = None


def words_of(step: Step) -> words.StepWords:
    """The words for the person; those of the plan's template for a kind that has none."""
    known = words.load().steps.get(step.kind)
    if known:
        return known
    own = templates.load().words(step.plan.template, step.plan.version, step.number)
    return words.StepWords(lead={"zh": "", "en": ""}, title=own, text={"zh": "", "en": ""})


def is_theirs(step: Step) -> bool:
    return step.doer == Step.Doer.PERSON


def until(step: Step) -> date:
    """The last day on which a step is in time."""
    return step.due_on + timedelta(days=step.window_days)


def next_step(steps: Sequence[Step]) -> Step | None:
    """The person's own next step, else the nearest; `steps` are open ones, the first one due first."""
    return next((step for step in steps if is_theirs(step)), next(iter(steps), None))


def when(step: Step, today: date) -> str:
    """`by 2 July`, `from 9 July`, `today`, `soon`: goes into the words of a step."""
    if _begins_later(step, today):
        return _("from %(day)s") % {"day": day(step.due_on)}
    last = until(step)
    if last < today:
        return _("soon")
    if last == today:
        return _("today")
    return _("by %(day)s") % {"day": day(last)}


def lead(step: Step, today: date) -> str:
    """The step in the page's first sentence; blank for a kind without words."""
    phrase = when(step, today)
    if page_language() == "zh" and phrase[:1].isdigit():
        # A line may break after a day.
        phrase += "，"
    return words_of(step).lead[page_language()].format(when=phrase)


def may_finish(step: Step, today: date) -> bool:
    """Whether the person can note a step as done: their own, open, and begun."""
    return is_theirs(step) and step.state in OPEN and not _begins_later(step, today)


def _begins_later(step: Step, today: date) -> bool:
    """Whether the person's step lies ahead; what is done once may be done before its day, as soon as that is near."""
    if not is_theirs(step) or step.due_on <= today:
        return False
    template = next((one for one in _templates(step.plan) if one.number == step.number), None)
    is_once = template is not None and template.times == 1
    return not (is_once and step.due_on - today < EARLY)


def action(steps: Sequence[Step], today: date) -> Action | None:
    """The card of the one thing to do; None without a plan."""
    step = next_step(steps)
    if step is None:
        return None
    language, said = page_language(), words_of(step)
    if not is_theirs(step):
        text = dotted((first_upper(when(step, today)), said.text[language]))
        eyebrow = _("The one thing to do · keep your phone at hand") if said.is_waited else _("Nothing to do for you now")
        return Action(eyebrow, said.title[language], text, is_theirs=said.is_waited)
    markable = step if may_finish(step, today) else None
    return Action(_eyebrow(step, today), said.title[language], said.text[language], is_theirs=True, step=markable)


def _eyebrow(step: Step, today: date) -> str:
    if _begins_later(step, today):
        return _("The one thing to do · begins %(day)s") % {"day": day(step.due_on)}
    left = (until(step) - today).days
    if left < 0:
        return _("The one thing to do · as soon as it suits you")
    if left == 0:
        return _("The one thing to do · today")
    return ngettext("The one thing to do · %(days)d day left", "The one thing to do · %(days)d days left", left) % {"days": left}


def listed(plan: Plan, steps: Sequence[Step], today: date) -> list[ShownStep]:
    """A plan as a list: what is done, what is to be done, and what its template still holds."""
    found = [_listed(step, today, next_step([one for one in steps if one.state in OPEN])) for step in steps]
    return [*found, *_ahead(plan, steps)]


def _listed(step: Step, today: date, present: Step | None) -> ShownStep:
    language, said = page_language(), words_of(step)
    title = said.title[language]
    if step.state not in OPEN:
        is_done = step.state == Step.State.DONE
        text = (_("Done on %(day)s") % {"day": day(step.ended_at)}) if is_done else step.get_state_display()
        return ShownStep("done" if is_done else "past", title, text)
    state = "now" if step is present else ""
    if until(step) < today:
        state = "late"
    doer = "" if is_theirs(step) else step.get_doer_display()
    text = dotted((first_upper(when(step, today)), doer))
    return ShownStep(state, title, text, said.text[language], step if may_finish(step, today) else None)


def _ahead(plan: Plan, steps: Sequence[Step]) -> list[ShownStep]:
    """Steps of the template that have no row yet, by their first day."""
    begun = {step.number for step in steps}
    language, known = page_language(), words.load().steps
    found = []
    for one in sorted(_templates(plan), key=lambda one: one.offset):
        if one.number not in begun and plan.ended_on is None:
            title = known[one.kind].title[language] if one.kind in known else one.words[language]
            found.append(ShownStep("", title, _("Around %(day)s") % {"day": day(plan.opened_on + timedelta(days=one.offset))}))
    return found


def ended(steps: Sequence[Step], today: date) -> list[ShownStep]:
    """Steps that ended long ago."""
    return [_listed(step, today, None) for step in steps]


def plan_name(plan: Plan) -> str:
    """What the plan is called."""
    return templates.load().words(plan.template, plan.version)[page_language()]


@dataclass(frozen=True)
class PastPlan:
    """A plan that has ended."""

    name: str
    colour: str
    days: str
    outcome: str


def past_plan(plan: Plan) -> PastPlan:
    """When it was, and how it ended."""
    days = day(plan.opened_on)
    if plan.ended_on != plan.opened_on:
        days = _("%(first)s to %(last)s") % {"first": days, "last": day(plan.ended_on)}
    return PastPlan(plan_name(plan), plan.colour, days, plan.get_outcome_display())


def _templates(plan: Plan) -> tuple[templates.StepTemplate, ...]:
    return next((one.steps for one in templates.load().plans if (one.slug, one.version) == (plan.template, plan.version)), ())
