"""What may be shown of the facts of the whole organisation alone. Pure.

    {"chains": {slug: [count or null]}, "enrolled": {part: [took part, did not]}, "flows": [[before, after, count]], "rest": count}

`enrolled` is empty where its parts are hidden; `rest` are the people of all flows that are not shown one by one.
"""

from collections.abc import Mapping
from typing import Any

from healthmgmt.core.open_counts import open_chain, open_flows
from healthmgmt.insight import chains

Facts = Mapping[str, tuple[int, int]]


def published(facts: Facts, cells: Mapping[str, Mapping[str, Any]], smallest_group: int) -> dict[str, Any]:
    """`facts` are those of the root, (numerator, denominator) by name; `cells` what of its metrics is shown. Empty before the first count."""
    told = chains.load()
    if not all(name in facts for name in told.versions()):
        return {}
    count = {name: facts[name][0] for name in told.versions()}
    flows = {flow: count[name] for name, flow in chains.flow_facts().items()}
    shown = open_flows(flows, smallest_group)
    return {
        "chains": {chain.slug: _chain(chain, count, facts, smallest_group) for chain in told.all},
        "enrolled": _enrolled(count, cells, smallest_group),
        "flows": [[*flow, people] for flow, people in sorted(shown.items())],
        "rest": sum(flows.values()) - sum(shown.values()),
    }


def _chain(chain: chains.Chain, count: Mapping[str, int], facts: Facts, smallest_group: int) -> list[int | None]:
    steps = [count[name] for name in chain.facts()]
    base = facts["covered"][1] if chain.base == "due" else facts["assessed"][0]
    # Who works here now may be more than were due.
    return open_chain(steps, max(base, steps[0]), smallest_group)


def _enrolled(count: Mapping[str, int], cells: Mapping[str, Mapping[str, Any]], smallest_group: int) -> dict[str, list[int]]:
    """All of it or nothing, and only where the parts together are shown."""
    found = {part: [count[chains.part_fact(part, side)] for side in chains.SIDES] for part in chains.PARTS}
    is_open = all(people >= smallest_group for both in found.values() for people in both)
    return found if is_open and not any(cells[part]["hidden"] for part in chains.PARTS) else {}
