"""Every address of an organisation's host (URLS) and of the bare domain (PUBLIC_URLS), by route; one module a room."""

from importlib import import_module
from pkgutil import iter_modules

from tests.isolation.rules import Rule

_rooms = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]


def _together(name: str) -> dict[str, Rule]:
    return {route: rule for room in _rooms for route, rule in getattr(room, name, {}).items()}


URLS = _together("URLS")
PUBLIC_URLS = _together("PUBLIC_URLS")
