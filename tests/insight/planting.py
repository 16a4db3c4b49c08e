"""A random organisation in the database: its units, two periods and the people of its roles, counted and published by the product itself.

Only the statement that looks at people is replaced, by what the organisation was made with: from there on everything runs, adding up the
tree, storing facts, suppression and publication.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
from healthmgmt.engagement import counting as engagement
from healthmgmt.engagement.funnels import PARTS
from healthmgmt.engagement.models import Activity
from healthmgmt.insight import counting, metrics, services, submitting
from healthmgmt.insight.counting import FLOW, Part
from healthmgmt.insight.models import Look
from healthmgmt.organization.models import Membership, Period, Settings, Unit
from tests import cast as casting
from tests.insight.peopled import Facts, Organisation

TODAY = date(2026, 11, 20)
# Without digits: every digit of an answer is a number that somebody was told.
NAMES = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Kapok", "Larch", "Maple", "Nutmeg", "Oak", "Pine",
)  # fmt: skip
PERIODS = ("Past", "Present")
OFFICES, LIAISONS = 4, 3


@dataclass
class Cast:
    """Users without a role as yet, who outlive the organisations in which they are given one."""

    leader: User
    offices: list[User]
    liaisons: list[User]


@dataclass
class Planted:
    """`roles` and `reached` say what each user is and which units they see, the highest first; `periods` by name."""

    root: Unit
    units: dict[int, Unit]
    periods: dict[str, Period]
    roles: dict[User, str] = field(default_factory=dict)
    reached: dict[User, list[Unit]] = field(default_factory=dict)
    activities: dict[User, list[Activity]] = field(default_factory=dict)


def cast() -> Cast:
    """Once for all organisations of a run."""
    offices = [casting.user(f"office_{number}") for number in "abcd"[:OFFICES]]
    return Cast(casting.user("leader"), offices, [casting.user(f"liaison_{number}") for number in "abc"[:LIAISONS]])


def plant(made: Organisation, people: Cast, patch: pytest.MonkeyPatch, *, is_looked_through: bool = False) -> Planted:
    """The organisation, both of its periods published one after the other and the first one closed. Looked through for lights, it has none."""
    Settings.objects.get_or_create(pk=1)
    units = _units(made)
    periods = {
        name: Period.objects.create(name=name, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), deadline_on=date(year, 10, 31))
        for name, year in zip(PERIODS, (2025, 2026), strict=True)
    }
    planted = Planted(units[1], units, periods)
    _give_roles(planted, made, people)
    _publish(planted, made, patch)
    _hand_in(planted, people)
    _offer(planted, people, patch)
    if is_looked_through:
        Look.objects.bulk_create(Look(period=period, looked_at=timezone.now()) for period in periods.values())
    return planted


def _units(made: Organisation) -> dict[int, Unit]:
    units: dict[int, Unit] = {}
    for unit, parent in made.parents.items():
        # A root that is there already keeps its name.
        root = Unit.objects.filter(level=0).first() if parent is None else None
        units[unit] = root or casting.unit(NAMES[unit - 1], units.get(parent))
    return units


def _give_roles(planted: Planted, made: Organisation, people: Cast) -> None:
    """Leadership at the root, an office at each unit below it, liaisons at the units that have none below them."""
    seconds = [planted.units[unit] for unit, parent in made.parents.items() if parent == 1]
    leaves = [planted.units[unit] for unit in made.parents if unit not in made.parents.values()]
    held = [(people.leader, planted.root, "group_leader")]
    held += [(user, unit, "health_office") for user, unit in zip(people.offices, seconds)]
    held += [(user, unit, "liaison") for user, unit in zip(people.liaisons, reversed(leaves))]
    Membership.objects.bulk_create(Membership(user=user, unit=unit, role=role) for user, unit, role in held)
    planted.roles = {user: role for user, _unit, role in held}
    for user, unit, _role in held:
        planted.reached[user] = [one for one in planted.units.values() if one.path.startswith(unit.path)]


def _publish(planted: Planted, made: Organisation, patch: pytest.MonkeyPatch) -> None:
    given = {planted.periods["Past"].pk: (made.before, {}), planted.periods["Present"].pk: (made.now, made.flows)}

    def parts(parameters: dict) -> list[Part]:
        facts, flows = given[parameters["period"]]
        found = [Part(planted.units[unit].pk, "", counts) for unit, counts in own(facts, made).items()]
        return [*found, Part(None, "", {f"{FLOW}{before}_{now}": people for (before, now), people in flows.items()})]

    with patch.context() as patched:
        patched.setattr(counting, "_parts", parts)
        # Counted with the people here.
        patched.setattr(counting, "returned_of", lambda period, today: Counter())
        for period in planted.periods.values():
            services.count_period(period, today=TODAY)
    Period.objects.filter(name="Past").update(state=Period.State.CLOSED, closed_at="2026-01-10T08:00Z", closed_by="system:test")


def _hand_in(planted: Planted, people: Cast) -> None:
    """Scorecards of the first office, one of which went on: they say what they said then."""
    office, period = people.offices[0], planted.periods["Past"]
    for unit in planted.reached[office][:2]:
        card = submitting.submit(unit, period=period, note="As it is.", by=Actor.of(office), name=office.name)
    submitting.accept(card, by=Actor.of(people.leader), name=people.leader.name)


def _offer(planted: Planted, people: Cast, patch: pytest.MonkeyPatch) -> None:
    """An activity that tells of somebody's health and one that does not, of units of which somebody has an office, counted for employers."""
    draw = random.Random(len(planted.units))
    for kind, sensitivity in (("weight", "health"), ("steps", "coverage")):
        office = draw.choice([user for user in people.offices if user in planted.reached])
        unit = planted.reached[office][0]
        offered = Activity.objects.create(
            kind=kind, edition=1, sensitivity=sensitivity, unit=unit, starts_on=TODAY, ends_on=TODAY, state=Activity.State.OPEN, made_by="system:test"
        )
        below = [one.pk for one in planted.units.values() if one.parent_id == unit.pk]
        counted = [(one, *(draw.choice((0, 1, 3, 9, 12, 40)) for _part in PARTS)) for one in (None, *below)]
        with patch.context() as patched:
            patched.setattr(engagement, "sql", SimpleNamespace(rows=lambda _name, _parameters, counted=counted: counted))
            engagement.publish(offered, today=TODAY)
        planted.activities[office] = [*planted.activities.get(office, ()), offered]


def own(facts: Facts, made: Organisation) -> dict[int, Counter]:
    """The counts of the people who sit directly in each unit."""
    found = {unit: _counts(counted) for unit, counted in facts.items()}
    for unit, parent in made.parents.items():
        if parent is not None:
            found[parent].subtract(_counts(facts[unit]))
    return found


def _counts(counted: dict[str, tuple[int, int]]) -> Counter:
    found = Counter()
    for one in metrics.load().metrics:
        found[one.numerator], found[one.denominator] = counted[one.slug]
    return found
