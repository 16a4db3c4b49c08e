"""Budgets: the tail is capped."""

import ast
from pathlib import Path

from tests.guards.source import PACKAGE, Module, module, modules, templates

FUNCTION, VIEW, MODULE, MODEL, TEMPLATE, README = 60, 25, 500, 150, 150, 60


def lines(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def too_long(one: Module) -> list[str]:
    """Functions, views, model classes and the module itself that are over their budget."""
    found = []
    if (length := len(one.text.splitlines())) > MODULE:
        found.append(f"{one.name}: module of {length} lines")
    for node in ast.walk(one.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit, kind = (VIEW, "view") if _is_view(one, node) else (FUNCTION, "function")
        elif isinstance(node, ast.ClassDef) and "models" in one.name.split("."):
            limit, kind = MODEL, "model class"
        else:
            continue
        if lines(node) > limit:
            found.append(f"{one.name}.{node.name}: {kind} of {lines(node)} lines")
    return found


def _is_view(one: Module, node: ast.FunctionDef) -> bool:
    first = [argument.arg for argument in node.args.args[:2] if argument.arg != "self"][:1]
    return first == ["request"] and one.name.split(".")[2:3] in (["views"], ["api"])


def longer_than(paths: list[Path], limit: int) -> list[str]:
    return [f"{path.name}: {count} lines" for path in paths if (count := len(path.read_text(encoding="utf-8").splitlines())) > limit]


def test_sizes_of_code():
    assert [line for one in modules() for line in too_long(one)] == []


def test_sizes_of_templates():
    assert longer_than(templates(), TEMPLATE) == []


def test_sizes_of_domain_readmes():
    assert longer_than(sorted(PACKAGE.glob("*/README.md")), README) == []


def body(count: int, head: str = "def f():") -> str:
    indent = "    " * (head.count("\n") + 1)
    return head + "\n" + f"{indent}x = 1\n" * count


def test_guard_sees_a_long_function_module_and_model():
    assert too_long(module(body(60))) == ["healthmgmt.exams.services.f: function of 61 lines"]
    assert too_long(module(body(59))) == []
    assert too_long(module("x = 1\n" * 501)) == ["healthmgmt.exams.services: module of 501 lines"]
    assert too_long(module(body(150, "class Exam:"), "healthmgmt.exams.models")) == ["healthmgmt.exams.models.Exam: model class of 151 lines"]


def test_guard_sees_a_long_view_on_functions_and_classes():
    assert too_long(module(body(25, "def page(request):"), "healthmgmt.exams.views")) == ["healthmgmt.exams.views.page: view of 26 lines"]
    text = body(25, "class Page:\n    def get(self, request):")
    assert too_long(module(text, "healthmgmt.exams.api")) == ["healthmgmt.exams.api.get: view of 26 lines"]


def test_guard_sees_a_long_template(tmp_path):
    (tmp_path / "page.html").write_text("<p>\n" * 151)
    assert longer_than([tmp_path / "page.html"], TEMPLATE) == ["page.html: 151 lines"]
