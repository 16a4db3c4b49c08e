"""Organisations whose rows are marked, so that a test sees whose it reads."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest


class Pair(NamedTuple):
    """The schema names of two organisations; each has one unit, named after it, with the same primary key."""

    a: str
    b: str


@pytest.fixture
def free_database(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The run's database, without a transaction around the test."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def pair(free_database, django_db_setup) -> Iterator[Pair]:
    """Two organisations with committed rows; nothing stays of the rows."""
    from healthmgmt.organization.models import Unit
    from tenants import current

    found = Pair(django_db_setup["alpha"], django_db_setup["beta"])
    for schema in found:
        with current.use(schema):
            Unit.objects.create(pk=7001, name=schema, level=0, tier=Unit.Tier.GROUP, path="7001.")
    yield found
    for schema in found:
        with current.use(schema):
            # Past the ORM's search for dependants: there are none, and the test may have left any state.
            Unit.objects.filter(pk=7001)._raw_delete("default")
