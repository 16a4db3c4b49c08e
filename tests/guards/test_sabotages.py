"""Sabotages are not stale: the place is there once, what it becomes is still code, and the tests named exist."""

import ast
import tomllib

import pytest

from tests.guards.source import ROOT
from tests.sabotage import Sabotage, load

EVERY = load()


def faults(one: Sabotage) -> list[str]:
    try:
        broken = one.applied_to((ROOT / one.file).read_text(encoding="utf-8"))
    except ValueError as error:
        return [f"{one.name}: {error}"]
    found = []
    if one.file.endswith(".py"):
        try:
            ast.parse(broken)
        except SyntaxError as error:
            found.append(f"{one.name} leaves no code: {error}")
    for test in one.tests:
        path, _, name = test.partition("::")
        text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
        if f"def {name}(" not in text if name else not text:
            found.append(f"{one.name}: there is no test {test}")
    return found


@pytest.mark.parametrize("one", EVERY, ids=[one.name for one in EVERY])
def test_sabotage_is_not_stale(one):
    assert faults(one) == []


def test_sabotages_are_enough():
    assert len(EVERY) >= 15


def test_guard_sees_a_stale_sabotage():
    given = tomllib.loads('name = "x"\nwhy = "x"\nfile = "manage.py"\nold = "no such text"\nnew = ""\ntests = []')
    assert faults(Sabotage(**given)) == ["x: stale: the text to replace stands 0 times in manage.py"]


def test_guard_sees_a_sabotage_that_is_no_code_or_names_no_test():
    one = Sabotage("x", "x", "manage.py", "def main() -> None:", "def main(", ["tests/guards/test_sabotages.py::test_no_such"])
    assert [fault.partition(":")[0] for fault in faults(one)] == ["x leaves no code", "x"]
