"""From the host name to the organisation, before anything else looks at the request."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import set_urlconf

from tenants import current, directory


class OrganisationMiddleware:
    """Runs the request inside its organisation; the bare domain is the operators' public schema."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            host = request.get_host().partition(":")[0].lower()
        except DisallowedHost:
            return HttpResponseNotFound()
        if host in (settings.ORGANISATION_DOMAIN, "127.0.0.1"):
            schema, request.urlconf = current.PUBLIC, settings.PUBLIC_SCHEMA_URLCONF
        else:
            organisation = directory.by_host(host)
            if organisation is None:
                return HttpResponseNotFound()
            schema, request.urlconf = organisation.schema_name, settings.ROOT_URLCONF
        request.organisation = schema
        set_urlconf(request.urlconf)
        with current.use(schema):
            return self.get_response(request)
