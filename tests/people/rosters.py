"""Rosters for tests, with valid invented identity numbers."""

import io
from datetime import date

import openpyxl

from healthmgmt.core.actors import Actor
from healthmgmt.core.resident_id import check_digit
from healthmgmt.people import services
from healthmgmt.people.services import RosterReceipt

BY = Actor(label="system:test")
HEADINGS = ["emp_no", "name", "id_no", "sex", "birth", "unit", "dept", "left_on"]


def id_number(birth: date, sequence: int = 21) -> str:
    """A number of an area that does not exist; an odd sequence is a man's."""
    first = f"760101{birth:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


def csv_bytes(rows: list[list[object]], headings: list[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    lines = [headings, *rows]
    return "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines).encode(encoding)


def xlsx_bytes(rows: list[list[object]], headings: list[str] = HEADINGS, above: int = 0) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for _ in range(above):
        sheet.append(["职工名单"])
    for line in [headings, *rows]:
        sheet.append(line)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def take_in(rows: list[list[object]], headings: list[str] = HEADINGS, **given) -> RosterReceipt:
    return services.import_roster(csv_bytes(rows, headings), by=BY, **given)


def reasons(receipt: RosterReceipt) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.cell, problem.reason) for problem in receipt.problems]
