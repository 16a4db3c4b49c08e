"""What the group page says: four questions with their figures, the colours, and the departments."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.core.drawing import COLOURS
from healthmgmt.core.wording import percent_text
from healthmgmt.insight import figures, light_access, light_words, whole_words
from healthmgmt.insight.figures import Shown, Trend
from healthmgmt.insight.light_access import OpenLight
from healthmgmt.insight.selectors import Scorecard, ScoreRow
from healthmgmt.organization.models import Period

# The parts of the health-improvement rate, each with its fill.
IMPROVEMENT = (("improved", "w1"), ("unchanged", "w2"), ("worsened", "w3"), ("no_follow_up", "w5"))
QUESTIONS = {
    "covered": gettext_lazy("Covered?"),
    "settled_alerts": gettext_lazy("Urgent queue being closed?"),
    "improved": gettext_lazy("Getting better?"),
    "items": gettext_lazy("Can the numbers be trusted?"),
}


@dataclass(frozen=True)
class Part:
    """A part of a bar with its key."""

    name: str
    fill: str
    shown: Shown
    colour: str = ""


@dataclass(frozen=True)
class Tile:
    """A question, its figure with its counts, and what stands beside it."""

    question: str
    figure: Shown
    counts: str
    definition: dict[str, Any]
    series: list[float]
    trend: Trend | None = None
    parts: tuple[Part, ...] = ()
    note: str = ""
    late: str = ""

    @property
    def bar(self) -> list[tuple[int, str]]:
        return [(part.shown.part, part.fill) for part in self.parts]


@dataclass(frozen=True)
class Department:
    """A row of the table."""

    name: str
    is_joined: bool
    covered: Shown
    trend: Trend | None
    on_time: Shown
    complete: Shown
    took_part: Shown
    orange: Shown
    red: Shown
    followed: Shown
    signals: str


def group(card: Scorecard, periods: list[Period], waiting: int, lit: list[OpenLight] | None = None) -> dict[str, Any]:
    """The page of a unit and a period; `waiting` are the rows that wait for repair now, `lit` the lights, None while nobody has looked."""
    colours = _colours(card)
    return {
        "sentence": _sentence(card),
        "tiles": [_covered(card), _alerts(card), _improvement(card), _trust(card, periods, waiting, lit)],
        "colours": colours,
        "bar": [(part.shown.part, part.fill) for part in colours if part.shown.part],
        "assessed": figures.of(card.row, "assessed"),
        "departments": departments(card, lit),
        "is_looked_through": lit is not None,
        "why_hidden": figures.why_hidden(card) if figures.is_any_hidden([card.row, *card.children]) else "",
    } | whole_words.whole(card)


def departments(card: Scorecard, lit: list[OpenLight] | None = None) -> list[Department]:
    """Those below the unit by coverage, the worst first; never by improvement."""
    rows = sorted(card.children, key=lambda row: (figures.share(row, "covered"), row.name))
    return [_department(card, row, lit or []) for row in rows]


def _department(card: Scorecard, row: ScoreRow, lit: list[OpenLight]) -> Department:
    return Department(
        name=row.name,
        is_joined=len(row.units) > 1,
        covered=figures.of(row, "covered"),
        trend=_trend(card, row, "covered"),
        on_time=figures.of(row, "on_time"),
        complete=figures.of(row, "complete"),
        took_part=figures.of(row, "took_part"),
        orange=figures.of(row, "orange"),
        red=figures.of(row, "red"),
        followed=figures.of(row, "followed_up"),
        signals=light_words.count_words(light_access.lights_of(row.units, lit).count),
    )


def _trend(card: Scorecard, row: ScoreRow, metric: str) -> Trend | None:
    if not card.earlier:
        return None
    period, last = card.earlier[-1]
    return figures.trend(row, last if row is card.row else card.before.get(frozenset(row.units)), metric, period.name)


def _sentence(card: Scorecard) -> str:
    covered, settled, improved, missed, worsened = (
        figures.of(card.row, slug) for slug in ("covered", "settled_alerts", "improved", "no_follow_up", "worsened")
    )
    if covered.why:
        return _("There are too few people here to show a number.")
    if settled.why:
        first = _("%(covered)s are covered.") % {"covered": covered.percent}
    else:
        shares = {"covered": covered.percent, "settled": settled.percent}
        first = _("%(covered)s are covered, and %(settled)s of the people with an alert have an outcome.") % shares
    if not improved.why and missed.part > improved.part:
        return figures.joined(first, _("The gap: %(missed)s of the people at risk had no follow-up.") % {"missed": missed.percent})
    if not improved.why:
        shares = {"improved": improved.percent, "worsened": worsened.percent}
        return figures.joined(first, _("Of the people at risk the year before, %(improved)s improved and %(worsened)s got worse.") % shares)
    rows = departments(card)
    return figures.joined(first, _("Least covered: %(unit)s.") % {"unit": rows[0].name} if rows and covered.rest else "")


def _tile(card: Scorecard, metric: str, counts: str, **more: Any) -> Tile:
    """`counts` has places for `part` and `whole`."""
    figure = figures.of(card.row, metric)
    numbers = {} if figure.why else {"part": f"{figure.part:,}", "whole": f"{figure.whole:,}"}
    return Tile(
        question=str(QUESTIONS[metric]),
        figure=figure,
        counts=counts % numbers if numbers else "",
        definition=figures.definition(card, metric),
        series=figures.series(card, metric),
        trend=_trend(card, card.row, metric),
        **more,
    )


def _covered(card: Scorecard) -> Tile:
    return _tile(card, "covered", _("%(part)s of %(whole)s people"))


def _alerts(card: Scorecard) -> Tile:
    still_open = figures.of(card.row, "open_alerts")
    late = "" if still_open.why else _("%(count)s people have an open alert") % {"count": f"{still_open.part:,}"}
    return _tile(card, "settled_alerts", _("%(part)s of %(whole)s people with an alert have an outcome"), late=late)


def _improvement(card: Scorecard) -> Tile:
    shown = {slug: figures.of(card.row, slug) for slug, _fill in IMPROVEMENT}
    if shown["improved"].why:
        is_first = shown["improved"].is_nobody
        return _tile(card, "improved", "", note=_("There is no earlier period to compare with.") if is_first else "")
    parts = tuple(Part(figures.name_of(slug), fill, shown[slug]) for slug, fill in IMPROVEMENT)
    late = _("No follow-up: more than improved") if shown["no_follow_up"].part > shown["improved"].part else ""
    return _tile(card, "improved", _("%(part)s of %(whole)s people at risk improved"), parts=parts, late=late)


def _trust(card: Scorecard, periods: list[Period], waiting: int, lit: list[OpenLight] | None) -> Tile:
    """What can be checked of the data themselves: whether they show a signal, are all there, still waiting, or settled for good."""
    closed = sum(one.state != Period.State.OPEN for one in periods)
    notes = [_("%(closed)s of %(all)s periods are closed") % {"closed": closed, "all": len(periods)}]
    complete = figures.of(card.row, "complete")
    if not complete.why:
        notes.insert(0, _("%(percent)s of people have every item") % {"percent": complete.percent})
    is_late = card.period.state == Period.State.OPEN and waiting > 0
    late = _("%(rows)s rows wait for repair") % {"rows": f"{waiting:,}"} if is_late else ""
    tile = _tile(card, "items", _("%(part)s of %(whole)s mandatory items are there"), note=" · ".join(notes), late=late)
    return tile if lit is None or tile.figure.why else _without_signal(tile, card, lit)


def _without_signal(tile: Tile, card: Scorecard, lit: list[OpenLight]) -> Tile:
    """How many departments show no signal, and beside it what the tile said without."""
    rows = card.children or (card.row,)
    counts = [light_access.lights_of(row.units, lit).count for row in rows]
    clear, definition = counts.count(0), light_words.definition()
    # What several departments show only together stands at the unit above them.
    together = light_access.lights_of([card.unit.pk], lit).count - sum(counts)
    said = [f"{tile.definition['name']} {tile.figure.percent}: {tile.counts}", tile.note]
    if together > 0:
        said.insert(0, ngettext("%(count)s signal of all together", "%(count)s signals of all together", together) % {"count": together})
    return replace(
        tile,
        figure=Shown(f"{clear} / {len(rows)}", clear, len(rows)),
        counts=_("%(part)s of %(whole)s departments without a signal") % {"part": clear, "whole": len(rows)},
        definition=definition | {"rows": [*definition["rows"], (tile.definition["name"], tile.counts), *tile.definition["rows"]]},
        series=[],
        trend=None,
        note=" · ".join(said),
    )


def _colours(card: Scorecard) -> list[Part]:
    """The colours that are shown, and how many people the hidden ones hold together."""
    parts = [Part("", f"f-{colour}", figures.of(card.row, colour), colour) for colour in COLOURS]
    open_ones = [part for part in parts if not part.shown.why]
    hidden = [part for part in parts if part.shown.why and not part.shown.is_nobody]
    if not open_ones:
        return []
    base = open_ones[0].shown.whole
    rest = base - sum(part.shown.part for part in open_ones)
    together = [Part("", "w5", Shown(percent_text(rest, base), rest, base))] if hidden else []
    return [*parts, *together]
