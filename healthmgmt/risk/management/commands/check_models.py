import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.risk.calculators import vectors
from healthmgmt.risk.calculators.registry import load


class Command(BaseCommand):
    help = "Check the published risk models against a folder of test vectors, one <model>.csv a model."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--vectors", required=True, type=Path, metavar="DIR", help="the folder of test vectors")
        parser.add_argument("--record", action="store_true", help="keep the findings for the page that lists the models")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: object, **options: object) -> None:
        calculators = load()
        try:
            found = vectors.check_all(options["vectors"], calculators, date.today())
        except (OSError, UnicodeDecodeError, KeyError) as error:
            raise CommandError(f"These are no test vectors: {error}") from error
        if not found:
            raise CommandError(f"{options['vectors']} has no test vectors of any model.")
        if options["record"]:
            vectors.RECORD.write_text(vectors.as_text(found, vectors.recorded()), encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2, default=str))
        else:
            self._say(found, [name for name in calculators if name not in found])
        wrong = [name for name, one in found.items() if not one.agrees]
        if wrong:
            raise CommandError(f"These do not give what is expected: {', '.join(wrong)}")

    def _say(self, found: dict[str, vectors.Checked], without: list[str]) -> None:
        for name, one in found.items():
            self.stdout.write(f"{name}: {one.passed} of {one.judged} rows agree, {one.reference_only} for reference only")
        for name in without:
            self.stdout.write(f"{name}: no test vectors")
