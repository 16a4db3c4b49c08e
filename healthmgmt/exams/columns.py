"""How the columns of a file were understood, in words; never what stands in them."""

import re
from dataclasses import asdict
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.exams.presenters import MASK, unit_words
from healthmgmt.exams.recognising import Column
from healthmgmt.records import catalogue

ROLES = {
    "emp_no": gettext_lazy("Employee number"),
    "name": gettext_lazy("Name"),
    "id_no": gettext_lazy("Identity number"),
    "sex": gettext_lazy("Sex"),
    "age": gettext_lazy("Age"),
    "birth": gettext_lazy("Date of birth"),
    "dept": gettext_lazy("Department"),
    "exam_date": gettext_lazy("Exam date"),
    "phone": gettext_lazy("Telephone"),
    "remark": gettext_lazy("Remark"),
    "flag": gettext_lazy("A question answered yes or no"),
    "other": gettext_lazy("Kept as it is written"),
    "ignored": gettext_lazy("Not used"),
}


class ShownColumn(NamedTuple):
    """A column of the file: its letter, its heading, what it was taken for, in which unit; `note` is recognised, split, kept or unused."""

    letter: str
    heading: str
    meaning: str
    unit: str
    note: str


def shown(layout: dict[str, Any], kept: frozenset[str] = frozenset()) -> list[ShownColumn]:
    """The columns that hold something, recognised ones first, each group in file order; of those that are `kept` only the letter."""
    found = [_column(column, column["heading"] in kept) for column in layout.get("columns", ()) if column["heading"]]
    return sorted(found, key=lambda column: column.note in ("kept", "unused"))


def recognised(columns: list[ShownColumn]) -> int:
    """How many of them were recognised."""
    return sum(column.note in ("recognised", "split") for column in columns)


def unit_shown(code: str) -> str:
    """The canonical unit of an indicator as people write it; blank where it has none to write."""
    return unit_words(catalogue.load()[code].unit)


def summary(layout: dict[str, Any]) -> dict[str, int]:
    """How many columns were recognised, of how many, and how many questions about them are open."""
    columns = shown(layout)
    return {"recognised": recognised(columns), "total": len(columns), "questions": len(layout.get("proposals", ()))}


def item_name(code: str) -> str:
    """An indicator's name in the language of the page."""
    indicator = catalogue.load()[code]
    return indicator.name_zh if (get_language() or "").startswith("zh") else indicator.name_en


def shown_column(column: Column) -> ShownColumn:
    """A column in words."""
    return _column(asdict(column), False)


def _column(column: dict[str, Any], is_kept: bool) -> ShownColumn:
    letter, role = re.sub(r"\d", "", column["cell"]), column["role"]
    if is_kept:
        return ShownColumn(letter, MASK, _("Not shown to the employer"), "", "kept")
    if role == "bp":
        meaning = _("%(first)s and %(second)s") % {"first": item_name("sbp"), "second": item_name("dbp")}
        return ShownColumn(letter, column["heading"], meaning, unit_words(column["unit"]), "split")
    if role == "range":
        meaning = _("Reference range of %(item)s") % {"item": item_name(column["code"])}
        return ShownColumn(letter, column["heading"], meaning, "", "recognised")
    if role == "indicator":
        return ShownColumn(letter, column["heading"], item_name(column["code"]), unit_words(column["unit"]), "recognised")
    note = {"ignored": "unused", "other": "kept"}.get(role, "recognised")
    return ShownColumn(letter, column["heading"], str(ROLES[role]), "", note)
