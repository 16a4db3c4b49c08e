"""`manage.py open_accounts`: accounts and activation codes for everybody in a unit, written to a file to hand out."""

import csv
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.core.workbooks import safe_text
from healthmgmt.organization.selectors import names_from_root, unit_by_path
from healthmgmt.people.accounts import OpenedAccount, open_accounts


class Command(OrganisationCommand):
    help = "Open an account for everybody in a unit who has none; one-time activation codes go to a new file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--unit", default="", metavar="PATH", help="names from the root joined by / (default: everybody)")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.csv", help="must not exist yet")

    def work(self, **options: Any) -> dict[str, Any]:
        unit = unit_by_path(options["unit"])
        path = options["out"]
        try:
            # The codes are known nowhere else: the accounts are opened only when the file is whole on disk.
            with transaction.atomic():
                opened = open_accounts(unit, by=Actor.system())
                _write(path, opened)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}. No account was opened.") from error
        return {"unit": names_from_root(unit), "accounts": len(opened), "file": str(path)}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{result['accounts']} accounts opened in {result['unit']}; the codes are in {result['file']}.")


def _write(path: Path, opened: list[OpenedAccount]) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(OpenedAccount._fields)
            writer.writerows([safe_text(text) for text in account] for account in opened)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
