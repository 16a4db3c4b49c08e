"""The models in words, in both languages: what each tells and what to heed, its inputs, answers and units (../data/models.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..words import Phrase

FILE = Path(__file__).parent.parent / "data" / "models.toml"


@dataclass(frozen=True)
class ModelWords:
    """Phrases by model (`heed` where there is something), by key of an input, name of an output, word and unit (UCUM)."""

    tells: Mapping[str, Phrase]
    heed: Mapping[str, Phrase]
    inputs: Mapping[str, Phrase]
    outputs: Mapping[str, Phrase]
    words: Mapping[str, Phrase]
    units: Mapping[str, Phrase]


@cache
def load() -> ModelWords:
    """Raises TypeError for a phrase that lacks a language."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    models = table["model"]
    return ModelWords(
        tells={name: Phrase(**entry["tells"]) for name, entry in models.items()},
        heed={name: Phrase(**entry["heed"]) for name, entry in models.items() if "heed" in entry},
        inputs=_phrases(table["input"]),
        outputs=_phrases(table["output"]),
        words=_phrases(table["word"]),
        units=_phrases(table["unit"]),
    )


def _phrases(entries: Mapping[str, Mapping[str, str]]) -> dict[str, Phrase]:
    return {code: Phrase(**entry) for code, entry in entries.items()}
