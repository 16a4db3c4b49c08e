"""Raw SQL stands in .sql files and runs through `core.sql`; nobody else has a cursor and nobody puts SQL together."""

import ast
import re
from pathlib import Path

from tests.guards.floor import PURE
from tests.guards.source import PACKAGE, Module, called_name, calls, imports, migrations, module, modules, statements

# Who may talk to the database directly, each with its reason.
MAY = {
    "healthmgmt.core.sql": "the one door",
    "tenants.db.base": "switches role and path in one statement",
    "tenants.provisioning": "makes schemas and roles as the owner, from checked names",
    "tenants.checks": "looks at the connection before anything is served over it",
    "healthmgmt.embedded.__main__": "names the driver's errors",
    "healthmgmt.embedded.postgres": "starts the server, before there is Django",
    "healthmgmt.embedded.roles": "makes roles and database, before there is Django",
    "healthmgmt.embedded.servers": "names the driver's errors",
}
DOORS = {"execute", "rows", "dicts", "row", "copy_out", "statement"}
SQL_WORDS = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|SET|ALTER|CREATE|DROP|GRANT|REVOKE|COPY|TRUNCATE|WITH|LOCK)\s")
METHODS = {"cursor", "raw", "extra", "copy_expert", "mogrify", "executemany", "chunked_cursor", "RawSQL", "RunSQL"}


def raw(one: Module) -> list[str]:
    """What bypasses the ORM and `core.sql` in a module."""
    found = [f"{one.name}:{line} imports {name}" for line, name in imports(one) if name.split(".")[0] in ("psycopg2", "psycopg")]
    found += [f"{one.name}:{line} imports {name}" for line, name in imports(one) if name.rpartition(".")[2] in ("RawSQL", "RunSQL")]
    for call in calls(one.tree):
        name = called_name(call)
        if isinstance(call.func, ast.Attribute) and name in METHODS and not PURE.fullmatch(one.name):
            found.append(f"{one.name}:{call.lineno} calls {name}")
    for node in ast.walk(one.tree):
        if isinstance(node, ast.JoinedStr) and _is_sql(node.values[0] if node.values else None):
            found.append(f"{one.name}:{node.lineno} puts SQL together")
        if isinstance(node, ast.Constant) and _is_sql(node) and re.search(r"\b(FROM|INTO|SET|TABLE|ROLE)\b", node.value):
            found.append(f"{one.name}:{node.lineno} holds SQL")
        # Through Func() a SELECT would change the role as well.
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"set_config|search_path|dblink", node.value):
            found.append(f"{one.name}:{node.lineno} reaches for the session's settings")
    return found


def _is_sql(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL_WORDS.match(node.value))


def unnamed(one: Module) -> list[str]:
    """Calls of `sql.<door>` whose statement is not a constant name, one of two, or one of a loop over constants."""
    found = []
    for call in calls(one.tree):
        if _through_sql(call) and not _choices(one, call.args[0]):
            found.append(f"{one.name}:{call.lineno} names its statement by {ast.unparse(call.args[0])}")
    return found


def names(one: Module) -> set[str]:
    """The statements that a module names."""
    found = set()
    for call in calls(one.tree):
        if _through_sql(call):
            found |= set(_choices(one, call.args[0]))
    return found


def _through_sql(call: ast.Call) -> bool:
    function = call.func
    is_door = isinstance(function, ast.Attribute) and function.attr in DOORS and isinstance(function.value, ast.Name)
    return is_door and function.value.id == "sql" and bool(call.args)


def _choices(one: Module, node: ast.AST) -> list[str]:
    """The constants that an expression can be; empty when it can be anything else."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        both = _choices(one, node.body), _choices(one, node.orelse)
        return [*both[0], *both[1]] if all(both) else []
    if isinstance(node, ast.Name):
        loops = [loop for loop in ast.walk(one.tree) if isinstance(loop, ast.For) and loop.lineno <= node.lineno <= loop.end_lineno]
        around = [loop for loop in loops if getattr(loop.target, "id", "") == node.id]
        return _constants(one, around[-1].iter) if around else []
    if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[1], ast.FormattedValue):
        return [node.values[0].value + text for text in _choices(one, node.values[1].value)]
    return []


def _constants(one: Module, node: ast.AST) -> list[str]:
    """The texts of a tuple or list, or of the module's constant of that name; empty for anything else."""
    if isinstance(node, ast.Name):
        bound = [line.value for line in one.tree.body if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == node.id]
        return _constants(one, bound[0]) if len(bound) == 1 and not isinstance(bound[0], ast.Name) else []
    parts = getattr(node, "elts", [])
    return [part.value for part in parts] if all(isinstance(part, ast.Constant) for part in parts) else []


