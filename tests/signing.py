"""Browsers in which somebody is signed in."""

import time

from django.test import Client

from healthmgmt.accounts.models import User


def sign_in(client: Client, user: User) -> None:
    """Sign a user of the present organisation in, as after a first page: from then on each page asks the same."""
    from healthmgmt.accounts.middleware import SEEN

    client.force_login(user)
    session = client.session
    session[SEEN] = int(time.time())
    session.save()
