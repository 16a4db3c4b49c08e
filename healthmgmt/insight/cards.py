"""Reading scorecards: what they weigh, what they say now and said when handed in, and which of the units below are still open."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.core.suppression import SMALL_GROUP
from healthmgmt.insight import selectors, weighing
from healthmgmt.insight.card_models import Card, Target
from healthmgmt.insight.selectors import Scorecard
from healthmgmt.organization.models import Membership, Period, Unit


def address(period: Period) -> str:
    """Where the scorecards of a period stand."""
    return f"{reverse('insight:cards')}?period={period.pk}"


def targets_of(unit: Unit, period: Period) -> dict[str, tuple[int, int]]:
    """What was set at a unit for those directly below it: (weight, target) by metric; empty: as shipped."""
    return {one.metric: (one.weight, one.target) for one in Target.objects.filter(unit=unit, period=period)}


def weights_of(unit: Unit, period: Period) -> tuple[weighing.Weight, ...]:
    """What the scorecard of a unit weighs: as its parent set it, the whole organisation's own as the root set it for the others."""
    above = unit.parent or unit
    return weighing.weights(targets_of(above, period))


def shown_card(unit: Unit, period: Period) -> Scorecard:
    """The published numbers. Raises Rejected when nothing is published of the period."""
    return selectors.card(unit, period, selectors.period_before(period))


def kept_card(unit: Unit, period: Period) -> Card | None:
    """The scorecard since it was handed in."""
    return Card.objects.filter(unit=unit, period=period).first()


def numbers(unit: Unit, period: Period) -> list[dict[str, Any]]:
    """The lines of a scorecard as they may be shown now, to be kept. Raises Rejected when nothing is published of the period."""
    return numbers_of(shown_card(unit, period))


def numbers_of(card: Scorecard) -> list[dict[str, Any]]:
    """The same of numbers that were read already. What is not told of a unit like this is hidden as a small group is."""
    found = []
    for one in weights_of(card.unit, card.period):
        figure = card.row.figure(one.metric)
        hidden = SMALL_GROUP if figure is None else figure.hidden
        part, whole = (None, None) if hidden else (figure.numerator, figure.denominator)
        found.append({"metric": one.metric, "weight": one.weight, "target": one.target, "part": part, "whole": whole, "hidden": hidden})
    return found


def submitted_below(unit: Unit) -> QuerySet[Unit]:
    """The units directly below one of whom somebody hands in a scorecard."""
    holders = Membership.objects.filter(role__in=roles_with(Permission.SCORECARD_SUBMIT), user__is_active=True)
    return Unit.objects.open().filter(parent=unit, pk__in=holders.values("unit"))


def open_below(unit: Unit, period: Period) -> list[Unit]:
    """Those of them whose scorecard is not accepted."""
    accepted = Card.objects.filter(period=period, state=Card.State.ACCEPTED)
    return list(submitted_below(unit).exclude(pk__in=accepted.values("unit")))


def states_below(unit: Unit, period: Period) -> list[tuple[Unit, Card | None]]:
    """The units directly below one whose scorecards are handed in, each with its card, those first for whom the reader is waited for."""
    found = {card.unit_id: card for card in Card.objects.filter(period=period, unit__parent=unit)}
    order = {Card.State.SUBMITTED: 0, None: 1, Card.State.RETURNED: 2, Card.State.ACCEPTED: 3}
    rows = [(below, found.get(below.pk)) for below in submitted_below(unit)]
    return sorted(rows, key=lambda row: (order[row[1].state if row[1] else None], row[0].path))


def moved(card: Card) -> list[str]:
    """The metrics of a card that say something else now than when it was handed in."""
    row = shown_card(card.unit, card.period).row
    figures = {one["metric"]: row.figure(one["metric"]) for one in card.numbers}
    now = {metric: (None, None) if one is None or one.hidden else (one.numerator, one.denominator) for metric, one in figures.items()}
    return [one["metric"] for one in card.numbers if now[one["metric"]] != (one["part"], one["whole"])]
