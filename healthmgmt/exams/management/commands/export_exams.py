"""`manage.py export_exams`: what is stored, as JSON lines read back from the database."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.exams import selectors
from healthmgmt.exams.models import Upload


class Command(OrganisationCommand):
    help = "Print the stored exams as JSON lines, in file order."
    json_output = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--upload", type=UUID, metavar="ID", help="only the exams of this upload")

    def work(self, **options: Any) -> None:
        upload = None
        if options["upload"] is not None:
            upload = Upload.objects.filter(uuid=options["upload"]).first()
            if upload is None:
                raise CommandError(f"There is no upload {options['upload']} in this organisation.")
        audit.record("exams.exported", by=Actor.system(), subject=upload)
        for line in selectors.exported(upload):
            self.stdout.write(json.dumps(line, ensure_ascii=False))
