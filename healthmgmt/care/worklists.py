"""The worklist as its page shows it: the sentence, the groups, and a line for each person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.accounts.models import User
from healthmgmt.care import endings, presenters, selectors, worsening
from healthmgmt.core.templatetags.health import clock as clock_text
from healthmgmt.risk import editions

HEADINGS = {
    "alert": (gettext_lazy("Red alerts"), gettext_lazy("Called the same day; closed only with an outcome")),
    "first": (gettext_lazy("Red, not spoken to yet"), gettext_lazy("First contact within seven days")),
    "worsened": (gettext_lazy("Worse than last time"), ""),
    "due": (gettext_lazy("Due today"), ""),
    "tried": (gettext_lazy("Not reached so far"), ""),
}


@dataclass(frozen=True)
class Line:
    """A person on the list. Of `clock`, `late` and `when` one is filled at most."""

    person_id: int
    uuid: UUID
    name: str
    colour: str
    meta: str
    why: list[str]
    clock: presenters.Clock | None
    late: str
    when: str
    is_due: bool


@dataclass(frozen=True)
class Group:
    """A heading with its people; `people` counts all of them, `more` is what is asked for to see them."""

    slug: str
    title: str
    hint: str
    people: int
    lines: list[Line]

    @property
    def more(self) -> str:
        return self.slug if len(self.lines) < min(self.people, selectors.MOST) else ""


@dataclass(frozen=True)
class Worklist:
    sentence: str
    groups: list[Group]
    seal: str
    more: str

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    def first(self, *, after: str = "") -> Line | None:
        """The first who has to be called today, passing over the one who was just called."""
        return next((line for line in self.lines if line.is_due and str(line.uuid) != after), None)


def build(user: User, *, today: date, more: str = "") -> Worklist:
    """A user's worklist now."""
    rows, now = selectors.worklist(user, today=today, more=more), timezone.now()
    names = selectors.names_of(row["confirmed_by"] for row in rows if row["confirmed_by"])
    groups = []
    for slug, found in groupby(rows, key=lambda row: row["heading"]):
        members = list(found)
        title, hint = HEADINGS[slug]
        groups.append(Group(slug, str(title), str(hint), members[0]["people"], [_line(row, names, now, today) for row in members]))
    return Worklist(_sentence(rows, now), groups, _seal(rows), more if more in HEADINGS else "")


class Pulse(NamedTuple):
    """How many people stand under each heading, and the seal of the list."""

    counts: dict[str, int]
    seal: str


def pulse(user: User, *, today: date, more: str = "") -> Pulse:
    """What a page that stands open asks for again and again."""
    rows = selectors.worklist(user, today=today, more=more)
    return Pulse({row["heading"]: row["people"] for row in rows}, _seal(rows))


def _seal(rows: list[dict[str, Any]]) -> str:
    """Differs as soon as the list would show other people, or somebody called a person on it; tells nothing by itself."""
    lines = [f"{row['heading']}:{row['id']}:{row['people']}:{row['tries']}:{row['next_on']}:{row['waiting_since']}" for row in rows]
    return salted_hmac("care.worklist", "\n".join(lines)).hexdigest()[:20]


def _sentence(rows: list[dict[str, Any]], now: datetime) -> str:
    """Whom to call first and by when, and how many there are."""
    due = [row for row in rows if row["is_free"] or row["waiting_since"]]
    if not due:
        return _("Nobody has to be called today.")
    total = sum({row["heading"]: row["today_people"] for row in rows}.values())
    count = ngettext("%(count)d person today.", "%(count)d people today.", total) % {"count": total}
    first = due[0]
    if not first["waiting_since"]:
        return _("First call %(name)s. %(count)s") % {"name": first["name"], "count": count}
    deadline = _deadline(first["waiting_since"])
    if deadline < now:
        late = presenters.duration(int((now - deadline).total_seconds()))
        return _("First call %(name)s, %(time)s late already. %(count)s") % {"name": first["name"], "time": late, "count": count}
    return _("First call %(name)s, before %(time)s. %(count)s") % {"name": first["name"], "time": clock_text(deadline), "count": count}


def _deadline(opened_at: datetime) -> datetime:
    return opened_at + timedelta(hours=endings.load().alert_contact_hours)


def _line(row: dict[str, Any], names: dict[str, str], now: datetime, today: date) -> Line:
    when = row["next_on"] or row["due_on"]
    is_late = when is not None and when < today
    return Line(
        person_id=row["id"],
        uuid=row["uuid"],
        name=row["name"],
        colour="red" if row["heading"] == "alert" and not (row["code"] or "").startswith(worsening.PREFIX) else "grey" if row["expired_of"] else row["colour"],
        meta=_joined(presenters.sex_age(row["sex"], row["birth"], today), row["unit"]),
        why=list(_why(row, names)),
        clock=presenters.clock(_deadline(row["waiting_since"]), now) if row["waiting_since"] else None,
        late=presenters.late_days(when, today) if is_late else "",
        when=presenters.on_day(when, today) if when and not is_late else "",
        is_due=row["is_free"] or row["waiting_since"] is not None,
    )


def _why(row: dict[str, Any], names: dict[str, str]) -> Iterable[str]:
    pack = editions.load(row["pack"], row["edition"])
    reason = presenters.told(pack, row["reasons"], row["code"] or "")
    if row["former"] and row["heading"] != "alert":
        yield presenters.change_of_colour(row["former"], row["colour"])
    if row["heading"] == "due":
        yield _due(row)
    if row["heading"] == "tried":
        yield ngettext("Called %(count)d time, not reached", "Called %(count)d times, not reached", row["tries"]) % {"count": row["tries"]}
    if row["expired_of"] and row["heading"] != "alert":
        yield presenters.expired_colour(row["colour"], row["expired_of"])
    elif reason:
        yield reason.text
    if row["heading"] == "alert":
        yield _confirmation(row["confirmed_by"], names)
        if not row["waiting_since"] and row["ending"]:
            yield presenters.ending_words(row["ending"])
        if row["alerts"] > 1:
            yield ngettext("%(count)d alert open", "%(count)d alerts open", row["alerts"]) % {"count": row["alerts"]}


def _due(row: dict[str, Any]) -> str:
    """What is due: the step of the plan, or the contact that was agreed on."""
    if row["next_on"]:
        return _("Last time: %(ending)s") % {"ending": presenters.ending_words(row["ending"])}
    return presenters.step_words(row["template"], row["version"], row["step"])


def _confirmation(confirmed_by: str, names: dict[str, str]) -> str:
    if not confirmed_by:
        return _("Waits for a physician to confirm")
    return _("Confirmed by %(name)s") % {"name": presenters.doer(confirmed_by, names)}


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
