"""Whether calculators give what their test vectors expect, and what the record says was found last.

The vectors are no part of the product: a folder with one CSV a model, <model>.csv, with the columns id, model, inputs (JSON),
output, expected, tolerance (absolute, `exact`, or `reference-only`, which is not judged). What a check found is kept in
../data/vector_check.toml, from which pages and people read it.
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from .model import Calculator
from .table import calculate

RECORD = Path(__file__).parent.parent / "data" / "vector_check.toml"
HEAD = "# What the test vectors of each model gave. Written by `manage.py check_models --vectors DIR --record`; not edited by hand.\n"
NOT_JUDGED = "reference-only"


@dataclass(frozen=True)
class Checked:
    """`rows` of a file with that SHA-256, of which `reference_only` are not judged and `passed` agree; found on a day."""

    file: str
    digest: str
    rows: int
    reference_only: int
    passed: int
    on: date

    @property
    def judged(self) -> int:
        return self.rows - self.reference_only

    @property
    def agrees(self) -> bool:
        return 0 < self.judged == self.passed


def check(path: Path, calculators: Mapping[str, Calculator], on: date) -> Checked:
    """The rows of one model's file against its calculator. Raises OSError; KeyError for a file without the columns."""
    content = path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    judged = [row for row in rows if row["tolerance"] != NOT_JUDGED]
    # Ids repeat within a file; what was asked does not.
    asked = {(row["model"], row["inputs"]): str(at) for at, row in enumerate(judged)}
    questions = ({"id": at, "model": model, "inputs": inputs} for (model, inputs), at in asked.items())
    found = {(at, output): value for at, output, value, _ in calculate(questions, calculators)}
    passed = sum(agrees(found.get((asked[row["model"], row["inputs"]], row["output"]), ""), row) for row in judged)
    return Checked(path.name, hashlib.sha256(content).hexdigest(), len(rows), len(rows) - len(judged), passed, on)


def agrees(value: str, row: Mapping[str, str]) -> bool:
    """Whether an answer is what a row expects, within its tolerance; words and empty answers have to be equal."""
    try:
        tolerance = 0.0 if row["tolerance"] == "exact" else float(row["tolerance"])
        return abs(float(value) - float(row["expected"])) <= tolerance
    except ValueError:
        return value == row["expected"]


def check_all(folder: Path, calculators: Mapping[str, Calculator], on: date) -> dict[str, Checked]:
    """Every calculator that has a file in the folder, by name."""
    paths = {name: folder / f"{name}.csv" for name in calculators}
    return {name: check(path, calculators, on) for name, path in paths.items() if path.is_file()}


@cache
def recorded() -> dict[str, Checked]:
    """What the record says, by model. Raises ValueError or TypeError for a record that was edited by hand and broken."""
    return from_text(RECORD.read_text(encoding="utf-8"))


def from_text(text: str) -> dict[str, Checked]:
    return {name: Checked(**entry) for name, entry in tomllib.loads(text).items()}


def as_text(found: Mapping[str, Checked], before: Mapping[str, Checked]) -> str:
    """The record: what is as it was `before` keeps its day, so that the same findings give the same text."""
    parts = [HEAD]
    for name, one in sorted(found.items()):
        was = before.get(name)
        day = was.on if was and replace(was, on=one.on) == one else one.on
        parts.append(
            f'\n[{name}]\nfile = "{one.file}"\ndigest = "{one.digest}"\nrows = {one.rows}\n'
            f"reference_only = {one.reference_only}\npassed = {one.passed}\non = {day.isoformat()}\n"
        )
    return "".join(parts)
