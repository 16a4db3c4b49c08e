"""One row with which nothing can be done is found, and all others are done."""

import pytest
from django.db import InternalError, OperationalError

from healthmgmt.care import halving


def worker(bad: set[int], done: set[int], error: type[Exception] = InternalError):
    def act(span: halving.Span) -> None:
        rows = set(range(span[0], span[1] + 1))
        if rows & bad:
            raise error
        done.update(rows)

    return act


@pytest.mark.parametrize("bad", [set(), {1}, {100}, {37, 38}, {1, 50, 100}])
def test_all_but_the_bad_ones_are_done(bad) -> None:
    done: set[int] = set()
    assert halving.work_off(worker(bad, done), (1, 100)) == sorted(bad)
    assert done == set(range(1, 101)) - bad


def test_lost_connection_is_nobodys_row() -> None:
    with pytest.raises(OperationalError):
        halving.work_off(worker({3}, set(), OperationalError), (1, 100))
