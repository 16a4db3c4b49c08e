"""Rule packs: readable files (head in TOML, rules in CSV, words in TOML) checked and turned into frozen dataclasses.

A pack that breaks the schema is refused with every fault named; nothing of a pack is written in Python.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, reduce
from pathlib import Path

from . import feeds
from .expiring import SHORTEST_MONTHS
from .feeds import Sample, Use
from .lines import COLUMNS, Line, contradictions, parse_line, parse_lines, unknown
from .measures import EXPOSURE
from .words import COMPUTED, Words, parse_words

DATA = Path(__file__).parent / "data"
COLOURS = ("grey", "green", "blue", "yellow", "orange", "red")
PLUS = "+"
# What the head of an addition need not say, since the pack of the country does.
LEFT_TO_THE_COUNTRY = {"country": "", "window_months": 0, "window_months_range": (0, 0), "bmi_tolerance": 0, "minimum": ()}
DERIVED_UNITS = {"china_par_10y": "%"}


class PackError(ValueError):
    """The pack breaks the schema; `faults` are sentences with the line they stand in."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True)
class Requirement:
    """A part of the minimum set: one of `any_of` has to be there; with `only`, of people for whom that flag is true."""

    name: str
    any_of: tuple[str, ...]
    only: str = ""


@dataclass(frozen=True)
class OtherLimit:
    limit: float
    conventional_limit: float | None


@dataclass(frozen=True)
class Modifier:
    """While `flag` is true: `off` indicators are not judged, `limits` (by reason) replace the line's own."""

    flag: str
    days: int
    off: frozenset[str]
    limits: Mapping[str, OtherLimit]


@dataclass(frozen=True)
class ChinaParRule:
    """When the ten-year risk is computed: inclusive ages, the flag that excludes, values that mean diabetes."""

    ages: tuple[int, int]
    excluded_by: str
    diabetes: tuple[Line, ...]


@dataclass(frozen=True)
class Pack:
    """The rules of a country in one edition; or, with `only`, an addition to them for the people for whom that flag is true.
    `flags` of additions are those that a combined pack has to know of everybody."""

    name: str
    edition: str
    country: str
    effective_from: date
    effective_to: date | None
    titles: Mapping[str, str]
    window_months: int
    window_months_range: tuple[int, int]
    bmi_tolerance: float
    minimum: tuple[Requirement, ...]
    china_par: ChinaParRule | None
    modifiers: tuple[Modifier, ...]
    lines: tuple[Line, ...]
    words: Words
    reason_colours: Mapping[str, str] = field(default_factory=dict)
    calculators: tuple[Use, ...] = ()
    samples: tuple[Sample, ...] = ()
    only: str = ""
    flags: tuple[str, ...] = ()

    def line(self, number: int) -> Line:
        return self.lines[number - 1]

    def measured(self, indicator: str) -> str:
        """The indicator whose values go by this name: itself, or that of which it is a sample."""
        return next((sample.of for sample in self.samples if indicator in (sample.present, sample.absent)), indicator)


def add(base: Pack, addition: Pack) -> Pack:
    """The pack of a country with an occupation pack on top: its lines come after those of the country, numbered on, and speak
    only of the people it is for. Raises PackError where the two do not fit."""
    if base.only or not addition.only:
        raise PackError([f"{addition.name} does not add to {base.name}"])
    both = sorted(base.reason_colours.keys() & addition.reason_colours.keys())
    both += sorted({use.name for use in base.calculators} & {use.name for use in addition.calculators})
    if both:
        raise PackError([f"{addition.name} says again what {base.name} calls {', '.join(both)}"])
    lines = tuple(replace(line, number=line.number + len(base.lines), only=addition.only) for line in addition.lines)
    return replace(
        base, name=f"{base.name}{PLUS}{addition.name}", edition=f"{base.edition}{PLUS}{addition.edition}",
        effective_from=max(base.effective_from, addition.effective_from),
        titles={language: f"{title} + {addition.titles[language]}" for language, title in base.titles.items()},
        minimum=base.minimum + tuple(replace(one, only=addition.only) for one in addition.minimum),
        modifiers=base.modifiers + addition.modifiers, samples=base.samples + addition.samples,
        calculators=base.calculators + addition.calculators, lines=base.lines + lines, words=base.words.with_more(addition.words),
        reason_colours={**base.reason_colours, **addition.reason_colours}, flags=(*base.flags, addition.only),
    )  # fmt: skip


