"""Cells of any origin (numpy columns, lists from JSON, single values) as float64 arrays, with what could not be read.

Each reader gives two arrays of length `size`: the values (nan = absent or unreadable) and a mask of the unreadable.
"""

from collections.abc import Sequence

import numpy as np

Array = np.ndarray
TRUTH = {True: 1.0, False: 0.0}


def spread(value: object, size: int) -> list[object] | Array:
    if isinstance(value, np.ndarray) and value.ndim:
        return value
    if isinstance(value, (list, tuple)):
        return list(value)
    return [value] * size


def numbers(value: object, size: int) -> tuple[Array, Array]:
    """Numbers; booleans and text are unreadable, infinities too."""
    column = spread(value, size)
    if isinstance(column, np.ndarray) and column.dtype.kind in "fiu":
        array = column.astype(np.float64)
    else:
        array = np.array([_number(cell) for cell in column], dtype=np.float64)
    unreadable = np.isinf(array)
    return np.where(unreadable, np.nan, array), unreadable


def _number(cell: object) -> float:
    if cell is None:
        return np.nan
    if isinstance(cell, (bool, np.bool_)) or not isinstance(cell, (int, float, np.number)):
        return np.inf
    try:
        return float(cell)
    except OverflowError:
        return np.inf


def flags(value: object, size: int) -> tuple[Array, Array]:
    """true/false, 1/0; anything else is unreadable."""
    column = spread(value, size)
    if isinstance(column, np.ndarray) and column.dtype.kind in "bfiu":
        array = column.astype(np.float64)
    else:
        array = np.array([TRUTH[bool(c)] if isinstance(c, (bool, np.bool_)) else _number(c) for c in column])
    unreadable = ~(np.isnan(array) | (array == 0) | (array == 1))
    return np.where(unreadable, np.nan, array), unreadable


def choice_codes(value: object, options: Sequence[str], size: int) -> tuple[Array, Array]:
    """Position in `options`, compared without regard to case."""
    positions = {option: float(at) for at, option in enumerate(options)}
    cells = [cell.strip().lower() if isinstance(cell, str) else cell for cell in spread(value, size)]
    array = np.array([positions.get(cell, np.nan) if isinstance(cell, str) else np.nan for cell in cells])
    missing = np.array([cell is None or cell == "" for cell in cells], dtype=bool)
    return array, np.isnan(array) & ~missing


def is_many_items(value: object) -> bool:
    """A column of lists: an object array, or anything of two dimensions. A plain list is one person's answers."""
    return (isinstance(value, np.ndarray) and value.dtype == object) or (value is not None and np.ndim(value) > 1)


def items(value: object, count: int, low: int, high: int, size: int) -> tuple[Array, Array]:
    """Lists of `count` whole numbers from `low` to `high`, as (size, count); an absent list is a row of nan."""
    rows = list(value) if is_many_items(value) else [value] * size
    array = np.full((size, count), np.nan)
    unreadable = np.zeros(size, dtype=bool)
    for at, row in enumerate(rows):
        if row is None:
            continue
        answers, broken = numbers(list(row), count) if np.ndim(row) == 1 else (np.empty(0), np.ones(1, dtype=bool))
        whole = len(answers) == count and not broken.any()
        whole = whole and bool(np.all((answers >= low) & (answers <= high) & (answers == np.floor(answers))))
        if whole:
            array[at] = answers
        else:
            unreadable[at] = True
    return array, unreadable


def unit_indexes(value: object, names: Sequence[str], size: int) -> Array:
    """Position of each cell's unit in `names`; -1 where it is missing or unknown."""
    positions = {name: at for at, name in enumerate(names)}
    cells = spread(value, size)
    return np.array([positions.get(cell, -1) if isinstance(cell, str) else -1 for cell in cells], dtype=np.int64)


def bounds(key: str, ranges: Sequence[tuple[float, float, str]], index: Array) -> Array:
    """One sentence a row: which range of `key` was left, in the unit the row came in."""
    texts = [f"{key} outside {low:g} to {high:g} {unit}".rstrip() for low, high, unit in ranges]
    return np.array(texts, dtype=object)[index]
