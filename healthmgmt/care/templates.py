"""Plan templates: data/plans.toml checked and turned into frozen dataclasses. Pure."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "plans.toml"
COLOURS = ("red", "orange", "yellow", "blue", "grey", "green")
DOERS = ("person", "case_manager", "physician")
LANGUAGES = ("zh", "en")


class TemplateError(ValueError):
    """The templates break the schema; `faults` are sentences that name the place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class StepTemplate:
    """`offset` days after the plan's first day, then every `every` days, `times` in all (0: until the plan ends).

    A step that was not done lapses `window` days after it fired (0: never).
    """

    number: int
    kind: str
    doer: str
    offset: int
    every: int
    times: int
    window: int
    words: dict[str, str]


@dataclass(frozen=True)
class PlanTemplate:
    """`reasons` are beginnings of reason codes, any of which brings the plan about; empty: the colour alone does."""

    slug: str
    version: int
    colour: str
    reasons: tuple[str, ...]
    is_former: bool
    words: dict[str, str]
    steps: tuple[StepTemplate, ...]


@dataclass(frozen=True)
class Templates:
    """All templates, the strongest plan first."""

    plans: tuple[PlanTemplate, ...]
    alert_reasons: tuple[str, ...]
    manager_reasons: tuple[str, ...]

    def plans_json(self) -> str:
        """For statements: the plans in force, by rank."""
        present = [plan for plan in self.plans if not plan.is_former]
        return json.dumps(
            [
                {"rank": rank, "slug": plan.slug, "version": plan.version, "colour": plan.colour, "reasons": plan.reasons}
                for rank, plan in enumerate(present)
            ]
        )

    def steps_json(self) -> str:
        """For statements: the steps of all versions, since open plans keep theirs."""
        return json.dumps(
            [
                {
                    "template": plan.slug,
                    "version": plan.version,
                    "number": step.number,
                    "kind": step.kind,
                    "doer": step.doer,
                    "first_day": step.offset,
                    "every_days": step.every,
                    "times": step.times,
                    "window_days": step.window,
                }
                for plan in self.plans
                for step in plan.steps
            ]
        )

    def words(self, slug: str, version: int, number: int | None = None) -> dict[str, str]:
        """The name of a plan, or what a step of it asks for, by language. Raises KeyError for what is not there."""
        for plan in self.plans:
            if (plan.slug, plan.version) == (slug, version):
                if number is None:
                    return plan.words
                return {step.number: step.words for step in plan.steps}[number]
        raise KeyError((slug, version))


@cache
def load() -> Templates:
    """The shipped templates. Raises TemplateError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Templates:
    """Text of a templates file. Raises TemplateError with all faults found."""
    content = tomllib.loads(text)
    try:
        templates = Templates(
            plans=tuple(_plan(entry) for entry in content["plan"]),
            alert_reasons=tuple(content["alert_reasons"]),
            manager_reasons=tuple(content["manager_reasons"]),
        )
    except KeyError as error:
        raise TemplateError([f"{error} is missing"]) from error
    faults = [fault for plan in templates.plans for fault in _faults_of(plan)] + _faults_together(templates.plans)
    if faults:
        raise TemplateError(faults)
    return templates


def _plan(entry: dict) -> PlanTemplate:
    return PlanTemplate(
        slug=entry["slug"],
        version=entry["version"],
        colour=entry["colour"],
        reasons=tuple(entry["reasons"]),
        is_former=entry.get("is_former", False),
        words={language: entry[language] for language in LANGUAGES},
        steps=tuple(_step(step) for step in entry["step"]),
    )


def _step(entry: dict) -> StepTemplate:
    return StepTemplate(
        number=entry["number"],
        kind=entry["kind"],
        doer=entry["doer"],
        offset=entry["offset"],
        every=entry.get("every", 0),
        times=entry.get("times", 1),
        window=entry.get("window", 0),
        words={language: entry[language] for language in LANGUAGES},
    )


def _faults_of(plan: PlanTemplate) -> list[str]:
    faults = []
    if plan.colour not in COLOURS:
        faults.append(f"plan {plan.slug}: no colour {plan.colour!r}")
    if len({step.number for step in plan.steps}) < len(plan.steps):
        faults.append(f"plan {plan.slug}: a step number stands twice")
    for step in plan.steps:
        if step.doer not in DOERS:
            faults.append(f"plan {plan.slug}, step {step.number}: nobody is called {step.doer!r}")
        if min(step.offset, step.every, step.times, step.window) < 0:
            faults.append(f"plan {plan.slug}, step {step.number}: a number of days or times is negative")
        if (step.times != 1) != (step.every > 0):
            faults.append(f"plan {plan.slug}, step {step.number}: `every` and `times` belong together")
    return faults


def _faults_together(plans: tuple[PlanTemplate, ...]) -> list[str]:
    faults = []
    present = [plan for plan in plans if not plan.is_former]
    if len({(plan.slug, plan.version) for plan in plans}) < len(plans) or len({plan.slug for plan in present}) < len(present):
        faults.append("a plan stands twice")
    for colour in COLOURS:
        asking = [bool(plan.reasons) for plan in present if plan.colour == colour]
        if not asking or asking != [True] * (len(asking) - 1) + [False]:
            faults.append(f"the last plan of {colour}, and no other, has to take every reason")
    return faults
