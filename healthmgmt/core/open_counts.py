"""Which counts of a whole organisation may be shown where they are no parts of one base: steps that narrow down, and flows. Pure.

Both are told of the whole organisation alone; of a tree's parts `suppression` decides.

A chain of steps, each a part of the one before: a step is shown when it and what it leaves out of the last one shown both count at
least `smallest_group` people. So every sum or difference of shown steps is that large.

Flows between the parts of two dates: what stands in a row or a column may be known from elsewhere, so the margins count as known. A flow
of fewer people is hidden, and so is a flow of nobody. In a row or column the hidden ones together are as large as a group, or all of
nothing; and every hidden flow lies on a circle of hidden ones: in such a table precisely those that do not can be worked out (Gusfield,
A graph theoretic approach to statistical data security, SIAM J. Comput. 17, 1988). tests/core/test_open_counts.py attacks the result with
linear algebra.
"""

from collections.abc import Mapping, Sequence

Flow = tuple[str, str]


def open_chain(counts: Sequence[int], base: int, smallest_group: int) -> list[int | None]:
    """Per step its count, None where it is hidden; `base` is what the first step is a part of.

    Raises ValueError when a step counts more than the one before.
    """
    if any(after > before for before, after in zip([base, *counts], counts, strict=False)):
        raise ValueError(f"The steps {list(counts)} of {base} do not narrow down.")
    shown: list[int | None] = []
    last = base
    for count in counts:
        is_open = count >= smallest_group and last - count >= smallest_group
        shown.append(count if is_open else None)
        last = count if is_open else last
    return shown


def open_flows(counts: Mapping[Flow, int], smallest_group: int) -> dict[Flow, int]:
    """The flows that may be shown, of a whole table: a pair that is not named is a flow of nobody. Raises ValueError for a negative one."""
    if any(count < 0 for count in counts.values()):
        raise ValueError("A flow counts fewer than nobody.")
    sources, targets = ({flow[side] for flow in counts} for side in (0, 1))
    whole = {(source, target): counts.get((source, target), 0) for source in sources for target in targets}
    shown = {flow: count for flow, count in whole.items() if count >= smallest_group}
    while (more := _too_narrow(whole, shown, smallest_group) or _worked_out(whole, shown)) is not None:
        del shown[more]
    return shown


def _too_narrow(whole: Mapping[Flow, int], shown: Mapping[Flow, int], smallest_group: int) -> Flow | None:
    """A shown flow to hide because what is hidden beside it, in its row or column, is together no group."""
    for side in (0, 1):
        for line in sorted({flow[side] for flow in whole}):
            hidden = sum(count for flow, count in whole.items() if flow[side] == line and flow not in shown)
            more = _smallest(shown, lambda flow, side=side, line=line: flow[side] == line) if 0 < hidden < smallest_group else None
            if more is not None:
                return more
    return None


def _worked_out(whole: Mapping[Flow, int], shown: Mapping[Flow, int]) -> Flow | None:
    """A shown flow that closes a circle through a hidden one that lies on none."""
    hidden = [flow for flow in whole if flow not in shown]
    for source, target in sorted(hidden):
        others = [flow for flow in hidden if flow != (source, target)]
        reached = _connected(source, others)
        if ("to", target) in reached:
            continue
        # Between the two sides that this flow alone joins, another one has to be hidden as well.
        more = _smallest(shown, lambda flow, reached=reached: (("from", flow[0]) in reached) != (("to", flow[1]) in reached))
        if more is not None:
            return more
    return None


def _smallest(shown: Mapping[Flow, int], fits) -> Flow | None:
    return min((flow for flow in shown if fits(flow)), key=lambda flow: (shown[flow], flow), default=None)


def _connected(source: str, flows: Sequence[Flow]) -> set[tuple[str, str]]:
    """What hangs together with a source by some flows, as nodes of a graph with two sides."""
    reached = {("from", source)}
    while True:
        more = {end for flow in flows for end in _ends(flow) if any(one in reached for one in _ends(flow))} - reached
        if not more:
            return reached
        reached |= more


def _ends(flow: Flow) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("from", flow[0]), ("to", flow[1])
