"""P01: no request, job, export or cached page of organisation A ever shows a byte of B."""

import json
import re
from types import SimpleNamespace

import pytest
from django.core.management import get_commands
from django.db import DatabaseError
from django.test import Client
from django.urls import get_resolver

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.exams import services as exams
from healthmgmt.people.models import Person
from healthmgmt.work import registry
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current, directory, provisioning
from tests.guards.test_urls import URLCONFS, patterns
from tests.isolation.calling import Call, content_of, every_call, every_public_call, listening, marks_in, repeated, run_command, thorough, undone
from tests.isolation.routines import COMMANDS, ELSEWHERE, PAYLOADS
from tests.isolation.addresses import PUBLIC_URLS, URLS
from tests.isolation.rules import METHODS
from tests.isolation.seeding import World, content
from tests.signing import sign_in

TABLES = {"healthmgmt.urls": URLS, "healthmgmt.urls_public": PUBLIC_URLS}


@pytest.fixture(scope="module")
def calls(worlds, calls_of_b) -> list[Call]:
    """Every call of organisation A's users, after B's have asked the same process for the same pages."""
    with current.use(current.PUBLIC):
        operator = User.objects.create(email="isolation@example.org", is_operator=True)
    try:
        client = Client(raise_request_exception=False)
        sign_in(client, operator)
        return every_call(worlds.a, worlds.b) + every_public_call(client, worlds.a, worlds.b)
    finally:
        with current.use(current.PUBLIC):
            # Past the ORM, which would look for memberships; operators have no such table.
            User.objects.filter(pk=operator.pk)._raw_delete("default")


def test_P01_no_request_shows_a_byte_of_another_organisation(worlds, calls, tell):
    shown = {call.name: marks for call in calls if (marks := marks_in(content_of(call, worlds.b), worlds.b))}
    there = {(urlconf, route) for urlconf in URLCONFS for route, _ in patterns(get_resolver(urlconf))}
    uncalled = there - {(call.urlconf, call.route) for call in calls}
    roles = {call.role for call in calls}
    tell(
        f"P01: {len(there)} urls x {len(roles)} roles x {len(METHODS)} methods, ids of both organisations = {len(calls)} calls, "
        f"{len(uncalled)} uncalled, {len(shown)} markers"
    )
    assert (shown, uncalled) == ({}, set())


def test_P03_every_address_answers_as_the_table_says(calls):
    assert [f"{call.name}: {call.status}, not {call.expected}" for call in calls if call.status != call.expected] == []


@pytest.mark.long
def test_P03_every_role_with_every_method(worlds):
    calls = every_call(worlds.a, worlds.b, thorough)
    assert [f"{call.name}: {call.status}, not {call.expected}" for call in calls if call.status != call.expected] == []
    assert {call.name: marks for call in calls if (marks := marks_in(content_of(call, worlds.b), worlds.b))} == {}


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_P03_table_has_every_address_and_no_other(urlconf):
    assert {route for route, _ in patterns(get_resolver(urlconf))} == set(TABLES[urlconf])


def test_P03_foreign_and_hidden_objects_look_the_same(worlds, calls):
    """404 whether it is the other organisation's or out of reach: only the address itself may differ."""
    missing = [call for call in calls if call.status == 404 and call.target and call.role == "liaison_a1" and call.method == "GET"]
    bodies = {call.target.startswith("foreign "): call.output.split("\n") for call in missing}
    assert set(bodies) == {True, False}
    # A form of the page carries a token of its own each time.
    varying = re.compile(r"/|csrfmiddlewaretoken")
    assert [line for line in bodies[True] if not varying.search(line)] == [line for line in bodies[False] if not varying.search(line)]


def test_P20_whoever_is_shown_is_told_of_it(calls, tell):
    """No answer names a person without an event about that person."""
    showing = [call for call in calls if call.shown]
    tell(f"P20: {len(showing)} answers of {len({call.route for call in showing})} addresses show people")
    assert [f"{call.name}: {sorted(call.shown - call.recorded)}" for call in showing if call.shown - call.recorded] == []


