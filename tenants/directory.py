"""Looking organisations up; what `healthmgmt.core.organisations` hands to the domains."""

from contextlib import AbstractContextManager
from typing import Any

from django.db import connection

from healthmgmt.core.exceptions import Rejected
from tenants import current, provisioning
from tenants.models import Domain, Organisation


def by_host(host: str) -> Organisation | None:
    """The ready organisation that answers under a host name."""
    with current.use(current.PUBLIC):
        domain = Domain.objects.select_related("tenant").filter(domain=host, tenant__state=Organisation.State.READY).first()
    return domain.tenant if domain else None


def schema_of(slug: str) -> str | None:
    """The schema name of an organisation's slug."""
    with current.use(current.PUBLIC):
        return Organisation.objects.filter(slug=slug, state=Organisation.State.READY).values_list("schema_name", flat=True).first()


def slug_of(schema_name: str) -> str | None:
    """The slug of an organisation's schema name."""
    with current.use(current.PUBLIC):
        return Organisation.objects.filter(schema_name=schema_name).values_list("slug", flat=True).first()


def host_of(schema_name: str) -> str | None:
    """The host name under which an organisation answers."""
    with current.use(current.PUBLIC):
        return Domain.objects.filter(tenant__schema_name=schema_name, is_primary=True).values_list("domain", flat=True).first()


def name_of(schema_name: str) -> str | None:
    """What an organisation is called."""
    with current.use(current.PUBLIC):
        return Organisation.objects.filter(schema_name=schema_name).values_list("name", flat=True).first()


def schemas() -> list[str]:
    """The schema names of all ready organisations, by slug."""
    with current.use(current.PUBLIC):
        return list(Organisation.objects.filter(state=Organisation.State.READY).order_by("slug").values_list("schema_name", flat=True))


def exists(schema_name: str) -> bool:
    """Whether a ready organisation has this schema."""
    with current.use(current.PUBLIC):
        return Organisation.objects.filter(schema_name=schema_name, state=Organisation.State.READY).exists()


def use(schema_name: str) -> AbstractContextManager[None]:
    """Work inside an organisation; see `current.use`."""
    return current.use(schema_name)


def current_schema() -> str:
    """The schema that the code now running was let into."""
    return current.expected()


def noted() -> dict[str, Any]:
    """What was noted down during this stay in the organisation; see `current.noted`."""
    return current.noted()


def create(slug: str, *, name: str, country: str) -> str:
    """A new organisation's schema name. Raises Rejected; needs the owner's connection."""
    try:
        return provisioning.create(slug, name=name, country=country)
    except provisioning.ProvisioningError as error:
        raise Rejected(str(error), field="slug") from error


def remove(schema_name: str) -> None:
    """Drop an organisation with everything in it; needs the owner's connection."""
    connection.close()
    provisioning.remove(schema_name)


def dispatching() -> AbstractContextManager[None]:
    """See when jobs of all organisations are due, and nothing else."""
    return current.use(current.DISPATCH)
