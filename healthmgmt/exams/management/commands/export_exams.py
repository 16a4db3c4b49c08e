"""`manage.py export_exams`: what is stored, as JSON lines read back from the database."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from healthmgmt.accounts.access import actor_for, add_by_argument, user_named
from healthmgmt.audit import services as audit
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import selectors
from healthmgmt.exams.models import Upload


class Command(OrganisationCommand):
    help = "Print the stored exams as JSON lines, in file order."
    json_output = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_by_argument(parser, words="for whom; without it, for the operator of the machine")
        parser.add_argument("--upload", type=UUID, metavar="ID", help="only the exams of this upload")

    def work(self, **options: Any) -> None:
        upload = None
        if options["upload"] is not None:
            upload = Upload.objects.filter(uuid=options["upload"]).first()
            if upload is None:
                raise CommandError(f"There is no upload {options['upload']} in this organisation.")
        user = user_named(options["by"])
        # What is kept from employers goes to nobody who may not open records.
        is_for_clinicians = user is None or user.can(Permission.RECORD_VIEW)
        audit.record("exams.exported", by=actor_for(user), subject=upload)
        for line in selectors.exported(upload, is_for_clinicians=is_for_clinicians):
            self.stdout.write(json.dumps(line, ensure_ascii=False))
