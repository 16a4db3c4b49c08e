"""Plan templates: data/plans/*.toml checked and turned into frozen dataclasses. Pure.

A plan is for a colour. It holds steps of its own and parts: steps that come because of a reason or an exposure, such as the
pathway for hypertension, which several plans share. Steps are numbered once over a plan and all of its parts. Steps of one
`key` ask for the same thing: a person has the one with the tightest rhythm of those that are asked for.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from healthmgmt.care import lessons, template_faults
from healthmgmt.care.template_faults import TemplateError
from healthmgmt.care.template_shapes import COLOURS, LANGUAGES, Courtesy, Goal, Part, PlanTemplate, StepTemplate, Target
from healthmgmt.devices import kinds

FOLDER = Path(__file__).parent / "data" / "plans"
# The rules come first; then the plans of each colour, the strongest first.
FILES = ("rules", "parts", *COLOURS, "former")


@dataclass(frozen=True)
class Templates:
    """All templates, the strongest plan first."""

    plans: tuple[PlanTemplate, ...]
    targets: tuple[Target, ...]
    goals: dict[str, Goal]
    courtesy: Courtesy
    alert_reasons: tuple[str, ...]
    manager_reasons: tuple[str, ...]

    def in_force(self, today: date) -> list[PlanTemplate]:
        return [plan for plan in self.plans if plan.is_in_force(today)]

    def plan(self, slug: str, version: int) -> PlanTemplate:
        """Raises KeyError for what is not there."""
        return {(plan.slug, plan.version): plan for plan in self.plans}[slug, version]

    def words(self, slug: str, version: int, number: int | None = None) -> dict[str, str]:
        """The name of a plan, or what a step of it asks for, by language. Raises KeyError for what is not there."""
        plan = self.plan(slug, version)
        if number is None:
            return plan.words
        return {step.number: step.words for _part, step in plan.all_steps}[number]

    def plans_json(self, today: date) -> str:
        """For statements: the plans in force, by rank."""
        found = enumerate(self.in_force(today))
        names = ("slug", "version", "colour", "reasons", "then", "follow_up")
        return json.dumps([{"rank": rank, **_facts(plan, *names), "then_parts": self._then_parts(plan, today)} for rank, plan in found])

    def _then_parts(self, plan: PlanTemplate, today: date) -> list[str]:
        """The parts that what comes then has too."""
        return [part.slug for one in self.in_force(today) if one.slug == plan.then for part in one.parts]

    def parts_json(self) -> str:
        """For statements: the parts of all versions, since open plans keep theirs."""
        return json.dumps(
            [
                {"template": plan.slug, "version": plan.version, **_facts(part, "slug", "reasons", "exposures")}
                for plan in self.plans
                for part in plan.parts
            ]
        )

    def steps_json(self) -> str:
        """For statements: the steps of all versions, the tightest rhythm of a key first (`rank`); `numbers` are those of its key,
        and `is_shared` says that there are several."""
        return json.dumps([row for plan in self.plans for row in _step_rows(plan)])

    def goals_json(self) -> str:
        """For statements: the goals of all versions, with how readings at home are put together."""
        return json.dumps(
            [
                {"template": plan.slug, "version": plan.version, "part": part, "goal": slug, **_goal_facts(self.goals[slug])}
                for plan in self.plans
                for part, slug in plan.all_goals
            ]
        )

    def urgent(self) -> list[str]:
        """The plans that a class A result begins: their clock waits for nobody."""
        return sorted({plan.slug for plan in self.plans if set(plan.reasons) & set(self.alert_reasons)})

    def targets_json(self) -> str:
        """For statements: a row for each indicator of each target."""
        return json.dumps(
            [
                {"stop": target.slug, "indicator": code, "below": limit, "held_days": target.held_days, "indicators": len(target.below)}
                for target in self.targets
                for code, limit in target.below.items()
            ]
        )


def _facts(one: object, *names: str) -> dict[str, object]:
    return {name: getattr(one, name) for name in names}


def _goal_facts(goal: Goal) -> dict[str, object]:
    days = kinds.load()[goal.kind] if goal.kind else None
    return _facts(goal, "below", "less", "home_below", "kind") | {
        "mean_days": days.mean_days if days else 0, "least_days": days.least_days if days else 0
    }  # fmt: skip


def _step_rows(plan: PlanTemplate) -> list[dict[str, object]]:
    alike: dict[str, list[int]] = {}
    for _part, step in plan.all_steps:
        alike.setdefault(step.key, []).append(step.number)
    ranked = sorted(plan.all_steps, key=lambda pair: pair[1].rhythm)
    return [
        {
            "template": plan.slug,
            "version": plan.version,
            "part": part,
            "rank": rank,
            "is_shared": len(alike[step.key]) > 1,
            "numbers": alike[step.key],
            "first_day": step.offset,
            "every_days": step.every,
            "window_days": step.window,
            **_facts(step, "number", "key", "kind", "doer", "lesson", "stop", "times"),
        }
        for rank, (part, step) in enumerate(ranked)
    ]


@cache
def load() -> Templates:
    """The shipped templates. Raises TemplateError."""
    text = "\n".join((FOLDER / f"{name}.toml").read_text(encoding="utf-8") for name in FILES)
    return parse(text, frozenset(lessons.load()))


def parse(text: str, known_lessons: frozenset[str] | None = None) -> Templates:
    """Text of all template files. Raises TemplateError with all faults found; steps may name these lessons, or any."""
    content = tomllib.loads(text)
    if faults := template_faults.of_content(content):
        raise TemplateError(faults)
    parts = {(part.slug, part.version): part for part in map(_part, content.get("part", []))}
    templates = Templates(
        plans=tuple(_plan(entry, parts) for entry in content["plan"]),
        targets=tuple(Target(entry["slug"], dict(entry["below"]), entry["held_days"]) for entry in content.get("target", [])),
        goals={one.slug: one for one in map(_goal, content.get("goal", []))},
        courtesy=Courtesy(**content["courtesy"]),
        alert_reasons=tuple(content["alert_reasons"]),
        manager_reasons=tuple(content["manager_reasons"]),
    )
    faults = template_faults.of_templates(templates.plans, templates.targets, templates.courtesy, known_lessons, templates.goals)
    if faults:
        raise TemplateError(faults)
    return templates


def _plan(entry: dict, parts: dict[tuple[str, int], Part]) -> PlanTemplate:
    return PlanTemplate(
        slug=entry["slug"],
        version=entry["version"],
        colour=entry["colour"],
        reasons=tuple(entry["reasons"]),
        goals=tuple(entry.get("goals", ())),
        then=entry.get("then", ""),
        follow_up=entry.get("follow_up", False),
        begins=entry["begins"],
        ends=entry.get("ends"),
        approved_by=entry.get("approved_by", ""),
        approved_on=entry.get("approved_on"),
        words={language: entry[language] for language in LANGUAGES},
        steps=tuple(_step(step, entry["slug"]) for step in entry["step"]),
        parts=tuple(parts[pair] for pair in entry.get("parts", {}).items()),
    )


def _goal(entry: dict) -> Goal:
    limits = {name: dict(entry.get(name, {})) for name in ("below", "less", "home_below")}
    return Goal(slug=entry["slug"], kind=entry.get("kind", ""), words={language: entry[language] for language in LANGUAGES}, **limits)


def _part(entry: dict) -> Part:
    return Part(
        slug=entry["slug"],
        version=entry["version"],
        reasons=tuple(entry.get("reasons", ())),
        exposures=tuple(entry.get("exposures", ())),
        goals=tuple(entry.get("goals", ())),
        words={language: entry[language] for language in LANGUAGES},
        steps=tuple(_step(step, entry["slug"]) for step in entry["step"]),
    )


def _step(entry: dict, owner: str) -> StepTemplate:
    return StepTemplate(
        number=entry["number"],
        key=entry.get("key", f"{owner}.{entry['number']}"),
        kind=entry["kind"],
        doer=entry["doer"],
        channel=entry["channel"],
        offset=entry["offset"],
        every=entry.get("every", 0),
        times=entry.get("times", 1),
        window=entry.get("window", 0),
        hours=entry.get("hours", 0),
        lesson=entry.get("lesson", ""),
        stop=entry.get("stop", ""),
        words={language: entry[language] for language in LANGUAGES},
    )
