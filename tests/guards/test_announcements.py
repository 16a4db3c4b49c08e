"""Who subscribes to an event gets the ids that its announcer gives, in the key too."""

import ast
from string import Formatter

from tests.guards.source import Module, called_name, calls, module, modules


def announced(given: tuple[Module, ...]) -> dict[str, list[set[str]]]:
    """The ids that each announcement of each event gives."""
    found: dict[str, list[set[str]]] = {}
    for one in given:
        for call in calls(one.tree):
            if called_name(call) == "announce" and call.args and isinstance(call.args[0], ast.Constant):
                found.setdefault(call.args[0].value, []).append({keyword.arg for keyword in call.keywords if keyword.arg})
    return found


def faults(given: tuple[Module, ...]) -> list[str]:
    """Subscriptions to what nobody announces, and keys that name an id that some announcement lacks."""
    events, found = announced(given), []
    for one in given:
        for call in calls(one.tree):
            if called_name(call) != "subscribe" or not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            event = call.args[0].value
            key = next((keyword.value.value for keyword in call.keywords if keyword.arg == "key"), "")
            names = {name for _, name, _, _ in Formatter().parse(key) if name}
            if event not in events:
                found.append(f"{one.name}:{call.lineno} waits for {event}, which nobody announces")
            found += [f"{one.name}:{call.lineno} wants {name} of {event}" for ids in events.get(event, []) for name in sorted(names - ids)]
    return found


def test_announcements_reach_their_subscribers():
    assert faults(modules()) == []


def test_guard_sees_a_missing_id_and_a_missing_event():
    left = module("announce('exams.applied', upload=1)\n", "healthmgmt.exams.services")
    right = module("subscribe('exams.applied', kind='a', key='{file}')\nsubscribe('exams.gone', kind='a', key='x')\n", "healthmgmt.risk.jobs")
    assert faults((left, right)) == [
        "healthmgmt.risk.jobs:1 wants file of exams.applied",
        "healthmgmt.risk.jobs:2 waits for exams.gone, which nobody announces",
    ]
