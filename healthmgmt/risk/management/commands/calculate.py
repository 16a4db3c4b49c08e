import csv
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.risk.calculators.table import calculate

COLUMNS = ("id", "model", "inputs")


class Command(BaseCommand):
    help = "Compute published risk models for the rows of a CSV file (id, model, inputs as JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--input", required=True, type=Path, help="CSV with the columns id, model, inputs")
        parser.add_argument("--output", required=True, type=Path, help="CSV to write: id, output, value, reason")

    def handle(self, *args: object, **options: object) -> None:
        rows = read_rows(options["input"])
        try:
            with open(options["output"], "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["id", "output", "value", "reason"])
                writer.writerows(calculate(rows))
        except OSError as error:
            raise CommandError(f"Cannot write {options['output']}: {error.strerror}") from error
        self.stdout.write(f"{len(rows)} rows calculated.")


def read_rows(path: Path) -> list[dict[str, str]]:
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise CommandError(f"{path} has no column {', '.join(missing)}")
            return list(reader)
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} is not a CSV file in UTF-8: {error}") from error
