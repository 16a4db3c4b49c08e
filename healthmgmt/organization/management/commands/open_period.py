"""`manage.py open_period`: a round of examinations with its deadline."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.organization import periods


class Command(OrganisationCommand):
    help = "Open a round of examinations; days of different periods never overlap."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", metavar="NAME", help="such as 2026")
        parser.add_argument("--starts", required=True, type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--ends", required=True, type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--deadline", required=True, type=date.fromisoformat, metavar="DATE")

    def work(self, **options: Any) -> dict[str, Any]:
        period = periods.open_period(
            name=options["name"],
            starts_on=options["starts"],
            ends_on=options["ends"],
            deadline_on=options["deadline"],
            by=Actor.system(),
        )
        return {"period": period.name, "starts": str(period.starts_on), "ends": str(period.ends_on), "deadline": str(period.deadline_on)}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{result['period']} is open from {result['starts']} to {result['ends']}, deadline {result['deadline']}.")
