"""No signals, no logic in save(), no swallowed errors, no nameless modules, and words that can be translated."""

import ast
import re
import subprocess
from pathlib import Path

from tests.guards.source import ROOT, Module, called_name, calls, imports, module, modules

NAMELESS = {"utils", "util", "common", "helpers", "helper", "misc"}
# Tests that hold a machine's path as an example of what must not be there.
MACHINE_PATH = re.compile(r"/(?:root|home/\w+|Users/\w+)/")
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
# Edges where any error is caught, each with its reason; there it is logged and kept, never dropped.
EDGES: dict[str, str] = {}


def signals(one: Module) -> list[str]:
    """Django's signals, by import or by connecting; Celery's own are work's business."""
    found = [f"{one.name}:{line} imports {name}" for line, name in imports(one) if re.search(r"(^|\.)(signals|dispatch)(\.|$)", name)]
    return [line for line in found if "celery.signals" not in line]


def saves(one: Module) -> list[str]:
    """Methods by which a model would act behind its services' back."""
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.ClassDef) and ("models" in one.name.split(".") or _is_model(node)):
            methods = [method for method in node.body if isinstance(method, ast.FunctionDef)]
            found += [f"{one.name}.{node.name}.{method.name}" for method in methods if method.name in ("save", "delete", "__init__")]
    return found


def _is_model(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith(("models.Model", "AbstractBaseUser", "TenantMixin")) for base in node.bases)


def swallowed(one: Module) -> list[str]:
    """Handlers of any exception that do not raise again."""
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            is_broad = caught in ("everything", "Exception", "BaseException") or re.search(r"\b(Base)?Exception\b", caught)
            if is_broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                found.append(f"{one.name}:{node.lineno} swallows {caught}")
    return found


def words(one: Module) -> list[str]:
    """f-strings in gettext, prints, TODOs, and rules declared by hand."""
    found = []
    for call in calls(one.tree):
        if called_name(call) in GETTEXT and any(isinstance(node, ast.JoinedStr) for node in ast.walk(call)):
            found.append(f"{one.name}:{call.lineno} formats before it translates")
        if isinstance(call.func, ast.Name) and call.func.id == "print" and not one.name.endswith("__main__"):
            found.append(f"{one.name}:{call.lineno} prints")
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Assign) and any(getattr(target, "attr", "") == "access_rule" for target in node.targets):
            found += [f"{one.name}:{node.lineno} declares a rule by hand"] if one.name != "healthmgmt.core.rules" else []
    found += [f"{one.name} has a {word}" for word in ("TODO", "FIXME", "XXX") if re.search(rf"#.*\b{word}\b", one.text)]
    return found


def nameless(one: Module) -> list[str]:
    return [one.name] if NAMELESS & set(one.name.split(".")) else []


def loose(requirements: str) -> list[str]:
    """Requirement lines that are not pinned or do not say what they are for."""
    lines = [line for line in requirements.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if not re.fullmatch(r"[\w.\-]+(\[[\w,]+\])?==[\w.]+(\s*;[^#]+)?\s+#\s*\S.{2,}", line)]


def machine_paths(name: str, text: str) -> list[str]:
    return [f"{name}:{number}" for number, line in enumerate(text.splitlines(), 1) if MACHINE_PATH.search(line)]


def test_conduct_no_signals():
    assert [line for one in modules() for line in signals(one)] == []


def test_conduct_no_logic_in_save():
    assert [line for one in modules() for line in saves(one)] == []


def test_conduct_errors_are_not_swallowed():
    assert [line for one in modules() if one.name not in EDGES for line in swallowed(one)] == []


def test_conduct_edges_are_not_stale():
    assert [name for name in EDGES if name not in {one.name for one in modules() if swallowed(one)}] == []


def test_conduct_words_and_prints():
    assert [line for one in modules() for line in words(one)] == []


def test_conduct_modules_have_names():
    assert [line for one in modules() for line in nameless(one)] == []


def test_conduct_requirements_are_pinned_and_say_what_for():
    assert loose((ROOT / "requirements.txt").read_text(encoding="utf-8")) == []


def test_conduct_files_name_no_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode().split("\0")
    paths = [ROOT / name for name in listed if name.endswith((".md", ".py", ".toml", ".txt", ".sql", ".html")) or name in ("Makefile", ".ci/run")]
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.is_file() and path.name != "test_conduct.py"}
    assert [line for path, text in texts.items() if "badfiles" not in path.parts for line in machine_paths(path.name, text)] == []


def clashes(paths: list[Path]) -> list[str]:
    """Test modules that pytest would take for one: of one name, in folders that are no packages."""
    seen: dict[str, Path] = {}
    found = []
    for path in paths:
        if not (path.parent / "__init__.py").exists() and seen.setdefault(path.name, path) != path:
            found.append(f"{path.parent.name}/{path.name} and {seen[path.name].parent.name}/{path.name}")
    return found


def test_conduct_test_modules_do_not_clash():
    assert clashes(sorted((ROOT / "tests").rglob("test_*.py"))) == []


def test_guard_sees_clashing_test_modules(tmp_path):
    paths = [tmp_path / "a" / "test_x.py", tmp_path / "b" / "test_x.py"]
    for path in paths:
        path.parent.mkdir()
        path.touch()
    assert clashes(paths) == ["b/test_x.py and a/test_x.py"]
    (tmp_path / "b" / "__init__.py").touch()
    assert clashes(paths) == []


def test_guard_sees_signals():
    for text in ("from django.db.models.signals import post_save", "from django.dispatch import receiver", "import django.db.models.signals"):
        assert len(signals(module(text + "\n"))) == 1, text
    assert signals(module("from celery.signals import worker_init\n")) == []


def test_guard_sees_logic_in_save():
    text = "class Exam(models.Model):\n    def save(self): ...\n    def covers(self): ...\n"
    assert saves(module(text, "healthmgmt.exams.models")) == ["healthmgmt.exams.models.Exam.save"]
    assert saves(module(text, "healthmgmt.exams.kinds")) == ["healthmgmt.exams.kinds.Exam.save"]


def test_guard_sees_swallowed_errors():
    for head in ("except:", "except Exception:", "except (ValueError, Exception) as error:"):
        assert len(swallowed(module(f"try:\n    f()\n{head}\n    log(1)\n"))) == 1, head
    assert swallowed(module("try:\n    f()\nexcept Exception:\n    log(1)\n    raise\n")) == []


def test_guard_sees_words_that_are_wrong():
    for text in ("_(f'{x} rows')", "print(1)", "view.access_rule = rule", "x = 1  # TODO later"):
        assert len(words(module(text + "\n"))) == 1, text


def test_guard_sees_nameless_modules():
    assert nameless(module("", "healthmgmt.exams.utils")) == ["healthmgmt.exams.utils"]
    assert nameless(module("", "healthmgmt.common.dates")) == ["healthmgmt.common.dates"]


def test_guard_sees_loose_requirements():
    lines = ["Django>=5.2  # web", "Django==5.2.19", "Django", "git+https://example.org/x  # web"]
    assert loose("\n".join(lines)) == lines
    assert loose("# a comment\n\nDjango==5.2.19   # web\ncelery[redis]==5.7.0 # jobs\nx==1 ; python_version < '3.12'  # old\n") == []


def test_guard_sees_machine_paths():
    assert machine_paths("README.md", "see /root/x\nsee /home/somebody/y\nhttps://example.org/home\n") == ["README.md:1", "README.md:2"]
