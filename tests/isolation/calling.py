"""Calling addresses, commands and jobs of one organisation, and looking for the other's marks in all that comes out."""

import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from healthmgmt.audit.models import Event
from tenants import current
from tests.guards.test_urls import patterns
from tests.isolation.addresses import PUBLIC_URLS, URLS
from tests.isolation.rules import METHODS, ROLES, Rule
from tests.isolation.seeding import World
from tests.signing import sign_in


class Call(NamedTuple):
    """A request that was made: whose, what it was expected to answer, what it answered, all that came out.

    `shown` are the people of the organisation who can be made out in the answer, `recorded` those about whom the request
    left an event.
    """

    urlconf: str
    route: str
    target: str
    role: str
    method: str
    expected: int
    status: int
    output: str
    shown: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()

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
        sign_in(client, world.users[role])
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


# Which methods of an address are tried: of a rule, by a role, with the object of that number.
Tries = Callable[[Rule, str, int], tuple[str, ...]]


def telling(rule: Rule, role: str, number: int) -> tuple[str, ...]:
    """The methods that can show anything: with the first object those that the address has, by everybody; with the others only those
    that look for it.

    Who may not call the address at all is refused before any object, and any method, is looked for.
    """
    if not number:
        # That a method is not there is the same for everybody who may call the address: one of them tries it.
        first = min(rule.roles, default="")
        return tuple(method for method in METHODS if method == "GET" or method in rule.methods or role == first)
    return tuple(method for method in METHODS if role in rule.roles and method in rule.methods)


def thorough(rule: Rule, role: str, number: int) -> tuple[str, ...]:
    """Every method by everybody with the first object."""
    return telling(rule, role, number) if number else METHODS


def reading(rule: Rule, role: str, number: int) -> tuple[str, ...]:
    """What is read by those who may."""
    return ("GET",) if role in rule.roles and "GET" in rule.methods else ()


def every_call(world: World, other: World, tries: Tries = telling) -> list[Call]:
    """Every address of the organisation's host x every object x every role x the methods that are tried."""
    clients = browsers(world, other)
    return _calls("healthmgmt.urls", URLS, clients, world.host, world, other, tries)


def repeated(world: World, other: World, wanted: set[tuple[str, str, str, str]]) -> list[Call]:
    """Once more the calls of (route, target, role, method)."""
    clients = browsers(world, other)
    found = []
    for route, target, role, method in sorted(wanted):
        rule = URLS[route]
        path = "/" + _filled(route, targets(rule, world, other)[target])
        found.append(Call("healthmgmt.urls", route, target, role, method, 503, *_ask(clients[role], method, path, world.host, rule, world)))
    return found


def every_public_call(operator: Client, world: World, other: World) -> list[Call]:
    """The same on the bare domain, where the organisation's sessions are nobody's."""
    clients = browsers(world, other)
    as_nobody = {"anonymous": clients["anonymous"], "stranger": clients["admin"], "operator": operator}
    return _calls("healthmgmt.urls_public", PUBLIC_URLS, as_nobody, "localhost", world, other, thorough)


def _calls(
    urlconf: str, table: dict[str, Rule], clients: dict[str, Client], host: str, world: World, other: World, tries: Tries
) -> list[Call]:  # fmt: skip
    found = []
    for route, _ in patterns(get_resolver(urlconf)):
        rule = table.get(route)
        if rule is None:
            continue
        for number, (target, parts) in enumerate(targets(rule, world, other).items()):
            path = "/" + _filled(route, parts)
            for role, client in clients.items():
                for method in tries(rule, role, number):
                    answer = _ask(client, method, path, host, rule, world)
                    found.append(Call(urlconf, route, target, role, method, rule.expected(role, method, target), *answer))
    return found


def _filled(route: str, parts: dict[str, Any]) -> str:
    for name, value in parts.items():
        route = re.sub(rf"<\w+:{name}>", str(value), route)
    return route


class Answer(NamedTuple):
    """What came of a request; see Call."""

    status: int
    output: str
    shown: frozenset[str]
    recorded: frozenset[str]


def _ask(client: Client, method: str, path: str, host: str, rule: Rule, world: World) -> Answer:
    data = rule.data[method]() if method in rule.data else None
    cookies = client.cookies.copy()
    mail.outbox.clear()
    with listening() as log, undone():
        response = getattr(client, method.lower())(path, data, headers={"host": host})
        body = everything(response)
        recorded = _recorded(world)
    client.cookies = cookies
    mails = [str(message.message()) for message in mail.outbox]
    # What the caller sent may come back.
    output = "\n".join([*body, *log.lines, *mails]).replace(path, "")
    # A reference to somebody is their number or their address.
    shown = frozenset(number for number, uuid in world.people.values() if number in output or str(uuid) in output)
    return Answer(response.status_code, output, shown if response.status_code < 300 else frozenset(), recorded)


def _recorded(world: World) -> frozenset[str]:
    with current.use(world.schema):
        about = Event.objects.filter(pk__gt=world.last_event, person_id__isnull=False).values_list("person_id", flat=True)
        return frozenset(world.people[pk][0] for pk in set(about))


def everything(response: HttpResponse) -> list[str]:
    """Status line, headers, cookies and body; of a workbook the text of its parts."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = [f"{name}: {value}" for name, value in response.headers.items()]
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
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


def content_of(call: Call, world: World) -> str:
    """What came out of a call, less what operators may know of an organisation: its name, and the addresses by which it is reached."""
    output = call.output
    if call.role == "operator":
        for known in (world.name, world.host, f"{world.slug}/"):
            output = output.replace(known, "")
    return output


def marks_in(output: str, world: World) -> list[str]:
    """The marks of an organisation that a text holds."""
    lowered = output.lower()
    return [mark for mark in world.markers if mark.lower() in lowered]