def faults(path: Path, text: str) -> list[str]:
    """What no statement may hold: positional or pasted parameters, another role, path or organisation."""
    bare = re.sub(r"--[^\n]*", "", text).replace("%%", "")
    found = []
    if re.search(r"%(?!\(\w+\)s)", bare):
        found.append(f"{path.name} has a parameter without a name")
    if re.search(r"\{\w*\}", re.sub(r"'[^']*'", "", bare)):
        found.append(f"{path.name} has a place to paste into")
    if re.search(r"\b(SET\s+(LOCAL\s+|SESSION\s+)?(ROLE|search_path)|set_config(?!\('enable_[a-z]+',)|RESET\s+ROLE|SET\s+SESSION)\b", bare, re.IGNORECASE):
        found.append(f"{path.name} changes the role or the path")
    if re.search(r"\b(t_\w+|app_\w+)\s*\.\s*\w|pg_authid|pg_shadow", bare):
        found.append(f"{path.name} names a schema")
    if re.search(r"\bpublic\s*\.\s*(?!work_job\b)\w", bare):
        found.append(f"{path.name} reaches into public")
    return found


def test_raw_sql_is_only_in_its_places():
    assert [line for one in modules() if one.name not in MAY for line in raw(one)] == []


def test_raw_sql_is_not_in_migrations():
    assert [line for one in migrations() for line in raw(one)] == []


def test_raw_sql_places_are_not_stale():
    assert [name for name in MAY if name not in {one.name for one in modules() if raw(one)}] == []


def test_raw_sql_statements_are_named_by_constants():
    assert [line for one in modules() if one.name != "healthmgmt.core.sql" for line in unnamed(one)] == []


def test_raw_sql_statements_exist_and_none_is_left_over():
    used = {name for one in modules() for name in names(one)}
    there = {f"{path.parent.parent.name}/{path.stem}" for path in statements() if path.is_relative_to(PACKAGE)}
    assert (used - there, there - used) == (set(), set())


def test_raw_sql_statements_are_run_by_their_own_domain():
    found = [f"{one.name} runs {name}" for one in modules() for name in names(one) if name.partition("/")[0] != one.app]
    assert found == []


def test_raw_sql_statements_hold_no_faults():
    assert [fault for path in statements() for fault in faults(path, path.read_text(encoding="utf-8"))] == []


def test_guard_sees_every_way_past_the_orm():
    for text in (
        "connection.cursor()",
        "Person.objects.raw(x)",
        "Person.objects.extra(where=[x])",
        "from django.db.models.expressions import RawSQL",
        "import psycopg2",
        "c.copy_expert(x, y)",
        "q = f'SELECT {x} FROM y'",
        "q = 'DELETE FROM exams_exam'",
        "migrations.RunSQL(x)",
        "Func(Value('role'), Value(x), Value(False), function='set_config')",
    ):
        assert len(raw(module(text + "\n"))) == 1, text


def test_guard_lets_words_be_words():
    for text in ("x = 'Select a person from the list'", "x = run.cursor", "x = 'Update the roster'", "x = 'set'"):
        assert raw(module(text + "\n")) == [], text


def test_guard_sees_a_pasted_statement_name():
    assert len(unnamed(module("sql.execute(f'exams/{x}')\n"))) == 1
    assert len(unnamed(module("for x in (a, 'b'):\n    sql.execute(f'exams/{x}')\n"))) == 1
    assert names(module("for x in ('a', 'b'):\n    sql.execute(f'exams/{x}')\n")) == {"exams/a", "exams/b"}
    assert names(module("sql.rows('exams/a' if x else 'exams/b')\n")) == {"exams/a", "exams/b"}


def test_guard_sees_faults_in_statements():
    for text in (
        "SELECT %s",
        "SELECT {columns} FROM x",
        "SET ROLE t_x",
        "SELECT set_config('role', 'x', false)",
        "SELECT * FROM t_ab12.people_person",
        "SELECT * FROM public.accounts_user",
    ):
        assert len(faults(Path("x.sql"), text)) == 1, text
    # What the planner may use is nobody's secret.
    assert faults(Path("x.sql"), "SELECT set_config('enable_nestloop', 'off', true)") == []
    assert faults(Path("x.sql"), "SELECT %(a)s, 100 %% 3, '{}'::jsonb FROM public.work_job -- 100%") == []
