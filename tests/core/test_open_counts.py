"""Steps that narrow down and flows: what is shown says nothing of a small group, whatever is added up and taken away."""

import random
from itertools import product

import numpy as np
import pytest

from healthmgmt.core.open_counts import open_chain, open_flows

COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")
TABLES = 300


def table(rng: random.Random) -> dict[tuple[str, str], int]:
    """Six colours before and after: some flows of nobody, some of a handful, some large."""
    return {flow: rng.choice([0, 0, rng.randint(1, 9), rng.randint(10, 40), rng.randint(50, 900)]) for flow in product(COLOURS, COLOURS)}


def worked_out(whole: dict, shown: dict) -> set[tuple[str, str]]:
    """The hidden flows that whoever knows every row and column sum can compute."""
    hidden = [flow for flow in whole if flow not in shown]
    if not hidden:
        return set()
    lines = [[float(flow[side] == colour) for flow in hidden] for side in (0, 1) for colour in COLOURS]
    equations = np.array(lines)
    rank = np.linalg.matrix_rank(equations)
    found = set()
    for place, flow in enumerate(hidden):
        alone = np.zeros(len(hidden))
        alone[place] = 1
        if np.linalg.matrix_rank(np.vstack([equations, alone])) == rank:
            found.add(flow)
    return found


def test_attacker_finds_flows_where_only_small_ones_are_hidden_and_none_here(capsys) -> None:
    rng, naive = random.Random(7), 0
    for _ in range(TABLES):
        whole = table(rng)
        naive += len({flow for flow in worked_out(whole, {flow: n for flow, n in whole.items() if n >= 10}) if whole[flow]})
        shown = open_flows(whole, 10)
        assert all(whole[flow] == count >= 10 for flow, count in shown.items())
        assert not {flow for flow in worked_out(whole, shown) if whole[flow]}
        for side, colour in product((0, 1), COLOURS):
            hidden = sum(n for flow, n in whole.items() if flow[side] == colour and flow not in shown)
            assert hidden == 0 or hidden >= 10 or not [flow for flow in shown if flow[side] == colour]
    with capsys.disabled():
        print(f"\n{TABLES} tables: small flows alone hidden, {naive} are worked out; none of what is shown")
    assert naive > 0


def test_flows_stay_as_they_are_where_all_are_large() -> None:
    whole = {flow: 20 for flow in product(COLOURS, COLOURS)}
    assert open_flows(whole, 10) == whole


def test_flow_alone_in_its_row_and_column_takes_others_with_it() -> None:
    whole = {("a", "x"): 3, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50}
    assert open_flows(whole, 10) == {}


def test_negative_flow_is_an_error() -> None:
    with pytest.raises(ValueError, match="fewer than nobody"):
        open_flows({("a", "x"): -1}, 10)


@pytest.mark.parametrize(
    ("counts", "base", "shown"),
    [
        ([60, 40, 20], 100, [60, 40, 20]),
        ([60, 55, 20], 100, [60, None, 20]),
        ([60, 45, 41, 20, 5], 100, [60, 45, None, 20, None]),
        ([95, 40], 100, [None, 40]),
        ([9, 9], 100, [None, None]),
        ([], 0, []),
    ],
)
def test_step_is_shown_where_it_and_what_it_leaves_out_are_groups(counts, base, shown) -> None:
    assert open_chain(counts, base, 10) == shown


def test_differences_of_shown_steps_are_groups() -> None:
    rng = random.Random(3)
    for _ in range(TABLES):
        base = rng.randint(0, 200)
        counts = sorted((rng.randint(0, base) for _ in range(5)), reverse=True)
        known = [base, *(count for count in open_chain(counts, base, 10) if count is not None), 0]
        assert all(a - b == 0 or a - b >= 10 for a, b in zip(known, known[1:], strict=False) if b or len(known) > 2)


def test_steps_that_grow_are_an_error() -> None:
    with pytest.raises(ValueError, match="narrow down"):
        open_chain([5, 6], 10, 10)
