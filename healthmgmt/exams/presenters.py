"""An upload in words: its outcome, and each problem as a sentence that can be acted on. Never a clinical value."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.exams.models import Upload

# What each reason means for the person who reads it; %(column)s is the file's own heading.
SENTENCES = {
    "encoding": gettext_lazy("The file's characters cannot be read; please save it as UTF-8 or as a workbook."),
    "empty": gettext_lazy("The file is empty."),
    "no-rows": gettext_lazy("The file has a heading but no rows."),
    "header": gettext_lazy("No row of headings was found."),
    "missing-column": gettext_lazy("A column that names the person, or the exam date, is missing."),
    "duplicate-heading": gettext_lazy("Two columns hold the same item; it is not clear which one counts."),
    "unit": gettext_lazy("“%(column)s” looks like another unit than its heading says."),
    "number": gettext_lazy("“%(column)s” is not a number that can be read."),
    "range": gettext_lazy("“%(column)s” is outside the possible range."),
    "order": gettext_lazy("“%(column)s” contradicts its partner: systolic pressure must be above diastolic."),
    "date": gettext_lazy("“%(column)s” is not a day that exists or can be right."),
    "future-date": gettext_lazy("“%(column)s” lies in the future."),
    "id-number": gettext_lazy("The identity number is not valid, or is not this person's."),
    "unknown-employee": gettext_lazy("Nobody in the roster has this number."),
    "name-mismatch": gettext_lazy("The name is not the one in the roster."),
    "duplicate": gettext_lazy("The same row stands in this file before."),
    "conflict": gettext_lazy("Another row of this file says something else about the same person and day."),
    "formula": gettext_lazy("“%(column)s” is a formula without a stored result."),
    "cell-error": gettext_lazy("“%(column)s” holds a spreadsheet error."),
    "columns": gettext_lazy("The row has more or fewer cells than the heading."),
    "too-long": gettext_lazy("“%(column)s” is longer than a cell may be."),
    "too-large": gettext_lazy("The file is larger than allowed, packed or unpacked."),
    "password": gettext_lazy("The file is protected by a password."),
    "format": gettext_lazy("This is not a table that can be read: use xlsx, xls or csv."),
    "macro": gettext_lazy("The file holds macros; please save it without them."),
    "corrupt": gettext_lazy("The file is damaged or was not transferred completely."),
    "xml": gettext_lazy("The workbook holds declarations that are not allowed."),
    "several-sheets": gettext_lazy("The workbook has several sheets with different headings."),
    "characters": gettext_lazy("“%(column)s” holds characters that do not belong into a text."),
    "inactive": gettext_lazy("This person had left before the exam date."),
    "malformed": gettext_lazy("“%(column)s” cannot be read."),
    "scope": gettext_lazy("This person does not belong to your unit."),
    "ambiguous-employee": gettext_lazy("More than one person fits; please add the employee number."),
}


def sentence(reason: str, column: str = "") -> str:
    """The reason in the present language. Raises KeyError for a keyword that is none."""
    return str(SENTENCES[reason]) % {"column": column}


def outcome(upload: Upload) -> str:
    """`reject-file`, `accept-all` or `accept-some`, as the commands and the API say it."""
    if upload.state == Upload.State.REFUSED:
        return "reject-file"
    return "accept-some" if upload.waiting or upload.refused else "accept-all"


def state_in_words(upload: Upload) -> str:
    """One sentence for the upload's list and receipt."""
    if upload.state == Upload.State.REFUSED:
        return sentence(upload.reason)
    counts = {"received": upload.received, "accepted": upload.accepted, "unchanged": upload.unchanged}
    counts |= {"waiting": upload.waiting, "refused": upload.refused}
    if upload.state in (Upload.State.STORED, Upload.State.READING):
        return _("The file is being read.")
    return _("%(received)s received = %(accepted)s accepted + %(unchanged)s unchanged + %(waiting)s waiting + %(refused)s left out") % counts


def receipt(upload: Upload, problems: list[dict[str, Any]]) -> dict[str, Any]:
    """The receipt as JSON, as contract.md names its parts; `problems` come from `selectors.problems`."""
    reasons = sorted({problem["reason"] for problem in problems} | ({upload.reason} if upload.reason else set()))
    return {
        "upload": str(upload.uuid),
        "state": upload.state,
        "outcome": outcome(upload),
        "received": upload.received,
        "accepted": upload.accepted,
        "unchanged": upload.unchanged,
        "waiting": upload.waiting,
        "refused": upload.refused,
        "reasons": reasons,
        "problems": problems,
        "notes": [],
    }
