"""The attacker on everything that is published of 500 random organisations, over all metrics, the tree and two periods."""

import random

from healthmgmt.insight import flowing, metrics, publishing
from healthmgmt.insight.publishing import Publication
from tests.insight import attacking, peopled
from tests.insight.attacking import Attack, Cell, ReadFlow
from tests.insight.peopled import Facts, Organisation

K = 10
TREES = 500
BEFORE = {"now": "before"}


def published(made: Organisation) -> tuple[list[Cell], list[ReadFlow], list[Publication]]:
    """As the product publishes two periods one after the other."""
    registry = metrics.load()
    earlier = publishing.publications(made.parents, made.before, registry, K, None)
    hidden_before = frozenset(slug for slug, cell in earlier[0].cells.items() if cell["hidden"])
    later = publishing.publications(made.parents, made.now, registry, K, hidden_before)
    hidden_now = {slug for slug, cell in later[0].cells.items() if cell["hidden"]}
    flows = []
    if later[0].people is not None:
        flows = flowing.shown_flows(made.flows, hidden_before=hidden_before, hidden_now=hidden_now, smallest_group=K)
    read = [ReadFlow("now", 0, one.source, one.target, one.people) for one in flows]
    return cells("before", earlier) + cells("now", later), read, later


def cells(period: str, rows: list[Publication]) -> list[Cell]:
    return attacking.cells_of(period, enumerate(rows), lambda numbered: (numbered[0], numbered[1].parent, numbered[1].cells))


def careless(made: Organisation, rows: list[Publication]) -> tuple[list[Cell], list[ReadFlow]]:
    """Suppression off: each cell is looked at by itself."""
    found = []
    for period, facts in (("before", made.before), ("now", made.now)):
        for number, row in enumerate(rows):
            for metric in metrics.load().metrics:
                if metric.slug in row.cells and not metric.of and not metric.share_of:
                    numerator, denominator = count(row, facts, made, metric.slug)
                    is_shown = metric.sensitivity == "coverage" or K <= numerator <= denominator - K
                    found.append(Cell(period, number, row.parent, metric.slug, numerator if is_shown else None, denominator, not denominator))
    return found, [ReadFlow("now", 0, *place, people) for place, people in made.flows.items() if people >= K]


def count(row: Publication, facts: Facts, made: Organisation, slug: str) -> tuple[int, int]:
    below = [child for child, parent in made.parents.items() if parent in row.own_units]
    added = [facts[unit][slug] for unit in (*row.units, *row.own_units)]
    taken = [facts[unit][slug] for unit in below]
    return sum(one for one, _ in added) - sum(one for one, _ in taken), sum(base for _, base in added) - sum(base for _, base in taken)


def test_attack_on_all_that_is_published_finds_cells_only_without_suppression(capsys):
    registry, shown, fell, careless_fell = metrics.load(), 0, {}, 0
    for seed in range(TREES):
        made = peopled.organisation(random.Random(seed), registry)
        given, flows, rows = published(made)
        shown += len(flows) + sum(cell.numerator is not None and registry.metric(cell.metric).sensitivity == "health" for cell in given)
        if found := Attack(given, flows, registry, BEFORE).found(K):
            fell[seed] = found
        careless_fell += len(Attack(*careless(made, rows), registry, BEFORE).found(K))
    with capsys.disabled():
        print(f"\n{TREES} organisations: {shown} numbers of health content shown; the attacker finds {careless_fell} with suppression off, {len(fell)} with it on")
    assert (fell, careless_fell > TREES, shown > 10 * TREES) == ({}, True, True)
