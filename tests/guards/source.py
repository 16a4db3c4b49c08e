"""The project's own source as guards read it: parsed modules, who imports what, templates and statements."""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "healthmgmt"


class Module(NamedTuple):
    """One Python file. `name` is dotted from the project's root, such as `healthmgmt.exams.services`."""

    name: str
    tree: ast.Module
    text: str
    is_package: bool = False

    @property
    def app(self) -> str:
        """The domain (or `embedded`, `settings` ...) that the module belongs to; `tenants` for everything there."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "healthmgmt" and len(parts) > 1 else parts[0]


def module(text: str, name: str = "healthmgmt.exams.services", is_package: bool = False) -> Module:
    """A module from its text: what guards are proven with."""
    return Module(name, ast.parse(text), text, is_package)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of `healthmgmt` and `tenants` but the migrations."""
    return tuple(one for one in _read("healthmgmt", "tenants") if ".migrations." not in one.name)


@cache
def migrations() -> tuple[Module, ...]:
    """Every migration."""
    return tuple(one for one in _read("healthmgmt", "tenants") if ".migrations." in one.name)


def _read(*folders: str) -> list[Module]:
    found = []
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(module(path.read_text(encoding="utf-8"), name, is_package))
    return found


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def statements() -> list[Path]:
    """The .sql files."""
    return sorted([*PACKAGE.rglob("*.sql"), *(ROOT / "tenants").rglob("*.sql")])


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called_name(call: ast.Call) -> str:
    """The last word of what is called: `cursor` of `connection.cursor()`."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def imports(one: Module) -> list[tuple[int, str]]:
    """(line, dotted name) of every import anywhere in the module; `from a import b` gives `a.b`."""
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(one, node)
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def _base(one: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = one.name.split(".")
    package = package[: len(package) - node.level + (1 if one.is_package else 0)]
    return ".".join([*package, *([node.module] if node.module else [])])


def own(dotted: str, known: dict[str, Module]) -> str | None:
    """The module of ours that a dotted import name reaches, or None for somebody else's."""
    while dotted:
        if dotted in known:
            return dotted
        dotted = dotted.rpartition(".")[0]
    return None
