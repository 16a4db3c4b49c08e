"""`manage.py create_org`: a working organisation with a root unit and its first administrator."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services


class Command(BaseCommand):
    help = "Make an organisation: schema and role, root unit, settings, and an administrator whose password is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="short name; the host name begins with it")
        parser.add_argument("--name", required=True, help="the organisation's full name")
        parser.add_argument("--country", default="cn", help="two letters (default: cn)")
        parser.add_argument("--timezone", default="Asia/Shanghai", help="such as Asia/Shanghai, the default")
        parser.add_argument("--place", default="", help="province or city of the organisation")
        parser.add_argument("--admin", metavar="EMAIL", help="the administrator's e-mail address (default: made from the short name)")
        parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        try:
            # Before anything is made: what can be wrong is asked first.
            services.checked_name(options["name"])
            services.checked_place(options["place"])
            schema = organisations.create(slug, name=options["name"].strip(), country=options["country"].lower())
            founded = self._establish(schema, options)
        except Rejected as error:
            raise CommandError(str(error.message)) from error
        result = {
            "org": slug,
            "host": f"{slug}.{settings.ORGANISATION_DOMAIN}",
            "schema": schema,
            "admin": founded.admin.email,
            "password": founded.password,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(f"{options['name']} answers at {result['host']}.")
            self.stdout.write(f"Administrator {result['admin']}, password {result['password']} (shown this once).")

    def _establish(self, schema: str, options: dict[str, Any]) -> services.Founded:
        try:
            with organisations.entered(schema):
                return services.establish(
                    name=options["name"],
                    admin_email=options["admin"] or default_admin(options["slug"]),
                    timezone_name=options["timezone"],
                    country=options["country"].lower(),
                    place=options["place"],
                    by=Actor.system(),
                )
        except BaseException:
            # Nothing half done: an organisation without a root is none.
            organisations.remove(schema)
            raise


def default_admin(slug: str) -> str:
    """An address that exists nowhere else; `localhost` alone is no valid ending of an e-mail address."""
    domain = settings.ORGANISATION_DOMAIN
    return f"admin@{slug}.{domain}" if "." in domain else f"admin@{slug}.example"
