"""People of one slice with their newest values: what is loaded, judged and stored together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from healthmgmt.risk.measures import Measures

Array = np.ndarray


class AtHome(NamedTuple):
    """The readings whose mean counts of a person, and the last day of that mean."""

    on: date
    readings: tuple[int, ...]


@dataclass
class Slice:
    """`people` int64 ids, ascending; `measures` their newest values; `read` int64, the ids of the exams that those come from, person by
    person, of which the last of each person's ends at `ends`; `home` by person, of those whose readings at home count."""

    people: Array
    measures: Measures
    read: Array
    ends: Array
    home: Mapping[int, AtHome] = field(default_factory=dict)

    @property
    def exams(self) -> list[list[int]]:
        """Per person the ids of the exams that were read, oldest exam first."""
        ids, ends = self.read.tolist(), self.ends.tolist()
        return [ids[start:end] for start, end in pairwise([0, *ends])]
