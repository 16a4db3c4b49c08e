"""The steps of a plan as the person reads them, and the one thing to do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care import lessons, templates
from healthmgmt.care.models import Plan, Step
from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.portal.employee import words
from healthmgmt.portal.employee.writing import dotted, first_upper

EARLY = timedelta(days=60)
# What begins later is folded away.
NEAR = timedelta(days=21)


@dataclass(frozen=True)
class ShownStep:
    """A step of the list; `state` is done, now, late or blank (later); `step` only where it can be noted as done now.

    `is_lesson`: it is done by its questions; `may_wait`: it has begun, and can be put off; `on`: the day from which it is to
    be done, where that is not over.
    """

    state: str
    title: str
    text: str
    hint: str = ""
    step: Step | None = None
    is_lesson: bool = False
    may_wait: bool = False
    on: date | None = None


@dataclass(frozen=True)
class Action:
    """The one thing to do: `step` only where the person can note it as done now; `is_theirs` is false where only others act."""

    eyebrow: str
    title: str
    text: str
    is_theirs: bool
    step: Step | None = None
    is_lesson: bool = False
    may_wait: bool = False


def template_of(step: Step) -> templates.StepTemplate | None:
    """What the plan says of a step; None for a number that its template has not."""
    return _plan(step.plan).step(step.number)


def words_of(step: Step) -> words.StepWords:
    """The words for the person; those of the plan's template for what has none."""
    template = template_of(step)
    known = _known(template.key, step.kind, template.lesson) if template else words.load().steps.get(step.kind)
    if known:
        return known
    own = templates.load().words(step.plan.template, step.plan.version, step.number)
    return words.StepWords(lead={"zh": "", "en": ""}, title=own, text={"zh": "", "en": ""})


def _known(key: str, kind: str, lesson: str) -> words.StepWords | None:
    """Of a lesson by its title, of all else by what it asks for, or by its kind."""
    known = words.load().steps
    if not lesson:
        return known.get(key) or known.get(kind)
    said, one = known["named_lesson"], lessons.load()[lesson]
    return words.StepWords(
        lead={language: text.replace("{title}", one.title[language]) for language, text in said.lead.items()},
        title={language: text.replace("{title}", one.title[language]) for language, text in said.title.items()},
        text={language: text.replace("{minutes}", str(one.minutes)) for language, text in said.text.items()},
    )


def is_theirs(step: Step) -> bool:
    return step.doer == Step.Doer.PERSON


def until(step: Step) -> date:
    """The last day on which a step is in time."""
    return step.lapses_on or step.asked_on + timedelta(days=step.window_days)


def next_step(steps: Sequence[Step]) -> Step | None:
    """The person's own next step, else the nearest; `steps` are open ones, the first one due first."""
    return next((step for step in steps if is_theirs(step)), next(iter(steps), None))


def when(step: Step, today: date) -> str:
    """`by 2 July`, `from 9 July`, `today`, `soon`: goes into the words of a step."""
    if _begins_later(step, today) or (not is_theirs(step) and step.window_days and step.asked_on > today):
        return _("from %(day)s") % {"day": day(step.asked_on)}
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
    return is_theirs(step) and step.state in Step.OPEN and not _begins_later(step, today)


def _begins_later(step: Step, today: date) -> bool:
    """Whether the person's step lies ahead; what is done once may be done before its day, as soon as that is near."""
    if not is_theirs(step) or step.asked_on <= today:
        return False
    template = template_of(step)
    is_once = template is not None and template.times == 1
    return not (is_once and step.asked_on - today < EARLY)


def _may_wait(step: Step, today: date) -> bool:
    """Whether it can be put off: what is theirs, and has begun."""
    return may_finish(step, today) and step.asked_on <= today


def _is_lesson(step: Step) -> bool:
    template = template_of(step)
    return template is not None and bool(template.lesson)


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
    return Action(
        _eyebrow(step, today), said.title[language], said.text[language], is_theirs=True, step=markable, is_lesson=_is_lesson(step),
        may_wait=_may_wait(step, today),
    )  # fmt: skip


