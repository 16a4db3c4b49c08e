"""The two seeded organisations, made once for all tests here."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest


class Worlds(NamedTuple):
    a: "World"  # noqa: F821
    b: "World"  # noqa: F821


@pytest.fixture(scope="package")
def worlds(django_db_setup, django_db_blocker) -> Iterator[Worlds]:
    """Organisations A and B, committed; removed afterwards."""
    from tenants import current, provisioning
    from tests.isolation.seeding import World, seed

    made = []
    with django_db_blocker.unblock():
        try:
            for slug, mark, name, weight, tail in (("isolation-a", "MARKEDA", "马可甲", "81.26", "1"), ("isolation-b", "MARKEDB", "马可乙", "91.37", "2")):
                schema = provisioning.create(slug, name=f"{mark} Ltd")  # World.name
                numbers = [f"76010119800517{tail}{number:03}" for number in range(101, 105)]
                made.append(World(schema, slug, mark, name, weight, numbers))
                with current.use(schema):
                    seed(made[-1])
            yield Worlds(*made)
        finally:
            from django.db import connections

            connections["default"].close()
            for world in made:
                provisioning.remove(world.schema)


@pytest.fixture(scope="package")
def calls_of_b(worlds) -> list:
    """What B's own people are shown when they ask for every page of theirs."""
    from tests.isolation.calling import every_call, reading

    return every_call(worlds.b, worlds.a, reading)
