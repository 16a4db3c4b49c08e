"""Days of an organisation whose clock the tests move: plans with steps that are due, workers to be hit, and what a day came to."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import F

from healthmgmt.audit.models import Event
from healthmgmt.care import services
from healthmgmt.care.models import Plan, Step
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment
from healthmgmt.work.models import Job
from tests.care.making import PACK
from tests.exams.road import ground
from tests.faults import clock
from tests.faults.crew import Crew, all_settled, wait_for

# A follow-up by the case manager, of which a week has room for any number.
TEMPLATE, VERSION, NUMBER, KIND = "red_high_risk", 2, 3, "follow_up_call"
SLICE_STEPS = 50
PATIENCE_SECONDS = 120

SLOW = (
    "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.08); RETURN NULL; END'",
    "CREATE TRIGGER slow AFTER UPDATE ON care_step FOR EACH STATEMENT EXECUTE FUNCTION linger()",
)
QUICK = ("DROP TRIGGER slow ON care_step", "DROP FUNCTION linger()")
POISON = (
    "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END'",
    "CREATE TRIGGER poison BEFORE UPDATE ON care_step FOR EACH ROW WHEN (OLD.occurrence > 30000) EXECUTE FUNCTION spoil()",
)
CURED = ("DROP TRIGGER poison ON care_step", "DROP FUNCTION spoil()")
POISONOUS = 30_001


def as_owner(*statements: str) -> None:
    """What is done to the tables of the present organisation behind the application's back."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f'SET search_path = "{organisations.current()}"')
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET search_path = public")
    owner.close()


@dataclass(frozen=True)
class Outcome:
    """What became of the steps of a day. `firings` are those that the log counts, `keys` the different plans, steps and days."""

    due: int
    fired: int
    keys: int
    firings: int
    attempts: int
    seconds: float

    @property
    def is_once(self) -> bool:
        """Whether each step that was due was done, and once."""
        return self.due == self.fired == self.keys == self.firings

    def __str__(self) -> str:
        return f"{self.due} due, {self.fired} done, {self.keys} keys, {self.firings} firings, {self.attempts} attempts, {self.seconds:.1f} s"


@dataclass
class Days:
    """The present organisation, from tomorrow on, and a crew that goes by its clock."""

    folder: Path
    today: date = field(init=False)
    crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        ground()
        # These days are worked one as the other.
        Settings.objects.update(working_days=[1, 2, 3, 4, 5, 6, 7])
        self.clock = self.folder / "clock"
        self.zone = ZoneInfo(organisation_settings().timezone)
        self.today = datetime.now(self.zone).date() + timedelta(days=1)
        more = {"FAULTS_SLICE_STEPS": str(SLICE_STEPS), "FAULTS_FIRST_DELAY_SECONDS": "0.05"}
        self.crew = Crew(self.folder, more=more | {clock.VARIABLE: str(self.clock)})
        self.set(9)

    def set(self, hour: int, minute: int = 0) -> None:
        """Let it be this hour of today."""
        clock.move(self.clock, datetime(self.today.year, self.today.month, self.today.day, hour, minute, tzinfo=self.zone))

    def pass_days(self, days: int = 1) -> None:
        """Let it be the morning of a later day."""
        self.today += timedelta(days=days)
        self.set(9)

    def plans(self, count: int) -> list[int]:
        """As many people with a plan that has no steps yet; their ids."""
        assessments = self._assessed(count, "red", [])
        return [
            plan.pk
            for plan in Plan.objects.bulk_create(
                Plan(person_id=one.person_id, assessment=one, template=TEMPLATE, version=VERSION, colour="red", opened_on=self.today)
                for one in assessments
            )
        ]

    def alert_plans(self, count: int, day: date) -> int:
        """As many people with the plan of a class A result from a day on, as the product plans it: how many steps fall on it and the next."""
        reason = {"code": "critical_bp", "line": next(one.number for one in PACK.lines if one.reason == "critical_bp"), "on": day.isoformat()}
        made = self._assessed(count, "red", [reason])
        services.plan_assessed(made[0].pk, made[-1].pk, today=day, by=Actor.system())
        return Step.objects.filter(plan__assessment__in=made, state="planned", due_on__lte=day + timedelta(days=1)).count()

    def due(self, plans: list[int], day: date) -> int:
        """A step of each plan on a day; returns how many."""
        before = Step.objects.filter(plan__in=plans[:1]).count()
        Step.objects.bulk_create(
            Step(plan_id=plan, number=NUMBER, occurrence=before + 1, kind=KIND, doer="case_manager", due_on=day) for plan in plans
        )
        return len(plans)

    def poisonous(self, plan: int, day: date) -> Step:
        """A step of a day that the database refuses to fire."""
        last = Step.objects.filter(occurrence__gte=POISONOUS).count()
        return Step.objects.create(plan_id=plan, number=NUMBER - 1, occurrence=POISONOUS + last, kind=KIND, doer="case_manager", due_on=day)

    def fired(self) -> int:
        """How many steps were fired today."""
        return Step.objects.filter(fired_on=self.today).count()

    def await_day(self, due: int, began: float, mark: int) -> Outcome:
        """Wait until the day is done; what it came to. `mark` is the last event before."""
        wait_for(lambda: self.fired() >= due, PATIENCE_SECONDS)
        seconds = time.monotonic() - began
        wait_for(all_settled, PATIENCE_SECONDS)
        return self.outcome(due, seconds, mark)

    def outcome(self, due: int, seconds: float, mark: int) -> Outcome:
        fired = Step.objects.filter(fired_on=self.today)
        events = Event.objects.filter(action="care.steps_fired", pk__gt=mark).values_list("detail", flat=True)
        keys = fired.annotate(day=F("due_on")).values("plan", "number", "day").distinct().count()
        attempts = Job.objects.filter(kind="care.fire_due", key=self.today.isoformat()).values_list("attempts", flat=True)
        return Outcome(due, fired.count(), keys, sum(detail["steps"] for detail in events), sum(attempts), seconds)

    def _assessed(self, count: int, colour: str, reasons: list[dict]) -> list[Assessment]:
        unit, first = ground(), Person.objects.count()
        people = Person.objects.bulk_create(Person(emp_no=f"F{first + at}", name=f"Name {first + at}", unit=unit) for at in range(count))
        return Assessment.objects.bulk_create(
            Assessment(person=one, assessed_on=self.today, colour=colour, reasons=reasons, pack="cn", edition="2024") for one in people
        )


def last_event() -> int:
    """The id of the newest event."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
