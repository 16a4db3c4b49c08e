"""Invented employees: who they are, where they work, when they were examined. No values."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from healthmgmt.core import resident_id
from healthmgmt.portal.demo.measurements import MAN, WOMAN
from healthmgmt.portal.demo.rounds import Round, exam_days

DATA = Path(__file__).parents[1] / "data"
AREA = "760101"  # No such place: the number can belong to nobody.
YOUNGEST = 22
OLDEST = {MAN: 58, WOMAN: 54}  # At the first round; below the retirement ages a year later.
NOT_EXAMINED, LEAVERS, JOINERS = 0.065, 0.03, 0.04
FEW_PEOPLE = 8


@dataclass(frozen=True)
class Person:
    """One employee. `examined_on` has a day or None for each round of the organisation."""

    emp_no: str
    name: str
    id_no: str
    sex: int
    birth: date
    company: str
    unit: str
    place: str
    centre: str
    occupation: str
    hired_on: date
    left_on: date | None
    age: int
    examined_on: tuple[date | None, ...]


def organisations() -> list[dict[str, Any]]:
    """The invented organisations as in data/organisations.toml."""
    return tomllib.loads((DATA / "organisations.toml").read_text(encoding="utf-8"))["organisation"]


def draw_sex_and_age(plan: dict[str, Any], ages: dict[int, dict[int, int]], rng: np.random.Generator) -> np.ndarray:
    """(people, 2): sex and age at the first round; `ages` is sex -> age -> people in the published set."""
    sex = np.where(np.arange(plan["people"]) < round(plan["people"] * plan["men"]), MAN, WOMAN)
    sex = rng.permutation(sex)
    age = np.empty_like(sex)
    for one in (MAN, WOMAN):
        known = [year for year in ages[one] if YOUNGEST <= year <= OLDEST[one]]
        shares = np.array([ages[one][year] for year in known], dtype=float)
        age[sex == one] = rng.choice(known, size=int((sex == one).sum()), p=shares / shares.sum())
    return np.column_stack([sex, age])


class Names:
    """Names and identity numbers that are given out once."""

    def __init__(self, rng: np.random.Generator) -> None:
        words = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
        self._surnames = words["surnames"].replace("\n", "")
        # The first of the list are the most common: weights fall like 1 / (rank + 5).
        weights = 1 / (np.arange(len(self._surnames)) + 5)
        self._weights = weights / weights.sum()
        self._given = {MAN: words["men"], WOMAN: words["women"]}
        self._used: set[str] = set()
        self._rng = rng

    def name(self, sex: int) -> str:
        """A name that nobody has yet."""
        given = self._given[sex]
        while True:
            surname = self._surnames[self._rng.choice(len(self._weights), p=self._weights)]
            first, second = self._rng.integers(0, len(given), size=2)
            name = surname + given[first] + (given[second] if second != first and self._rng.random() < 0.85 else "")
            if name not in self._used:
                self._used.add(name)
                return name

    def id_no(self, sex: int, birth: date) -> str:
        """A number of the right form (GB 11643) that nobody has yet."""
        while True:
            sequence = 2 * int(self._rng.integers(0, 500)) + (1 if sex == MAN else 0)
            digits = f"{AREA}{birth:%Y%m%d}{sequence:03d}"
            number = digits + resident_id.check_digit(digits)
            if number not in self._used:
                self._used.add(number)
                return number


def people(
    plan: dict[str, Any], rounds: tuple[Round, ...], sex_age: np.ndarray, names: Names, rng: np.random.Generator
) -> list[Person]:
    """The employees of one organisation, in the order of `sex_age` (people, 2)."""
    seats = _seats(plan)
    seat = _seat_numbers(plan, seats, len(sex_age), rng)
    days = exam_days(rounds, seat, rng)
    times = _employment(rounds, len(sex_age), rng)
    comes = _attendance(len(sex_age), len(rounds), rng)
    staff = []
    for number, ((sex, age), (hired_on, left_on)) in enumerate(zip(sex_age.tolist(), times, strict=True)):
        planned = [date.fromordinal(int(day)) for day in days[number]]
        birth = _birth(age, planned, rng)
        hired_on = hired_on or _first_day(birth, age, rounds[0].opens_on, rng)
        company, unit, occupation = seats[seat[number]]
        person = Person(
            emp_no=f"E{number + 1:05d}",
            name=names.name(sex),
            id_no=names.id_no(sex, birth),
            sex=sex,
            birth=birth,
            company=company["name"],
            unit=unit,
            place=company["place"],
            centre=company["centre"],
            occupation=occupation,
            hired_on=hired_on,
            left_on=left_on,
            age=age,
            examined_on=tuple(
                day if came and hired_on < day and (left_on is None or day < left_on) else None
                for day, came in zip(planned, comes[number], strict=True)
            ),
        )
        staff.append(person)
    return staff


def age_on(birth: date, day: date) -> int:
    """Completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _seats(plan: dict[str, Any]) -> list[tuple[dict[str, Any], str, str]]:
    """(company, grassroots unit, occupation there)."""
    return [
        (company, unit, occupation)
        for company in plan["company"]
        for unit, occupation in zip(company["units"], company["work"], strict=True)
    ]


