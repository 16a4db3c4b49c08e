"""Hazards at work (data/exposures.toml): how they are called, and from which people rotate. Pure."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Hazard:
    """`words` name it in files; `rotates`: people go away from it on a day that is planned."""

    slug: str
    names: dict[str, str]
    words: tuple[str, ...]
    rotates: bool


@cache
def load() -> dict[str, Hazard]:
    """All known hazards by slug."""
    table = tomllib.loads((DATA / "exposures.toml").read_text(encoding="utf-8"))
    return {
        slug: Hazard(slug, {"zh": told["zh"], "en": told["en"]}, (slug, *told["words"]), told.get("rotates", False))
        for slug, told in table.items()
    }


@cache
def slugs() -> dict[str, str]:
    """{word: slug}, the words in lower case."""
    return {word.casefold(): hazard.slug for hazard in load().values() for word in hazard.words}


def rotating() -> list[str]:
    """The slugs of those from which people rotate."""
    return [hazard.slug for hazard in load().values() if hazard.rotates]


def name(slug: str, language: str) -> str:
    """What it is called; one that is not known is called as the file wrote it."""
    found = load().get(slug)
    return found.names[language] if found else slug
