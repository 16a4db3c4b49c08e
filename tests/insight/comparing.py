"""What was read beside what is published, and attacked."""

from healthmgmt.engagement import programmes
from healthmgmt.engagement.funnels import STAGES
from healthmgmt.engagement.models import PublishedCount
from healthmgmt.engagement.taking_part import programme_of
from healthmgmt.insight import metrics
from healthmgmt.insight.models import PublishedRow
from healthmgmt.organization.models import Unit
from tests.insight.attacking import Attack, found_in_funnel
from tests.insight.reading import Reading

K = 10
# What stands of units side by side.
OF_UNITS = ("invited", "acted", "finished")


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
    found = dict(Attack(reading.cells(), reading.read_flows(), metrics.load(), reading.before).found(K))
    for title in {one.title["en"] for one in programmes.offered() if one.is_health_content} & {title for title, _row, _stage in reading.stages}:
        told = {(row, stage): next(iter(people)) for (one, row, stage), people in reading.stages.items() if one == title}
        rows = {row: [told.get((row, stage)) for stage in STAGES] for row, _stage in told}
        whole = next(row for row in rows if (row, "opened") in told)
        found |= found_in_funnel(rows, whole, K)
    return found


def shown_of_health(reading: Reading) -> int:
    """How many numbers of health content were read."""
    registry = metrics.load()
    return len(reading.flows) + sum(cell.numerator is not None and registry.metric(cell.metric).sensitivity == "health" for cell in reading.cells())
