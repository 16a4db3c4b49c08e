"""Writes the rosters and exam files of the demonstration, and says what must become of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from healthmgmt.portal.demo import centres, figures, measurements, population, rounds, sheets, writing
from healthmgmt.portal.demo.measurements import MAN, WOMAN, Rows
from healthmgmt.portal.demo.population import Names, Person

SEED = 1
REFUSED = ("duplicate",)
ROSTER_COLUMNS = (
    *("emp_no", "name", "id_no", "sex", "birth", "unit", "dept"),
    *("left_on", "place", "hired_on", "occupation"),
)
LEAST_DRAWN, DRAWN_PER_PERSON = 400, 5  # Rows to choose from for each sex and age, when none are given.


@dataclass(frozen=True)
class ExamFile:
    """One file and its right outcome: received = accepted + waiting + refused.

    problems: (data row from 1, reason) of every row that waits or is refused; reasons: rows by reason.
    """

    path: Path
    centre: str
    year: int
    received: int
    accepted: int
    waiting: int
    refused: int
    reasons: dict[str, int]
    problems: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Organisation:
    """One organisation with its roster and exam files, oldest round first.

    due and examined: people by year; `units` counts those below the root.
    """

    slug: str
    name: str
    place: str
    roster: Path
    people: int
    units: int
    rounds: tuple[rounds.Round, ...]
    exams: tuple[ExamFile, ...]
    due: dict[int, int]
    examined: dict[int, int]


@dataclass(frozen=True)
class DemoFiles:
    """What was written. `has_real_values`: rows of the published set, else drawn from its figures."""

    organisations: tuple[Organisation, ...]
    has_real_values: bool
    seed: int


@dataclass(frozen=True)
class Crew:
    """The people of one organisation: values (people, 2 years, 14), smoking (people,) alike in both years."""

    plan: dict[str, Any]
    rounds: tuple[rounds.Round, ...]
    staff: list[Person]
    values: np.ndarray
    smoking: np.ndarray

    def examined_at(self, centre: str, number: int) -> list[tuple[Person, date, np.ndarray, float]]:
        """(person, day, values, smoking) of those who came to the centre in the round of that number."""
        return [
            (person, day, self.values[n, number], float(self.smoking[n]))
            for n, person in enumerate(self.staff)
            if person.centre == centre and (day := person.examined_on[number])
        ]


def write(directory: Path, shared: Path | None, *, today: date, seed: int = SEED) -> DemoFiles:
    """Writes a folder per organisation below `directory`.

    The people are the same with and without `shared`; only their values differ. The same arguments
    give the same bytes. Raises FileNotFoundError when `shared` has no published set.
    """
    plans = population.organisations()
    known = figures.load()
    crowds = [population.draw_sex_and_age(plan, known.ages, _rng(seed, 1, n)) for n, plan in enumerate(plans)]
    sex, age = np.concatenate(crowds).T
    pool = _pool(shared, sex, age, seed)
    first = measurements.deal(pool, sex, age, _rng(seed, 3))
    second = measurements.pair(pool, first)
    values = np.stack([pool.values[first], measurements.next_year(pool, first, second)], axis=1)
    names = Names(_rng(seed, 4))
    crews, end = [], 0
    for number, (plan, crowd) in enumerate(zip(plans, crowds, strict=True)):
        held = rounds.rounds(today, plan["rounds"])
        staff = population.people(plan, held, crowd, names, _rng(seed, 5, number))
        start, end = end, end + len(staff)
        crews.append(Crew(plan, held, staff, values[start:end], pool.smoking[first[start:end]]))
    # Strangers in the files take their names last, so that they leave the employees' names as they are.
    written = [_write_organisation(directory, crew, names, _rng(seed, 6, n)) for n, crew in enumerate(crews)]
    return DemoFiles(tuple(written), shared is not None, seed)


def _rng(seed: int, *purpose: int) -> np.random.Generator:
    """A stream of its own for each purpose: a change in one leaves the others as they are."""
    return np.random.default_rng([seed, *purpose])


def _pool(shared: Path | None, sex: np.ndarray, age: np.ndarray, seed: int) -> Rows:
    """Rows to deal out: the published ones, or enough drawn ones of every sex and age (and a year older)."""
    if shared is not None:
        return measurements.read(shared)
    drawn_sex, drawn_age = [], []
    for one in (MAN, WOMAN):
        counts = Counter(age[sex == one].tolist())
        for year in range(min(counts), max(counts) + 2):
            count = max(LEAST_DRAWN, DRAWN_PER_PERSON * max(counts[year], counts[year - 1]))
            drawn_sex.append(np.full(count, one))
            drawn_age.append(np.full(count, year))
    return figures.draw(figures.load(), np.concatenate(drawn_sex), np.concatenate(drawn_age), _rng(seed, 2))


def _write_organisation(directory: Path, crew: Crew, names: Names, rng: np.random.Generator) -> Organisation:
    folder = directory / crew.plan["slug"]
    folder.mkdir(parents=True, exist_ok=True)
    roster = folder / "roster.csv"
    writing.write_text(roster, ROSTER_COLUMNS, [_roster_row(person) for person in crew.staff], "utf-8-sig")
    keys = dict.fromkeys(company["centre"] for company in crew.plan["company"])
    exams = []
    for number, one in enumerate(crew.rounds):
        for centre in map(centres.load().__getitem__, keys):
            lines = sheets.lines(centre, crew.examined_at(centre.key, number), names, rng)
            exams.append(_write_exams(folder, crew.plan, one.year, centre, lines))
    staff = crew.staff
    return Organisation(
        slug=crew.plan["slug"],
        name=crew.plan["name"],
        place=crew.plan["place"],
        roster=roster,
        people=len(staff),
        units=len({person.company for person in staff}) + len({person.unit for person in staff}),
        rounds=crew.rounds,
        exams=tuple(exams),
        due={one.year: sum(_is_due(person, one) for person in staff) for one in crew.rounds},
        examined={one.year: sum(bool(p.examined_on[n]) for p in staff) for n, one in enumerate(crew.rounds)},
    )


def _write_exams(
    folder: Path, plan: dict[str, Any], year: int, centre: centres.Centre, lines: list[sheets.Line]
) -> ExamFile:
    path = folder / centre.file.format(slug=plan["slug"], year=year)
    heading = [column.heading for column in centre.columns]
    rows = [sheets.cells(centre, line) for line in lines]
    if centre.is_workbook:
        titles = [title.format(organisation=plan["name"], year=year) for title in centre.titles]
        writing.write_workbook(path, heading, rows, titles)
    else:
        writing.write_text(path, heading, rows, centre.encoding)
    problems = tuple((number, line.reason) for number, line in enumerate(lines, start=1) if line.reason)
    refused = sum(reason in REFUSED for _, reason in problems)
    return ExamFile(
        path=path,
        centre=centre.name,
        year=year,
        received=len(lines),
        accepted=len(lines) - len(problems),
        waiting=len(problems) - refused,
        refused=refused,
        reasons=dict(Counter(reason for _, reason in problems)),
        problems=problems,
    )


def _roster_row(person: Person) -> tuple[str, ...]:
    return (
        person.emp_no,
        person.name,
        person.id_no,
        {MAN: "男", WOMAN: "女"}[person.sex],
        person.birth.isoformat(),
        person.company,
        person.unit,
        person.left_on.isoformat() if person.left_on else "",
        person.place,
        person.hired_on.isoformat(),
        person.occupation,
    )


def _is_due(person: Person, one: rounds.Round) -> bool:
    """Employed for the whole of the round."""
    return person.hired_on < one.opens_on and (person.left_on is None or person.left_on > one.closes_on)
