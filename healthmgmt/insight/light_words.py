"""Lights in words: what is seen, how it is worked out, and what was said of it. Signals, no accusations."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.wording import percent_text
from healthmgmt.insight import figures, light_access, lights
from healthmgmt.insight.light_access import OpenLight
from healthmgmt.insight.models import Light, LightStep


@dataclass(frozen=True)
class ShownLight:
    """A light as a page shows it. `is_own`: the reader is of the unit, and may say how it came about."""

    light: Light
    name: str
    seen: str
    how: str
    source: str
    is_own: bool
    is_shared: bool
    steps: list[LightStep]


def shown(light: Light, *, own: frozenset[int], today: date) -> ShownLight:
    kind = lights.load().kind(light.kind)
    words = kind.words[figures.language()]
    return ShownLight(
        light=light,
        name=words["name"],
        seen=words["seen"].format(**_numbers(light.told)),
        how=words["how"],
        source=kind.source,
        is_own=light_access.is_asked(light, own),
        is_shared=light.answered_at is not None or light.shared_on <= today,
        steps=list(light.steps.all()),
    )


def sentence(found: list[ShownLight]) -> str:
    """The page's answer."""
    lit = [one for one in found if one.light.cleared_at is None]
    if not lit:
        return _("No signal about the numbers.")
    first = ngettext("%(count)s signal about the numbers.", "%(count)s signals about the numbers.", len(lit)) % {"count": len(lit)}
    unanswered = sum(one.is_own and one.light.answered_at is None for one in lit)
    if not unanswered:
        return first
    second = ngettext("%(count)s waits for your words.", "%(count)s wait for your words.", unanswered) % {"count": unanswered}
    return figures.joined(first, second)


def name_of(slug: str) -> str:
    return lights.load().kind(slug).words[figures.language()]["name"]


def count_words(count: int) -> str:
    """How many, where there are any."""
    return ngettext("%(count)s signal", "%(count)s signals", count) % {"count": count} if count else ""


def of_card(units: list[int], lit: list[OpenLight] | None) -> str:
    """What a scorecard says of the signals of its unit; nothing while nobody has looked."""
    if lit is None:
        return ""
    return count_words(light_access.lights_of(units, lit).count) or _("no signal about the numbers")


def definition() -> dict[str, Any]:
    """What stands behind the button of the tile: every check, and how it is worked out."""
    rows = [(one.words[figures.language()]["name"], one.words[figures.language()]["how"]) for one in lights.load().kinds]
    return {"id": "definition-lights", "name": _("Signals about the numbers"), "rows": rows}


def _numbers(told: lights.Told) -> dict[str, str]:
    found = {name: f"{number:,}" for name, number in told.items() if name != "times"}
    if "times" in told:
        found["times"] = f"{told['times']:g}"
    if "part" in told:
        found["percent"] = percent_text(int(told["part"]), int(told["whole"]))
    return found
