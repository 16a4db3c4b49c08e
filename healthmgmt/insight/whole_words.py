"""What is told of the whole organisation, as its page shows it: flows of colours, cascades, who took part, alerts, contacts, activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.drawing import COLOURS
from healthmgmt.core.templatetags.health import colour_name, colour_word
from healthmgmt.core.wording import percent_text
from healthmgmt.insight import figures, flowing, metrics
from healthmgmt.insight.figures import Shown
from healthmgmt.insight.flowing import Flow
from healthmgmt.insight.selectors import Scorecard

WAYS = {"better": gettext_lazy("Better"), "same": gettext_lazy("Unchanged or not comparable"), "worse": gettext_lazy("Worse")}
FILLS = {"better": "w1", "same": "w4", "worse": "w3"}
PART_FILLS = {"improved": "w1", "unchanged": "w2", "worsened": "w3", "no_follow_up": "w5"}
CASCADES = {"cascade_bp": gettext_lazy("High blood pressure"), "cascade_glucose": gettext_lazy("High glucose"), "cascade_lipids": gettext_lazy("High blood lipids")}
CHAINS = {"closing": gettext_lazy("Time to close alerts"), "returned": gettext_lazy("Came within 15 days of a contact")}
FUNNEL = ("invited", "opened", "signed_up", "took_part", "finished")
SIDES = {"enrolled": gettext_lazy("People who took part in their plan"), "others": gettext_lazy("People who did not")}


@dataclass(frozen=True)
class StepLine:
    """A step of a chain. `lost` are those who were in the last step that is shown and are not in this one."""

    words: str
    people: int | None
    whole: int
    of_first: str
    lost: int
    is_first: bool


@dataclass(frozen=True)
class ChainShown:
    """A chain with its steps, the sentence that names the largest gap, and its definition."""

    name: str
    sentence: str
    lines: list[StepLine]
    definition: dict[str, Any]


@dataclass(frozen=True)
class Side:
    """The four parts of those who took part in their plan, or of those who did not."""

    words: str
    people: int
    parts: list[tuple[str, str, int, str]]

    @property
    def bar(self) -> list[tuple[int, str]]:
        return [(people, fill) for _name, fill, people, _percent in self.parts]


def whole(card: Scorecard) -> dict[str, Any]:
    """Only what is shown; nothing of it for a unit below the whole, but for the way through activities."""
    registry = metrics.load()
    chains = [_chain(card, str(name), [one.slug for one in registry.members(table)]) for table, name in CHAINS.items()]
    chains.append(_chain(card, _("From invitation to finish"), FUNNEL))
    cascades = [_chain(card, str(name), [one.slug for one in registry.members(table)]) for table, name in CASCADES.items()]
    return {
        "flows": _flows(card),
        "cascades": [one for one in cascades if one],
        "chains": [one for one in chains if one],
        "enrolled": _enrolled(card),
    }


def _chain(card: Scorecard, name: str, slugs: Sequence[str]) -> ChainShown | None:
    """None where already the first step is hidden or counts nobody: nothing is left to say."""
    shown = [figures.of(card.row, slug) for slug in slugs]
    if shown[0].why or not shown[0].part:
        return None
    lines, last, first = [], shown[0].part, shown[0].part
    for slug, one in zip(slugs, shown, strict=True):
        people = None if one.why else one.part
        of_first = "" if people is None else percent_text(people, first)
        lines.append(StepLine(_step(slug), people, first, of_first, 0 if people is None else last - people, slug == slugs[0]))
        last = last if people is None else people
    return ChainShown(name, _gap(lines), lines, _definition(name, slugs))


def _step(slug: str) -> str:
    """The name of a step, without the chain's own before it."""
    return figures.name_of(slug).replace("：", ": ").rpartition(": ")[2]


def _gap(lines: list[StepLine]) -> str:
    """Where most people are lost; blank where nobody is."""
    worst = max(lines, key=lambda line: line.lost)
    if not worst.lost:
        return ""
    return _("%(lost)s people fewer at “%(step)s”: the largest gap") % {"lost": f"{worst.lost:,}", "step": worst.words}


def _definition(name: str, slugs: Sequence[str]) -> dict[str, Any]:
    first = metrics.load().metric(slugs[0])
    rest = [row for row in figures.definition_rows(first) if row[0] != _("Numerator")]
    steps = [(_step(slug), metrics.load().metric(slug).words[figures.language()]["numerator"]) for slug in slugs]
    return {"id": f"definition-{slugs[0]}", "name": name, "rows": [*steps, *rest]}


def _enrolled(card: Scorecard) -> list[Side]:
    """The four parts twice, of who took part and who did not; empty where they are hidden."""
    found = []
    for side, words in SIDES.items():
        shown = {part: figures.of(card.row, f"{side}_{part}") for part in PART_FILLS}
        if any(one.why for one in shown.values()):
            return []
        found.append(Side(str(words), next(iter(shown.values())).whole, _parts(shown)))
    return found


def _parts(shown: dict[str, Shown]) -> list[tuple[str, str, int, str]]:
    return [(figures.name_of(part), PART_FILLS[part], one.part, one.percent) for part, one in shown.items()]


def _flows(card: Scorecard) -> dict[str, Any]:
    """The flows that are shown: for the chart, and as rows of the table beside it. Empty without any."""
    told = [one for one in card.flows if one.target != flowing.OTHER and flowing.NONE not in (one.source, one.target)]
    if not told:
        return {}
    rest = sum(one.people for one in card.flows if one.target == flowing.OTHER)
    totals = {way: sum(one.people for one in told if way_of(one) == way) for way in WAYS}
    description = _("Small changes, and those from which they could be worked out, are told together and left out of the chart.")
    return {
        "people": sum(totals.values()),
        "rest": rest,
        "definition": description,
        "ways": [(FILLS[one], WAYS[one], totals[one]) for one in WAYS],
        "rows": [(one.source, one.target, one.people, WAYS[way_of(one)]) for one in told],
        "chart": _chart(told, description),
    }


def way_of(flow: Flow) -> str:
    """`better`, `same` or `worse`; what cannot be compared is the same."""
    if flow.source == flow.target or not {flow.source, flow.target} <= set(flowing.SCALE):
        return "same"
    return "better" if flowing.SCALE.index(flow.target) < flowing.SCALE.index(flow.source) else "worse"


def _chart(told: Sequence[Flow], description: str) -> dict[str, Any]:
    """Nodes in the order of the colours on either side; how many they are stands with them."""
    nodes = []
    for side in ("left", "right"):
        counts = {colour: sum(one.people for one in told if (one.source if side == "left" else one.target) == colour) for colour in COLOURS}
        nodes += [
            {"id": f"{side}-{colour}", "colour": colour, "side": side, "label": f"{colour_name(colour)} {people:,}", "short": f"{colour_word(colour)} {people:,}"}
            for colour, people in counts.items()
            if people
        ]
    links = [[f"left-{one.source}", f"right-{one.target}", one.people, way_of(one)] for one in told]
    return {"kind": "sankey", "description": description, "nodes": nodes, "links": links}
