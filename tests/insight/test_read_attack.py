"""The attacker on what each role really gets: pages, workbooks, JSON and mails of random organisations, read word by word and solved."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction

from healthmgmt.core import suppression
from healthmgmt.engagement import programmes
from healthmgmt.engagement.funnels import STAGES
from healthmgmt.engagement.models import PublishedCount
from healthmgmt.engagement.taking_part import programme_of
from healthmgmt.insight import metrics
from healthmgmt.insight.models import PublishedRow
from healthmgmt.organization.models import Unit
from tests.insight import peopled, planting
from tests.insight.attacking import Attack, found_in_funnel
from tests.insight.planting import Planted
from tests.insight.reading import Reading
from tests.insight.receiving import Receiver

K = 10
BEFORE = {"Present": "Past"}
OF_UNITS = ("invited", "acted", "finished")
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

    def planted(self, seed: int) -> Iterator[Planted]:
        """An organisation for as long as it is looked at."""
        at = transaction.savepoint()
        yield planting.plant(peopled.organisation(random.Random(seed), metrics.load()), self.people, self.patch, is_looked_through=seed % 2 == 1)
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


def published() -> dict:
    """What is stored as published, by the words of the pages: cells, the rows' people, what they are a part of, flows."""
    names = dict(Unit.objects.values_list("pk", "name"))
    rows = list(PublishedRow.objects.select_related("period"))
    name_of = {row.pk: _name(row.units, row.own_units, names) for row in rows}
    found = {"cells": {}, "on_pages": {}, "people": {}, "above": {}, "flows": {}, "stages": {}}
    for row in rows:
        at = (row.period.name, name_of[row.pk])
        found["people"][at], found["above"][at] = row.people, name_of.get(row.parent_id)
        found["cells"] |= {(*at, metric): (cell["numerator"], cell["denominator"]) for metric, cell in row.cells.items()}
        found["on_pages"] |= {(*at, metric): cell["numerator"] for metric, cell in row.cells.items() if cell["numerator"] is not None}
        found["flows"] |= {(row.period.name, source, target): people for source, target, people in row.flows}
    for one in PublishedCount.objects.select_related("activity"):
        # Units side by side tell only some of the stages; alone they are the whole.
        for row, stages in zip(one.rows, [STAGES, *[OF_UNITS] * (len(one.rows) - 1)]) if len(one.rows) > 2 else [(one.rows[0], STAGES)]:
            title = programme_of(one.activity).title["en"]
            found["stages"] |= {(title, _name(row["units"], row["own_units"], names), stage): row["stages"][stage] for stage in stages}
    return found


def _name(units: list[int], own_units: list[int], names: dict[int, str]) -> str:
    return " + ".join([*(names[pk] for pk in units), *(f"{names[pk]} (itself)" for pk in own_units)])


def as_read(reading: Reading) -> dict:
    """The same as it was read. A unit within a row that it shares has no row of its own: what is said of it has to be that nothing is told."""
    of_rows = {key: known for key, known in reading.known.items() if key[:2] in reading.above or known.part is not None}
    return {
        "cells": {key: (known.part, known.whole) for key, known in of_rows.items() if not known.is_of_the_whole()},
        # Every number stands on a page of leadership, and not in the command's JSON alone.
        "on_pages": {one.key: one.part for one in reading.said if one.part is not None and one.where.startswith("/group/")},
        "people": {at: min(found) for at, found in reading.people.items() if at in reading.above or found != {None}},
        "above": reading.above,
        "flows": {flow: min(people) for flow, people in reading.flows.items()},
        "stages": {stage: next(iter(people)) for stage, people in reading.stages.items()},
    }


def unlike(read: dict, stored: dict) -> list:
    """Where what was read is not what is published."""
    return [
        (part, key, read[part].get(key, "not read"), stored[part].get(key, "not published"))
        for part in stored
        for key in read[part].keys() | stored[part].keys()
        if read[part].get(key, "not read") != stored[part].get(key, "not published")
    ]


def attacked(reading: Reading) -> dict:
    """Everything that follows from what was read, though it is hidden or of few people."""
    found = dict(Attack(reading.cells(), reading.read_flows(), metrics.load(), BEFORE).found(K))
    for title in {one.title["en"] for one in programmes.offered() if one.is_health_content} & {title for title, _row, _stage in reading.stages}:
        told = {(row, stage): next(iter(people)) for (one, row, stage), people in reading.stages.items() if one == title}
        rows = {row: [told.get((row, stage)) for stage in STAGES] for row, _stage in told}
        whole = next(row for row in rows if (row, "opened") in told)
        found |= found_in_funnel(rows, whole, K)
    return found


def look_at(world: World, seed: int, found: Found) -> None:
    registry = metrics.load()
    for planted in world.planted(seed):
        receiver = world.receiver(planted)
        reading = receiver.everything() if seed % WHOLE == 0 else receiver.some(random.Random(seed))
        found.answers += reading.answers
        found.wrong[seed] = reading.solve()
        found.unlike[seed] = unlike(as_read(reading), published())
        cells = reading.cells()
        found.told += sum(cell.numerator is not None and registry.metric(cell.metric).sensitivity == "health" for cell in cells) + len(reading.flows)
        found.fell[seed] = attacked(reading)
    with world.patch.context() as patched:
        patched.setattr(suppression._Protection, "of_root", each_cell_by_itself)
        for planted in world.planted(seed):
            reading = world.receiver(planted).tables()
            found.answers += reading.answers
            reading.solve()
            found.careless += len(attacked(reading))


def judged(world: World, seeds: Iterable[int]) -> str:
    """Look at organisations, and nothing is found; returns what was seen."""
    found = Found()
    for seed in seeds:
        look_at(world, seed, found)
    fell = {seed: one for seed, one in found.fell.items() if one}
    assert {seed: wrong for seed, wrong in found.wrong.items() if wrong} == {}
    assert {seed: one for seed, one in found.unlike.items() if one} == {}
    assert (fell, found.careless >= len(found.fell), found.told > 10 * len(found.fell)) == ({}, True, True)
    return (
        f"{len(found.fell)} organisations, {found.answers:,} answers read: {found.told:,} numbers of health content shown; "
        f"the attacker finds {found.careless:,} with suppression off, {len(fell)} with it on"
    )


def test_P04_every_answer_of_an_organisation_tells_what_is_published_and_no_more(world, tell):
    tell(judged(world, [0]))


def test_P04_what_all_roles_read_together_gives_no_hidden_cell_away(world, tell):
    tell(judged(world, FEW))


@pytest.mark.long  # Ten minutes.
def test_P04_what_all_roles_read_of_many_organisations_gives_no_hidden_cell_away(world, tell):
    tell(judged(world, MANY))
