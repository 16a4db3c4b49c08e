"""Templates hold no script, style or handler of their own, mark nothing as safe, and name what they are."""

import re

from tests.guards.source import ROOT, modules, templates

INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "a foreign address": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off"),
}


# Shown when nothing else works, so it needs nothing else.
ALONE = {"500.html"}
# Found by Django under these names.
NAMED_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def faults(name: str, text: str) -> list[str]:
    found = [f"{name} has {what}" for what, pattern in INLINE.items() if pattern.search(text)]
    is_fragment = name.rpartition("/")[2].startswith("_") or name.startswith("components/")
    if not is_fragment and name not in {"base.html", *ALONE} and "{% extends" not in text:
        found.append(f"{name} extends nothing")
    return found


def test_templates_have_no_faults():
    found = [fault for path in templates() for fault in faults(str(path.relative_to(ROOT / "templates")), path.read_text(encoding="utf-8"))]
    assert found == []


def test_templates_are_used():
    texts = [one.text for one in modules()] + [path.read_text(encoding="utf-8") for path in templates()]
    names = {str(path.relative_to(ROOT / "templates")) for path in templates()} - NAMED_BY_DJANGO
    assert sorted(name for name in names if not any(f'"{name}"' in text for text in texts)) == []


def test_guard_sees_faults_in_templates():
    head = '{% extends "base.html" %}'
    for text in (
        "<script>alert(1)</script>",
        '<p style="color: red">',
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<script src="https://cdn.example.org/x.js"></script>',
        "{{ name|safe }}",
    ):
        assert len(faults("people/list.html", head + text)) == 1, text
    assert faults("people/list.html", "<p>") == ["people/list.html extends nothing"]
    assert faults("people/_row.html", '<script src="{% static "x.js" %}"></script>{{ rows|json_script:"rows" }}') == []
