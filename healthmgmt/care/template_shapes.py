"""What a plan template is made of: plans, their parts and steps, targets, and how often the platform comes to somebody. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

COLOURS = ("red", "orange", "yellow", "blue", "grey", "green")
DOERS = ("person", "case_manager", "physician")
CHANNELS = ("app", "mail", "phone", "site")
LANGUAGES = ("zh", "en")
KINDS = (
    "lesson", "questionnaire", "home_reading", "weigh_in", "call", "visit", "referral", "recheck", "first_contact", "follow_up_call",
    "case_review", "enrol", "self_check", "missing_notice", "keep_going", "next_exam",
)  # fmt: skip
# Longer than any rhythm.
ENDLESS = 10_000


@dataclass(frozen=True)
class StepTemplate:
    """`offset` days after the first day of its plan or part, then every `every` days, `times` in all (0: until that ends).

    A step that was not done lapses `window` days after it fired (0: never). `hours`: on its day, within so many. `lesson`
    is the one to take; `stop` the target that ends the step while it is held.
    """

    number: int
    key: str
    kind: str
    doer: str
    channel: str
    offset: int
    every: int
    times: int
    window: int
    hours: int
    lesson: str
    stop: str
    words: dict[str, str]

    @property
    def rhythm(self) -> tuple[int, int, int]:
        """Smaller is tighter."""
        return (self.every or ENDLESS, self.offset, self.number)


@dataclass(frozen=True)
class Part:
    """Steps for people with one of the reasons (beginnings of codes) or under one of the exposures, and the goals of them."""

    slug: str
    version: int
    reasons: tuple[str, ...]
    exposures: tuple[str, ...]
    goals: tuple[str, ...]
    words: dict[str, str]
    steps: tuple[StepTemplate, ...]


@dataclass(frozen=True)
class PlanTemplate:
    """`reasons` are beginnings of reason codes, any of which brings the plan about; empty: the colour alone does. When all of its
    steps have ended the plan has, and `then` comes (empty: it stays open); `follow_up`: it comes after another one alone.

    In force from `begins` until the day before `ends`. Approved by a clinician, or awaiting it: then both fields are empty.
    """

    slug: str
    version: int
    colour: str
    reasons: tuple[str, ...]
    goals: tuple[str, ...]
    then: str
    follow_up: bool
    begins: date
    ends: date | None
    approved_by: str
    approved_on: date | None
    words: dict[str, str]
    steps: tuple[StepTemplate, ...]
    parts: tuple[Part, ...]

    def is_in_force(self, today: date) -> bool:
        return self.begins <= today and (self.ends is None or today < self.ends)

    @property
    def all_goals(self) -> list[tuple[str, str]]:
        """Every goal with the part that it belongs to; of its own ones that is empty."""
        return [("", goal) for goal in self.goals] + [(part.slug, goal) for part in self.parts for goal in part.goals]

    @property
    def all_steps(self) -> list[tuple[str, StepTemplate]]:
        """Every step with the part that it belongs to; of its own ones that is empty."""
        return [("", step) for step in self.steps] + [(part.slug, step) for part in self.parts for step in part.steps]

    def step(self, number: int) -> StepTemplate | None:
        return next((step for _part, step in self.all_steps if step.number == number), None)

    def part(self, slug: str) -> Part:
        """Raises KeyError for a part that the plan has not."""
        return {part.slug: part for part in self.parts}[slug]


@dataclass(frozen=True)
class Target:
    """What is held when every value of the indicators has been below its limit for so many days."""

    slug: str
    below: dict[str, float]
    held_days: int


@dataclass(frozen=True)
class Goal:
    """What a plan is after: each value of the newest exam `below` its limit, or so many percent `less` than before the plan; at home
    the mean of a `kind` of readings, by limits of its own (`home_below`) or the same percentage."""

    slug: str
    below: dict[str, float]
    less: dict[str, float]
    home_below: dict[str, float]
    kind: str
    words: dict[str, str]


@dataclass(frozen=True)
class Courtesy:
    """How often the platform comes to somebody, and when it is silent (from the evening over midnight to the morning)."""

    most_contacts_a_week: int
    quiet_from: time
    quiet_until: time
    lesson_again_days: int

    def earliest(self, moment: datetime) -> datetime:
        """When a message that is ready at a local moment may go out: at once, or when the quiet hours are over."""
        clock = moment.time()
        if self.quiet_until <= clock < self.quiet_from:
            return moment
        day = moment.date() + timedelta(days=1) if clock >= self.quiet_from else moment.date()
        return datetime.combine(day, self.quiet_until, tzinfo=moment.tzinfo)
