"""The page of an activity for the health office: the funnel in words, its units side by side, and why a number is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core import wording
from healthmgmt.core.suppression import NOBODY
from healthmgmt.core.templatetags.health import day
from healthmgmt.engagement import attendance, selectors
from healthmgmt.engagement.funnels import STAGES
from healthmgmt.engagement.models import Activity, AttendanceList, PublishedCount
from healthmgmt.engagement.presenters import run_on


@dataclass(frozen=True)
class Stage:
    """A step of the funnel; `why` stands in the place of a number."""

    label: str
    count: int | None
    percent: str
    why: str


@dataclass(frozen=True)
class UnitRow:
    """A unit, or several that are shown together, with who took part."""

    name: str
    is_joined: bool
    invited: int | None
    took_part: Stage
    finished: Stage


@dataclass(frozen=True)
class Problem:
    """A row of an attendance list that stayed out."""

    row: int
    sentence: str


def labels() -> dict[str, str]:
    return {
        "invited": _("Invited"), "opened": _("Looked at it"), "enrolled": _("Joined"), "acted": _("First act"), "finished": _("Completed"),
    }  # fmt: skip


def funnel(published: PublishedCount) -> list[Stage]:
    """The whole activity, stage by stage."""
    row = published.rows[0]
    return [_stage(row, stage) for stage in STAGES]


def units(published: PublishedCount) -> list[UnitRow]:
    """The units of an activity side by side, in the order of their names; empty where there are none to tell apart."""
    names = selectors.unit_names(published)
    rows = [_unit(row, names) for row in published.rows[1:]]
    return sorted(rows, key=lambda one: one.name) if len(rows) > 1 else []


def is_any_hidden(published: PublishedCount) -> bool:
    return any(row["hidden"] and row["hidden"] != NOBODY for row in published.rows)


def why_hidden(published: PublishedCount) -> str:
    """The reason for hidden cells in full."""
    words = {"count": published.smallest_group}
    return _("Numbers of fewer than %(count)s people are not shown, and a second one beside them is hidden where it could be worked out. Hidden does not mean zero.") % words


def sentence(activity: Activity, published: PublishedCount | None, to_invite: int, today: date) -> str:
    """The answer of the page."""
    if activity.state == Activity.State.DRAFT:
        words = ngettext("Nobody is invited yet. %(count)s person will be.", "Nobody is invited yet. %(count)s people will be.", to_invite)
        return words % {"count": f"{to_invite:,}"}
    if activity.state == Activity.State.CANCELLED:
        return _("This activity was called off. What people did stays theirs.")
    if published is None:
        return _("The invitations are going out.")
    acted, invited = published.rows[0]["stages"]["acted"], published.rows[0]["stages"]["invited"]
    if acted is None:
        return _("How many took part is not shown: too few to be told without telling of somebody.")
    shown = {"acted": f"{acted:,}", "invited": f"{invited:,}", "day": day(activity.ends_on)}
    if activity.state == Activity.State.ENDED:
        return _("%(acted)s of %(invited)s people took part.") % shown
    return _("%(acted)s of %(invited)s people have taken part so far; it runs until %(day)s.") % shown


def problems(taken: AttendanceList) -> list[Problem]:
    """The rows of a list that stayed out, by their numbers in the sheet."""
    return [Problem(number, str(_problem_words()[reason])) for number, reason in taken.problems]


def list_sentence(taken: AttendanceList) -> str:
    """What became of a list."""
    left = len(taken.problems)
    counted = ngettext("%(count)d person counted.", "%(count)d people counted.", taken.counted) % {"count": taken.counted}
    known = ngettext("%(count)d was known already.", "%(count)d were known already.", taken.known) % {"count": taken.known} if taken.known else ""
    out = ngettext("%(count)d row stayed out.", "%(count)d rows stayed out.", left) % {"count": left} if left else ""
    return run_on(counted, known, out)


def _problem_words() -> Mapping[str, str]:
    return {
        attendance.NO_NUMBER: _("The staff number is missing."),
        attendance.NO_NAME: _("The name is missing."),
        attendance.UNKNOWN: _("Nobody with this staff number is invited."),
        attendance.OTHER_NAME: _("Staff number and name do not agree."),
        attendance.TWICE: _("This person stands in the list before."),
    }


def _unit(row: dict, names: Mapping[int, str]) -> UnitRow:
    parts = [names.get(pk, "–") for pk in row["units"]]
    parts += [_("%(unit)s (itself)") % {"unit": names.get(pk, "–")} for pk in row["own_units"]]
    return UnitRow(" + ".join(parts), len(parts) > 1, row["stages"]["invited"], _stage(row, "acted"), _stage(row, "finished"))


def _stage(row: dict, stage: str) -> Stage:
    count, invited = row["stages"][stage], row["stages"]["invited"]
    if count is None:
        return Stage(labels()[stage], None, "", _("Nobody yet") if row["hidden"] == NOBODY else _("Hidden for privacy"))
    return Stage(labels()[stage], count, wording.percent_text(count, invited) if invited else "", "")
