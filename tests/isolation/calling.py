"""Calling addresses, commands and jobs of one organisation, and looking for the other's marks in all that comes out."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from tenants import current
from tests.guards.test_urls import patterns
from tests.isolation.addresses import PUBLIC_URLS, URLS
from tests.isolation.rules import METHODS, ROLES, Rule
from tests.isolation.seeding import World


class Call(NamedTuple):
    """A request that was made: whose, what it was expected to answer, what it answered, all that came out."""

    urlconf: str
    route: str
    target: str
    role: str
    method: str
    expected: int
    status: int
    output: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.urlconf} {self.route or '/'} {self.target} as {self.role}"


class Listener(logging.Handler):
    """Collects log lines of every logger, at every level, with their tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[Listener]:
    listener, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield listener
    finally:
        root.setLevel(level)
        root.removeHandler(listener)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block writes is taken back, so that every call meets the same organisations."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def browsers(world: World, other: World) -> dict[str, Client]:
    """One browser a role; the stranger's session is of the other organisation, and its row was copied into this one's table."""
    found = {"anonymous": Client(raise_request_exception=False), "stranger": _signed_in(other, "leader")}
    _copy_session(found["stranger"].cookies["session"].value, other, world)
    return found | {role: _signed_in(world, role) for role in ROLES}


def _signed_in(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    with current.use(world.schema):
        client.force_login(world.users[role])
    return client


def _copy_session(key: str, source: World, target: World) -> None:
    from django.contrib.sessions.models import Session

    with current.use(source.schema):
        row = Session.objects.get(pk=key)
        values = row.session_data, row.expire_date
    with current.use(target.schema):
        Session.objects.create(session_key=key, session_data=values[0], expire_date=values[1])


def targets(rule: Rule, world: World, other: World) -> dict[str, dict[str, Any]]:
    """What stands for the parts of an address: each seeded object, the other organisation's of the same name, or nothing."""
    if not rule.objects:
        return {"": {}}
    own = {name: world.objects[rule.kind][name] for name in rule.objects}
    return own | {f"foreign {name}": other.objects[rule.kind][name] for name in rule.objects}


def every_call(world: World, other: World, methods: tuple[str, ...] = METHODS) -> list[Call]:
    """Every address of the organisation's host x every object x every role x every method."""
    clients = browsers(world, other)
    return _calls("healthmgmt.urls", URLS, clients, world.host, world, other, methods)


def every_public_call(operator: Client, world: World, other: World) -> list[Call]:
    """The same on the bare domain, where the organisation's sessions are nobody's."""
    clients = browsers(world, other)
    as_nobody = {"anonymous": clients["anonymous"], "stranger": clients["admin"], "operator": operator}
    return _calls("healthmgmt.urls_public", PUBLIC_URLS, as_nobody, "localhost", world, other, METHODS)


def _calls(
    urlconf: str, table: dict[str, Rule], clients: dict[str, Client], host: str, world: World, other: World, methods: tuple[str, ...]
) -> list[Call]:
    found = []
    for route, _ in patterns(get_resolver(urlconf)):
        rule = table.get(route)
        if rule is None:
            continue
        for target, parts in targets(rule, world, other).items():
            path = "/" + _filled(route, parts)
            for role, client in clients.items():
                for method in methods:
                    status, output = _ask(client, method, path, host, rule)
                    # What the caller sent may come back.
                    output = output.replace(path, "")
                    found.append(Call(urlconf, route, target, role, method, rule.expected(role, method, target), status, output))
    return found


def _filled(route: str, parts: dict[str, Any]) -> str:
    for name, value in parts.items():
        route = re.sub(rf"<\w+:{name}>", str(value), route)
    return route


def _ask(client: Client, method: str, path: str, host: str, rule: Rule) -> tuple[int, str]:
    data = rule.data[method]() if method in rule.data else None
    cookies = client.cookies.copy()
    mail.outbox.clear()
    with listening() as log, undone():
        response = getattr(client, method.lower())(path, data, headers={"host": host})
    client.cookies = cookies
    mails = [str(message.message()) for message in mail.outbox]
    return response.status_code, "\n".join([*everything(response), *log.lines, *mails])


def everything(response: HttpResponse) -> list[str]:
    """Status line, headers, cookies and body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = [f"{name}: {value}" for name, value in response.headers.items()]
    return [response.reason_phrase, *headers, response.cookies.output(), body.decode("utf-8", "replace")]


def run_command(name: str, *arguments: str, keep: bool = False) -> str:
    """What a command prints, logs and mails, whether it succeeds or not; its writes are taken back unless kept."""
    out = io.StringIO()
    mail.outbox.clear()
    with listening() as log:
        if keep:
            call_command(name, *arguments, stdout=out, stderr=out)
        else:
            with undone():
                call_command(name, *arguments, stdout=out, stderr=out)
    return "\n".join([out.getvalue(), *log.lines, *(str(message.message()) for message in mail.outbox)])


def marks_in(output: str, world: World) -> list[str]:
    """The marks of an organisation that a text holds."""
    lowered = output.lower()
    return [mark for mark in world.markers if mark.lower() in lowered]


