"""How good deliveries are: counts by month and item, and what of them is worth a word with the exam centre. Pure.

Signals, not accusations: readings rounded by hand, a unit that changed or a printing error look alike from here.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# Delivered more than so many days after the examination.
LATE_DAYS = 30
# Read off in whole numbers, so that each last digit should come about as often as another.
WHOLE_ITEMS = ("sbp", "dbp", "heart_rate")
# Of ten last digits two are 0 and 5.
EXPECTED_SHARE = 0.2
# Below so many readings a share of digits says nothing.
LEAST_DIGITS = 50
IMPLAUSIBLE = ("range", "order")


class Mark(StrEnum):
    """In order, worth a look, worth a word; the worst of all signals holds."""

    FINE = "fine"
    LOOK = "look"
    TALK = "talk"


class Signal(StrEnum):
    WAITING = "waiting"
    IMPLAUSIBLE = "implausible"
    UNITS = "units"
    DIGITS = "digits"
    LATE = "late"


# From which share on a signal is worth a look, and a word.
LIMITS = {
    Signal.WAITING: (0.02, 0.10),
    Signal.IMPLAUSIBLE: (0.001, 0.01),
    Signal.DIGITS: (0.35, 0.50),
    Signal.LATE: (0.05, 0.25),
}
ORDER = (Mark.FINE, Mark.LOOK, Mark.TALK)


@dataclass
class Counts:
    """Counts by item, month and measure; the blank item is the whole row."""

    by_item: dict[str, dict[date, Counter]] = field(default_factory=dict)

    def add(self, month: date, indicator: str, measure: str, count: int) -> None:
        self.by_item.setdefault(indicator, {}).setdefault(month, Counter())[measure] += count

    @property
    def months(self) -> list[date]:
        return sorted({month for months in self.by_item.values() for month in months})

    @property
    def items(self) -> list[str]:
        return sorted(item for item in self.by_item if item)

    def of(self, item: str, month: date | None = None) -> Counter:
        """All counts of an item, or of one month of it."""
        found, total = self.by_item.get(item, {}), Counter()
        for counts in found.values() if month is None else (found.get(month, Counter()),):
            total.update(counts)
        return total


def implausible(counts: Counter) -> int:
    return sum(counts[f"reason:{reason}"] for reason in IMPLAUSIBLE)


def digits(counts: Counter) -> tuple[int, int]:
    """Readings that end in 0 or 5, and all whole ones."""
    found = {measure: count for measure, count in counts.items() if measure.startswith("digit:")}
    return counts["digit:0"] + counts["digit:5"], sum(found.values())


def units(counts: Counter, canonical: str) -> list[str]:
    """The units in which an item came, the most frequent first."""
    other = Counter({measure.removeprefix("unit:"): count for measure, count in counts.items() if measure.startswith("unit:")})
    other[canonical] += counts["received"] - sum(other.values())
    return [unit for unit, count in other.most_common() if count > 0]


def of_item(item: str, counts: Counter) -> dict[Signal, Mark]:
    """What an item's counts signal; only what is worth a look."""
    heaped, whole = digits(counts)
    found = {
        Signal.IMPLAUSIBLE: _mark(Signal.IMPLAUSIBLE, implausible(counts), counts["received"] + implausible(counts)),
        Signal.UNITS: Mark.LOOK if len(units(counts, "")) > 1 else Mark.FINE,
        Signal.DIGITS: _mark(Signal.DIGITS, heaped, whole) if item in WHOLE_ITEMS and whole >= LEAST_DIGITS else Mark.FINE,
    }
    return {signal: mark for signal, mark in found.items() if mark != Mark.FINE}


def of_centre(counts: Counts) -> dict[Signal, Mark]:
    """What an exam centre's counts signal: of whole rows, and the worst of its items."""
    rows = counts.of("")
    found = {
        Signal.WAITING: _mark(Signal.WAITING, rows["waiting"] + rows["refused"], rows["received"]),
        Signal.LATE: _mark(Signal.LATE, rows["late"], rows["received"]),
    }
    for item in counts.items:
        for signal, mark in of_item(item, counts.of(item)).items():
            found[signal] = worst([found.get(signal, Mark.FINE), mark])
    return {signal: mark for signal, mark in found.items() if mark != Mark.FINE}


def worst(marks: list[Mark]) -> Mark:
    return max(marks, key=ORDER.index, default=Mark.FINE)


def _mark(signal: Signal, part: int, whole: int) -> Mark:
    look, talk = LIMITS[signal]
    share = part / whole if whole else 0
    return Mark.TALK if share >= talk else Mark.LOOK if share >= look else Mark.FINE
