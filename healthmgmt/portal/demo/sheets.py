"""The rows of one exam centre's file, with what goes wrong in them, and what must become of each."""

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from healthmgmt.portal.demo.centres import Centre, Column
from healthmgmt.portal.demo.measurements import CODES, MAN
from healthmgmt.portal.demo.population import Names, Person, age_on

Cell = str | int | float | date
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
TOKEN_SHARE = 0.15  # of the empty cells: the centre writes why.
# Typed the wrong way round, both numbers must still be possible ones.
SWAPPABLE = {"most_sbp": 190, "least_dbp": 55}


@dataclass
class Line:
    """One row before it is written. `values` by catalogue code, canonical units, absent when not measured."""

    emp_no: str
    name: str
    id_no: str
    sex: int
    birth: date
    unit: str
    day: date
    values: dict[str, float]
    smoking: float
    serial: int = 0
    not_measured: dict[str, str] = field(default_factory=dict)
    is_full_width: bool = False
    reason: str = ""


def lines(
    centre: Centre, staff: list[tuple[Person, date, np.ndarray, float]], names: Names, rng: np.random.Generator
) -> list[Line]:
    """The rows for (person, exam day, values (14,), smoking), by day and number, with the centre's faults."""
    ordered = sorted(staff, key=lambda one: (one[1], one[0].emp_no))
    rows = [_line(centre, *one, rng) for one in ordered]
    for serial, row in enumerate(rows, start=1):
        row.serial = serial
        row.reason = _natural_reason(centre, row)
    _plant(centre, rows, names, rng)
    return rows


def cells(centre: Centre, row: Line) -> list[Cell]:
    """The row as the centre writes it; empty text where there is nothing."""
    written = [_cell(centre, column, row) for column in centre.columns]
    if not row.is_full_width:
        return written
    return [
        str(cell).translate(FULL_WIDTH) if column.what in (*CODES, "bp") else cell
        for column, cell in zip(centre.columns, written, strict=True)
    ]


def _line(
    centre: Centre, person: Person, day: date, values: np.ndarray, smoking: float, rng: np.random.Generator
) -> Line:
    known = {code: float(value) for code, value in zip(CODES, values, strict=True) if np.isfinite(value)}
    absent = [column.what for column in centre.columns if column.what in CODES and column.what not in known]
    said = [code for code in absent if rng.random() < TOKEN_SHARE]
    words = rng.integers(0, len(centre.not_measured), size=len(said))
    return Line(
        emp_no=person.emp_no,
        name=person.name,
        id_no=person.id_no,
        sex=person.sex,
        birth=person.birth,
        unit=person.unit,
        day=day,
        values=known,
        smoking=smoking,
        not_measured={code: centre.not_measured[word] for code, word in zip(said, words, strict=True)},
    )


def _natural_reason(centre: Centre, row: Line) -> str:
    """`range` or `order` when a measured value itself cannot be right, as the centre prints it."""
    for column in centre.columns:
        if column.what in row.values and not column.is_plausible(row.values[column.what]):
            return "range"
    if "sbp" in row.values and "dbp" in row.values and row.values["sbp"] <= row.values["dbp"]:
        return "order"
    return ""


def _plant(centre: Centre, rows: list[Line], names: Names, rng: np.random.Generator) -> None:
    """Puts the centre's faults into sound rows, each row getting one; repeats are added at the end."""
    wanted = {reason: count for reason, count in centre.faults.items() if reason != "id-number" or centre.has("id_no")}
    usable = [number for number, row in enumerate(rows) if not row.reason and _is_swappable(row)]
    chosen = iter(rng.choice(usable, size=sum(wanted.values()), replace=False).tolist())
    for reason, count in wanted.items():
        for number in [next(chosen) for _ in range(count)]:
            row = rows[number]
            if reason == "duplicate":
                rows.append(replace(row, reason=reason))
            elif reason == "conflict":
                other = {**row.values, "sbp": row.values["sbp"] + 12}
                row.reason = reason
                rows.append(replace(row, values=other, serial=rows[-1].serial + 1))
            else:
                _spoil(row, reason, names, rng)


def _is_swappable(row: Line) -> bool:
    pressures = row.values.get("sbp"), row.values.get("dbp")
    return None not in pressures and pressures[0] <= SWAPPABLE["most_sbp"] and pressures[1] >= SWAPPABLE["least_dbp"]


def _spoil(row: Line, reason: str, names: Names, rng: np.random.Generator) -> None:
    """Turns a sound row into one with the fault."""
    if reason == "full-width":
        row.is_full_width = True
        return
    row.reason = reason
    if reason == "order":
        row.values["sbp"], row.values["dbp"] = row.values["dbp"], row.values["sbp"]
    elif reason == "unknown-employee":
        row.emp_no = f"E9{int(rng.integers(0, 10000)):04d}"
        row.name, row.id_no = names.name(row.sex), names.id_no(row.sex, row.birth)
    elif reason == "id-number":
        row.id_no = row.id_no[:-1] + next(digit for digit in "3817" if digit != row.id_no[-1])
    else:
        raise ValueError(f"a fault that nobody can make: {reason}")


def _cell(centre: Centre, column: Column, row: Line) -> Cell:
    if column.what in CODES:
        if column.what in row.values:
            return _plain(column.reported(row.values[column.what]))
        return row.not_measured.get(column.what, "")
    if column.what == "bp":
        return f"{row.values['sbp']:g}/{row.values['dbp']:g}" if "sbp" in row.values else ""
    if column.what == "smoking":
        return centre.smoking[int(row.smoking) - 1] if np.isfinite(row.smoking) else ""
    if column.what in ("day", "birth"):
        moment = row.day if column.what == "day" else row.birth
        return moment.strftime(centre.day) if centre.day else moment
    if column.what == "sex":
        return "男" if row.sex == MAN else "女"
    if column.what == "age":
        return age_on(row.birth, row.day)
    return getattr(row, column.what)


def _plain(number: float) -> int | float:
    """68.0 is written 68."""
    return int(number) if number == int(number) else number
