"""Many people with one exam each, put straight into an organisation's tables: what an assessment starts from."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np

from bench import bare
from bench.people import MEASURED, People, draw, published

CHUNK = 100_000
PERSON = ["id", "uuid", "emp_no", "name", "id_no", "id_hash", "sex", "birth", "unit_id", "created_at"]
EXAM = [
    "person_id", "taken_on", "upload_id", "row_number", "state", "results", "reported", "qualifiers", "ranges", "texts", "stored_at",
]  # fmt: skip
ASKED = {"treatment:bp": 0, "family:ascvd": 0, "condition:diabetes": 0, "condition:ascvd": 0}


def fill(schema: str, folder: Path, count: int, today: date) -> str:
    """`count` people in the root unit, by COPY into the product's own tables; says whence their values are."""
    unit, upload = _upload(schema)
    pool = published()
    with bare.connected() as database:
        for first in range(1, count + 1, CHUNK):
            people = draw(min(CHUNK, count + 1 - first), today=today, seed=first, pool=pool)
            for name, columns, lines in (
                ("people_person", PERSON, _people(people, first, unit, today)),
                ("exams_exam", EXAM, _exams(people, first, upload, today)),
            ):
                path = folder / f"{name}.txt"
                with path.open("w", encoding="utf-8") as file:
                    file.writelines(lines)
                database.load(name, path, columns, "FORMAT text", schema=schema, append=True)
                path.unlink()
        database.settle(schema, "people_person", "exams_exam")
    return "of the product's own figures" if pool is None else "of the rows of the CC0 set"


def _upload(schema: str) -> tuple[int, int]:
    from healthmgmt.core import organisations
    from healthmgmt.exams.models import Upload
    from healthmgmt.organization.selectors import root_unit

    with organisations.entered(schema):
        unit = root_unit()
        return unit.pk, Upload.objects.create(file_name="bench", sha256="", size=0, unit=unit, state=Upload.State.APPLYING).pk


def _people(people: People, first: int, unit: int, today: date) -> Iterator[str]:
    for number, (sex, birth) in enumerate(zip(people.sex.tolist(), people.birth), start=first):
        cells = number, UUID(int=number), f"E{number:07d}", f"张{number}", r"\\x", "", "mf"[sex - 1], birth, unit, today
        yield "\t".join(map(str, cells)) + "\n"


def _exams(people: People, first: int, upload: int, today: date) -> Iterator[str]:
    for at, values in enumerate(people.values.tolist()):
        results = {code: value for code, value in zip(MEASURED, values) if value == value}
        if not np.isnan(people.smoking[at]):
            results["smoking"] = 3 - int(people.smoking[at])
        results |= ASKED | {"condition:hypertension": int(people.hypertensive[at])}
        number = first + at
        cells = number, people.taken_on[at], upload, number, "current", json.dumps(results), "{}", "{}", "{}", "{}", today
        yield "\t".join(map(str, cells)) + "\n"
