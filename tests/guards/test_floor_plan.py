"""Imports and foreign keys point left; inside a domain they point down; pure modules stay pure."""

import ast
import re

from django.apps import apps

from tests.guards.floor import ORDER, PURE
from tests.guards.source import Module, calls, imports, module, modules, own

# Compose the whole, so they may name every room.
COMPOSERS = {"settings", "urls", "urls_public", "celery", "wsgi"}
# No room, below all of them: read by settings alone.
FOUNDATIONS = {"embedded", "environment"}
LAYERS = {"models": 1, "selectors": 2, "access": 2, "services": 3, "jobs": 4, "forms": 4, "management": 4, "api": 5, "views": 5}
DOORS = {"models", "selectors", "services", "access", "presenters"}
# Modules beside those doors that other domains may use, each with its reason.
OTHER_DOORS = {
    "healthmgmt.audit.words": "what events are called, for who shows them to the people they are about",
    "healthmgmt.work.registry": "handlers and subscriptions are declared through it",
    "healthmgmt.accounts.lockout": "slows down whoever guesses, wherever something can be guessed",
    "healthmgmt.accounts.notices": "services and selectors about what users are told, for whoever has something to tell",
    "healthmgmt.care.messaging": "services about messages, split off by noun",
    "healthmgmt.care.inboxes": "presenters of messages, split off by noun",
    "healthmgmt.care.returning": "selectors of who came after a contact, split off by noun",
    "healthmgmt.audit.sealing": "services about the chain; their jobs stand in accounts, since audit knows nothing of jobs",
    "healthmgmt.exams.disputed": "presenters of disputed values, split off by noun",
    "healthmgmt.exams.disputing": "services about disputed values, split off by noun",
    "healthmgmt.organization.periods": "services and selectors about periods, split off by noun",
    "healthmgmt.organization.calendar": "services and selectors about working days, split off by noun",
    "healthmgmt.care.pausing": "services about pauses, split off by noun",
    "healthmgmt.care.returning": "selectors of who came after a contact, split off by noun: defined once, for worklists and for units",
    "healthmgmt.care.course": "presenters of how a plan goes, split off by noun",
    "healthmgmt.engagement.campaigns": "services about activities, split off by noun",
    "healthmgmt.engagement.rewards": "services about rewards, split off by noun",
    "healthmgmt.people.roster": "selectors of the roster, split off by noun",
    "healthmgmt.people.own_record": "what every page about the signed-in person does, whose room it may be",
    "healthmgmt.risk.editions": "selectors of packs, shipped and own, split off by noun",
    "healthmgmt.risk.drafts": "services about packs being edited, split off by noun",
    "healthmgmt.risk.approving": "services about proposed editions, split off by noun",
    "healthmgmt.risk.simulating": "services about trying a draft, split off by noun",
    "healthmgmt.risk.simulated": "selectors of what trying a draft came to, split off by noun",
}
FRAMEWORKS = {"django", "rest_framework", "django_tenants", "celery", "psycopg2", "redis", "tenants"}
CLOCK = re.compile(r"(.*\.)?(time\.(time|monotonic|perf_counter)|datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate))")


def known(given: tuple[Module, ...]) -> dict[str, Module]:
    return {one.name: one for one in given}


def to_the_right(given: tuple[Module, ...]) -> list[str]:
    """Imports, and dotted names in texts, that reach a room further right, a composer, a foundation or `tenants`."""
    found = []
    for one in given:
        if one.app in ORDER:
            for line, name in [*imports(one), *_named(one)]:
                target = _room(name)
                if target and not _may_reach(one.app, target):
                    found.append(f"{one.name}:{line} reaches {name}")
    return found


