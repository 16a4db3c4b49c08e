"""How the organisations stand: from two queries, in the order of who needs somebody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.work import selectors
from healthmgmt.work.selectors import Queue
from tenants import operating, provisioning
from tenants.models import Organisation


def slugs() -> list[str]:
    return [one.organisation.slug for one in operating.standings()]


@pytest.fixture
def queue(db, django_db_setup, monkeypatch):
    """`queue(slug, ...)` puts an organisation's queue into the answer of `work`."""
    given: dict[str, Queue] = {}
    monkeypatch.setattr(selectors, "queues", lambda: given)
    return lambda slug, **values: given.update({django_db_setup[slug]: Queue(**values)})


def test_standings_take_two_queries(db):
    with CaptureQueriesContext(connection) as queries:
        found = operating.standings()
    assert len([one for one in queries if one["sql"].startswith(("SELECT", "--"))]) == 2
    assert {one.organisation.slug: (one.host, one.behind) for one in found} == {"alpha": ("alpha.localhost", 0), "beta": ("beta.localhost", 0)}


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [
        ({"failed": 9, "waited": timedelta(hours=9)}, {"is_late": True, "waited": timedelta(minutes=4)}),
        ({"failed": 1}, {"failed": 2}),
        ({"waited": timedelta(seconds=3)}, {"waited": timedelta(seconds=4)}),
    ],
)
def test_standings_are_worst_first(queue, alpha, beta):
    queue("alpha", **alpha)
    queue("beta", **beta)
    assert slugs()[:2] == ["beta", "alpha"]


def test_standings_put_a_schema_that_is_behind_before_those_in_order(queue, monkeypatch):
    known = provisioning.code_migrations()
    one = Organisation.objects.get(slug="beta")
    assert (one.migrations_applied, operating.standing(one).needs_somebody) == (len(known), False)
    monkeypatch.setattr(provisioning, "code_migrations", lambda: known | {("exams", "0099_more")})
    assert (operating.standing(one).behind, operating.standing(one).needs_somebody) == (1, True)
