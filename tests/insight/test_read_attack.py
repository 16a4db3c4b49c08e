"""The attacker on what each role really gets: pages, workbooks, JSON and mails of random organisations, read word by word and solved."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import transaction

from healthmgmt.core import suppression
from healthmgmt.insight import metrics
from tests.insight import peopled, planting
from tests.insight.comparing import as_read, attacked, published, shown_of_health, unlike
from tests.insight.planting import Planted
from tests.insight.reading import Reading
from tests.insight.receiving import Receiver

BEFORE = {"Present": "Past"}
FEW, MANY = range(1, 8), range(500)
# Of every so many organisations each role's every page of every unit is read, of the others those of some units.
WHOLE = 100


@dataclass
class Found:
    """What came of some organisations: how many answers were read, how many cells they told, and what the attack found."""

    answers: int = 0
    told: int = 0
    careless: int = 0
    fell: dict[int, dict] = field(default_factory=dict)
    wrong: dict[int, list[str]] = field(default_factory=dict)
    unlike: dict[int, list] = field(default_factory=dict)


@dataclass
class World:
    people: planting.Cast
    browsers: dict
    patch: pytest.MonkeyPatch

    @contextmanager
    def planted(self, seed: int) -> Iterator[Planted]:
        """An organisation for as long as it is looked at."""
        made = peopled.organisation(random.Random(seed), metrics.load())
        at = transaction.savepoint()
        yield planting.plant(made, self.people, self.patch, is_looked_through=seed % 2 == 1)
        transaction.savepoint_rollback(at)

    def receiver(self, planted: Planted) -> Receiver:
        return Receiver(self.people, self.browsers, planted, Reading(BEFORE))


@pytest.fixture
def world(org_a, sign_in, monkeypatch) -> World:
    people = planting.cast()
    return World(people, {user: sign_in(user) for user in (people.leader, *people.offices, *people.liaisons)}, monkeypatch)


def each_cell_by_itself(protection: suppression._Protection, root: suppression._Group) -> None:
    """Suppression off: a cell is hidden where it is small, and nobody thinks of subtraction."""
    waiting = [root]
    while waiting:
        group = waiting.pop()
        counts = group.counts[protection.table.name]
        group.hides[protection.table.name] = frozenset(place for place, count in enumerate(counts) if not protection.is_open(count, sum(counts)))
        waiting += group.children


def look_at(world: World, seed: int, found: Found) -> None:
    with world.planted(seed) as planted:
        receiver = world.receiver(planted)
        reading = receiver.everything() if seed % WHOLE == 0 else receiver.some(random.Random(seed))
        found.answers += reading.answers
        found.wrong[seed] = reading.solve()
        found.unlike[seed] = unlike(as_read(reading), published())
        found.told += shown_of_health(reading)
        found.fell[seed] = attacked(reading)
    with world.patch.context() as patched:
        patched.setattr(suppression._Protection, "of_root", each_cell_by_itself)
        with world.planted(seed) as planted:
            reading = world.receiver(planted).tables()
            found.answers += reading.answers
            reading.solve()
            found.careless += len(attacked(reading))


def seen(world: World, seeds: Iterable[int], tell) -> Found:
    """What comes of looking at organisations, told in one line."""
    found = Found()
    for seed in seeds:
        look_at(world, seed, found)
    fell = sum(map(bool, found.fell.values()))
    tell(
        f"{len(found.fell)} organisations, {found.answers:,} answers read: {found.told:,} numbers of health content shown; "
        f"the attacker finds {found.careless:,} with suppression off, {fell} with it on"
    )
    return found


def faults(found: Found) -> list[dict]:
    """By organisation: what contradicts itself, what is not as it is published, and what the attacker finds."""
    return [{seed: one for seed, one in part.items() if one} for part in (found.wrong, found.unlike, found.fell)]


def test_P04_every_answer_of_an_organisation_tells_what_is_published_and_no_more(world, tell):
    found = seen(world, [0], tell)
    assert faults(found) == [{}, {}, {}]
    assert found.careless > 0 and found.told > 10


def test_P04_what_all_roles_read_together_gives_no_hidden_cell_away(world, tell):
    found = seen(world, FEW, tell)
    assert faults(found) == [{}, {}, {}]
    assert found.careless >= len(FEW) and found.told > 10 * len(FEW)


@pytest.mark.long  # Ten to fifteen minutes.
def test_P04_what_all_roles_read_of_many_organisations_gives_no_hidden_cell_away(world, tell):
    found = seen(world, MANY, tell)
    assert faults(found) == [{}, {}, {}]
    assert found.careless >= len(MANY) and found.told > 10 * len(MANY)
