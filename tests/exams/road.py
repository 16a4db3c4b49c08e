"""Walking the upload road in a test: people, a file, the jobs to their end."""

import csv
import io
from datetime import date
from pathlib import Path

from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.exams import services
from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Settings, Unit
from healthmgmt.organization.selectors import root_unit
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from tests import cast as casting

BADFILES = Path(__file__).resolve().parent.parent / "files" / "badfiles"
BY = Actor.system()
HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "空腹血糖(mmol/L)"]


def ground() -> Unit:
    """Settings and a root unit in an empty organisation."""
    Settings.objects.get_or_create(pk=1)
    return Unit.objects.filter(level=0).first() or casting.unit("Root")


def enrol_badfiles_roster() -> list[Person]:
    """The sixty people of badfiles/roster.csv, all in the root unit."""
    unit = ground()
    people = []
    with open(BADFILES / "roster.csv", encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            people.append(
                Person.objects.create(
                    emp_no=line["emp_no"],
                    name=line["name"],
                    id_no=line["id_no"],
                    id_hash=keyed_hash(line["id_no"]),
                    sex={"男": "m", "女": "f"}[line["sex"]],
                    birth=date.fromisoformat(line["birth"]),
                    unit=unit,
                )
            )
    return people


def text(rows: list[list[object]], headings: list[str] | None = None) -> bytes:
    """A CSV file of the headings and rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings or HEADINGS)
    writer.writerows(rows)
    return out.getvalue().encode()


def upload(content: bytes | Path, *, unit: Unit | None = None, apply: bool = True, name: str = "file.csv", **options) -> Upload:
    """Receive a file, run all jobs that come of it, and return the upload as it then is."""
    if isinstance(content, Path):
        name, content = content.name, content.read_bytes()
    received = services.receive(io.BytesIO(content), name=name, unit=unit or root_unit(), by=BY, apply_when_read=apply, **options)
    work.drain()
    received.refresh_from_db()
    return received
