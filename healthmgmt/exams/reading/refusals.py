"""Why a whole file is refused, and the limits that hostile files meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REASONS = frozenset(
    "encoding empty no-rows header missing-column duplicate-heading too-long too-large password format macro "
    "corrupt xml several-sheets malformed formula".split()
)


class FileRefused(Exception):
    """Nothing of the file is taken. `received` is the number of data rows as far as they could be counted; `told` is what people
    need to know of it to help (see recognising.columns_told).
    """

    def __init__(self, reason: str, received: int = 0, told: Mapping[str, Any] | None = None) -> None:
        if reason not in REASONS:
            raise ValueError(f"{reason!r} is no reason to refuse a file")
        super().__init__(reason)
        self.reason = reason
        self.received = max(received, 0)
        self.told = dict(told or {})


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes where not said otherwise. See the product's promises about uploads."""

    file: int = 64 << 20
    rows: int = 250_000
    results: int = 1_000_000  # rows of a sheet with one row a result, of which each exam takes many
    columns: int = 4_096  # columns that hold anything
    parts: int = 1_000  # in an archive
    unpacked: int = 100 << 20
    unpacked_ratio: int = 20  # more than `unpacked` is allowed below this multiple of the packed size ...
    unpacked_ever: int = 1 << 30  # ... and never above this

    def unpacked_for(self, packed: int) -> int:
        return min(max(self.unpacked, self.unpacked_ratio * packed), self.unpacked_ever)
