"""What every reader hands on: sheets of text cells with the sheet's own row numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Row = tuple[int, list[str]]


def column_letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(number: int, index: int) -> str:
    """The cell of a row and column, as spreadsheets name it."""
    return f"{column_letters(index)}{number}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `read()` starts a new pass over its rows that hold anything: (row number from 1, cells).

    Cells are text; a blank cell is `""`; the index in the list is the sheet's own column. `faults` names
    cells that hold no result: {(row, column index): "formula" | "cell-error"}. `is_ragged`: a row may hold
    fewer cells than the heading, which then means that something is missing. `moved(row)` tells of a sheet that was
    turned (longform.py) where the cells of a row stand in the file: {column index: address}. `is_hidden`: whoever opens the file
    does not see it at first.
    """

    name: str
    read: Callable[[], Iterator[Row]]
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    is_ragged: bool = False
    moved: Callable[[int], Mapping[int, str]] | None = None
    is_hidden: bool = False

    def place(self, number: int, index: int) -> str:
        """The address of a cell in the file."""
        found = self.moved(number).get(index) if self.moved else None
        return found or address(number, index)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that could be opened. `encoding` is None where the format has no choice of encoding."""

    format: str
    encoding: str | None
    sheets: list[Sheet]
    is_1904: bool = False


def column_index(letters: str) -> int:
    """A -> 0, AA -> 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
