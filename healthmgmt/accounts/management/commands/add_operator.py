"""`manage.py add_operator`: somebody of the platform's staff, in the public schema."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.accounts import services
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected


class Command(BaseCommand):
    help = "Add an operator of the platform; without --password one is made and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        parser.add_argument("--password", default=None)
        parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or services.generate_password()
        try:
            user = services.create_user(
                email=options["email"], name=options["name"], password=password, is_operator=True, by=Actor.system()
            )
        except Rejected as error:
            raise CommandError(str(error.message)) from error
        result = {"user": user.pk, "email": user.email}
        if options["password"] is None:
            result["password"] = password
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        told = f", password {password} (shown this once)" if options["password"] is None else ""
        self.stdout.write(f"{user.email} is an operator{told}.")
