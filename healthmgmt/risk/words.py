"""The words of a pack edition: every sentence in Chinese and English, read from a TOML file."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

LANGUAGES = ("zh", "en")
TEMPLATES = ("value", "value_undated", "flag", "flag_undated", "private", "missing", "outside", "computed", "contradicted")
# What may be worked out from other values; the first two by every pack, from these inputs and with these scores.
COMPUTED = ("bmi", "egfr", "china_par_10y")
ALWAYS_INPUTS, ALWAYS_SCORES = ("height", "weight", "creatinine", "sex", "age"), ("bmi", "ckd_epi_2021")
COLOURS = ("grey", "green", "blue", "yellow", "orange", "red")
OPS = (">=", "<=", ">", "<")


@dataclass(frozen=True)
class Phrase:
    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        """Raises KeyError for a language the packs do not have."""
        if language not in LANGUAGES:
            raise KeyError(language)
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Words:
    """Phrases by kind and code; `private` reasons are named without value or indicator outside the clinical route."""

    screening: Phrase
    colours: Mapping[str, Phrase]
    plans: Mapping[str, Phrase]
    templates: Mapping[str, Phrase]
    ops: Mapping[str, Phrase]
    units: Mapping[str, str]
    indicators: Mapping[str, Phrase]
    reasons: Mapping[str, Phrase]
    advice: Mapping[str, Phrase]
    private: frozenset[str]
    inputs: Mapping[str, Phrase]
    suppliers: Mapping[str, str]
    who: Mapping[str, Phrase]
    scores: Mapping[str, Phrase]
    sources: Mapping[str, Phrase]
    computed: Mapping[str, Phrase]

    def source(self, text: str, language: str) -> str:
        """What a line rests on, in words; as it stands in the pack where the edition has none."""
        return self.sources[text][language] if text in self.sources else text

    def unit(self, ucum: str) -> str:
        """The unit as people write it."""
        return self.units.get(ucum, ucum)

    def with_more(self, more: "Words") -> "Words":
        """These words, and of an addition those that are not here."""
        phrases = {name: {**getattr(more, name), **own} for name, own in vars(self).items() if isinstance(own, Mapping)}
        return replace(self, **phrases, private=self.private | more.private)

    def missing(self, **wanted: Iterable[str]) -> list[str]:
        """Faults: of the codes wanted by kind (reason, indicator, input, computed) those that have no words."""
        known = {"reason": self.reasons, "indicator": self.indicators, "input": self.inputs, "computed": self.computed}
        return [f"words: no {kind}.{code}" for kind, codes in wanted.items() for code in sorted(codes) if code not in known[kind]]


def parse_words(text: str, *, is_addition: bool = False) -> Words:
    """Raises ValueError with the first fault: TOML, a missing language, colour, template or supplier. An addition to another pack
    leaves colours, templates and what every pack needs to that one."""
    table = tomllib.loads(text)
    kinds = ("colour", "plan", "template", "op", "indicator", "reason", "advice", "input", "who", "score", "source", "computed")
    phrases = {kind: _phrases(kind, table.get(kind, {})) for kind in kinds}
    required = (
        ("colour", COLOURS), ("plan", COLOURS), ("template", TEMPLATES), ("op", OPS), ("computed", COMPUTED[:2]),
        ("input", ALWAYS_INPUTS), ("score", ALWAYS_SCORES),
    )  # fmt: skip
    for kind, codes in () if is_addition else required:
        absent = [code for code in codes if code not in phrases[kind]]
        if absent:
            raise ValueError(f"words: no {kind}.{absent[0]}")
    suppliers = {code: entry.get("who", "") for code, entry in table.get("input", {}).items()}
    for code, who in suppliers.items():
        if who not in phrases["who"]:
            raise ValueError(f"words: input.{code} names {who!r}, which is nobody under [who]")
    return Words(
        screening=_phrase("screening", table.get("screening", {})),
        colours=phrases["colour"], plans=phrases["plan"], templates=phrases["template"], ops=phrases["op"],
        units=dict(table.get("unit", {})), indicators=phrases["indicator"], reasons=phrases["reason"],
        advice=phrases["advice"], inputs=phrases["input"], suppliers=suppliers, who=phrases["who"],
        scores=phrases["score"], sources=phrases["source"], computed=phrases["computed"],
        private=frozenset(code for code, entry in table.get("reason", {}).items() if entry.get("private")),
    )  # fmt: skip


def _phrases(kind: str, table: Mapping[str, Mapping[str, str]]) -> dict[str, Phrase]:
    return {code: _phrase(f"{kind}.{code}", entry) for code, entry in table.items()}


def _phrase(name: str, entry: Mapping[str, str]) -> Phrase:
    absent = [language for language in LANGUAGES if not entry.get(language)]
    if absent:
        raise ValueError(f"words: {name} has no {absent[0]}")
    return Phrase(entry["zh"], entry["en"])
