"""Rows that change what is stored, as a page shows them: whose, where in the file, and which items.

Values are shown to the exam centre whose own deliveries they are, and to nobody else; what is kept from employer roles is not
even named to others.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.core.templatetags.health import number
from healthmgmt.exams import access, columns, groups, presenters, quarantine
from healthmgmt.exams.comparing import Change, Kind, Said, Told, changes
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.exams.selectors import Compared


class ShownChange(NamedTuple):
    """An item by name and what becomes of it; `before` and `after` are blank where they are not shown."""

    name: str
    kind: str
    before: str
    after: str


class ChangedRow(NamedTuple):
    """A row by what finds it in the file; `kept` items change that are not named."""

    person: int
    row: groups.ShownRow
    items: list[ShownChange]
    kept: int


def sentence(found: Compared) -> str:
    """What the page says first."""
    if not found.changed:
        if not found.new:
            return _("Nothing changes: what this file says is stored already.")
        return _("No stored result changes; everything else in this file is new.")
    changed = ngettext("%(count)s row changes what is stored.", "%(count)s rows change what is stored.", found.changed)
    return presenters.joined([changed % {"count": number(found.changed)}, _("Nothing has gone in yet.")])


def equation(found: Compared) -> dict[str, Any]:
    """The rows that can go in as a sum of its parts."""
    parts = [
        {"count": found.new, "label": _("new"), "fill": "w1"},
        {"count": found.unchanged, "label": _("unchanged"), "fill": "w2"},
        {"count": found.changed, "label": _("changed"), "fill": "w3"},
    ]
    total = sum(part["count"] for part in parts)
    return {"total": total, "total_label": _("can go in"), "parts": parts, "bar": [(part["count"], part["fill"]) for part in parts]}


def shown(user: User, upload: Upload, numbers: Sequence[int]) -> list[ChangedRow]:
    """The rows of these numbers, in file order; two queries."""
    rows = list(upload.rows.filter(number__in=numbers).order_by("number"))
    stored = defaultdict(list)
    days = {"person__in": {row.person_id for row in rows}, "taken_on__in": {row.exam_on for row in rows}}
    for exam in Exam.objects.filter(state=Exam.State.CURRENT, **days).select_related("upload").order_by("id"):
        told = Told(exam.results, exam.texts, exam.qualifiers, source=exam.upload)
        stored[exam.person_id, exam.taken_on].append(told)
    codes, sees_all, found = set(upload.layout["codes"]), access.may_see_cells(user, upload), []
    for row in rows:
        left_out = {code for problem in row.left_out for code in problem["codes"]}
        told = Told(row.values, row.texts, row.qualifiers, left_out)
        changed = changes(told, stored[row.person_id, row.exam_on], codes)
        named = [one for one in changed if sees_all or one.code not in quarantine.codes()]
        items = [_shown(user, one, sees_all) for one in named]
        found.append(ChangedRow(row.person_id, groups.shown_row(upload, row, ""), items, len(changed) - len(named)))
    return found


def _shown(user: User, change: Change, sees_new: bool) -> ShownChange:
    sees_old = sees_new and change.before is not None and access.may_see_cells(user, change.before.source)
    before, after = _value(change.before) if sees_old else "", _value(change.after) if sees_new else ""
    words = {Kind.CHANGED: _("changes"), Kind.ADDED: _("is new"), Kind.GONE: _("goes")}
    return ShownChange(columns.item_name(change.code), words[change.kind], before, after)


def _value(said: Said | None) -> str:
    if said is None:
        return ""
    return said.value if isinstance(said.value, str) else f"{said.sign}{said.value:g}"
