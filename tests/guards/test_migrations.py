"""Migrations are complete, named in words, reversible, one leaf an app, and never mix tables with data."""

import ast

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests.guards.source import Module, called_name, calls, migrations, module


def own_labels() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith(("healthmgmt.", "tenants"))}


def faults(one: Module) -> list[str]:
    """What is wrong with a migration's file."""
    number, _, words = one.name.rpartition(".")[2].partition("_")
    found = [] if number.isdigit() and words and not words.startswith("auto_") else [f"{one.name} is not named in words"]
    names = [called_name(call) for call in calls(one.tree)]
    data = [call for call in calls(one.tree) if called_name(call) == "RunPython"]
    schema = {"CreateModel", "AddField", "AlterField", "RemoveField", "DeleteModel", "RenameField", "AddConstraint", "AddIndex"}
    if data and schema & set(names):
        found.append(f"{one.name} changes tables and data")
    if any(len(call.args) < 2 and "reverse_code" not in {keyword.arg for keyword in call.keywords} for call in data):
        found.append(f"{one.name} cannot be taken back")
    return found


def test_migrations_are_complete():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    # As makemigrations does it: labels in the language of the source.
    with translation.override(None):
        changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert {label: [str(step) for step in steps] for label, steps in changes.items() if label in own_labels()} == {}


def test_migrations_end_in_one_leaf_an_app():
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    with_models = {config.label for config in apps.get_app_configs() if config.label in own_labels() and list(config.get_models())}
    assert {label: len(graph.leaf_nodes(label)) for label in with_models} == dict.fromkeys(with_models, 1)


def test_migrations_have_no_faults():
    assert [fault for one in migrations() if not one.is_package for fault in faults(one)] == []


def bad(operations: str, name: str = "0002_move_units") -> Module:
    return module(f"operations = [{operations}]\n", f"healthmgmt.exams.migrations.{name}")


def test_guard_sees_faults_in_migrations():
    assert faults(bad("", "0002_auto_20260101_0000")) == ["healthmgmt.exams.migrations.0002_auto_20260101_0000 is not named in words"]
    assert faults(bad("migrations.RunPython(f)")) == ["healthmgmt.exams.migrations.0002_move_units cannot be taken back"]
    assert faults(bad("migrations.RunPython(f, g), migrations.AddField(x)")) == ["healthmgmt.exams.migrations.0002_move_units changes tables and data"]
    assert faults(bad("migrations.AddField(x)")) == []


def test_guard_sees_a_change_without_migration():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    changed = ProjectState.from_apps(apps)
    changed.remove_model("exams", "mendedcell")
    changes = MigrationAutodetector(loader.project_state(), changed).changes(graph=loader.graph)
    assert "exams" in changes


def test_migrations_guard_reads_python():
    assert all(isinstance(one.tree, ast.Module) for one in migrations())
