"""What the unit board says: which unit to help first, why, and with which words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.wording import day_text
from healthmgmt.insight import figures, light_access, light_words
from healthmgmt.insight.figures import Shown, Trend
from healthmgmt.insight.light_access import OpenLight
from healthmgmt.insight.selectors import Scorecard, ScoreRow, WorkState
from healthmgmt.organization.models import Period

# A queue that has not moved for so long is late.
LATE_DAYS = 7
SHOWN = ("covered", "on_time", "took_part")


@dataclass(frozen=True)
class Line:
    """A row of the board. `unit` is where its name leads, None where nothing is published below it."""

    name: str
    is_joined: bool
    unit: int | None
    head: int
    covered: Shown
    trend: Trend | None
    on_time: Shown
    took_part: Shown
    work: WorkState
    waiting_days: int
    signals: str

    @property
    def since(self) -> str:
        """How long the oldest row has waited."""
        if not self.waiting_days:
            return _("since today")
        return ngettext("oldest %(days)s day", "oldest %(days)s days", self.waiting_days) % {"days": self.waiting_days}

    @property
    def is_late(self) -> bool:
        return self.waiting_days > LATE_DAYS


def board(card: Scorecard, work: dict[int, WorkState], today: date, lit: list[OpenLight] | None = None) -> dict[str, Any]:
    """The page of a unit. `work` is how things stand now; a closed period shows nothing of it. `lit` are the lights that may be seen."""
    is_open = card.period.state == Period.State.OPEN
    rows = sorted(card.children, key=lambda row: (figures.share(row, "covered"), -work.get(row.head, WorkState()).waiting, row.name))
    lines = [_line(card, row, work, today, lit or []) for row in rows]
    total = _line(card, card.row, work, today, lit or [])
    return {
        "sentence": _sentence(card, lines, total, is_open=is_open),
        "summary": _summary(total),
        "total": total,
        "lines": lines,
        "coach": _coach(lines, today) if is_open else None,
        "is_open": is_open,
        "is_looked_through": lit is not None,
        "why_hidden": figures.why_hidden(card) if figures.is_any_hidden([card.row, *card.children], SHOWN) else "",
    }


def _line(card: Scorecard, row: ScoreRow, work: dict[int, WorkState], today: date, lit: list[OpenLight]) -> Line:
    is_unit = row is card.row
    state = work.get(card.unit.pk if is_unit else row.head, WorkState())
    last_period, last = card.earlier[-1] if card.earlier else (None, None)
    before = last if is_unit else card.before.get(frozenset(row.units))
    return Line(
        name=row.name,
        is_joined=len(row.units) > 1,
        unit=row.head if row.has_below and not is_unit else None,
        head=card.unit.pk if is_unit else row.head,
        covered=figures.of(row, "covered"),
        trend=figures.trend(row, before, "covered", last_period.name) if last_period else None,
        on_time=figures.of(row, "on_time"),
        took_part=figures.of(row, "took_part"),
        work=state,
        waiting_days=(today - timezone.localtime(state.oldest_at).date()).days if state.oldest_at else 0,
        signals=light_words.count_words(light_access.lights_of([card.unit.pk] if is_unit else row.units, lit).count),
    )


def _needs_help(line: Line) -> bool:
    return bool(not line.covered.why and line.covered.rest or line.work.waiting)


def _sentence(card: Scorecard, lines: list[Line], total: Line, *, is_open: bool) -> str:
    if total.covered.why:
        return _("There are too few people here to show a number.")
    if not is_open:
        return _("%(period)s is closed: %(percent)s were covered.") % {"period": card.period.name, "percent": total.covered.percent}
    if not total.covered.rest and not total.work.waiting:
        return _("Everybody who is due has been examined.")
    covered = _("%(percent)s are covered.") % {"percent": total.covered.percent}
    first = next((line for line in lines if _needs_help(line)), None)
    return figures.joined(covered, _("Help %(unit)s first today.") % {"unit": first.name} if first else "")


def _summary(total: Line) -> str:
    if total.covered.why:
        return ""
    counts = {"part": f"{total.covered.part:,}", "whole": f"{total.covered.whole:,}", "percent": total.covered.percent}
    if total.trend is None:
        return _("In all, %(part)s of %(whole)s people are covered, %(percent)s.") % counts
    return _("In all, %(part)s of %(whole)s people are covered, %(percent)s, %(trend)s.") % {**counts, "trend": total.trend.words}


def _coach(lines: list[Line], today: date) -> dict[str, Any] | None:
    """Facts about the unit that needs help most, and how one could begin the talk."""
    line = next((line for line in lines if _needs_help(line)), None)
    if line is None:
        return None
    facts, words = figures.joined(*_facts(line, today)), figures.joined(*_words(line))
    return {"name": line.name, "unit": line.unit, "head": line.head, "facts": facts, "words": words}


def _facts(line: Line, today: date) -> list[str]:
    found = []
    if not line.covered.why:
        counts = {"missing": f"{line.covered.rest:,}", "due": f"{line.covered.whole:,}"}
        found.append(_("%(missing)s of %(due)s people have no examination yet.") % counts)
    if line.work.waiting:
        rows = ngettext("%(rows)s row waits for repair.", "%(rows)s rows wait for repair.", line.work.waiting)
        found.append(rows % {"rows": line.work.waiting})
    if line.waiting_days:
        days = ngettext("The oldest has waited for %(days)s day.", "The oldest has waited for %(days)s days.", line.waiting_days)
        found.append(days % {"days": line.waiting_days})
    if line.work.newest_file_at:
        day = day_text(timezone.localtime(line.work.newest_file_at).date(), figures.language(), this_year=today.year)
        found.append(_("The last file came on %(day)s.") % {"day": day})
    else:
        found.append(_("No file has come in this period."))
    return found


def _words(line: Line) -> list[str]:
    found = [_("Hello.")]
    if not line.covered.why and line.covered.rest:
        missing = {"unit": line.name, "missing": f"{line.covered.rest:,}"}
        found.append(_("In %(unit)s, %(missing)s people still have no examination.") % missing)
    if line.work.waiting:
        found.append(_("The rows that wait we can mend together.") if line.work.waiting > 1 else _("The row that waits we can mend together."))
    found.append(_("What stands in the way, and what can we take off your hands?"))
    found.append(_("Would a quarter of an hour suit you today?"))
    return found