def _seat_numbers(plan: dict[str, Any], seats: list, count: int, rng: np.random.Generator) -> np.ndarray:
    """The seat of each person (people,): by the size of the company, units of one company unequal."""
    sizes = np.array([company["size"] / len(company["units"]) for company, _, _ in seats])
    sizes *= rng.uniform(0.6, 1.4, size=len(sizes))
    few = next((number for number, (_, unit, _) in enumerate(seats) if unit == plan.get("few")), None)
    if few is None:
        return rng.choice(len(seats), size=count, p=sizes / sizes.sum())
    sizes[few] = 0
    seat = rng.choice(len(seats), size=count, p=sizes / sizes.sum())
    seat[rng.choice(count, size=FEW_PEOPLE, replace=False)] = few
    return seat


def _employment(
    rounds: tuple[Round, ...], count: int, rng: np.random.Generator
) -> list[tuple[date | None, date | None]]:
    """(hired between two rounds, left between two rounds) of each person; None for those who stay."""
    times: list[tuple[date | None, date | None]] = []
    for chance in rng.random(count):
        if len(rounds) < 2 or chance >= JOINERS + LEAVERS:
            times.append((None, None))
            continue
        first = rounds[0].closes_on + timedelta(days=10)
        span = (rounds[1].opens_on - first).days - 10
        day = first + timedelta(days=int(rng.integers(0, span)))
        times.append((day, None) if chance < JOINERS else (None, day))
    return times


def _attendance(count: int, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """(people, rounds): False for a fixed share of the people, others in each round."""
    comes = np.ones((count, rounds), dtype=bool)
    for number in range(rounds):
        comes[rng.choice(count, size=round(count * NOT_EXAMINED), replace=False), number] = False
    return comes


def _birth(age: int, days: list[date], rng: np.random.Generator) -> date:
    """A birthday on which the person has `age` years on the first day, one more on the next ..."""
    earliest = max(_years_before(day, age + n + 1) for n, day in enumerate(days)) + timedelta(days=1)
    latest = min(_years_before(day, age + n) for n, day in enumerate(days))
    return earliest + timedelta(days=int(rng.integers(0, (latest - earliest).days + 1)))


def _first_day(birth: date, age: int, before: date, rng: np.random.Generator) -> date:
    """A first working day between the eighteenth and, at most, the thirty-second birthday."""
    earliest = _years_before(birth, -18)
    latest = min(before - timedelta(days=30), _years_before(birth, -min(age, 32)))
    return earliest + timedelta(days=int(rng.integers(0, (latest - earliest).days + 1)))


def _years_before(day: date, years: int) -> date:
    """The same day years ago (later when negative); 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
