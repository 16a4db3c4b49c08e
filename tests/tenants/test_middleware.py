"""The host name decides the organisation, once and for the whole request."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tenants import current
from tenants.middleware import OrganisationMiddleware
from tenants.models import Organisation

pytestmark = pytest.mark.usefixtures("free_database")


def ask(host: str) -> tuple:
    """(status, expected schema inside the request, role of the connection)."""
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            seen.extend([current.expected(), cursor.fetchone()[0], request.urlconf])
        return HttpResponse()

    response = OrganisationMiddleware(answer)(RequestFactory().get("/", headers={"host": host}))
    return (response.status_code, *seen)


def test_middleware_enters_the_organisation_of_the_host(django_db_setup):
    schema = django_db_setup["beta"]
    for host in ("beta.localhost", "BETA.localhost:8000", "beta.localhost:80"):
        assert ask(host) == (200, schema, schema, "healthmgmt.urls")
    assert current.expected() == current.PUBLIC


def test_middleware_takes_the_bare_domain_for_the_operators():
    for host in ("localhost", "127.0.0.1:8000"):
        assert ask(host) == (200, "public", "app_public", "healthmgmt.urls_public")


@pytest.mark.parametrize("host", ["gamma.localhost", "x.beta.localhost", "beta.localhost.example.org", "example.org", "beta", "be ta.localhost", "t_template.localhost"])
def test_middleware_knows_no_other_host(host):
    assert ask(host) == (404,)


def test_middleware_shuts_a_closed_organisation(empty_org):
    organisation = Organisation.objects.using("owner").get(schema_name=empty_org)
    host = organisation.domains.using("owner").get().domain
    assert ask(host)[0] == 200
    Organisation.objects.using("owner").filter(pk=organisation.pk).update(state=Organisation.State.CLOSED)
    assert ask(host) == (404,)


def test_middleware_leaves_the_organisation_after_an_error(django_db_setup):
    def fail(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        OrganisationMiddleware(fail)(RequestFactory().get("/", headers={"host": "beta.localhost"}))
    assert (current.expected(), connection.schema_name) == (current.PUBLIC, current.PUBLIC)
