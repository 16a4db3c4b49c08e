"""What users are told on their page: data/notices.toml checked and frozen. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "notices.toml"
LANGUAGES = ("zh", "en")
NEVER, CONSENT, WORK = MAILS = ("never", "consent", "work")


@dataclass(frozen=True)
class Kind:
    """Something that users are told, in words by language, and whether a mail says that there is something new."""

    slug: str
    icon: str
    mail: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def is_mailed(self) -> bool:
        return self.mail != NEVER


@dataclass(frozen=True)
class Kinds:
    """All of them by slug, and for how many days a notice is kept."""

    keep_days: int
    by_slug: Mapping[str, Kind]


@cache
def load() -> Kinds:
    """The shipped kinds. Raises KeyError for a missing part, ValueError for one that cannot be."""
    return parse(FILE.read_text(encoding="utf-8"))


def kind(slug: str) -> Kind:
    """Raises KeyError for one that is not there."""
    return load().by_slug[slug]


def parse(text: str) -> Kinds:
    """Text of a file of kinds. Raises as `load` does."""
    content = tomllib.loads(text)
    kinds = [_kind(entry) for entry in content["notice"]]
    found = {one.slug: one for one in kinds}
    if len(found) < len(kinds):
        raise ValueError("a kind stands twice")
    if wrong := [one.slug for one in kinds if one.mail not in MAILS]:
        raise ValueError(f"mail of {', '.join(wrong)}: one of {', '.join(MAILS)}")
    if content["keep_days"] < 1:
        raise ValueError("a notice is kept for at least a day")
    return Kinds(content["keep_days"], found)


def _kind(entry: dict) -> Kind:
    return Kind(
        slug=entry["slug"],
        icon=entry["icon"],
        mail=entry["mail"],
        titles={language: entry[f"title_{language}"] for language in LANGUAGES},
        texts={language: entry[f"text_{language}"] for language in LANGUAGES},
    )