@cache
def load(name: str, edition: str = "") -> Pack:
    """The shipped pack of that name; without an edition the newest. `cn+high-altitude`, in the edition `2024+2024`, is the first
    with the second added. Raises PackError when there is none."""
    if PLUS in name:
        names = name.split(PLUS)
        editions = edition.split(PLUS) if edition else [""] * len(names)
        if len(editions) != len(names):
            raise PackError([f"no pack {name} {edition}"])
        return reduce(add, map(load, names, editions))
    found = [path for path in _heads() if _is(path, name, edition)]
    if not found:
        raise PackError([f"no pack {name} {edition}".strip()])
    return _read(max(found, key=lambda path: _head(path)["effective_from"]))


def in_force(name: str, on: date) -> Pack:
    """The newest edition effective on that day; a day before the first edition is judged by the first. Of `cn+high-altitude`
    each part in its own."""
    if PLUS in name:
        parts = [in_force(part, on) for part in name.split(PLUS)]
        return load(name, PLUS.join(part.edition for part in parts))
    heads = sorted((_head(path)["effective_from"], path) for path in _heads() if _is(path, name, ""))
    if not heads:
        raise PackError([f"no pack {name}"])
    begun = [head for head in heads if head[0] <= on]
    edition = _head((begun[-1] if begun else heads[0])[1])["edition"]
    return load(name, edition)


def with_country(name: str, country: str) -> str:
    """The name under which to assess by the pack `name` where `country` is the pack of everybody: an addition goes on top."""
    if not is_addition(name) or name in country.split(PLUS):
        return country if is_addition(name) else name
    return f"{country}{PLUS}{name}"


def is_addition(name: str) -> bool:
    """Whether the shipped pack of that name is an occupation pack, which adds to that of a country."""
    return PLUS not in name and any("only" in _head(path) for path in _heads() if _is(path, name, ""))


def texts(name: str, edition: str) -> tuple[str, str, str]:
    """Head, lines and words of one shipped edition as they stand in its files. Raises PackError when there is none."""
    path = next((path for path in _heads() if edition and _is(path, name, edition)), None)
    if path is None:
        raise PackError([f"no pack {name} {edition}".strip()])
    return _texts(path)


def available() -> list[tuple[str, str]]:
    """(name, edition) of every shipped pack, oldest first within a name."""
    heads = [_head(path) for path in _heads()]
    return [(h["name"], h["edition"]) for h in sorted(heads, key=lambda h: (h["name"], h["effective_from"]))]


def parse(head_text: str, lines_text: str, words_text: str, known_units: Mapping[str, str] | None = None) -> Pack:
    """Text of the three files to a Pack. `known_units` (indicator code to UCUM) adds the check against the catalogue.

    Raises PackError with all faults found.
    """
    faults: list[str] = []
    try:
        head = tomllib.loads(head_text)
        words = parse_words(words_text, is_addition="only" in head)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise PackError([str(error)]) from error
    lines = parse_lines(lines_text, faults)
    pack = _build(head, lines, words, faults)
    faults += contradictions(lines)
    if known_units is not None:
        sampled = {code: known_units.get(one.of, "") for one in (pack.samples if pack else ()) for code in (one.present, one.absent)}
        faults += unknown(lines, {**known_units, **DERIVED_UNITS, **sampled})
    faults += _speechless(pack) if pack and not faults else []
    if faults or pack is None:
        raise PackError(faults)
    return pack


def _speechless(pack: Pack) -> list[str]:
    """What the words of a pack lack."""
    inputs = {requirement.name for requirement in pack.minimum}
    inputs |= {feed.name for use in pack.calculators for feed in use.feeds if feed.name}
    worked_out = {line.indicator for line in pack.lines if not line.is_flag and (line.is_calculated or line.indicator in COMPUTED)}
    return pack.words.missing(
        reason={line.reason for line in pack.lines}, indicator={line.indicator for line in pack.lines}, input=inputs, computed=worked_out
    )


def _heads() -> list[Path]:
    return sorted((DATA / "packs").glob("*.toml"))


