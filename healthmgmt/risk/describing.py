"""Lines of a pack, and what one pack says otherwise than another, in words of either language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .editing import key_of
from .lines import Line
from .packs import Pack
from .words import Phrase

SEXES = {"m": Phrase("男性", "men"), "f": Phrase("女性", "women")}
TIMES_UPPER = Phrase("{limit:g} 倍参考上限", "{limit:g} times the upper limit of the report")
BOTH_UNITS = Phrase("{limit}（{other}）", "{limit} ({other})")
MONTHS = Phrase("{months} 个月", "{months} months")
# What of a head decides colours, beside how long values count.
DECIDING = ("minimum", "china_par", "modifiers", "calculators", "samples", "bmi_tolerance", "flags")
OR = Phrase("，或", " or ")
OPS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


@dataclass(frozen=True)
class LineText:
    """One line in one language: `title` of its reason, `condition` such as `≥ 135 mmHg` (empty for a flag), `sex` for whom."""

    key: str
    reason: str
    title: str
    colour: str
    indicator: str
    condition: str
    sex: str
    source: str

    @property
    def sentence(self) -> str:
        """`systolic blood pressure ≥ 135 mmHg`, and for whom."""
        words = f"{self.indicator} {self.condition}".strip()
        return f"{words} ({self.sex})" if self.sex else words


@dataclass(frozen=True)
class Difference:
    """`kind` is changed, recoloured, taken_away, added or window; `before` and `after` are None where there is no such line. `source` is what the
    change rests on."""

    kind: str
    reason: str
    title: str
    before: LineText | None
    after: LineText | None
    source: str
    window: tuple[str, str] = ("", "")


def line_text(pack: Pack, line: Line, language: str) -> LineText:
    words = pack.words
    return LineText(
        key_of(line), line.reason, words.reasons[line.reason][language], line.colour, words.indicators[line.indicator][language],
        _condition(pack, line, language), SEXES[line.sex][language] if line.sex else "", words.source(line.source, language),
    )  # fmt: skip


def differences(base: Pack, pack: Pack, language: str, taken_away: Sequence[Mapping[str, str]] = ()) -> list[Difference]:
    """What `pack` says otherwise than the one it is based on, in the order of the lines."""
    before, after = ({key_of(line): line for line in one.lines} for one in (base, pack))
    why = {entry["line"]: entry[f"source_{language}"] for entry in taken_away}
    found = []
    for key, line in before.items():
        if key not in after:
            found.append(_difference("taken_away", base, line, pack, None, language, why.get(key, "")))
        elif line.limit_text != after[key].limit_text or line.conventional_limit != after[key].conventional_limit:
            found.append(_difference("changed", base, line, pack, after[key], language))
        elif line.colour != after[key].colour:
            found.append(_difference("recoloured", base, line, pack, after[key], language))
    found += [_difference("added", base, None, pack, line, language) for key, line in after.items() if key not in before]
    if base.window_months != pack.window_months:
        found.append(Difference("window", "", "", None, None, "", (months_text(base, language), months_text(pack, language))))
    return found


def months_text(pack: Pack, language: str) -> str:
    """For how long values count."""
    return MONTHS[language].format(months=pack.window_months)


def joined(sentences: Sequence[str], language: str) -> str:
    """Alternatives of which one is enough."""
    return OR[language].join(sentences)


def same_rules(one: Pack, other: Pack) -> bool:
    """Whether two packs colour everybody alike, whatever they are called and whatever their lines rest on."""
    lines = [
        {(key_of(line), line.colour, line.limit, line.times_upper, line.conventional_limit, line.conventional_unit) for line in pack.lines}
        for pack in (one, other)
    ]
    return lines[0] == lines[1] and one.window_months == other.window_months and same_but_lines(one, other)


def same_but_lines(one: Pack, other: Pack) -> bool:
    """Whether two packs differ in nothing but lines, and in how long values count, of what decides colours."""
    return all(getattr(one, name) == getattr(other, name) for name in DECIDING)


def _difference(kind: str, base: Pack, before: Line | None, pack: Pack, after: Line | None, language: str, why: str = "") -> Difference:
    told = [line_text(of, line, language) if line else None for of, line in ((base, before), (pack, after))]
    shown = told[1] or told[0]
    return Difference(kind, shown.reason, shown.title, told[0], told[1], why or (told[1].source if told[1] else ""))


def _condition(pack: Pack, line: Line, language: str) -> str:
    if line.is_flag:
        return ""
    if line.times_upper:
        return f"{OPS[line.op]} {TIMES_UPPER[language].format(limit=line.limit)}"
    limit = f"{line.limit_text} {pack.words.unit(line.unit)}".strip()
    if line.conventional_limit is not None:
        other = f"{line.conventional_limit:g} {pack.words.unit(line.conventional_unit)}".strip()
        limit = BOTH_UNITS[language].format(limit=limit, other=other)
    return f"{OPS[line.op]} {limit}"
