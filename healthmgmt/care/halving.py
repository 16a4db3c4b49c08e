"""Work on many rows at once that one bad row does not hold up: it is found by halving the range of ids, and left."""

from collections.abc import Callable

from django.db import DataError, IntegrityError, InternalError

# What a row brings about. A lost connection or a deadlock is nobody's row, and ends the try as ever.
OF_A_ROW = (DataError, IntegrityError, InternalError)
Span = tuple[int, int]
ALL: Span = (1, 2**63 - 1)


def work_off(act: Callable[[Span], None], span: Span) -> list[int]:
    """Let `act` work on all ids of a range; returns those with which it cannot be done. `act` is a transaction of its own, or several,
    and may be called again with what it has done already."""
    try:
        act(span)
    except OF_A_ROW:
        first, last = span
        if first == last:
            return [first]
        middle = (first + last) // 2
        return work_off(act, (first, middle)) + work_off(act, (middle + 1, last))
    return []
