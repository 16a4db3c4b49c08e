"""What is wrong with plan templates, in sentences that name the place: the text first, then what it means. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from healthmgmt.care.template_shapes import CHANNELS, COLOURS, DOERS, KINDS, Courtesy, Goal, PlanTemplate, StepTemplate, Target
from healthmgmt.devices import kinds

STOPPING = ("home_reading", "weigh_in")

TEXTS, DAYS = {"zh": str, "en": str}, {"offset": int, "every": int, "times": int, "window": int, "hours": int}
RULES = {"alert_reasons": list, "manager_reasons": list, "courtesy": dict, "plan": list}
COURTESY = {"most_contacts_a_week": int, "quiet_from": time, "quiet_until": time, "lesson_again_days": int}
TARGET = {"slug": str, "below": dict, "held_days": int}
GOAL = {"slug": str} | TEXTS
PLAN = {"slug": str, "version": int, "colour": str, "reasons": list, "begins": date, "step": list} | TEXTS
PART = {"slug": str, "version": int, "step": list} | TEXTS
STEP = {"number": int, "kind": str, "doer": str, "channel": str, "offset": int} | TEXTS
OPTIONAL = {
    "rules": {"part": list, "target": list, "goal": list},
    "goal": {"below": dict, "less": dict, "home_below": dict, "kind": str},
    "plan": {"ends": date, "approved_by": str, "approved_on": date, "parts": dict, "goals": list, "then": str, "follow_up": bool},
    "part": {"reasons": list, "exposures": list, "goals": list},
    "step": DAYS | {"key": str, "lesson": str, "stop": str},
}


class TemplateError(ValueError):
    """The templates break the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def of_content(content: Mapping[str, Any]) -> list[str]:
    """Fields that are missing, unknown or of another kind; parts that a plan asks for and nobody wrote."""
    faults = list(_fields("the rules", content, RULES, OPTIONAL["rules"]))
    faults += _fields("courtesy", content.get("courtesy", {}), COURTESY, {})
    for place, entry in _placed("target", content.get("target", [])):
        faults += _fields(place, entry, TARGET, {})
    for place, entry in _placed("goal", content.get("goal", [])):
        faults += _fields(place, entry, GOAL, OPTIONAL["goal"])
    known = {(part.get("slug"), part.get("version")) for part in content.get("part", [])}
    for name, wanted in (("plan", PLAN), ("part", PART)):
        for place, entry in _placed(name, content.get(name, [])):
            faults += _fields(place, entry, wanted, OPTIONAL[name])
            for number, step in enumerate(entry.get("step", []), start=1):
                faults += _fields(f"{place}, step {step.get('number', f'at place {number}')}", step, STEP, OPTIONAL["step"])
            faults += [f"{place}: there is no part {slug!r} in version {version}" for slug, version in entry.get("parts", {}).items() if (slug, version) not in known]
    return faults


def _placed(name: str, entries: list[dict]) -> Iterator[tuple[str, dict]]:
    return ((f"{name} {entry.get('slug') or f'at place {number}'}", entry) for number, entry in enumerate(entries, start=1))


def _fields(place: str, entry: Mapping[str, Any], wanted: Mapping[str, type], optional: Mapping[str, type]) -> Iterator[str]:
    for name in wanted:
        if name not in entry:
            yield f"{place}: `{name}` is missing"
    for name, value in entry.items():
        kind = wanted.get(name) or optional.get(name)
        if kind is None:
            yield f"{place}: `{name}` is no field"
        elif not isinstance(value, kind) or kind is int and isinstance(value, bool):
            yield f"{place}: `{name}` is not of the kind {kind.__name__}"
        elif kind is str and not value.strip():
            yield f"{place}: `{name}` is empty"


def of_templates(
    plans: Sequence[PlanTemplate], targets: Sequence[Target], courtesy: Courtesy, lessons: frozenset[str] | None, goals: Mapping[str, Goal]
) -> list[str]:
    """What the templates say that cannot be, each by itself and together."""
    known = {target.slug for target in targets}
    return [
        *_faults_of_rules(targets, courtesy),
        *(fault for plan in plans for fault in _faults_of_plan(plan, known, lessons)),
        *_faults_of_goals(plans, goals),
        *_faults_together(plans),
    ]


def _faults_of_rules(targets: Sequence[Target], courtesy: Courtesy) -> Iterator[str]:
    if courtesy.most_contacts_a_week < 1:
        yield "courtesy: nobody could ever be asked for anything"
    if not courtesy.quiet_until < courtesy.quiet_from:
        yield "courtesy: the quiet hours go from the evening to the morning"
    for target in targets:
        if not target.below or target.held_days < 1:
            yield f"target {target.slug}: a limit and a number of days are needed"


