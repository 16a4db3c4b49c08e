"""Periods in words."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.organization.models import Period


def next_deadline(periods: Sequence[Period]) -> Period | None:
    """The open period whose deadline is the first."""
    return min((period for period in periods if period.state == Period.State.OPEN), key=lambda period: period.deadline_on, default=None)


def periods_sentence(periods: Sequence[Period], today: date) -> str:
    """What the page of periods says first."""
    period = next_deadline(periods)
    if period is None:
        return _("No period is open. Please open one, so that results count somewhere.")
    return deadline_sentence(period, today)


def deadline_sentence(period: Period, today: date) -> str:
    """How far the deadline of an open period is."""
    days = (period.deadline_on - today).days
    given = {"name": period.name, "days": abs(days)}
    if days > 0:
        return ngettext("The deadline of “%(name)s” is in %(days)d day.", "The deadline of “%(name)s” is in %(days)d days.", days) % given
    if days == 0:
        return _("Today is the deadline of “%(name)s”.") % given
    return ngettext(
        "The deadline of “%(name)s” was %(days)d day ago; it can be closed.",
        "The deadline of “%(name)s” was %(days)d days ago; it can be closed.",
        -days,
    ) % given
