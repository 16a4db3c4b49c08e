"""People and rosters in words: masked numbers, and each problem as a sentence that can be acted on."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.people import hazards
from healthmgmt.people.identity import masked
from healthmgmt.people.importing import BEFORE_RECORDS
from healthmgmt.people.models import Employment, Exposure, Person
from healthmgmt.people.parsing import Problem

# Why a whole file cannot be used.
FILE_REASONS = {
    "empty": _("The file is empty."),
    "no-rows": _("The file has a heading but no rows."),
    "missing-column": _("There is no column with employee numbers, such as emp_no or 工号."),
    "duplicate-heading": _("Two columns of the file say the same; please keep one of them."),
    "encoding": _("The file's characters cannot be read; please save it as UTF-8 or as a workbook."),
    "format": _("This is not a table that can be read: use csv, xlsx or xls."),
    "malformed": _("The quotation marks or line ends of the file are broken, so that its rows cannot be told apart."),
    "corrupt": _("The workbook is damaged or was not transferred completely."),
    "password": _("The workbook is protected by a password."),
    "too-large": _("The file is larger than allowed, or has cells far outside a table."),
}
# Why a row is left out; %(column)s is the file's own heading.
ROW_REASONS = {
    "missing": _("“%(column)s” is empty, and is needed."),
    "characters": _("“%(column)s” holds characters that do not belong into a text."),
    "too-long": _("“%(column)s” is too long."),
    "sex": _("“%(column)s” is not a sex that is understood: use 男 or 女, m or f."),
    "date": _("“%(column)s” is not a day that exists or can be right: write year-month-day."),
    "future-date": _("“%(column)s” lies in the future."),
    "order": _("“%(column)s” is before the work there began."),
    "id-number": _("The identity number is not valid; perhaps a digit is mistyped."),
    "contradicts-id": _("“%(column)s” contradicts the identity number."),
    "no-rotation": _("“%(column)s” plans a rotation for somebody who works under no hazard that people rotate from."),
    "place": _("“%(column)s” is not a province or prefecture-level city that is known here, or may be several."),
    "other-place": _("An earlier row puts the same unit in another place."),
    "duplicate": _("The same row stands in this file before."),
    "conflict": _("Another row of this file says something else about the same employee."),
    "duplicate-id": _("Somebody else has this identity number, in this file or in the roster."),
    "other-person": _("The roster has this employee number for another name with another identity number."),
    "unknown-unit": _("This unit does not exist, and your roles do not include making units."),
    "scope": _("This is outside the units that you look after."),
}


def file_sentence(reason: str) -> str:
    """Why a whole file cannot be used. Raises KeyError for a keyword that is none."""
    return str(FILE_REASONS[reason])


def problem_sentence(problem: Problem) -> str:
    """Why a row is left out. Raises KeyError for a keyword that is none."""
    return str(ROW_REASONS[problem.reason]) % {"column": problem.column}


def problem_record(problem: Problem) -> dict[str, Any]:
    """A problem as the commands and the API print it."""
    return {
        "row": problem.row,
        "cell": problem.cell,
        "column": problem.column,
        "reason": problem.reason,
        "text": problem_sentence(problem),
    }


def shown_id(person: Person) -> str:
    """The identity number as screens show it: `760101********0988`."""
    return masked(person.id_no)


def employed_since(employment: Employment) -> str:
    """The first day of a stretch of work; blank when it began before there were records."""
    return "" if employment.started_on == BEFORE_RECORDS else employment.started_on.isoformat()


def exposure_words(one: Exposure) -> str:
    """`High altitude since 20 January 2025, rotation planned for 1 March`."""
    words = {"hazard": hazards.name(one.kind, page_language()), "since": day(one.since, "year"), "on": day(one.rotates_on)}
    if one.rotates_on:
        return gettext("%(hazard)s since %(since)s, rotation planned for %(on)s") % words
    return gettext("%(hazard)s since %(since)s") % words
