"""Shares among people of some colours, unit by unit: which of them may be shown beside the colours. Pure.

Such a share (of the red and orange, who was followed up) tells how many people have these colours together. Where a row hides only some
of them, or others with them, that sum would take the hidden colours apart; such a row is closed, and so is one in which either part is
no group. Of siblings the closed rows are at least two, and both of their parts together are groups, so that no difference from the row
above opens one; below a closed row all are closed. All rows that hide colours so are closed together, and what is known of their sum
the sums of their colours tell as well. tests/insight/test_coupled.py attacks it with linear algebra.
"""

from collections.abc import Callable, Sequence

from healthmgmt.core.suppression import Row

Parts = tuple[int, int]


class Coupled:
    """`parts` counts the two parts of a row; `within` are the colours that they add up to, of the table `colours`."""

    def __init__(self, parts: Callable[[Row], Parts], colours: str, within: Sequence[str], smallest_group: int) -> None:
        self._parts = parts
        self._colours = colours
        self._within = frozenset(within)
        self._smallest_group = smallest_group
        self._open: set[int] = set()

    def decide(self, root: Row) -> frozenset[int]:
        """The rows that may show the share, by their `id()`."""
        if root.people is not None and self._is_open(root):
            self._open.add(id(root))
            self._decide_below(root)
        return frozenset(self._open)

    def _decide_below(self, row: Row) -> None:
        closed = [child for child in row.children if not self._is_open(child)]
        others = sorted((child for child in row.children if self._is_open(child)), key=lambda child: (sum(self._parts(child)), child.whole))
        while closed and others and not self._are_safe(closed):
            closed.append(others.pop(0))
        for child in others:
            self._open.add(id(child))
            self._decide_below(child)

    def _is_open(self, row: Row) -> bool:
        return min(self._parts(row)) >= self._smallest_group and not self._splits_hidden(row)

    def _splits_hidden(self, row: Row) -> bool:
        hidden = {colour for colour, cell in row.cells[self._colours].items() if cell.hidden}
        return bool(hidden & self._within) and bool(hidden - self._within)

    def _are_safe(self, rows: Sequence[Row]) -> bool:
        return len(rows) > 1 and min(map(sum, zip(*map(self._parts, rows), strict=True))) >= self._smallest_group