def _faults_of_goals(plans: Sequence[PlanTemplate], goals: Mapping[str, Goal]) -> Iterator[str]:
    for goal in goals.values():
        place = f"goal {goal.slug}"
        if bool(goal.below) == bool(goal.less):
            yield f"{place}: it is either below a limit or less than before"
        if (goal.kind and goal.kind not in kinds.load()) or (goal.home_below and not (goal.below and goal.kind)):
            yield f"{place}: no such readings are taken at home"
        if goal.kind in kinds.load() and not set(goal.home_below or goal.less) <= set(kinds.load()[goal.kind].codes):
            yield f"{place}: what is measured at home is something else"
    slugs = {plan.slug for plan in plans}
    for plan in plans:
        yield from (f"plan {plan.slug}: there is no goal {slug!r}" for _part, slug in plan.all_goals if slug not in goals)
        if plan.then and (plan.then not in slugs or any(step.times == 0 for step in plan.steps)):
            yield f"plan {plan.slug}: {plan.then!r} cannot come after it"
        if plan.follow_up and plan.slug not in {one.then for one in plans}:
            yield f"plan {plan.slug}: it follows upon nothing"


def _faults_of_plan(plan: PlanTemplate, targets: set[str], lessons: frozenset[str] | None) -> Iterator[str]:
    place = f"plan {plan.slug}"
    if plan.colour not in COLOURS:
        yield f"{place}: no colour {plan.colour!r}"
    if plan.ends is not None and plan.ends <= plan.begins:
        yield f"{place}: it ends before it begins"
    if bool(plan.approved_by) != (plan.approved_on is not None):
        yield f"{place}: who approved it and when belong together"
    if not plan.steps:
        yield f"{place}: it has no step"
    yield from (f"{place}, part {part.slug}: neither a reason nor an exposure brings it" for part in plan.parts if not part.reasons and not part.exposures)
    counted = Counter(step.number for _part, step in plan.all_steps)
    yield from (f"{place}: a step number stands twice ({number})" for number, count in counted.items() if count > 1)
    for _part, step in plan.all_steps:
        yield from (f"{place}, step {step.number}: {fault}" for fault in _faults_of_step(step, plan, targets, lessons))
    by_key: dict[str, set[tuple[str, str]]] = {}
    for _part, step in plan.all_steps:
        by_key.setdefault(step.key, set()).add((step.doer, step.lesson))
    yield from (f"{place}: steps of the key {key!r} differ in who does them or what is learnt" for key, found in by_key.items() if len(found) > 1)


def _faults_of_step(step: StepTemplate, plan: PlanTemplate, targets: set[str], lessons: frozenset[str] | None) -> Iterator[str]:
    if step.kind not in KINDS:
        yield f"there is no kind {step.kind!r}"
    if step.doer not in DOERS:
        yield f"nobody is called {step.doer!r}"
    if step.channel not in CHANNELS:
        yield f"there is no channel {step.channel!r}"
    if min(step.offset, step.every, step.times, step.window, step.hours) < 0:
        yield "a number of days, hours or times is negative"
    if (step.times != 1) != (step.every > 0):
        yield "`every` and `times` belong together"
    if step.times == 0 and step.window == 0 and plan.ends is None:
        yield "what is repeated without end needs a window, so that it does not pile up"
    if step.hours and (step.every or step.hours > 24):
        yield "`hours` belong to the one day of a step that is done once"
    if step.stop and (step.stop not in targets or step.kind not in STOPPING):
        yield f"it cannot stop at {step.stop!r}"
    # Plans that are not opened any more may hold lessons without a text.
    if (step.kind == "lesson") != bool(step.lesson) and plan.ends is None:
        yield "a lesson, and nothing else, names the lesson to take"
    if step.lesson and lessons is not None and step.lesson not in lessons:
        yield f"there is no lesson {step.lesson!r}"


def _faults_together(plans: Sequence[PlanTemplate]) -> Iterator[str]:
    if len({(plan.slug, plan.version) for plan in plans}) < len(plans):
        yield "a plan stands twice"
    said: set[str] = set()
    # Between two of these days nothing changes.
    for day in sorted({plan.begins for plan in plans} | {plan.ends for plan in plans if plan.ends}):
        present = [plan for plan in plans if plan.is_in_force(day)]
        if len({plan.slug for plan in present}) < len(present) and "twice" not in said:
            said.add("twice")
            yield f"two versions of a plan are in force on {day}"
        for colour in COLOURS:
            asking = [bool(plan.reasons) for plan in present if plan.colour == colour and not plan.follow_up]
            if (not asking or asking != [True] * (len(asking) - 1) + [False]) and colour not in said:
                said.add(colour)
                yield f"the last plan of {colour}, and no other, has to take every reason (on {day})"
