"""A draft as it is edited: its lines by colour and reason, and beside each what the pack it is based on says."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from healthmgmt.portal.steward.pack import ORDER
from healthmgmt.risk import drafts
from healthmgmt.risk.describing import Difference, LineText
from healthmgmt.risk.models import OwnEdition, PackDraft

# Class A results stay red.
CRITICAL = "critical_"


@dataclass(frozen=True)
class ShownLine:
    """A line; `before` is the one of the base where it is another, `is_new` one that the base has not."""

    text: LineText
    before: LineText | None = None
    is_new: bool = False


@dataclass
class ShownReason:
    """A reason with its lines and those that were taken away; `colour_before` where the base gives another colour."""

    code: str
    title: str
    colour: str
    colour_before: str = ""
    lines: list[ShownLine] = field(default_factory=list)
    taken_away: list[Difference] = field(default_factory=list)

    @property
    def is_class_a(self) -> bool:
        return self.code.startswith(CRITICAL)


@dataclass(frozen=True)
class ShownColour:
    colour: str
    reasons: list[ShownReason]

    @property
    def lines(self) -> int:
        return sum(len(reason.lines) for reason in self.reasons)


@dataclass(frozen=True)
class ShownDifference:
    """A row of what is otherwise. `kind` is that of `risk.describing`; a reason of another colour stands once, whatever its lines."""

    kind: str
    reason: str
    title: str
    before: str
    after: str
    colour_before: str
    colour_after: str
    source: str


def colours(draft: PackDraft, found: Sequence[Difference], language: str) -> list[ShownColour]:
    """Every line, the highest colour first; a reason whose lines were all taken away stands where the base has it."""
    changed = {one.after.key: one for one in found if one.after}
    reasons: dict[str, ShownReason] = {}
    for text in drafts.lines(draft, language):
        reason = reasons.setdefault(text.reason, ShownReason(text.reason, text.title, text.colour))
        difference = changed.get(text.key)
        before = difference.before if difference else None
        if before and before.colour != text.colour:
            reason.colour_before = before.colour
        is_same = before is None or before.sentence == text.sentence
        reason.lines.append(ShownLine(text, None if is_same else before, difference is not None and before is None))
    for one in found:
        if one.kind == "taken_away":
            reasons.setdefault(one.reason, ShownReason(one.reason, one.title, one.before.colour)).taken_away.append(one)
    return [ShownColour(colour, of) for colour in ORDER if (of := [one for one in reasons.values() if one.colour == colour])]


def differences(edition: PackDraft | OwnEdition, language: str) -> tuple[list[Difference], list[ShownDifference]]:
    """What is otherwise than in the base, as the domain tells it and as rows of a table."""
    found = drafts.differences(edition, language)
    rows: list[ShownDifference] = []
    recoloured = set()
    for one in found:
        sides = [one.before, one.after]
        of_colours = [side.colour if side else "" for side in sides]
        has_other_colour = all(of_colours) and of_colours[0] != of_colours[1]
        if has_other_colour and one.reason not in recoloured:
            recoloured.add(one.reason)
            rows.append(ShownDifference("recoloured", one.reason, one.title, "", "", *of_colours, one.source))
        if one.kind == "window":
            rows.append(ShownDifference("window", "", "", *one.window, "", "", ""))
        elif one.kind != "recoloured":
            rows.append(ShownDifference(one.kind, one.reason, one.title, *(side.sentence if side else "" for side in sides), "", "", one.source))
    return found, rows
