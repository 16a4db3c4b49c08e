"""`manage.py verify_audit`: whether the record of acts is as it was written."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.audit import sealing
from healthmgmt.core import organisations


class Command(BaseCommand):
    help = "Check the sealed chain of audit events of an organisation, or of the operators' side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--org", metavar="SLUG")
        where.add_argument("--public", action="store_true", help="the operators' own events")
        parser.add_argument("--seal", action="store_true", help="seal what is not sealed yet first")
        parser.add_argument("--expect", default="", metavar="DIGEST", help="a head noted earlier that must still be in the chain")
        parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        schema = organisations.PUBLIC if options["public"] else organisations.schema_of_slug(options["org"])
        with organisations.entered(schema):
            if options["seal"]:
                _seal_now()
            found = sealing.verify()
            faults = found.faults
            if options["expect"] and not sealing.is_in_chain(options["expect"]):
                faults.append("The expected head is not in the chain: links were removed or replaced.")
        if options["json"]:
            self.stdout.write(json.dumps(vars(found)))
        else:
            self.stdout.write(f"{found.events} events in {found.seals} seals, {found.unsealed} not sealed yet; head {found.head or '-'}.")
        if faults:
            raise CommandError("\n".join(faults))


def _seal_now() -> None:
    mark = sealing.mark()
    if not sealing.is_settled(mark):
        raise CommandError("Transactions are still running; please try again in a moment.")
    sealing.seal(mark)
