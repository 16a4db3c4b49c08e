"""Reads that join rooms."""

from typing import Any

from django.db.models import Count, QuerySet

from healthmgmt.accounts.models import User
from healthmgmt.care.access import on_list
from healthmgmt.care.models import Alert, Plan, Step
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people import roster
from healthmgmt.people.models import Person
from healthmgmt.risk import services as risk
from healthmgmt.risk.models import Assessment


def people_known(user: User, unit: Unit | None = None) -> QuerySet[Person]:
    """Those at work whom a user's own pages list: on the roster of their units, and on a clinician's list; see roster.placed."""
    known = Person.objects.visible_to(user, Permission.ROSTER_VIEW) | on_list(user)
    return roster.placed((known.within(unit) if unit else known).employed())


def demonstration_counts() -> dict[str, Any]:
    """What the summary of the demonstration says of the present organisation: people by colour (grey where it has expired), plans,
    alerts, steps."""
    day = today()
    present = Assessment.objects.filter(is_current=True).standing(risk.window_start(day, risk.pack_in_force(day)))
    colours = present.order_by().values_list("standing").annotate(people=Count("pk"))
    return {
        "people": Person.objects.employed().count(),
        "colours": {colour: dict(colours).get(colour, 0) for colour in Assessment.Colour.values},
        "open plans": Plan.objects.filter(ended_on=None).count(),
        "open alerts": Alert.objects.filter(closed_at=None).count(),
        "steps": Step.objects.count(),
    }
