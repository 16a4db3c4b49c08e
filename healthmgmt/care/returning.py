"""Returned within 15 days of contact: declared here once, for a case manager's own people and for units.

Numerator: people who came; denominator: people whom somebody asked to come. A person counts once, from the first contact that ended
with coming (data/endings.toml, `asks_to_come`) in the last 90 days whose 15 days are over. Came: an exam that counts, a reading taken
at home, or a visit, re-check or referral of the plan noted as done, after the contact and on the fifteenth day after it at the latest;
an exam has no hour and counts from the day of the contact. Excluded: contacts whose 15 days are not over yet.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from healthmgmt.accounts.models import User
from healthmgmt.care import access, endings
from healthmgmt.core import sql
from healthmgmt.organization.selectors import organisation_settings

WITHIN_DAYS = 15
SPAN_DAYS = 90
# What is noted in a plan when somebody came.
KINDS = ["visit", "recheck", "referral"]


class Returned(NamedTuple):
    """`returned` of `asked` people, counted from contacts of the days from `since` to `until`."""

    returned: int
    asked: int
    since: date
    until: date


def span(today: date) -> tuple[date, date]:
    """The days whose contacts count."""
    return today - timedelta(days=SPAN_DAYS + WITHIN_DAYS), today - timedelta(days=WITHIN_DAYS + 1)


def of_manager(user: User, *, today: date) -> Returned:
    """Of the people on a case manager's list now, whoever called them."""
    rows = _counts(today, manager=user.pk, units=list(access.care_units(user).values_list("pk", flat=True)))
    return Returned(sum(returned for _unit, _asked, returned in rows), sum(asked for _unit, asked, _returned in rows), *span(today))


def by_unit(units: Iterable[int] | None, *, today: date) -> dict[int, Returned]:
    """By the unit where people work now (without those below it); None is every unit. Numbers of small groups: hide them before showing."""
    rows = _counts(today, manager=None, units=None if units is None else list(units))
    return {unit: Returned(returned, asked, *span(today)) for unit, asked, returned in rows}


def _counts(today: date, *, manager: int | None, units: list[int] | None) -> list[tuple[int, int, int]]:
    since, until = span(today)
    return sql.rows(
        "care/returned",
        {
            "manager": manager, "units": units, "since": since, "until": until, "within": WITHIN_DAYS, "kinds": KINDS,
            "coming": endings.load().coming, "timezone": organisation_settings().timezone,
        },
    )  # fmt: skip
