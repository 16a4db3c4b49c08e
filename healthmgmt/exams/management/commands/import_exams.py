"""`manage.py import_exams`: the whole upload road from a file, waiting for the end."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from healthmgmt.accounts.access import actor_for, add_by_argument, user_named
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.exams import access, presenters, selectors, services
from healthmgmt.exams.models import Upload
from healthmgmt.organization.selectors import root_unit
from healthmgmt.work import services as work


class Command(OrganisationCommand):
    help = "Upload a file of exam results as a user would, wait for the end and print the receipt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        add_by_argument(parser)
        parser.add_argument("--centre", metavar="NAME", default="", help="the exam centre that made the file")
        parser.add_argument("--check-only", action="store_true", help="read and check, store no exam")

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        user = user_named(options["by"])
        unit = access.uploading_unit(user) if user else root_unit()
        try:
            file = open(options["file"], "rb")
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        with file:
            upload = services.receive(
                file,
                name=options["file"].name,
                unit=unit,
                by=actor_for(user),
                user=user,
                centre=options["centre"],
                check_only=options["check_only"],
                apply_when_read=not options["check_only"],
            )
        work.drain()
        upload.refresh_from_db()
        receipt = presenters.receipt(upload, selectors.problems(upload))
        if upload.state == Upload.State.REFUSED and not options["json"]:
            raise CommandError(f"{options['file'].name} was refused: {presenters.sentence(upload.reason)}")
        return receipt | {"seconds": round(time.monotonic() - started, 3)}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(
            f"upload {result['upload']}: {result['outcome']}, received {result['received']} = accepted {result['accepted']} + "
            f"unchanged {result['unchanged']} + waiting {result['waiting']} + refused {result['refused']} "
            f"({result['seconds']} s)"
        )
        for problem in result["problems"]:
            self.stdout.write(f"  row {problem['row']} {problem['cell']} {problem['reason']}: {problem['text']}")
