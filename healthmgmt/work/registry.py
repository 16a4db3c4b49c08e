"""What can be done, and what follows from what happened: handlers and subscriptions, declared in the domains' jobs.py.

These modules are imported when the first kind or event is asked for: a migration needs none of them. Workers ask at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import autodiscover_modules

from healthmgmt.work.running import Run

__all__ = [
    "Handler", "Run", "Subscription", "UnknownKind", "handler", "handler_of", "kinds", "subscribe", "subscriptions",
    "tells_time_zone", "time_zone",
]  # fmt: skip

Handler = Callable[[Run], None]


@dataclass(frozen=True)
class Subscription:
    """A job of `kind` follows an event; `key` is a template over the event's ids."""

    kind: str
    key: str
    lane: str


TimeZone = Callable[[], str | None]


class UnknownKind(LookupError):
    """No handler does jobs of this kind."""


_handlers: dict[str, Handler] = {}
_subscriptions: dict[str, list[Subscription]] = {}
_time_zones: list[TimeZone] = []


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Declare who does jobs of a kind (`app.verb`). A handler must be safe to run twice, and to be stopped between batches."""

    def declare(function: Handler) -> Handler:
        if _handlers.setdefault(kind, function) is not function:
            raise ValueError(f"Two handlers for {kind!r}.")
        return function

    return declare


def subscribe(event: str, *, kind: str, key: str, lane: str = "bulk") -> None:
    """Whenever `event` is announced, submit a job of `kind` with the event's ids, in the same transaction."""
    _subscriptions.setdefault(event, []).append(Subscription(kind, key, lane))


def tells_time_zone(function: TimeZone) -> TimeZone:
    """Declare who knows the present organisation's time zone; None from it means that no day begins there yet."""
    if function not in _time_zones:
        _time_zones.append(function)
    if len(_time_zones) > 1:
        raise ValueError("Two modules tell the time zone.")
    return function


def time_zone() -> str | None:
    """The present organisation's time zone, as declared."""
    _discover()
    return _time_zones[0]() if _time_zones else None


def handler_of(kind: str) -> Handler:
    """Raises UnknownKind."""
    _discover()
    if kind not in _handlers:
        raise UnknownKind(kind)
    return _handlers[kind]


def kinds() -> list[str]:
    """All kinds that have a handler."""
    _discover()
    return sorted(_handlers)


def subscriptions(event: str | None = None) -> list[Subscription]:
    """Who waits for an event, or for any."""
    _discover()
    if event is not None:
        return list(_subscriptions.get(event, []))
    return [one for follow in _subscriptions.values() for one in follow]


@cache
def _discover() -> None:
    autodiscover_modules("jobs")
