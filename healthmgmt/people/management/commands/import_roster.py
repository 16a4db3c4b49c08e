"""`manage.py import_roster`: units, people and employment from a roster file."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from healthmgmt.accounts.access import actor_for, add_by_argument, user_named
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.people import presenters, services
from healthmgmt.work import services as work

SHOWN_PROBLEMS = 50


class Command(OrganisationCommand):
    help = "Take in a roster (csv, xlsx or xls, Chinese or English headings). Re-import updates, never deletes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        add_by_argument(parser)

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        user = user_named(options["by"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        receipt = services.import_roster(data, by=actor_for(user), user=user)
        work.drain()
        return vars(receipt) | {
            "problems": [presenters.problem_record(problem) for problem in receipt.problems],
            "seconds": round(time.monotonic() - started, 3),
        }

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(
            f"received {result['received']} = created {result['created']} + updated {result['updated']} + unchanged "
            f"{result['unchanged']} + left {result['left']} + refused {result['refused']}; "
            f"units made: {result['units_created']} ({result['seconds']} s)"
        )
        for problem in result["problems"][:SHOWN_PROBLEMS]:
            self.stdout.write(f"  row {problem['row']} {problem['cell']} {problem['reason']}: {problem['text']}")
        if len(result["problems"]) > SHOWN_PROBLEMS:
            self.stdout.write(f"  and {len(result['problems']) - SHOWN_PROBLEMS} more; --json lists all.")
