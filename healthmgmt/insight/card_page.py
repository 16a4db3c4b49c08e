"""A scorecard as its page and its print show it: a sentence, what it weighs, where the unit stands among its siblings, what to do next."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.wording import percent_text
from healthmgmt.insight import cards, figures, weighing
from healthmgmt.insight.card_models import Card
from healthmgmt.insight.figures import Shown
from healthmgmt.insight.group import IMPROVEMENT, QUESTIONS
from healthmgmt.insight.selectors import Figure, Scorecard, ScoreRow
from healthmgmt.organization.models import Period, Unit

# By what a unit is placed among its siblings: by what is worked at, never by how healthy people became.
PLACED_BY = ("covered", "followed_up")
WORST = 3


@dataclass(frozen=True)
class Line:
    """A metric with its weight, counts, target and the period before. `short` is how many more it takes, 0 where it is reached."""

    name: str
    definition: dict[str, Any]
    weight: int
    now: Shown
    target: int
    before: str
    short: int
    next: str
    until: date

    @property
    def is_reached(self) -> bool:
        return not self.now.why and not self.short


@dataclass(frozen=True)
class Placed:
    """A sibling; `place` is None where what it is placed by is hidden."""

    place: int | None
    name: str
    shown: list[Shown]
    is_own: bool
    before: int | None


def page(unit: Unit, period: Period, *, today: date) -> dict[str, Any]:
    """Everything but who may do what. Raises Rejected when nothing is published of the period."""
    card = cards.shown_card(unit, period)
    kept = cards.kept_card(unit, period)
    lines = _lines(card, kept, today)
    placed = _placed(card, unit, period)
    return {
        "card": card,
        "kept": kept,
        "steps": list(kept.steps.all()) if kept else [],
        "moved": [figures.name_of(metric) for metric in cards.moved(kept)] if kept else [],
        "sentence": _sentence(lines, placed),
        "boxes": [_box(card, slug) for slug in ("covered", "followed_up", "improved", "items")],
        "lines": lines,
        "score": weighing.score([(one.weight, one.now.part / one.now.whole * 100 / one.target) for one in lines if not one.now.why and one.now.whole]),
        "improvement": _improvement(card),
        "placed": placed,
        "worst": sorted((one for one in lines if one.short), key=lambda one: one.now.part / one.now.whole * 100 - one.target)[:WORST],
        "why_hidden": figures.why_hidden(card),
    }


def _lines(card: Scorecard, kept: Card | None, today: date) -> list[Line]:
    """As it was handed in, weights and targets with it; as it would be handed in while it is not, or after it came back."""
    stands = kept is not None and kept.state != Card.State.RETURNED
    said = kept.numbers if stands else cards.numbers_of(card)
    return [_line(card, one, _row_before(card), today) for one in said]


def _line(card: Scorecard, said: dict[str, Any], last: ScoreRow | None, today: date) -> Line:
    one, now = weighing.weight_of(said), figures.shown(Figure(said["metric"], said["part"], said["whole"], said["hidden"]))
    short = 0 if now.why or not now.whole else weighing.short_by(now.part, now.whole, one.target)
    before = figures.of(last, one.metric) if last else Shown(why=_("Not told"))
    return Line(
        name=figures.name_of(one.metric),
        definition=figures.definition(card, one.metric),
        weight=one.weight,
        now=now,
        target=one.target,
        before="" if before.why else before.percent,
        short=short,
        next=one.next[figures.language()].format(short=f"{short:,}"),
        until=today + timedelta(days=one.days),
    )


def _row_before(card: Scorecard) -> ScoreRow | None:
    return card.earlier[-1][1] if card.earlier else None


def _box(card: Scorecard, slug: str) -> dict[str, Any]:
    question = str(QUESTIONS[slug]) if slug in QUESTIONS else _("Red and orange followed up?")
    last = _row_before(card)
    before = figures.of(last, slug) if last else Shown(why=_("Not told"))
    return {"question": question, "shown": figures.of(card.row, slug), "before": "" if before.why else before.percent}


def _improvement(card: Scorecard) -> list[dict[str, Any]]:
    """The four parts where they are told, which is of the whole organisation."""
    parts = [{"name": figures.name_of(slug), "fill": fill, "shown": figures.of(card.row, slug)} for slug, fill in IMPROVEMENT]
    return [] if any(part["shown"].why for part in parts) else parts


def _placed(card: Scorecard, unit: Unit, period: Period) -> list[Placed]:
    """The units below the same one, by place; a unit that shares a row stands with it, and what is hidden has no place."""
    if unit.parent is None:
        return []
    above = cards.shown_card(unit.parent, period)
    places, last = _places(above.children), _places(above.before.values())
    found = [
        Placed(
            place=places.get(frozenset(row.units)),
            name=row.name,
            shown=[figures.of(row, slug) for slug in PLACED_BY],
            is_own=unit.pk in row.units,
            before=last.get(frozenset(row.units)),
        )
        for row in above.children
    ]
    return sorted(found, key=lambda one: (one.place is None, one.place or 0, one.name))


def _places(rows: Any) -> dict[frozenset[int], int]:
    """By coverage, then by follow-up where it is shown; who has the same shares has the same place."""
    shares = {frozenset(row.units): _shares(row) for row in rows if not figures.of(row, PLACED_BY[0]).why}
    return {units: 1 + sum(other > own for other in shares.values()) for units, own in shares.items()}


def _shares(row: ScoreRow) -> tuple[float, ...]:
    found = (row.figure(slug) for slug in PLACED_BY)
    return tuple(-1.0 if one is None or one.percent is None else one.percent for one in found)


def _sentence(lines: list[Line], placed: list[Placed]) -> str:
    own = next((one for one in placed if one.is_own and one.place), None)
    covered = next((one for one in lines if not one.now.why), None)
    first = ""
    if covered is not None:
        first = _("%(name)s %(percent)s.") % {"name": covered.name, "percent": covered.now.percent}
    if own is not None:
        where = {"place": own.place, "all": len(placed)}
        first = figures.joined(first, _("Place %(place)s of %(all)s.") % where)
    missed = [one for one in lines if one.short]
    if not missed:
        return figures.joined(first, _("Every target that can be seen is reached."))
    return figures.joined(first, ngettext("%(count)s target is still open.", "%(count)s targets are still open.", len(missed)) % {"count": len(missed)})


def rows(unit: Unit, period: Period, *, today: date) -> tuple[list[str], list[list[Any]]]:
    """The same numbers as a sheet: a heading, and a row for each metric."""
    card = cards.shown_card(unit, period)
    kept = cards.kept_card(unit, period)
    headings = [_("Metric"), _("Weight in the score"), _("People"), _("Of"), _("Share"), _("Target"), _("Period before")]
    found = []
    for line in _lines(card, kept, today):
        counts = [line.now.why, "", ""] if line.now.why else [line.now.part, line.now.whole, percent_text(line.now.part, line.now.whole)]
        found.append([line.name, line.weight, *counts, f"{line.target}%", line.before])
    return headings, found
