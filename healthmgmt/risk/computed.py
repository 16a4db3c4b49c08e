"""What is worked out at a person's exams beside what was reported, by the functions that the colour rests on. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .judging import COMPARE
from .measures import QUALIFIERS, Person, of_people
from .packs import Line, Pack
from .scoring import body_and_kidney

READ = ("height", "weight", "bmi", "creatinine", "egfr")


@dataclass(frozen=True)
class Computed:
    """A number in the canonical unit, as it is shown; `reported` is the one of the paper that it stands against, None without any."""

    value: float
    qualifier: str = ""
    reported: float | None = None


def at_exams(exams: Iterable[Any], *, sex: str, birth: date | None, pack: Pack) -> list[dict[str, Computed]]:
    """For each exam what is computed by indicator code; what was reported and agrees is no part of it.

    An exam has `results`, `qualifiers` and `taken_on`.
    """
    listed = list(exams)
    people = [
        Person(
            sex=sex,
            birth=birth,
            values={code: exam.results[code] for code in READ if exam.results.get(code) is not None},
            qualifiers=exam.qualifiers,
            day=exam.taken_on,
        )
        for exam in listed
    ]
    found: list[dict[str, Computed]] = [{} for _ in listed]
    for code, column in body_and_kidney(of_people(people), pack.bmi_tolerance).items():
        lines = [line for line in pack.lines if line.indicator == code]
        for at in column.computed.nonzero()[0].tolist():
            sign = "" if column.qualifier is None else QUALIFIERS[column.qualifier[at]]
            found[at][code] = Computed(_rounded(float(column.value[at]), lines), sign, listed[at].results.get(code))
    return found


def _rounded(value: float, lines: Sequence[Line]) -> float:
    """One decimal, or as many as it takes to stay on its side of every limit."""
    for decimals in range(1, 7):
        shown = round(value, decimals)
        if all(COMPARE[line.op](shown, line.limit) == COMPARE[line.op](value, line.limit) for line in lines):
            return shown
    return value


def note(pack: Pack, language: str, code: str, computed: Computed) -> str:
    """How a value came about, or that the reported one is not used; in the wording of the edition, without a full stop."""
    words = pack.words
    if computed.reported is None:
        return words.computed[code][language]
    return words.templates["contradicted"][language].format(value=f"{computed.qualifier}{computed.value:g}")
