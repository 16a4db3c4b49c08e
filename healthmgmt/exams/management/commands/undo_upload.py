"""`manage.py undo_upload`: withdraw an upload, and let what it superseded count again."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
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
        parser.add_argument("--by", metavar="EMAIL", help="who undoes it")

    def work(self, **options: Any) -> dict[str, Any]:
        upload = Upload.objects.filter(uuid=options["id"]).first()
        if upload is None:
            raise CommandError(f"There is no upload {options['id']} in this organisation.")
        actor = Actor.system()
        if options["by"]:
            user = User.objects.filter(email__iexact=options["by"], is_active=True).first()
            if user is None:
                raise CommandError(f"There is no user {options['by']!r} in this organisation.")
            if not user.can(Permission.UPLOAD_UNDO, upload.unit):
                raise CommandError(f"{options['by']} may not undo this upload.")
            actor = Actor.of(user)
        withdrawn = services.withdraw(upload, by=actor)
        work.drain()
        return {"upload": str(upload.uuid), "withdrawn": withdrawn}

    def describe(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"upload {result['upload']}: {result['withdrawn']} exams withdrawn.")
