"""What a simulation came to, as its page says and draws it: the sentence that answers it, bars of one scale, and the ways out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core import wording
from healthmgmt.core.templatetags.health import WORDS
from healthmgmt.risk.simulated import Capacity, CauseCount, ColourCount, Move, Result

CARED_FOR = ("orange", "red")
# People without a value that counts have no colour.
NO_COLOUR = "none"
Bar = list[tuple[int, str]]


@dataclass(frozen=True)
class ColourRow:
    """A colour before and after; the bars are empty where the number is hidden."""

    count: ColourCount
    bars: tuple[Bar, Bar]

    @property
    def has_more(self) -> bool:
        return (self.count.change or 0) > 0

    @property
    def apart(self) -> int:
        return abs(self.count.change or 0)


@dataclass(frozen=True)
class WayOut:
    title: str
    text: str


@dataclass(frozen=True)
class CauseRow:
    cause: CauseCount
    title: str
    moves: list[str]


@dataclass(frozen=True)
class Told:
    """A result for its page."""

    result: Result
    language: str

    @cached_property
    def sentence(self) -> str:
        return wording.paragraph([_change(self.result), _capacity(self.result)], self.language)

    @property
    def rows(self) -> list[ColourRow]:
        counts = self.result.colours
        most = max((number for one in counts for number in (one.before, one.after) if number is not None), default=0)
        return [ColourRow(one, (_bar(one.before, "w2", most), _bar(one.after, f"f-{one.colour}", most))) for one in counts]

    @property
    def is_hidden_somewhere(self) -> bool:
        return any(one.before is None for one in self.result.colours)

    @property
    def causes(self) -> list[CauseRow]:
        window = _("How long values count")
        return [CauseRow(one, one.title or window, [move_text(move) for move in one.moves if move.before != move.after]) for one in self.result.causes]

    @property
    def capacity_bars(self) -> tuple[Bar, Bar]:
        capacity = self.result.capacity
        each = [one or 0 for one in (capacity.each_before, capacity.each_after)]
        # Room beside the limit, so that one sees where it is.
        scale = max(capacity.limit * 4 // 3, *each)
        return tuple([(min(one, capacity.limit), "w1"), (max(0, one - capacity.limit), "w3"), (scale - one, "w4")] for one in each)

    @property
    def over_each(self) -> int:
        return max(0, (self.result.capacity.each_after or 0) - self.result.capacity.limit)

    @property
    def can_carry(self) -> int:
        return self.result.capacity.managers * self.result.capacity.limit

    @property
    def ways_out(self) -> list[WayOut]:
        return ways_out(self.result.capacity)


def move_text(move: Move) -> str:
    """`Blue → Orange 1,139`."""
    before, after = (str(WORDS[one]) if one in WORDS else _("no colour") for one in (move.before, move.after))
    return f"{before} → {after} {move.people:,}"


def ways_out(capacity: Capacity) -> list[WayOut]:
    """What can be done where the managers cannot carry it; nothing that was not worked out."""
    if not capacity.lacking:
        return []
    more = ngettext(
        "Add %(lacking)s case manager first", "Add %(lacking)s case managers first", capacity.lacking
    ) % {"lacking": f"{capacity.lacking:,}"}  # fmt: skip
    together = capacity.managers + capacity.lacking
    each = -(-(capacity.after or 0) // together)
    then = ngettext(
        "With %(together)s case manager each has %(each)s people. Choose a first day by which they are there.",
        "With %(together)s case managers each has %(each)s people. Choose a first day by which they are there.",
        together,
    ) % {"together": f"{together:,}", "each": f"{each:,}"}  # fmt: skip
    return [WayOut(more, then), WayOut(_("Do not switch"), _("The rules in force stay as they are."))]


def _change(result: Result) -> str:
    """What happens to the colours."""
    if result.people is None:
        return _("Too few people have results to say what the draft would change.")
    changes = {one.colour: one.change for one in result.colours}
    for colour in CARED_FOR:
        if changes.get(colour):
            return _more_or_fewer(colour, changes[colour])
    moved = sum(move.people for move in result.moves if move.before != move.after)
    if moved:
        text = ngettext("The draft would give %(n)s person another colour.", "The draft would give %(n)s people another colour.", moved)
        return text % {"n": f"{moved:,}"}
    if result.small_moves:
        return _("The draft would change the colour of so few people that their number is not shown.")
    return _("The draft would change nobody’s colour.")


def _more_or_fewer(colour: str, change: int) -> str:
    given = {"n": f"{abs(change):,}", "colour": str(WORDS[colour]).lower()}
    if change > 0:
        text = ngettext("The draft would put %(n)s more person on %(colour)s.", "The draft would put %(n)s more people on %(colour)s.", change)
    else:
        text = ngettext("The draft would put %(n)s person fewer on %(colour)s.", "The draft would put %(n)s people fewer on %(colour)s.", -change)
    return text % given


def _capacity(result: Result) -> str:
    """Whether the case managers can carry it."""
    capacity, given = result.capacity, {"n": f"{result.capacity.lacking:,}"}
    if capacity.after is None:
        return ""
    if not capacity.managers:
        if not capacity.lacking:
            return _("There is no case manager, and nobody needs one.")
        return ngettext("There is no case manager yet: %(n)s is needed.", "There is no case manager yet: %(n)s are needed.", capacity.lacking) % given
    if not capacity.lacking:
        return _("The present case managers can carry that.")
    if capacity.before is not None and capacity.before >= capacity.after:
        return ngettext(
            "The present case managers cannot carry today’s people as it is: %(n)s is lacking.",
            "The present case managers cannot carry today’s people as it is: %(n)s are lacking.",
            capacity.lacking,
        ) % given  # fmt: skip
    return ngettext(
        "The present case managers cannot carry that: %(n)s is lacking.", "The present case managers cannot carry that: %(n)s are lacking.", capacity.lacking
    ) % given  # fmt: skip


def _bar(number: int | None, fill: str, most: int) -> Bar:
    return [] if number is None else [(number, fill), (most - number, "w4")]


def units_text(names: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(names)
