"""One cluster a run, two organisations, a transaction per test."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

import pytest
from django.test import Client
from django.test.client import ClientHandler
from django.utils import translation

from tests import cast as casting
from tests.not_run import shared  # noqa: F401  (a fixture)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> dict[str, str]:
    """Migrate, and make the two organisations of the run; returns their schema names by slug."""
    from tenants import directory, provisioning

    with django_db_blocker.unblock():
        provisioning.migrate(verbosity=0)
        found = {}
        for slug in ("alpha", "beta"):
            found[slug] = directory.schema_of(slug) or provisioning.create(slug, name=slug.title())
        return found


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """Texts in the language of the source, whatever the last test left behind; pages choose their user's."""
    with translation.override("en"):
        yield


@pytest.fixture
def org_a(db, django_db_setup) -> Iterator[str]:
    """Inside organisation A (`alpha`); everything is rolled back."""
    from tenants import current

    with current.use(django_db_setup["alpha"]):
        yield django_db_setup["alpha"]


@pytest.fixture
def org_b(db, django_db_setup) -> str:
    """The schema name of organisation B (`beta`); enter it with `tenants.current.use`."""
    return django_db_setup["beta"]


@pytest.fixture
def cast(org_a) -> casting.Cast:
    """The people whose relations are the access model, in organisation A."""
    return casting.make()


@pytest.fixture(scope="session")
def _handler() -> ClientHandler:
    """The site as all browsers of a run meet it: its middleware, which looks through the static files, is set up once."""
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


@pytest.fixture
def sign_in(org_a, _handler) -> Callable[..., Client]:
    """`sign_in(user)` gives a browser of organisation A in which the user is signed in."""

    def make(user=None, host: str = "alpha.localhost") -> Client:
        from tenants import current
        from tests import signing

        client = Client(headers={"host": host})
        # A copy: a test may ask its own browser for the check against forged forms.
        client.handler = copy(_handler)
        if user is not None:
            with current.use(org_a):
                signing.sign_in(client, user)
        return client

    return make


@contextmanager
def made_organisation(blocker) -> Iterator[str]:
    """A fresh organisation, removed afterwards."""
    from tenants import provisioning

    with blocker.unblock():
        schema = provisioning.create(f"c{uuid.uuid4().hex[:10]}", name="Committed")
        try:
            yield schema
        finally:
            from django.db import connections

            connections["default"].close()
            provisioning.remove(schema)


@pytest.fixture
def committed_org(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A fresh organisation for tests that commit or work with other processes; entered, and removed afterwards."""
    from tenants import current

    with made_organisation(django_db_blocker) as schema, current.use(schema):
        yield schema


@pytest.fixture
def empty_org(django_db_setup, django_db_blocker) -> Iterator[str]:
    """As `committed_org`, but not entered."""
    with made_organisation(django_db_blocker) as schema:
        yield schema
