"""Seconds and peak memory of a piece of work, and how they are printed."""

import gc
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Measured:
    """`memory` and `child_memory` are peaks in MiB: of the process that did the work, and of the largest it started.

    Linux counts the memory of the starter at that moment as the child's too, so a small child shows the starter's.
    """

    result: Any
    seconds: float
    memory: float
    child_memory: float


def apart(work: Callable[..., Any], *arguments: Any) -> Measured:
    """Do the work in a forked process, so that its peak is its own; its database connections are its own too."""
    from django.db import connections

    connections.close_all()
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(_measure, work, arguments).result()


def repeated(work: Callable[[], Any], times: int) -> float:
    """The median of the seconds that the work takes."""
    return median(seconds(work) for _ in range(times))


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def watched(module: Any, name: str) -> Iterator[list[float]]:
    """The seconds of each call of a module's function, while inside."""
    function, taken = getattr(module, name), []

    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            taken.append(time.perf_counter() - started)

    setattr(module, name, timed)
    try:
        yield taken
    finally:
        setattr(module, name, function)


def line(what: str, number: float, unit: str, ratio: str = "", goal: str = "") -> None:
    """One measurement, and beside it what it is compared with and the goal."""
    print(f"  {what:<52} {number:10.2f} {unit:<4} {ratio:<26} {goal}".rstrip(), flush=True)


def _measure(work: Callable[..., Any], arguments: tuple) -> Measured:
    started = time.perf_counter()
    result = work(*arguments)
    taken = time.perf_counter() - started
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Measured(result, taken, own, children)


def as_served() -> None:
    """What is loaded now stays for good, as the web process has it (healthmgmt/wsgi.py)."""
    gc.collect()
    gc.freeze()
