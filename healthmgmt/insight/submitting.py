"""Scorecards up the tiers: weights set by the level above, handed in, accepted or sent back. History is kept, and nothing is overwritten."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.insight import cards, weighing
from healthmgmt.insight.card_models import Card, CardStep, Target
from healthmgmt.organization.models import Membership, Period, Unit


def set_targets(unit: Unit, *, period: Period, given: Mapping[str, tuple[int, int]], by: Actor) -> None:
    """What the scorecards of the units directly below a unit weigh; (weight, target) by metric. Cards that were accepted stay as they are.

    Raises Rejected: weights that do not add up, a metric that may carry none, a period that is locked.
    """
    wrong = weighing.faults(given)
    if "sum" in wrong:
        raise Rejected(_("The weights have to add up to 100."))
    if wrong:
        raise Rejected(_("Weights go from 0 to 100, targets from 1 to 100 percent, and only for what is worked at."))
    with transaction.atomic():
        if Period.objects.select_for_update().get(pk=period.pk).state == Period.State.LOCKED:
            raise Rejected(_("The period “%(name)s” is locked.") % {"name": period.name})
        before = cards.targets_of(unit, period)
        Target.objects.filter(unit=unit, period=period).delete()
        Target.objects.bulk_create(
            Target(unit=unit, period=period, metric=metric, weight=weight, target=target) for metric, (weight, target) in given.items()
        )
        detail = {"period": period.pk, "before": {one: list(both) for one, both in before.items()}, "after": {one: list(both) for one, both in given.items()}}
        audit.record("targets.set", by=by, subject=unit, detail=detail)


def submit(unit: Unit, *, period: Period, note: str, by: Actor, name: str) -> Card:
    """Hand in the scorecard of a period that is closed, with its numbers as they stand. Again after it was sent back.

    Raises Rejected: the period is open or locked, it was handed in already, or cards of units below are lacking and no note says why.
    """
    with transaction.atomic():
        period = Period.objects.select_for_update().get(pk=period.pk)
        if period.state != Period.State.CLOSED:
            raise Rejected(_("A scorecard is handed in when its period is closed and not locked yet."))
        card = Card.objects.filter(unit=unit, period=period).first()
        if card is not None and card.state != Card.State.RETURNED:
            raise Rejected(_("This scorecard was handed in already."))
        if cards.open_below(unit, period) and not note.strip():
            raise Rejected(_("Scorecards of units below are not accepted yet: please say in a sentence why you hand in without them."))
        numbers = cards.numbers(unit, period)
        if card is None:
            card = Card(unit=unit, period=period)
        card.numbers = numbers
        _turn(card, Card.State.SUBMITTED, note=note, by=by, name=name)
        notices.tell(_deciders(unit), kind="scorecard_submitted", key=_key(card), link=cards.address(card.period))
    return card


def accept(card: Card, *, note: str = "", by: Actor, name: str) -> Card:
    """Accept what was handed in: from now on it stands. Raises Rejected when it is not waiting."""
    return _decide(card, Card.State.ACCEPTED, note=note, by=by, name=name)


def send_back(card: Card, *, note: str, by: Actor, name: str) -> Card:
    """Give it back with a reason. Raises Rejected without one, or when it is not waiting."""
    if not note.strip():
        raise Rejected(_("Say in a sentence what should be looked at again."), field="note")
    return _decide(card, Card.State.RETURNED, note=note, by=by, name=name)


def _decide(card: Card, state: str, *, note: str, by: Actor, name: str) -> Card:
    with transaction.atomic():
        card = Card.objects.select_for_update(of=("self",)).select_related("period", "unit").get(pk=card.pk)
        if card.state != Card.State.SUBMITTED:
            raise Rejected(_("This scorecard does not wait for a decision."))
        if card.period.state != Period.State.CLOSED:
            raise Rejected(_("The period “%(name)s” is locked.") % {"name": card.period.name})
        _turn(card, state, note=note, by=by, name=name)
        handed_in = {int(step.by.removeprefix("user:")) for step in card.steps.filter(state=Card.State.SUBMITTED) if step.by.startswith("user:")}
        kind = "scorecard_accepted" if state == Card.State.ACCEPTED else "scorecard_returned"
        notices.tell(handed_in, kind=kind, key=_key(card), link=cards.address(card.period))
    return card


def _turn(card: Card, state: str, *, note: str, by: Actor, name: str) -> None:
    card.state = state
    card.save()
    CardStep.objects.create(card=card, state=state, note=note.strip(), by=by.label, by_name=name)
    facts = {"by": by, "subject": card, "detail": {"unit": card.unit_id, "period": card.period_id}}
    if state == Card.State.SUBMITTED:
        audit.record("scorecard.submitted", **facts)
    elif state == Card.State.ACCEPTED:
        audit.record("scorecard.accepted", **facts)
    else:
        audit.record("scorecard.returned", **facts)


def _key(card: Card) -> str:
    """Each turn is told once."""
    return f"{card.pk}:{card.steps.count()}"


def _deciders(unit: Unit) -> Iterable[int]:
    """Who may decide at the level above: the nearest one that has somebody."""
    above = [int(pk) for pk in unit.path.strip(".").split(".")[:-1]]
    roles = roles_with(Permission.SCORECARD_DECIDE)
    for pk in reversed(above):
        found = User.objects.filter(pk__in=Membership.objects.filter(unit=pk, role__in=roles).values("user"), is_active=True)
        if users := list(found.order_by("pk").values_list("pk", flat=True)):
            return users
    return []
