"""The base of commands that work inside one organisation."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.core import organisations
from healthmgmt.core.exceptions import Rejected


class OrganisationCommand(BaseCommand):
    """`--org SLUG` chooses the organisation, `--json` prints JSON alone; a rejection becomes a clear error.

    Commands implement `work(**options)` and return what `--json` prints; `describe(result)` writes it for people.
    """

    json_output = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", required=True, metavar="SLUG", help="the organisation's short name")
        if self.json_output:
            parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        schema = organisations.schema_of_slug(options["org"])
        with organisations.entered(schema):
            try:
                result = self.work(**options)
            except Rejected as error:
                raise CommandError(str(error.message)) from error
            if result is None:
                return
            if options.get("json"):
                self.stdout.write(json.dumps(result, ensure_ascii=False))
            else:
                self.describe(result)