def _named(one: Module) -> list[tuple[int, str]]:
    texts = [node for node in ast.walk(one.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [(node.lineno, node.value) for node in texts if re.fullmatch(r"(healthmgmt|tenants)(\.\w+)+", node.value)]


def _room(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] == "tenants":
        return "tenants"
    return parts[1] if parts[0] == "healthmgmt" and len(parts) > 1 else None


def _may_reach(room: str, target: str) -> bool:
    if target in ORDER:
        return ORDER.index(target) <= ORDER.index(room)
    # Who rings the bell names it; so does who starts the processes.
    return (room, target) in {("work", "celery"), ("portal", "celery"), ("portal", "wsgi")}


def layers(given: tuple[Module, ...]) -> dict[str, int]:
    """The layer of each module in its domain: by its name, else the highest that it imports, 0 for a pure one."""
    by_name, found = known(given), {}

    def layer(name: str, trail: tuple[str, ...] = ()) -> int:
        if name in found or name in trail:
            return found.get(name, 0)
        one = by_name[name]
        word = next((part for part in name.split(".")[2:] if part in LAYERS), None)
        if word:
            found[name] = LAYERS[word]
            return found[name]
        reached = [own(target, by_name) for _, target in imports(one)]
        inside = [target for target in reached if target and by_name[target].app == one.app and target != name]
        uses_framework = any(target.split(".")[0] in FRAMEWORKS for _, target in imports(one))
        found[name] = max([int(uses_framework), *(layer(target, (*trail, name)) for target in inside)])
        return found[name]

    for name in by_name:
        layer(name)
    return found


def upwards(given: tuple[Module, ...]) -> list[str]:
    """Imports from a higher layer of the same domain, and from another domain past its doors."""
    by_name, layer, found = known(given), layers(given), []
    for one in given:
        if one.app not in ORDER:
            continue
        for line, name in imports(one):
            target = own(name, by_name)
            if target is None or by_name[target].app not in ORDER:
                continue
            if by_name[target].app == one.app:
                if layer[target] > layer[one.name]:
                    found.append(f"{one.name}:{line} reaches up to {target}")
            elif not _is_door(target, layer):
                found.append(f"{one.name}:{line} reaches past the doors to {target}")
    return found


def _is_door(target: str, layer: dict[str, int]) -> bool:
    parts = target.split(".")
    return len(parts) < 3 or parts[1] == "core" or parts[2] in DOORS or target in OTHER_DOORS or layer[target] == 0


def cycles(given: tuple[Module, ...]) -> list[str]:
    """Modules that import each other, inside functions too."""
    by_name = known(given)
    graph = {one.name: {own(name, by_name) for _, name in imports(one)} - {None, one.name} for one in given}
    found, done = [], set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append(" > ".join([*trail[trail.index(name) :], name]))
        elif name not in done:
            for target in sorted(graph[name]):
                # A package's own module is imported through the package: no cycle.
                if not name.startswith(target + "."):
                    visit(target, [*trail, name])
            done.add(name)

    for name in graph:
        visit(name, [])
    return found


def impure(given: tuple[Module, ...], pattern: re.Pattern = PURE) -> list[str]:
    """Pure modules that reach a framework, an impure module or a clock."""
    by_name, layer, found = known(given), layers(given), []
    for one in given:
        if not pattern.fullmatch(one.name):
            continue
        for line, name in imports(one):
            target = own(name, by_name)
            is_sound = target is None or layer[target] == 0 or by_name[target].is_package
            if name.split(".")[0] in FRAMEWORKS or not is_sound:
                found.append(f"{one.name}:{line} imports {name}")
        found += [
            f"{one.name}:{call.lineno} asks a clock" for call in calls(one.tree) if CLOCK.fullmatch(ast.unparse(call.func))
        ]
    return found


def test_floor_plan_imports_point_left():
    assert to_the_right(modules()) == []


def test_floor_plan_imports_point_down_inside_a_domain():
    assert upwards(modules()) == []


def test_floor_plan_has_no_cycles():
    assert cycles(modules()) == []


def test_floor_plan_pure_modules_are_pure():
    assert impure(modules()) == []


def test_floor_plan_foreign_keys_point_left():
    found = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            if target is not None and model.__module__.startswith("healthmgmt."):
                rooms = model.__module__.split(".")[1], target.__module__.split(".")[1]
                if not target.__module__.startswith("healthmgmt.") or ORDER.index(rooms[1]) > ORDER.index(rooms[0]):
                    found.append(f"{model.__name__}.{field.name} points at {target.__name__}")
    assert found == []


def test_floor_plan_knows_every_room():
    rooms = {one.app for one in modules() if one.name.startswith("healthmgmt.")} - {"healthmgmt"}
    assert rooms - set(ORDER) - COMPOSERS - FOUNDATIONS == set()


def test_floor_plan_only_work_knows_celery():
    others = [one for one in modules() if one.app not in ("work", "celery") and one.name != "healthmgmt"]
    assert [f"{one.name}:{line}" for one in others for line, name in imports(one) if name.split(".")[0] in ("celery", "kombu")] == []


def test_floor_plan_other_doors_are_not_stale():
    assert set(OTHER_DOORS) - set(known(modules())) == set()


def bad(text: str, name: str, *others: tuple[str, str]) -> tuple[Module, ...]:
    return (module(text, name), *(module(other_text, other) for other, other_text in others))


def test_guard_sees_an_import_to_the_right_inside_a_function():
    text = "def f():\n    from healthmgmt.care import services\n"
    assert to_the_right(bad(text, "healthmgmt.exams.services")) == ["healthmgmt.exams.services:2 reaches healthmgmt.care.services"]


def test_guard_sees_tenants_a_composer_a_foundation_and_a_name_in_a_text():
    text = "import tenants.current\nfrom healthmgmt import settings\nimport healthmgmt.embedded\nx = import_module('healthmgmt.portal.views')\n"
    assert len(to_the_right(bad(text, "healthmgmt.exams.services"))) == 4


def test_guard_sees_a_relative_import():
    assert len(to_the_right(bad("from ..care import services\n", "healthmgmt.exams.services"))) == 1


def test_guard_sees_a_model_that_reaches_up_through_an_unnamed_module():
    given = bad(
        "from healthmgmt.exams import staging\n",
        "healthmgmt.exams.models",
        ("healthmgmt.exams.staging", "from healthmgmt.exams.services import apply\n"),
        ("healthmgmt.exams.services", "def apply(): ...\n"),
    )
    assert upwards(given) == ["healthmgmt.exams.models:1 reaches up to healthmgmt.exams.staging"]


def test_guard_sees_a_reach_past_the_doors():
    given = bad("from healthmgmt.people.jobs import x\n", "healthmgmt.exams.jobs", ("healthmgmt.people.jobs", "x = 1\n"))
    assert upwards(given) == ["healthmgmt.exams.jobs:1 reaches past the doors to healthmgmt.people.jobs"]


def test_guard_sees_a_cycle():
    given = bad("import healthmgmt.exams.b\n", "healthmgmt.exams.a", ("healthmgmt.exams.b", "def f():\n    import healthmgmt.exams.a\n"))
    assert cycles(given) == ["healthmgmt.exams.a > healthmgmt.exams.b > healthmgmt.exams.a"]


def test_guard_sees_django_a_clock_and_an_impure_friend_in_a_pure_module():
    text = "from django.utils import timezone\nfrom healthmgmt.risk import services\nfrom datetime import date\nday = date.today()\n"
    given = bad(text, "healthmgmt.risk.packs", ("healthmgmt.risk.services", "from django.db import models\n"))
    assert len(impure(given)) == 3
