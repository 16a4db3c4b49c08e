"""A session is of one organisation: neither its cookie nor its row opens another."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from healthmgmt.accounts.models import User
from tenants import current


@pytest.fixture
def twins(org_a, org_b) -> tuple[User, User]:
    """Two users with the same number and password, one in each organisation."""
    made = []
    for schema in (org_a, org_b):
        with current.use(schema):
            user = User(pk=8001, email="same@example.org", name=schema)
            user.set_unusable_password()
            user.password = "!the same for both"
            user.save()
            made.append(user)
    return made[0], made[1]


def signed_in(schema: str, user: User) -> Client:
    client = Client()
    with current.use(schema):
        client.force_login(user)
    return client


def home(client: Client, host: str) -> int:
    return client.get("/", headers={"host": host}).status_code


def test_session_opens_its_own_organisation(org_a, twins):
    assert home(signed_in(org_a, twins[0]), "alpha.localhost") == 200


def test_session_cookie_opens_no_other_organisation(org_b, twins):
    client = signed_in(org_b, twins[1])
    for host in ("alpha.localhost", "localhost"):
        assert home(client, host) == 302


def test_session_row_copied_into_another_organisation_opens_nothing(org_a, org_b, twins):
    client = signed_in(org_b, twins[1])
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with current.use(org_b):
        row = Session.objects.get(pk=key)
    with current.use(org_a):
        Session.objects.create(session_key=key, session_data=row.session_data, expire_date=row.expire_date)
    assert (home(client, "beta.localhost"), home(client, "alpha.localhost")) == (200, 302)


def test_session_cookie_is_of_its_host_alone(org_a, twins):
    response = signed_in(org_a, twins[0]).get("/", headers={"host": "alpha.localhost"})
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"], cookie["path"]) == ("", True, "Lax", "/")
