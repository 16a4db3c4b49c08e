"""Looking through the numbers of a period for integrity lights: raised, answered by the unit, cleared when what was seen is gone."""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.insight import lights, selectors
from healthmgmt.insight.models import Light, LightStep, Look
from healthmgmt.organization import calendar
from healthmgmt.organization.models import Membership, Period, Settings, Unit
from healthmgmt.organization.selectors import organisation_settings

Found = dict[tuple[int, str], lights.Told]


def look(period: Period, *, now: datetime, by: Actor, is_last: bool = False) -> int:
    """Look through a period that is open, or once more (`is_last`) after it was closed; returns how many lights it has. Twice is once."""
    with transaction.atomic():
        period = Period.objects.select_for_update().get(pk=period.pk)
        is_over = period.state != Period.State.OPEN
        if is_over and (period.state == Period.State.LOCKED or not is_last or Look.objects.filter(period=period, looked_at__gte=period.closed_at).exists()):
            return Light.objects.filter(period=period, cleared_at=None).count()
        settings = organisation_settings()
        places = [lights.Place(*one) for one in Unit.objects.values_list("pk", "parent", "level")]
        found = lights.raised(places, _counts(period, now, settings), settings.smallest_group)
        present = {(one.unit_id, one.kind): one for one in Light.objects.filter(period=period, cleared_at=None)}
        _clear([light for place, light in present.items() if place not in found], now, by)
        _tell_anew([light for place, light in present.items() if place in found], found)
        _raise({place: told for place, told in found.items() if place not in present}, period, now, by)
        Look.objects.update_or_create(period=period, defaults={"looked_at": now})
    return len(found)


def answer(light: Light, *, note: str, now: datetime, by: Actor, name: str) -> Light:
    """What the unit says of a light; from now on the level above sees both. Raises Rejected without words, or when it is gone or locked."""
    if not note.strip():
        raise Rejected(_("Please say in a sentence how it came about."), field="note")
    with transaction.atomic():
        light = Light.objects.select_for_update(of=("self",)).select_related("period").get(pk=light.pk)
        if light.cleared_at is not None:
            raise Rejected(_("This is no longer seen; there is nothing to explain."))
        if light.period.state == Period.State.LOCKED:
            raise Rejected(_("The period “%(name)s” is locked.") % {"name": light.period.name})
        light.answered_at = light.answered_at or now
        light.save(update_fields=["answered_at"])
        LightStep.objects.create(light=light, event=LightStep.Event.ANSWERED, note=note.strip(), by=by.label, by_name=name, at=now)
        audit.record("light.answered", by=by, subject=light, detail={"unit": light.unit_id, "kind": light.kind})
    return light


def _asked(units: Collection[int]) -> dict[int, tuple[int, set[int]]]:
    """Who is asked about units: (unit, users) of the nearest one at or above each that somebody reads scorecards of, by unit."""
    paths = {pk: [int(one) for one in path.split(".") if one] for pk, path in Unit.objects.filter(pk__in=units).values_list("pk", "path")}
    holders = Membership.objects.filter(role__in=roles_with(Permission.SCORECARD_VIEW), user__is_active=True)
    users = defaultdict(set)
    for unit, user in holders.filter(unit__in={one for path in paths.values() for one in path}).values_list("unit", "user"):
        users[unit].add(user)
    found = {pk: next((one for one in reversed(path) if one in users), pk) for pk, path in paths.items()}
    return {pk: (asked, users[asked]) for pk, asked in found.items()}


def _counts(period: Period, now: datetime, settings: Settings) -> dict[str, dict[int, dict[int, int]]]:
    """{light: {unit: {place: people}}} of the people who sit directly in each unit. What cannot be told yet is not counted."""
    today = local_day(now, settings.timezone)
    reference_day = min(period.deadline_on, today)
    span = {"starts_on": period.starts_on, "ends_on": period.ends_on, "reference_day": reference_day}
    rows = sql.rows("insight/light_values", span | _of_values())
    rows += sql.rows("insight/light_roster", span | _of_roster(period, today, settings))
    left_out = _too_early(period, now, settings)
    found: dict[str, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for unit, name, place, people in rows:
        if name not in left_out:
            found[name][unit][place] = people
    return found


def _of_values() -> dict[str, Any]:
    registry = lights.load()
    return {
        "piles": json.dumps(lights.groups_of(registry.kinds)),
        "pressures": registry.kind("digits").limits["codes"],
        "values": registry.kind("identical").limits["values"],
    }


def _of_roster(period: Period, today: date, settings: Settings) -> dict[str, Any]:
    before = selectors.period_before(period)
    end = _end_of(period, settings)
    return {
        "before_reference_day": before and min(before.deadline_on, today),
        "days": lights.load().kind("leavers").limits["days"],
        "last_hour_from": end - timedelta(minutes=lights.load().kind("last_hour").limits["minutes"]),
        "last_hour_to": end,
    }


def _too_early(period: Period, now: datetime, settings: Settings) -> set[str]:
    """Who left is looked at near the reference day, and when results came after the deadline."""
    days = lights.load().kind("leavers").limits["days"]
    is_near = local_day(now, settings.timezone) >= period.deadline_on - timedelta(days=days)
    return (set() if is_near else {"leavers"}) | (set() if now >= _end_of(period, settings) else {"last_hour"})


def _end_of(period: Period, settings: Settings) -> datetime:
    """The midnight that ends the day of the deadline."""
    return datetime.combine(period.deadline_on + timedelta(days=1), time(0), tzinfo=ZoneInfo(settings.timezone))


def _raise(found: Found, period: Period, now: datetime, by: Actor) -> None:
    if not found:
        return
    shared_on = _after_working_days(local_day(now, organisation_settings().timezone), lights.load().first_looks_days)
    asked = _asked({unit for unit, _kind in found})
    made = Light.objects.bulk_create(
        Light(
            period=period, unit_id=unit, asked_id=asked[unit][0] if asked[unit][0] != unit else None,
            kind=kind, told=told, raised_at=now, shared_on=shared_on,
        )
        for (unit, kind), told in sorted(found.items())
    )  # fmt: skip
    _step(made, LightStep.Event.RAISED, now, by)
    audit.record_each("light.raised", made, by=by)
    for light in made:
        notices.tell(asked[light.unit_id][1], kind="light_raised", key=str(light.pk), link=reverse("insight:lights"))


def _clear(gone: list[Light], now: datetime, by: Actor) -> None:
    Light.objects.filter(pk__in=[one.pk for one in gone]).update(cleared_at=now)
    _step(gone, LightStep.Event.CLEARED, now, by)
    audit.record_each("light.cleared", gone, by=by)


def _tell_anew(present: list[Light], found: Found) -> None:
    changed = [one for one in present if one.told != found[one.unit_id, one.kind]]
    for light in changed:
        light.told = found[light.unit_id, light.kind]
    Light.objects.bulk_update(changed, ["told"])


def _step(found: list[Light], event: str, now: datetime, by: Actor) -> None:
    LightStep.objects.bulk_create(LightStep(light=one, event=event, by=by.label, at=now) for one in found)


def _after_working_days(day: date, days: int) -> date:
    """The working day that comes so many after a day."""
    worked = calendar.working_days()
    for _number in range(days):
        day = worked.on_or_after(day + timedelta(days=1))
    return day
