"""`manage.py publish_numbers`: publish what is counted now, for going live; on ordinary days it happens once a day by itself."""

from argparse import ArgumentParser
from typing import Any

from healthmgmt.accounts.access import actor_for, add_by_argument, user_named
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.insight import services


class Command(OrganisationCommand):
    help = "Count every open period anew and publish its numbers at once; written into the record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_by_argument(parser, words="who is written into the record")

    def work(self, **options: Any) -> dict[str, Any]:
        published = services.publish_open_periods(by=actor_for(user_named(options["by"])))
        return {"periods": [period.name for period in published]}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"Published: {', '.join(result['periods']) or 'no period is open'}.")
