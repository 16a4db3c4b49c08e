"""From counts of an activity to what employers may see of it: how many people came how far, the whole and its units. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Node, Row, Table, publish

# How far people came: each stage holds those after it.
STAGES = ("invited", "opened", "enrolled", "acted", "finished")
# Where people stopped: these add up to who was invited.
PARTS = ("not_opened", "not_enrolled", "not_acted", "not_finished", "finished")
TABLE = "funnel"
Counts = tuple[int, ...]


def published(root: int, below: Mapping[int, Counts], own: Counts, *, smallest_group: int, is_health_content: bool) -> list[dict[str, Any]]:
    """The rows of an activity of the unit `root`, the whole first: {"units", "own_units", "stages", "hidden"}.

    `below` are the counts of each unit right below it, `own` of the people directly in it, by PARTS. A stage is None where `hidden` says
    why; what is shown of it is a sum of cells that may be shown.
    """
    children = tuple(Node(unit, sum(counts), {TABLE: counts}) for unit, counts in sorted(below.items()))
    whole = tuple(map(sum, zip(own, *below.values(), strict=True)))
    tree = Node(root, sum(whole), {TABLE: whole}, children)
    row = publish(tree, [Table(TABLE, PARTS, is_health_content)], smallest_group)
    return [_row(one) for one in (row, *row.children)]


def _row(row: Row) -> dict[str, Any]:
    cells = [row.cells[TABLE][part] for part in PARTS]
    counts, base = [cell.count for cell in cells], cells[0].base
    stages = {stage: _stage(counts, base, place) for place, stage in enumerate(STAGES)}
    hidden = "" if None not in stages.values() else NOBODY if base == 0 else SMALL_GROUP
    return {"units": list(row.whole), "own_units": list(row.own), "stages": stages, "hidden": hidden}


def _stage(counts: Sequence[int | None], base: int | None, place: int) -> int | None:
    """How many came at least so far: what is left of the base by the open cells before it, or the sum of the open cells after it."""
    if base is None:
        return None
    before, after = counts[:place], counts[place:]
    if None not in before:
        return base - sum(before)
    return None if None in after else sum(after)
