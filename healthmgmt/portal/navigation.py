"""The navigation of a page: the side on which the user stands, and the ways to the others."""

from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from healthmgmt.accounts import notices
from healthmgmt.core.permissions import role
from healthmgmt.portal.sides import Page, Side, side_of, sides_of


class Entry(NamedTuple):
    """A link of the navigation."""

    label: str
    short: str
    url: str
    icon: str
    is_current: bool
    badge: int
    is_late: bool


class ShownSide(NamedTuple):
    """A side as its user sees it."""

    role_words: str
    unit_name: str
    url: str
    icon: str
    items: list[Entry]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`side`, `other_sides` and `unread` (how many notices, asked for where it is shown), for templates; empty for nobody."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    view = request.resolver_match.view_name if request.resolver_match else ""
    side = side_of(user, view)
    if side is None:
        return {}
    others = [_shown(one, user, view, is_whole=False) for one in sides_of(user) if one is not side]
    # What waits is counted where the navigation is shown: a part of a page has none.
    shown = {"side": SimpleLazyObject(partial(_shown, side, user, view, is_whole=True)), "other_sides": others}
    return shown if user.is_operator else shown | {"has_notices": True, "unread": partial(notices.unread, user)}


def _shown(side: Side, user: Any, view: str, *, is_whole: bool) -> ShownSide:
    units = [] if user.is_operator else [one.unit_name for one in user.held_roles if one.role == side.role]
    entries = _entries(side.pages, user, view) if is_whole else []
    return ShownSide(str(role(side.role).words), units[0] if len(units) == 1 else "", reverse(side.pages[0].view), side.icon, entries)


def _entries(pages: tuple[Page, ...], user: Any, view: str) -> list[Entry]:
    # The nearest entry is the present one: of two that hold a view the one that names more of it.
    holding = max((page for page in pages if page.holds(view)), key=lambda page: _closeness(page, view), default=None)
    counted = [(page, page.count(user) if page.count else 0) for page in pages]
    return [
        Entry(
            label=str(page.label),
            short=str(page.short or page.label),
            url=reverse(page.view),
            icon=page.icon,
            is_current=page is holding,
            badge=count,
            is_late=page.is_late,
        )
        for page, count in counted
        if count or page is holding or not page.only_while_waiting
    ]


def _closeness(page: Page, view: str) -> int:
    return max(len(beginning) for beginning in (page.view, *page.covers) if view.startswith(beginning))
