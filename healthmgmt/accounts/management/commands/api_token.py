"""`manage.py api_token`: a token with which a user's programs call the API, or the end of those of a label."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from healthmgmt.accounts import services
from healthmgmt.accounts.access import user_named
from healthmgmt.accounts.models import ApiToken
from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand


class Command(OrganisationCommand):
    help = "Make an API token of a user, printed once; with --revoke end the tokens of that label."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--email", required=True, help="the user whose roles the token has")
        parser.add_argument("--label", required=True, help="what it is for, at most 60 characters")
        parser.add_argument("--days", type=int, default=services.TOKEN_DAYS, help="how long it is good for (default: %(default)s)")
        parser.add_argument("--revoke", action="store_true", help="end the tokens of that label instead")

    def work(self, **options: Any) -> dict[str, Any]:
        user, label = user_named(options["email"]), options["label"].strip()
        if user is None or not 0 < len(label) <= 60:
            raise CommandError("Name a user and a label of at most 60 characters.")
        if not 0 < options["days"] <= services.TOKEN_DAYS:
            raise CommandError(f"A token is good for 1 to {services.TOKEN_DAYS} days.")
        if options["revoke"]:
            found = list(ApiToken.objects.filter(user=user, label=label))
            for token in found:
                services.revoke_token(token, by=Actor.system())
            return {"email": user.email, "label": label, "revoked": len(found)}
        secret = services.create_token(user, label=label, by=Actor.system(), days=options["days"])
        return {"email": user.email, "label": label, "days": options["days"], "token": secret}

    def describe(self, result: dict[str, Any]) -> None:
        if "revoked" in result:
            self.stdout.write(f"{result['email']}: {result['revoked']} tokens “{result['label']}” ended.")
        else:
            self.stdout.write(f"{result['email']}: token {result['token']} (shown this once), good for {result['days']} days.")
