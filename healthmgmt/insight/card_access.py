"""Whose scorecards a user reads, hands in and decides about. Loading is authorising."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.insight import cards
from healthmgmt.insight.access import top_units
from healthmgmt.insight.card_models import Card
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import units_visible_to

VIEW, SUBMIT, DECIDE = Permission.SCORECARD_VIEW, Permission.SCORECARD_SUBMIT, Permission.SCORECARD_DECIDE


@dataclass(frozen=True)
class May:
    """What a user may do with a scorecard now."""

    submit: bool
    decide: bool
    set_targets: bool


@dataclass(frozen=True)
class Top:
    """A unit at which a user holds a role, its card, and those directly below it with what the user may do with each."""

    unit: Unit
    card: Card | None
    may: May
    below: list[tuple[Unit, Card | None, May]]


def may_see_names(user: User) -> bool:
    """Whether a user is told who handed in, decided or answered: whoever works with people by name, which leadership does not."""
    return user.can(Permission.WORK_STATE_VIEW)


def own_units(user: User) -> list[Unit]:
    """The highest units whose scorecards a user sees."""
    return top_units(user, VIEW)


def unit_or_404(user: User, pk: int, permission: Permission) -> Unit:
    """A unit whose scorecard the user may see. Raises Http404 outside, PermissionDenied inside without this permission."""
    unit = get_object_or_404(units_visible_to(user, VIEW).select_related("parent"), pk=pk)
    if not user.can(permission, unit):
        raise PermissionDenied
    return unit


def submitted_unit_or_404(user: User, pk: int) -> Unit:
    """A unit at which the user itself holds the role: nobody hands in for others, who could then accept their own."""
    unit = unit_or_404(user, pk, SUBMIT)
    if not _submits(user, unit):
        raise Http404(_("The scorecard of this unit is handed in by somebody else."))
    return unit


def decided_unit_or_404(user: User, pk: int) -> Unit:
    """A unit about whose scorecard the user decides, as one who stands above it."""
    unit = unit_or_404(user, pk, DECIDE)
    if not _decides(user, unit):
        raise Http404(_("About this scorecard the level above decides."))
    return unit


def may(user: User, unit: Unit, period: Period, card: Card | None) -> May:
    is_turn = period.state == Period.State.CLOSED
    return May(
        submit=is_turn and _submits(user, unit) and (card is None or card.state == Card.State.RETURNED),
        decide=is_turn and _decides(user, unit) and card is not None and card.state == Card.State.SUBMITTED,
        set_targets=period.state != Period.State.LOCKED and user.can(DECIDE, unit),
    )


def top(user: User, unit: Unit, period: Period) -> Top:
    card = Card.objects.filter(unit=unit, period=period).first()
    below = [(one, its, may(user, one, period, its)) for one, its in cards.states_below(unit, period)]
    return Top(unit, card, may(user, unit, period, card), below)


def _submits(user: User, unit: Unit) -> bool:
    return unit.path in user.unit_paths(SUBMIT)


def _decides(user: User, unit: Unit) -> bool:
    return unit.parent is not None and user.can(DECIDE, unit.parent)
