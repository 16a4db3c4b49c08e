"""Random organisations, person by person, without a database: the facts of their units in two periods."""

import random
from collections import Counter
from dataclasses import dataclass, field

from healthmgmt.insight import flowing
from healthmgmt.insight.metrics import Registry

COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")
ACTIVITY = ("invited", "opened", "signed_up", "took_part", "finished")
ITEMS = 8
Facts = dict[int, dict[str, tuple[int, int]]]


@dataclass
class Organisation:
    """`parents` of units; `before` and `now` are the facts of two periods, `flows` from the one to the other."""

    parents: dict[int, int | None]
    before: Facts = field(default_factory=dict)
    now: Facts = field(default_factory=dict)
    flows: dict[tuple[str, str], int] = field(default_factory=dict)


def organisation(rng: random.Random, registry: Registry) -> Organisation:
    """A tree of uneven units whose people change their colours, have alerts, and are cared for, as chance has it."""
    made = Organisation(_tree(rng))
    counts = {period: {unit: Counter() for unit in made.parents} for period in ("before", "now")}
    shares = {colour: rng.choice([1, 5, 20, 60]) for colour in COLOURS}
    flows: Counter = Counter()
    times = rng.choice([1, 1, 6])
    for unit in made.parents:
        is_leaf = unit not in made.parents.values()
        for _ in range(times * rng.choice([2, 8, 25, 60, 150]) if is_leaf or rng.random() < 0.3 else 0):
            earlier, later, measures = _person(rng, shares)
            flows[earlier or "none", later or "none"] += 1
            _add(counts["now"], made.parents, unit, measures)
            _add(counts["before"], made.parents, unit, _before(rng, earlier))
    del flows["none", "none"]
    made.flows = dict(flows)
    made.before, made.now = (
        {unit: {one.slug: (counter[one.numerator], counter[one.denominator]) for one in registry.metrics} for unit, counter in counts[period].items()}
        for period in ("before", "now")
    )
    return made


def _tree(rng: random.Random) -> dict[int, int | None]:
    parents: dict[int, int | None] = {1: None}
    level = [1]
    for _ in range(rng.choice([1, 2, 3])):
        below = []
        for unit in level:
            for _child in range(rng.randint(0 if unit != 1 else 2, 4)):
                if len(parents) < 16:
                    parents[len(parents) + 1] = unit
                    below.append(len(parents))
        level = below
    return parents


def _person(rng: random.Random, shares: dict[str, int]) -> tuple[str, str, Counter]:
    def colour() -> str:
        return rng.choices(list(shares), list(shares.values()))[0] if rng.random() < 0.9 else ""

    earlier = colour()
    later = earlier if earlier and rng.random() < 0.5 else colour()
    measures = Counter(due=1, covered=int(rng.random() < 0.9))
    measures.update(on_time=measures["covered"] * int(rng.random() < 0.8))
    if later:
        measures.update({"assessed": 1, later: 1})
    if later in ("red", "orange"):
        measures[rng.choice(["followed_up", "not_followed_up"])] += 1
    _alert(rng, measures)
    _cascades(rng, measures, is_assessed=bool(later))
    if earlier:
        measures["compared"] += 1
        became = flowing.became((earlier, later or "none"))
        if became:
            measures.update({became: 1, f"{rng.choice(['enrolled', 'others'])}_{became}": 1})
    if rng.random() < 0.3:
        measures.update({"asked_to_come": 1, "returned": int(rng.random() < 0.6)})
    _coverage(rng, measures)
    return earlier, later, measures


def _before(rng: random.Random, colour: str) -> Counter:
    """What somebody counted as in the period before."""
    measures = Counter(due=1, covered=1, on_time=1, **({"assessed": 1, colour: 1} if colour else {}))
    _coverage(rng, measures)
    return measures


def _coverage(rng: random.Random, measures: Counter) -> None:
    """The items of an examination, how far somebody came in activities, and a hazard at work."""
    if measures["covered"]:
        present = rng.choice([ITEMS, ITEMS, rng.randint(1, ITEMS)])
        measures.update(items_due=ITEMS, items_present=present, complete=int(present == ITEMS))
    measures.update(dict.fromkeys(ACTIVITY[: rng.choice([0, 0, 1, 2, 3, 4, 5])], 1))
    if rng.random() < 0.2:
        hazard = rng.choice(["noise", "dust"])
        measures.update({f"exposed_{hazard}": 1, f"exposed_done_{hazard}": int(rng.random() < 0.7)})


def _alert(rng: random.Random, measures: Counter) -> None:
    if rng.random() < 0.2:
        speed = rng.choice(["alerted", "settled", "closed_in_week", "closed_in_day"])
        measures.update({"alerts_any": 1, "alerted" if speed == "alerted" else "settled": 1})
        measures.update({step: 1 for step in ("closed_in_week", "closed_in_day")[: ("settled", "closed_in_week", "closed_in_day").index(speed)]} if speed != "alerted" else {})


def _cascades(rng: random.Random, measures: Counter, *, is_assessed: bool) -> None:
    for condition in ("bp", "glucose", "lipids") if is_assessed else ():
        far = rng.choice([0, 0, 1, 2, 3, 4, 5])
        measures.update({f"{condition}_{step}": 1 for step in ("have", "know", "treated", "seen", "at_target")[:far]})


def _add(counts: dict[int, Counter], parents: dict[int, int | None], unit: int | None, measures: Counter) -> None:
    while unit is not None:
        counts[unit].update(measures)
        unit = parents[unit]
