"""Handlers of this test alone, a transaction that rings on commit, and rings that are only written down."""

from collections.abc import Callable

import pytest

from healthmgmt.work import engine, registry
from healthmgmt.work.running import Run


@pytest.fixture
def handle(monkeypatch) -> Callable[[str, Callable[[Run], None]], None]:
    """`handle(kind, function)` declares a handler until the test ends."""
    registry.kinds()
    return lambda kind, function: monkeypatch.setitem(registry._handlers, kind, function)


@pytest.fixture
def follow(monkeypatch) -> Callable[..., None]:
    """`follow(event, kind=..., key=..., lane=...)` subscribes until the test ends."""
    registry.kinds()

    def subscribe(event: str, *, kind: str, key: str, lane: str = "bulk") -> None:
        former = registry._subscriptions.get(event, [])
        monkeypatch.setitem(registry._subscriptions, event, [*former, registry.Subscription(kind, key, lane)])

    return subscribe


@pytest.fixture
def rings(monkeypatch) -> list[tuple]:
    """The rings that were asked for: (organisation, job, lane, seconds to wait)."""
    rung: list[tuple] = []

    def ring(organisation: str, job_id: int, lane: str, *, after_seconds: float = 0) -> bool:
        rung.append((organisation, job_id, lane, round(after_seconds)))
        return True

    monkeypatch.setattr(engine, "ring", ring)
    return rung