def test_P22_nobody_is_shown_when_it_cannot_be_recorded(worlds, calls, monkeypatch):
    showing = {(call.route, call.target, call.role, call.method) for call in calls if call.shown}

    def broken(*args, **kwargs):
        raise DatabaseError("no record can be written")

    monkeypatch.setattr(Event, "save", broken)
    monkeypatch.setattr(audit, "sql", SimpleNamespace(execute=broken))
    again = repeated(worlds.a, worlds.b, showing)
    assert {(call.name, call.status, bool(call.shown)) for call in again if call.status != 503 or call.shown} == set()


def test_P04_no_leader_is_shown_a_person(calls):
    assert [call.name for call in calls if call.role == "leader" and call.shown] == []


def test_P03_cookies_are_of_one_host(calls):
    cookies = [line for call in calls for line in call.output.splitlines() if line.startswith("Set-Cookie:")]
    assert (len(cookies) > 0, [line for line in cookies if "domain=" in line.lower()]) == (True, [])


def test_P01_no_command_shows_a_byte_of_another_organisation(worlds, tmp_path, tell):
    shown = {}
    try:
        for name, routine in COMMANDS.items():
            output = run_command(name, *routine.arguments(worlds.a, tmp_path), keep=routine.keep)
            files = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
            if marks := marks_in(output + files, worlds.b):
                shown[name] = marks
    finally:
        if (third := directory.schema_of("isolation-c")) is not None:
            provisioning.remove(third)
    tell(f"P01: {len(COMMANDS)} commands, {len(shown)} markers")
    assert shown == {}


def test_P01_table_has_every_command():
    ours = {name for name, app in get_commands().items() if app.startswith(("healthmgmt.", "tenants"))}
    assert ours == {*COMMANDS, *ELSEWHERE}


def test_P01_no_job_reads_or_writes_another_organisation(worlds, tell):
    with current.use(worlds.b.schema):
        before = content()
    with undone():
        with current.use(worlds.a.schema), listening() as log:
            _do_everything(worlds.a)
            ran = set(Job.objects.filter(state=Job.State.DONE).values_list("kind", flat=True))
            failed = list(Job.objects.filter(state=Job.State.FAILED).values_list("kind", "error"))
            written = marks_in(json.dumps(content(), ensure_ascii=False), worlds.b)
        with current.use(worlds.b.schema):
            after = content()
    tell(f"P01: {len(ran)} kinds of job, {len(set(registry.kinds()) - ran)} not run, {len(written)} markers")
    assert (failed, written, marks_in("\n".join(log.lines), worlds.b)) == ([], [], [])
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    assert set(registry.kinds()) - ran == set()


def _do_everything(world: World) -> None:
    """Once more what the seeded uploads caused, with ids that both organisations have; what undoing one causes; and the rest."""
    Job.objects.update(state=Job.State.QUEUED, attempts=0, cursor={}, origin=work.identity())
    for kind, payload in PAYLOADS.items():
        work.submit(kind, key="isolation", payload=payload())
    work.drain()
    # Both that tell of the same people: of one, the other's exams would count again.
    for name in ("liaison_b1", "exam_centre"):
        exams.withdraw(world.uploads[name], by=Actor.system())
    work.drain()


def test_P07_no_identity_number_is_anywhere_in_clear(worlds, calls):
    shown = [call.name for call in calls if any(number in call.output for number in [*worlds.a.id_numbers, *worlds.b.id_numbers])]
    stored = []
    for world in worlds:
        with current.use(world.schema):
            stored += [table for table, rows in content().items() if any(number in row for row in rows for number in world.id_numbers)]
            assert sorted(Person.objects.exclude(id_hash="").values_list("id_no", flat=True)) == sorted(world.id_numbers)
    assert (shown, stored) == ([], [])
