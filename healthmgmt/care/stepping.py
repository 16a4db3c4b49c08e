"""Giving plans their next steps."""

import json
from datetime import date, timedelta

from healthmgmt.care import templates
from healthmgmt.core import sql
from healthmgmt.organization import calendar

# Steps are planned no further ahead than the longest rhythm; what is older has fired.
BEHIND, AHEAD = timedelta(days=60), timedelta(days=800)


def next_steps(*, today: date, first: int = 1, last: int = 0, plan_ids: list[int] | None = None) -> None:
    """Fill up the plans that rest on a range of assessments, and the named ones; a range without ids chooses nothing."""
    sql.execute("care/plan_steps", _asking(today) | {"first": first, "last": last, "plan_ids": plan_ids or [], "today": today})


def follow_calendar(*, today: date, size: int) -> int:
    """Move up to `size` steps to where the calendar, which has changed, has them; returns how many. Twice is once."""
    span = {"first_day": today - BEHIND, "last_day": today + AHEAD}
    return sql.execute("care/move_steps", span | {"moved": _moved(today), "urgent": templates.load().urgent(), "size": size})


def _asking(today: date) -> dict[str, object]:
    """What the templates ask of plans, and the calendar of those who work."""
    shipped = templates.load()
    return {
        "steps": shipped.steps_json(), "targets": shipped.targets_json(), "again_days": shipped.courtesy.lesson_again_days,
        "urgent": shipped.urgent(), "moved": _moved(today),
    }  # fmt: skip


def _moved(today: date) -> str:
    days = calendar.working_days().moved(today - BEHIND, today + AHEAD)
    return json.dumps([{"day": day.isoformat(), "onto": onto.isoformat()} for day, onto in days.items()])
