"""What is told of the whole organisation alone, as its page shows it: flows of colours, cascades, who took part, alerts and contacts."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.drawing import COLOURS
from healthmgmt.core.templatetags.health import colour_name, colour_word
from healthmgmt.core.wording import percent_text
from healthmgmt.insight import chains, figures
from healthmgmt.insight.selectors import Scorecard

# The colours from grave to light, of which one may be better than another; grey cannot be compared.
RANKS = COLOURS[:-1]
WAYS = {"better": gettext_lazy("Better"), "same": gettext_lazy("Unchanged or not comparable"), "worse": gettext_lazy("Worse")}
FILLS = {"better": "w1", "same": "w4", "worse": "w3"}
PART_FILLS = {"improved": "w1", "unchanged": "w2", "worsened": "w3", "no_follow_up": "w5"}


@dataclass(frozen=True)
class StepLine:
    """A step of a chain. `lost` are those who were in the last step that is shown and are not in this one."""

    words: str
    people: int | None
    whole: int
    of_first: str
    of_last: str
    lost: int = 0

    @property
    def is_first(self) -> bool:
        return not self.of_last and self.people is not None


@dataclass(frozen=True)
class ChainShown:
    """A chain with its steps, the sentence that names the largest gap, and its definition."""

    slug: str
    name: str
    sentence: str
    lines: list[StepLine]
    definition: dict[str, Any]


@dataclass(frozen=True)
class Side:
    """The four parts of those who took part, or of those who did not."""

    words: str
    people: int
    parts: list[tuple[str, str, int, str]]

    @property
    def bar(self) -> list[tuple[int, str]]:
        return [(people, fill) for _name, fill, people, _percent in self.parts]


def whole(card: Scorecard) -> dict[str, Any]:
    """Nothing of it for a unit below the whole, or while nothing of it was published."""
    if not card.whole:
        return {}
    told = chains.load()
    return {
        "flows": _flows(card),
        "cascades": [one for one in (_chain(chain, card) for chain in told.cascades) if one],
        "chains": [one for one in (_chain(chain, card) for chain in told.chains) if one],
        "enrolled": _enrolled(card),
    }


def _chain(chain: chains.Chain, card: Scorecard) -> ChainShown | None:
    """None where already the first step is hidden: nothing is left to say."""
    counts = card.whole["chains"].get(chain.slug) or [None]
    if counts[0] is None:
        return None
    lines, last = [], None
    for step, people in zip(chain.steps, counts, strict=True):
        of_last = percent_text(people, last) if people is not None and last else ""
        of_first = percent_text(people, counts[0]) if people is not None else ""
        lost = last - people if people is not None and last is not None else 0
        lines.append(StepLine(step.words[figures.language()], people, counts[0], of_first, of_last, lost))
        last = people if people is not None else last
    return ChainShown(chain.slug, chain.words[figures.language()]["name"], _gap(chain, lines), lines, _definition(chain))


def _gap(chain: chains.Chain, lines: list[StepLine]) -> str:
    """Where most people are lost; blank where nobody is."""
    worst = max(lines, key=lambda line: line.lost)
    if not worst.lost:
        return ""
    named = {"name": chain.words[figures.language()]["name"], "lost": f"{worst.lost:,}", "step": worst.words}
    return _("%(lost)s people fewer at “%(step)s”: the largest gap") % named


def _definition(chain: chains.Chain) -> dict[str, Any]:
    words = chain.words[figures.language()]
    steps = [(step.words[figures.language()], _("Part of the step above") if number else _base(chain.base)) for number, step in enumerate(chain.steps)]
    rest = [
        (_("Exclusions"), words["exclusions"]), (_("Cut-off"), words["cut_off"]), (_("Edition of rules"), words["edition"]),
        (_("Version of metric"), str(chain.version)),
    ]  # fmt: skip
    return {"id": f"definition-{chain.slug}", "name": words["name"], "rows": [*steps, *rest]}


def _base(base: str) -> str:
    return _("Part of the people assessed") if base == "assessed" else _("Part of the people due")


def _enrolled(card: Scorecard) -> dict[str, Any]:
    """The four parts twice, of who took part and who did not; empty where they are hidden."""
    parts = card.whole["enrolled"]
    if not parts:
        return {}
    words = chains.load().enrolled[figures.language()]
    sides = [_side(words["name"], parts, 0), _side(words["not"], parts, 1)]
    return {"sides": sides, "definition": words["definition"]}


def _side(words: str, parts: dict[str, list[int]], place: int) -> Side:
    total = sum(both[place] for both in parts.values())
    rows = [(figures.name_of(slug), PART_FILLS[slug], parts[slug][place], percent_text(parts[slug][place], total)) for slug in chains.PARTS]
    return Side(words, total, rows)


def _flows(card: Scorecard) -> dict[str, Any]:
    """The flows that are shown: for the chart, and as rows of the table beside it. Empty without any."""
    flows = card.whole["flows"]
    if not flows:
        return {}
    rows = [(before, after, people, way(before, after)) for before, after, people in flows]
    totals = {one: sum(people for _before, _after, people, its in rows if its == one) for one in WAYS}
    words = chains.load().flows[figures.language()]
    description = words["definition"].format(k=card.smallest_group)
    return {
        "name": words["name"],
        "definition": description,
        "people": sum(totals.values()) + card.whole["rest"],
        "rest": card.whole["rest"],
        "ways": [(FILLS[one], WAYS[one], totals[one]) for one in WAYS],
        "rows": [(before, after, people, WAYS[its]) for before, after, people, its in rows],
        "chart": _chart(rows, description),
    }


def way(before: str, after: str) -> str:
    """`better`, `same` or `worse`; what cannot be compared is the same."""
    if before == after or not {before, after} <= set(RANKS):
        return "same"
    return "better" if RANKS.index(after) > RANKS.index(before) else "worse"


def _chart(rows: list[tuple[str, str, int, str]], description: str) -> dict[str, Any]:
    """Nodes in the order of the colours on either side; how many they are stands with them."""
    nodes = []
    for side, place in (("left", 0), ("right", 1)):
        counts = {colour: sum(row[2] for row in rows if row[place] == colour) for colour in COLOURS}
        nodes += [
            {"id": f"{side}-{colour}", "colour": colour, "side": side, "label": f"{colour_name(colour)} {people:,}", "short": f"{colour_word(colour)} {people:,}"}
            for colour, people in counts.items()
            if people
        ]
    links = [[f"left-{before}", f"right-{after}", people, its] for before, after, people, its in rows]
    return {"kind": "sankey", "description": description, "nodes": nodes, "links": links}
