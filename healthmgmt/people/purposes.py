"""What consent is asked for: data/consents.toml checked and turned into frozen dataclasses. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "consents.toml"
LANGUAGES = ("zh", "en")
# Without it readings at home stay with the person and count for no colour.
HOME_READINGS = "home_readings"
# Without it no reading counts as an act in an activity.
ACTIVITY_READINGS = "activity_readings"


@dataclass(frozen=True)
class Text:
    """A wording in one version, by language."""

    version: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Purpose:
    """Something that people agree to by itself. `texts` are all wordings there ever were, the present one last."""

    slug: str
    is_in_use: bool
    titles: Mapping[str, str]
    governs: Mapping[str, str]
    texts: tuple[Text, ...]

    @property
    def text(self) -> Text:
        return self.texts[-1]


@cache
def load() -> Mapping[str, Purpose]:
    """The purposes by slug, in the order of the file. Raises KeyError for a missing part, ValueError for a repeated one."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[str, Purpose]:
    """Text of a file of purposes. Raises as `load` does."""
    purposes = [_purpose(entry) for entry in tomllib.loads(text)["purpose"]]
    found = {purpose.slug: purpose for purpose in purposes}
    if len(found) < len(purposes):
        raise ValueError("a purpose stands twice")
    for purpose in purposes:
        if not purpose.texts or len({one.version for one in purpose.texts}) < len(purpose.texts):
            raise ValueError(f"{purpose.slug}: a purpose has at least one wording, and each version once")
    return found


def _purpose(entry: dict) -> Purpose:
    return Purpose(
        slug=entry["slug"],
        is_in_use=entry["is_in_use"],
        titles=_words(entry, "title_"),
        governs=_words(entry, "governs_"),
        texts=tuple(Text(one["version"], _words(one)) for one in entry["text"]),
    )


def _words(entry: dict, beginning: str = "") -> dict[str, str]:
    return {language: entry[beginning + language] for language in LANGUAGES}
