"""A site, a town and a browser for the modules of this folder."""

from collections.abc import Iterator

import pytest

from tests.browser import town as towns
from tests.browser.site import Site, browser, chromium, serving
from tests.browser.town import Town


@pytest.fixture(scope="package")
def town(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Town]:
    """The organisation of the browser tests; committed, and removed at their end."""
    if chromium() is None:
        pytest.skip("not run: there is no browser")
    from tenants import provisioning

    with django_db_blocker.unblock():
        made = towns.made(tmp_path_factory.mktemp("town"))
        try:
            yield made
        finally:
            from django.db import connections

            connections["default"].close()
            provisioning.remove(made.schema)


@pytest.fixture(scope="package")
def port(town, tmp_path_factory) -> Iterator[int]:
    """Web, workers and beat, as they run in earnest."""
    with serving(tmp_path_factory.mktemp("processes")) as processes:
        yield processes.port


@pytest.fixture(scope="module")
def site(town, port) -> Iterator[Site]:
    with browser() as started:
        yield Site(port, started)
