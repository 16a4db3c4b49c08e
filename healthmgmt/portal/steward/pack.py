"""A rule pack as a table that can be read and checked, in the wording of its edition."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from healthmgmt.risk.packs import Line, Pack

# As the colours rank: what wins stands first.
ORDER = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True)
class ShownLine:
    """One condition of a reason; a flag has no limit. `conventional` is the limit in the other unit."""

    indicator: str
    op: str
    sex: str
    source: str
    limit: str = ""
    conventional: str = ""


@dataclass(frozen=True)
class ShownReason:
    """A reason with all conditions of which one is enough."""

    code: str
    title: str
    lines: list[ShownLine]


@dataclass(frozen=True)
class ShownColour:
    """A colour with its reasons, in the pack's order."""

    colour: str
    reasons: list[ShownReason]

    @property
    def lines(self) -> int:
        return sum(len(reason.lines) for reason in self.reasons)


def colours(pack: Pack, language: str) -> list[ShownColour]:
    """The lines of a pack by colour and reason, the highest colour first."""
    return [ShownColour(colour, _reasons(pack, colour, language)) for colour in ORDER if colour in pack.reason_colours.values()]


def sources(pack: Pack, language: str) -> list[str]:
    """What the lines of a pack rest on, each once, in the order of the pack."""
    return [pack.words.source(text, language) for text in dict.fromkeys(line.source for line in pack.lines if line.source)]


def _reasons(pack: Pack, colour: str, language: str) -> list[ShownReason]:
    grouped: dict[str, list[Line]] = {}
    for line in pack.lines:
        if line.colour == colour:
            grouped.setdefault(line.reason, []).append(line)
    return [
        ShownReason(code, pack.words.reasons[code][language], [_line(pack, line, language) for line in lines])
        for code, lines in grouped.items()
    ]


def _line(pack: Pack, line: Line, language: str) -> ShownLine:
    name = pack.words.indicators[line.indicator][language]
    source = pack.words.source(line.source, language)
    if line.is_flag:
        return ShownLine(name, "", line.sex, source)
    return ShownLine(name, pack.words.ops[line.op][language], line.sex, source, *_limits(pack, line))


def _limits(pack: Pack, line: Line) -> tuple[str, str]:
    """The limit with its unit, and the one in the conventional unit where the pack has one."""
    if line.times_upper:
        return _("%(times)g times the upper limit") % {"times": line.limit}, ""
    limit = f"{line.limit_text} {pack.words.unit(line.unit)}".strip()
    if line.conventional_limit is None:
        return limit, ""
    return limit, f"{line.conventional_limit:g} {pack.words.unit(line.conventional_unit)}"
