"""On whose behalf a command works: `--by EMAIL`, else the system."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor


def add_by_argument(parser: ArgumentParser, *, required: bool = False, words: str = "on whose behalf; that user's units are the reach") -> None:
    """`--by EMAIL`."""
    parser.add_argument("--by", metavar="EMAIL", required=required, help=words)


def user_named(email: str | None) -> User | None:
    """The active user of an address, None when no address was given. Raises CommandError for a stranger."""
    if not email:
        return None
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no user {email!r} in this organisation.")
    return user


def actor_for(user: User | None) -> Actor:
    """Who is written into the record."""
    return Actor.of(user) if user else Actor.system()
