"""The yearly examination rounds of the demonstration: when they are, and on which day a person comes."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

OPEN_DAYS = 70
LATE_DAYS = 14
SETTLED_DAYS = 21
LATEST_DEADLINE = (12, 10)
EARLIEST_DEADLINE = (3, 15)
LATE_SHARE = 0.025
VISIT_DAYS = 11  # A grassroots unit comes within eleven days.


@dataclass(frozen=True)
class Round:
    """Exam days lie from `opens_on` to `deadline`, a few up to `closes_on`; all in the year `year`."""

    year: int
    opens_on: date
    deadline: date
    closes_on: date


def rounds(today: date, count: int) -> tuple[Round, ...]:
    """The last `count` yearly rounds that are over by `today`, oldest first.

    A round stays inside one calendar year, so that a yearly period holds the whole of it.
    """
    deadline = today - timedelta(days=SETTLED_DAYS)
    deadline = min(deadline, date(deadline.year, *LATEST_DEADLINE))
    if deadline < date(deadline.year, *EARLIEST_DEADLINE):
        deadline = date(deadline.year - 1, *LATEST_DEADLINE)
    return tuple(_round(deadline.replace(year=deadline.year - back)) for back in reversed(range(count)))


def exam_days(rounds: tuple[Round, ...], unit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Planned days (people, rounds) as ordinals, for the number of each person's unit (people,).

    A unit has its own weeks, about the same ones every year; nobody comes on a Sunday.
    """
    last_start = OPEN_DAYS - VISIT_DAYS
    start = rng.integers(0, last_start + 1, size=int(unit.max()) + 1)
    days = np.empty((len(unit), len(rounds)), dtype=np.int64)
    for number, one in enumerate(rounds):
        shifted = np.clip(start + rng.integers(-5, 6, size=len(start)), 0, last_start)
        visit = one.opens_on.toordinal() + shifted[unit] + rng.integers(0, VISIT_DAYS, size=len(unit))
        late = one.deadline.toordinal() + rng.integers(1, LATE_DAYS, size=len(unit))
        chosen = np.where(rng.random(len(unit)) < LATE_SHARE, late, visit)
        # Ordinal 7 was a Sunday. A Sunday on the first day moves on, every other one back.
        sunday = chosen % 7 == 0
        chosen[sunday] += np.where(chosen[sunday] == one.opens_on.toordinal(), 1, -1)
        days[:, number] = chosen
    return days


def _round(deadline: date) -> Round:
    return Round(
        year=deadline.year,
        opens_on=deadline - timedelta(days=OPEN_DAYS),
        deadline=deadline,
        closes_on=deadline + timedelta(days=LATE_DAYS),
    )
