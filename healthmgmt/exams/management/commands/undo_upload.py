"""`manage.py undo_upload`: withdraw an upload, and let what it superseded count again."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from healthmgmt.accounts.access import actor_for, add_by_argument, user_named
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import services
from healthmgmt.exams.models import Upload
from healthmgmt.work import services as work


class Command(OrganisationCommand):
    help = "Withdraw a whole upload."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", type=UUID, metavar="ID", help="the upload's number, as its receipt says")
        add_by_argument(parser, words="who undoes it")

    def work(self, **options: Any) -> dict[str, Any]:
        upload = Upload.objects.filter(uuid=options["id"]).first()
        if upload is None:
            raise CommandError(f"There is no upload {options['id']} in this organisation.")
        user = user_named(options["by"])
        if user and not user.can(Permission.UPLOAD_UNDO, upload.unit):
            raise CommandError(f"{user.email} may not undo this upload.")
        withdrawn = services.withdraw(upload, by=actor_for(user))
        work.drain()
        return {"upload": str(upload.uuid), "withdrawn": withdrawn}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"upload {result['upload']}: {result['withdrawn']} exams withdrawn.")
