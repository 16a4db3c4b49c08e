"""`manage.py add_user`: a user with a role at a unit."""

from argparse import ArgumentParser
from typing import Any

from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.core.permissions import EXAM_CENTRE
from healthmgmt.organization.selectors import names_from_root, unit_by_path
from healthmgmt.people import services


class Command(OrganisationCommand):
    help = "Add a user with a role at a unit; without --password one is made and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, help="such as liaison, case_manager, employee, org_admin")
        parser.add_argument("--unit", default="", metavar="PATH", help="names from the root joined by /, or one unique name (default: the root)")
        parser.add_argument("--person", default="", metavar="EMP_NO", help="the employee whom this user is")
        parser.add_argument("--centre", default="", metavar="NAME", help="the exam centre whose account it is (default: its e-mail address)")
        parser.add_argument("--name", default="", help="how the user is called (default: the employee's name)")
        parser.add_argument("--password", default=None)

    def work(self, **options: Any) -> dict[str, Any]:
        unit = unit_by_path(options["unit"])
        centre = options["centre"]
        if options["role"] == EXAM_CENTRE and not centre:
            # An exam centre of its own: without a name it could come near no other's deliveries either.
            centre = options["email"]
        added = services.add_user(
            email=options["email"],
            role=options["role"],
            unit=unit,
            emp_no=options["person"],
            name=options["name"],
            password=options["password"],
            centre=centre,
            by=Actor.system(),
        )
        result = {"user": added.user.pk, "email": added.user.email, "role": options["role"], "unit": names_from_root(unit)}
        if options["password"] is None:
            result["password"] = added.password
        return result

    def describe(self, result: dict[str, Any]) -> None:
        told = f", password {result['password']} (shown this once)" if "password" in result else ""
        self.stdout.write(f"{result['email']} is {result['role']} at {result['unit']}{told}.")
