"""Which columns of a file are kept from employer roles: infections, mental health, pregnancy. Clinicians, the employee, and the
exam centre that delivered them see them; for everybody else even the heading beside a name would say too much."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from healthmgmt.core.encryption import keyed_hash
from healthmgmt.exams.cells import DATA
from healthmgmt.records import catalogue

VEIL = "veiled-"
VEIL_DIGITS = 16


@cache
def codes() -> frozenset[str]:
    """The catalogue's codes, and flags, that are kept from employer roles."""
    rules = _rules()
    items = {code for code, item in catalogue.load().items() if item.category in rules["categories"]}
    return frozenset(items | set(rules["flags"]))


def is_kept(column: Mapping[str, Any]) -> bool:
    """Whether a column of a layout (as JSON) is kept from employer roles, by what it was recognised as or by its heading."""
    return column.get("code") in codes() or _speaks_of_it(column.get("heading") or "")


def headings(layout: Mapping[str, Any]) -> frozenset[str]:
    """The headings of a layout that are kept from employer roles."""
    return frozenset(column["heading"] for column in layout.get("columns", ()) if is_kept(column))


def without(values: Mapping[str, Any]) -> dict[str, Any]:
    """What may be told of values, texts or unrecognised columns by code or heading."""
    return {code: value for code, value in values.items() if code not in codes() and not _speaks_of_it(code)}


def veiled(upload: UUID, heading: str) -> str:
    """What stands for a heading in a page and its addresses when the heading itself must not."""
    return VEIL + keyed_hash(f"heading:{upload}:{heading}")[:VEIL_DIGITS]


def unveiled(upload: UUID, text: str, known: Iterable[str]) -> str:
    """The heading that a veiled one stands for; every other text as it is."""
    if not text.startswith(VEIL):
        return text
    return next((heading for heading in known if veiled(upload, heading) == text), text)


@cache
def _rules() -> dict[str, list[str]]:
    return tomllib.loads((DATA / "quarantine.toml").read_text(encoding="utf-8"))


@cache
def _latin() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, _rules()['latin']))})(?![a-z0-9])")


def _speaks_of_it(heading: str) -> bool:
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return any(word in folded for word in _rules()["words"]) or _latin().search(folded) is not None
