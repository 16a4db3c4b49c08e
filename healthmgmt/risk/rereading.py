"""What an assessment rested on, read again from the exams that it names. Pure.

An exam has `pk`, `taken_on`, `results`, `reported`, `qualifiers` and `ranges`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from .measures import Measures, Person, of_people

Place = tuple[bool | None, bool | None]


def of_assessment(exams: Iterable[Any], named: Sequence[int], *, sex: str, birth: date | None, place: Place) -> Measures | None:
    """The newest value of each item in the exams named, as one person; None where one of them is not among `exams` any more.

    `place`: north of the Yangtze, urban; None where that is not known.
    """
    read = sorted((exam for exam in exams if exam.pk in set(named)), key=lambda exam: (exam.taken_on, exam.pk))
    if not read or len(read) != len(set(named)):
        return None
    parts: dict[str, dict[str, Any]] = {"values": {}, "reported": {}, "qualifiers": {}, "uppers": {}, "days": {}}
    for exam in read:
        for name, newer in _parts(exam).items():
            # What stood beside an older value goes with it.
            kept = {code: one for code, one in parts[name].items() if code not in exam.results}
            parts[name] = kept | newer
    return of_people([Person(sex=sex, birth=birth, north=place[0], urban=place[1], **parts)])


def of_each(exams: Iterable[Any], *, sex: str, birth: date | None) -> Measures:
    """Every exam as somebody of its own; where they live is not asked."""
    return of_people([Person(sex=sex, birth=birth, **_parts(exam)) for exam in exams])


def _parts(exam: Any) -> dict[str, dict[str, Any]]:
    numbers = {code: float(value) for code, value in exam.results.items() if value is not None}
    return {
        "values": numbers,
        "reported": {code: (float(number), str(unit)) for code, (number, unit) in exam.reported.items() if code in numbers},
        "qualifiers": {code: sign for code, sign in exam.qualifiers.items() if code in numbers},
        "uppers": {code: float(high) for code, (_low, high) in exam.ranges.items() if code in numbers and high is not None},
        "days": dict.fromkeys(numbers, exam.taken_on),
    }
