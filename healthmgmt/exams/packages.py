"""Exam packages: items that are usually examined together, in the catalogue's order. Pure."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from healthmgmt.records import catalogue

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Package:
    """A package by its slug, with the codes of its items."""

    slug: str
    name_zh: str
    name_en: str
    codes: tuple[str, ...]

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en


@cache
def load() -> dict[str, Package]:
    """All packages by slug, the smallest first. Raises KeyError for an item that the catalogue does not have."""
    found = {}
    for slug, told in tomllib.loads((DATA / "packages.toml").read_text(encoding="utf-8")).items():
        wanted = {catalogue.load()[code].code for code in told["items"]}
        categories = set(told.get("categories", ()))
        codes = tuple(one.code for one in catalogue.load().values() if one.code in wanted or one.category in categories)
        found[slug] = Package(slug, told["name_zh"], told["name_en"], codes)
    return found