@cache
def _head(path: Path) -> Mapping[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _is(path: Path, name: str, edition: str) -> bool:
    head = _head(path)
    return head["name"] == name and edition in ("", head["edition"])


def _read(path: Path) -> Pack:
    return parse(*_texts(path))


def _texts(path: Path) -> tuple[str, str, str]:
    words = DATA / "words" / f"{_head(path)['words']}.toml"
    head, lines, words = (part.read_text(encoding="utf-8") for part in (path, path.with_suffix(".csv"), words))
    return head, lines, words


def _build(head: Mapping[str, object], lines: tuple[Line, ...], words: Words, faults: list[str]) -> Pack | None:
    only = head.get("only", "")
    if only:
        head = {**LEFT_TO_THE_COUNTRY, **head}
        faults += [] if only.startswith(EXPOSURE) else [f"head: only must be an {EXPOSURE} flag, not {only!r}"]
    try:
        low, high = head["window_months_range"]
        pack = Pack(
            name=head["name"], edition=head["edition"], country=head["country"],
            effective_from=head["effective_from"], effective_to=head.get("effective_to"),
            titles={"zh": head["title_zh"], "en": head["title_en"]},
            window_months=head["window_months"], window_months_range=(low, high),
            bmi_tolerance=float(head["bmi_tolerance"]),
            minimum=tuple(Requirement(entry["name"], tuple(entry["any"])) for entry in head["minimum"]),
            china_par=_china_par(head["china_par"], faults) if "china_par" in head else None,
            modifiers=tuple(_modifier(entry) for entry in head.get("modifier", ())),
            lines=lines, words=words, reason_colours={line.reason: line.colour for line in lines},
            calculators=tuple(feeds.parse_use(entry, only, faults) for entry in head.get("calculator", ())),
            samples=tuple(feeds.parse_sample(entry) for entry in head.get("sample", ())),
            only=only,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        faults.append(f"head: {type(error).__name__} {error}")
        return None
    if only and any(modifier.off for modifier in pack.modifiers):
        faults.append("head: an addition switches nothing off")
    if low < SHORTEST_MONTHS and not only:
        faults.append(f"head: window_months_range begins with {low}, before {SHORTEST_MONTHS}")
    if not low <= pack.window_months <= high:
        faults.append(f"head: window_months {pack.window_months} is not within {low} and {high}")
    if not isinstance(pack.effective_from, date):
        faults.append("head: effective_from must be a date")
    for modifier in pack.modifiers:
        faults += [f"head: no reason {name} for {modifier.flag}" for name in modifier.limits if name not in pack.reason_colours]
    faults += _unfed(pack)
    if any(line.indicator == "china_par_10y" for line in lines) and pack.china_par is None:
        faults.append("head: lines on china_par_10y need a [china_par] table")
    return pack


def _unfed(pack: Pack) -> list[str]:
    """Faults: lines on calculators that the head does not use, and feeds from reasons that no value can give."""
    used = {use.name for use in pack.calculators}
    by_value = {line.reason for line in pack.lines if not line.is_calculated}
    faults = [
        f"head: {line.indicator} of line {line.number} needs a [[calculator]]"
        for line in pack.lines
        if line.is_calculated and feeds.model_of(line.indicator) not in used
    ]
    wanted = {feed.reason: use.name for use in pack.calculators for feed in use.feeds if feed.reason}
    return faults + [f"head: no reason {reason} on a value for {name}" for reason, name in wanted.items() if reason not in by_value]


def _china_par(table: Mapping[str, object], faults: list[str]) -> ChinaParRule:
    diabetes = []
    for entry in table["diabetes"]:
        cells = dict.fromkeys(COLUMNS, "") | {"reason": "diabetes", "colour": "blue"} | entry
        line = parse_line(0, cells, faults)
        diabetes += [line] if line else []
    low, high = table["ages"]
    return ChinaParRule((int(low), int(high)), table["excluded_by"], tuple(diabetes))


def _modifier(entry: Mapping[str, object]) -> Modifier:
    limits = {
        item["reason"]: OtherLimit(float(item["limit"]), _optional_float(item.get("conventional_limit")))
        for item in entry.get("limit", ())
    }
    return Modifier(entry["flag"], int(entry["days"]), frozenset(entry["off"]), limits)


def _optional_float(value: float | None) -> float | None:
    return None if value is None else float(value)
