"""What the domains may know of organisations: their schema name and how to work inside one.

The directory itself lives in `tenants`, which no domain imports; settings name it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import CommandError
from django.db import ProgrammingError
from django.utils.module_loading import import_module

PUBLIC = "public"
_READ = "core.read_once"
T = TypeVar("T")


@cache
def _directory() -> ModuleType:
    return import_module(settings.ORGANISATION_DIRECTORY)


class UnknownOrganisation(LookupError):
    """There is no organisation of this name, or not any more."""


def current() -> str:
    """The schema (and role) name of the organisation this code works for; `public` outside of all."""
    return _directory().current_schema()


def noted() -> dict[str, Any]:
    """Room for what is read once and asked for often, by name of the reader: it lasts as long as this stay in the organisation (a
    request, a job, a command) and no longer."""
    return _directory().noted()


@contextmanager
def only_reading() -> Iterator[None]:
    """Nothing is changed here that `once` is asked for, as in a request for a page: what was read holds until the end."""
    noted()[_READ] = {}
    try:
        yield
    finally:
        noted().pop(_READ, None)


def once(name: str, read: Callable[[], T]) -> T:
    """What `read` gives: while only reading, of every name the first answer, which nobody may change; else read anew."""
    known = noted().get(_READ)
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    return known[name]


def entered(schema_name: str) -> AbstractContextManager[None]:
    """Work inside an organisation. Raises UnknownOrganisation when it does not exist or was closed."""
    if schema_name != PUBLIC and not _directory().exists(schema_name):
        raise UnknownOrganisation(schema_name)
    return _directory().use(schema_name)


def dispatching() -> AbstractContextManager[None]:
    """Outside of all organisations, see when their jobs are due, and nothing else: for queries on `public.work_job`."""
    return _directory().dispatching()


def schemas() -> list[str]:
    """The schema names of all organisations."""
    return _directory().schemas()


def slug() -> str:
    """The current organisation's slug."""
    return _directory().slug_of(current())


def name() -> str:
    """What the present organisation is called; empty outside of all."""
    return _directory().name_of(current()) or ""


def address(path: str) -> str:
    """The whole address of a page of the present organisation, or of the bare domain outside of all.

    For mails: it is never taken from a request, whose host name anybody can make up.
    """
    host = settings.ORGANISATION_DOMAIN if current() == PUBLIC else _directory().host_of(current())
    return f"https://{host}{path}" if settings.ENV.https else f"http://{host}:{settings.ENV.port}{path}"


def has_slug(slug: str) -> bool:
    """Whether there is a ready organisation of this slug."""
    return _directory().schema_of(slug) is not None


def schema_of_slug(slug: str) -> str:
    """The schema name behind `--org SLUG`. Raises CommandError, since only commands name organisations by slug."""
    try:
        schema_name = _directory().schema_of(slug)
    except ProgrammingError as error:
        raise CommandError("The database is not set up; run `manage.py migrate` first.") from error
    if schema_name is None:
        raise CommandError(f"There is no organisation {slug!r}.")
    return schema_name


def create(slug: str, *, name: str, country: str = "cn") -> str:
    """Make an organisation's schema, role and rights; returns the schema name. Raises Rejected when the slug is taken or unusable.

    For commands only: needs the owner's connection, and commits by itself.
    """
    return _directory().create(slug, name=name, country=country)


def remove(schema_name: str) -> None:
    """Drop an organisation with everything that it stored; for commands only. There is no way back."""
    _directory().remove(schema_name)