def _eyebrow(step: Step, today: date) -> str:
    if _begins_later(step, today):
        return _("The one thing to do · begins %(day)s") % {"day": day(step.asked_on)}
    left = (until(step) - today).days
    if left < 0:
        return _("The one thing to do · as soon as it suits you")
    if left == 0:
        return _("The one thing to do · today")
    return ngettext("The one thing to do · %(days)d day left", "The one thing to do · %(days)d days left", left) % {"days": left}


def listed(plan: Plan, steps: Sequence[Step], today: date) -> list[ShownStep]:
    """A plan as a list: what is done and what is to be done; of what is repeated the next time only."""
    present, shown = next_step([one for one in steps if one.state in Step.OPEN]), set()
    found = []
    for step in steps:
        if step.state in Step.OPEN and step.number in shown:
            continue
        shown |= {step.number} if step.state in Step.OPEN else set()
        found.append(_listed(step, today, present))
    return found


def _listed(step: Step, today: date, present: Step | None) -> ShownStep:
    language, said = page_language(), words_of(step)
    title = said.title[language]
    if step.state not in Step.OPEN:
        is_done = step.state == Step.State.DONE
        text = (_("Done on %(day)s") % {"day": day(step.ended_at)}) if is_done else step.get_state_display()
        return ShownStep("done" if is_done else "past", title, text)
    state = "now" if step is present else ""
    if until(step) < today:
        state = "late"
    doer = "" if is_theirs(step) else step.get_doer_display()
    text = dotted((first_upper(when(step, today)), doer))
    markable = step if may_finish(step, today) else None
    return ShownStep(state, title, text, said.text[language], markable, _is_lesson(step), _may_wait(step, today), step.asked_on)


def ahead(plan: Plan, steps: Sequence[Step], parts: Mapping[str, date], *, made: Collection[int] = ()) -> list[ShownStep]:
    """What the plan and its present parts (with the day on which each began) still hold and no step was made of, by the first
    day; what several ask for stands there once. `made` are numbers of steps that were made beside those given."""
    if plan.ended_on is not None:
        return []
    template, language = _plan(plan), page_language()
    begun = {one.key for number in {*made, *(step.number for step in steps)} if (one := template.step(number))}
    starts = {"": plan.opened_on} | dict(parts)
    waiting: dict[str, tuple[date, templates.StepTemplate]] = {}
    for part, one in sorted(template.all_steps, key=lambda pair: pair[1].rhythm):
        if part in starts and one.key not in begun:
            waiting.setdefault(one.key, (starts[part] + timedelta(days=one.offset), one))
    found = []
    for first_day, one in sorted(waiting.values(), key=lambda pair: (pair[0], pair[1].number)):
        known = _known(one.key, one.kind, one.lesson)
        title = known.title[language] if known else one.words[language]
        found.append(ShownStep("", title, _("Around %(day)s") % {"day": day(first_day)}, on=first_day))
    return found


def parted(shown: Sequence[ShownStep], today: date) -> tuple[list[ShownStep], list[ShownStep]]:
    """What is near, and what lies further ahead, the nearest first; of what is to be done something always stands near."""
    far = sorted((one for one in shown if one.on and one.on - today > NEAR), key=lambda one: one.on)
    near = [one for one in shown if one not in far]
    missing = 0 if any(one.on for one in near) else 1
    return near + far[:missing], far[missing:]


def ended(steps: Sequence[Step], today: date) -> list[ShownStep]:
    """Steps that ended long ago."""
    return [_listed(step, today, None) for step in steps]


def plan_name(plan: Plan) -> str:
    """What the plan is called."""
    return _plan(plan).words[page_language()]


def part_names(plan: Plan, parts: Collection[str]) -> list[str]:
    """What the parts of the plan are called, in the order of its template."""
    return [part.words[page_language()] for part in _plan(plan).parts if part.slug in parts]


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


def _plan(plan: Plan) -> templates.PlanTemplate:
    return templates.load().plan(plan.template, plan.version)
