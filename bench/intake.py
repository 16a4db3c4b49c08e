"""`python -m bench.intake`: an exam file from receipt to applied exams, beside a bare COPY of the same file and beside
django-import-export."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from datetime import date
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from bench import bare, files
from bench.installation import installation, organisation
from bench.measuring import Measured, apart, line, repeated

ROWS = 100_000
TIMES, ROADS = 5, 3
# What django-import-export is given; its seconds are scaled up to the whole file.
SAMPLE = 20_000
NEEDS = Path(__file__).resolve().parent.parent / ".bench"
KINDS = ("exams.read", "exams.apply")


class Receipt(NamedTuple):
    received: int
    accepted: int
    waiting: int


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--small", action="store_true", help="a tenth of the rows")
    options = parser.parse_args()
    rows = options.rows // 10 if options.small else options.rows
    with installation() as folder:
        apart(files.write, folder, rows, date.today())
        print(f"intake: {rows} rows x {len(files.columns())} columns")
        copied = _bare_seconds(folder / "exams.csv")
        # A worker has loaded its modules before a file comes; those of django-import-export are loaded before it is measured, too.
        from healthmgmt.work import registry

        registry.kinds()
        csv = sorted((_road(folder, "exams.csv", turn) for turn in range(ROADS)), key=attrgetter("seconds"))[ROADS // 2]
        xlsx, wide = (_road(folder, name) for name in ("exams.xlsx", "wide.xlsx"))
        _print(copied, csv, xlsx, wide)
        for mode, goal in (("default", "goal >= 40 x"), ("bulk", "goal >= 8 x")):
            _print_imported(folder, rows, mode, csv.seconds, goal)


def _bare_seconds(path: Path) -> float:
    with bare.connected() as database:
        database.make_table("exams", files.columns())
        return repeated(lambda: database.load("exams", path, list(files.columns()), "FORMAT csv, HEADER"), TIMES)


def _road(folder: Path, name: str, turn: int = 0) -> Measured:
    """A file in an organisation of its own, whose people were put in before."""
    schema = organisation(f"{name.replace('.', '-')}-{turn}")
    apart(hire, schema, folder / "roster.csv")
    with bare.connected() as database:
        database.settle(schema, "people_person")
    measured = apart(_deliver, schema, folder / name)
    with bare.connected() as database:
        # Else it is done beside the next file.
        database.settle(schema, "exams_uploadrow", "exams_exam", "audit_event")
    return measured


def hire(schema: str, roster: Path) -> None:
    """Put the people of a roster in."""
    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.people import services

    with organisations.entered(schema):
        services.import_roster(roster.read_bytes(), by=Actor.system(), user=None)


def _deliver(schema: str, path: Path) -> Receipt:
    from healthmgmt.core import organisations
    from healthmgmt.core.actors import Actor
    from healthmgmt.exams import services
    from healthmgmt.organization.selectors import root_unit
    from healthmgmt.work import services as work

    with organisations.entered(schema), path.open("rb") as file:
        upload = services.receive(file, name=path.name, unit=root_unit(), by=Actor.system(), apply_when_read=True)
        work.drain(kinds=KINDS)
        upload.refresh_from_db()
    if not upload.accepted:
        raise SystemExit(f"{path.name} was not applied: {upload.state} {upload.reason}")
    return Receipt(upload.received, upload.accepted, upload.waiting)


def _print_imported(folder: Path, rows: int, mode: str, ours: float, goal: str) -> None:
    """A sample of the file through django-import-export, scaled up; nothing where its packages are not installed."""
    if not NEEDS.is_dir():
        print(f"  not measured: django-import-export ({mode}); make bench installs it into {NEEDS.name}")
        return
    from django.conf import settings

    size, sample = min(SAMPLE, rows), folder / "sample.csv"
    with open(folder / "exams.csv", encoding="utf-8") as whole:
        sample.write_text("".join(islice(whole, size + 1)), encoding="utf-8")
    command = [sys.executable, "-m", "bench.importers", settings.OWNER_URL, sample, folder / "columns.json", mode]
    done = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(NEEDS)})
    seconds = json.loads(done.stdout)["seconds"] * rows / size
    line(f"django-import-export, {mode}, {size} rows scaled up", seconds, "s", f"{seconds / ours:.1f} x the product", goal)


def _print(copied: float, csv: Measured, xlsx: Measured, wide: Measured) -> None:
    line(f"bare COPY into a typed table (median of {TIMES})", copied, "s")
    goal = "goal <= 8 x, <= 6 x is excellent"
    line(f"csv, from receipt to applied exams (median of {ROADS})", csv.seconds, "s", f"{csv.seconds / copied:.1f} x bare COPY", goal)
    line("xlsx, the same", xlsx.seconds, "s", f"{xlsx.seconds / csv.seconds:.2f} x csv", "goal <= 2 x")
    for kind, measured, most in (("csv", csv, 300), ("xlsx", xlsx, 600), ("xlsx of 40 columns", wide, 600)):
        line(f"{kind}, peak memory of the reading child", measured.child_memory, "MiB", "", f"goal <= {most} MB")
        line(f"{kind}, peak memory of the worker", measured.memory, "MiB", "", f"goal <= {most} MB")
        receipt = measured.result
        print(f"  {kind}: received {receipt.received}, accepted {receipt.accepted}, waiting {receipt.waiting}")


if __name__ == "__main__":
    main()
