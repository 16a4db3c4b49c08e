"""An upload in words: its outcome, and each problem as a sentence that can be acted on. Never a clinical value."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.core.templatetags.health import number, page_language
from healthmgmt.exams import answering, packages, recognising
from healthmgmt.exams.models import Exam, Mending, Upload, UploadLink, UploadRow

# What stands where a value must not be shown.
MASK = "•••"

# How units are written for people; the catalogue has them as machines exchange them.
UNITS = {
    "mm[Hg]": "mmHg", "kg/m2": "kg/m²", "10*9/L": "10⁹/L", "10*12/L": "10¹²/L", "umol/L": "μmol/L", "ug/L": "μg/L", "[IU]/mL": "IU/mL",
    "m[IU]/L": "mIU/L", "[pH]": "", "Cel": "℃", "mL/min/{1.73_m2}": "mL/min/1.73m²", "/[HPF]": "/HPF", "{MET}.min/wk": "MET·min/wk",
    "[ft_i]": "ft", "[in_i]": "in", "[lb_av]": "lb", "[degF]": "℉", "jin": "斤", "chi": "尺",
}  # fmt: skip
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
    "conflict": gettext_lazy("This contradicts another result of the same person and day, or the person's sex."),
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
    "foreign-rows": gettext_lazy("These rows belong to no upload that you may mend."),
    "scope": gettext_lazy("This person does not belong to your unit."),
    "ambiguous-employee": gettext_lazy("More than one person fits; please add the employee number."),
}


# What no column of a refused file is known to be of (recognising.lacking).
LACKING = {
    ("person",): gettext_lazy("It is not known yet which column names the person, by employee number or identity number."),
    ("exam_date",): gettext_lazy("It is not known yet which column holds the exam date."),
    ("person", "exam_date"): gettext_lazy(
        "It is not known yet which column names the person, by employee number or identity number, and which one holds the exam date."
    ),
}


def lacking_sentence(lacking: Sequence[str]) -> str:
    """What people have to say of the columns before a file can be read."""
    return str(LACKING[tuple(lacking)])


def lacking_in(upload: Upload) -> str:
    """The same of a file that was refused for it."""
    return lacking_sentence(recognising.lacking(answering.columns_of(upload.layout)))


def kept_heading() -> str:
    """What stands for a heading that is kept from employers."""
    return _("A result that is not shown here")


def unit_words(unit: str | None) -> str:
    """A unit as people write it; nothing for what is only counted."""
    # Items without a unit have the unit 1, in braces what is counted.
    return UNITS.get(unit or "", re.sub(r"^(?:1|\{.*\})$", "", unit or ""))


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
    """The receipt as JSON, as contract.md names its parts; `problems` come from `selectors.problems`.

    The reasons outlive the rows, which are removed in time.
    """
    kept = {reason for groups in upload.causes.values() for reason, _column, _rows in groups}
    reasons = sorted({problem["reason"] for problem in problems} | kept | ({upload.reason} if upload.reason else set()))
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


def fingerprint(upload: Upload) -> str:
    """The first digits of the file's SHA-256, in fours."""
    return " ".join(upload.sha256[at : at + 4] for at in (0, 4, 8))


def size(upload: Upload) -> str:
    """`3.1 MB`, `312 KB`."""
    if upload.size >= 1_000_000:
        return f"{upload.size / 1_000_000:.1f} MB"
    return f"{max(1, round(upload.size / 1_000))} KB"


def about(upload: Upload) -> dict[str, Any]:
    """What stands above every page of an upload."""
    return {"upload": upload, "size": size(upload), "fingerprint": fingerprint(upload)}


def causes(groups: Sequence[Any], kept: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Groups of rows as lines of the receipt, without headings that are kept from who reads it."""
    return [{"rows": one.rows, "sentence": sentence(one.reason, kept_heading() if one.column in kept else one.column)} for one in groups]


def equation(upload: Upload, mended: int = 0) -> dict[str, Any]:
    """What was received as a sum of its parts, for the equation and for the bar below it. `mended` of what waits can follow now."""
    gone = upload.state in (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED, Upload.State.WITHDRAWN)
    is_over = upload.purged_at is not None
    first = _("taken in") if gone else _("not let in") if is_over else _("can go in")
    parts = [
        {"count": upload.accepted, "label": first, "fill": "w1"},
        {"count": upload.unchanged, "label": _("unchanged"), "fill": "w2"},
        {"count": upload.waiting - mended, "label": _("not mended in time") if is_over else _("to be mended"), "fill": "w3"},
        {"count": upload.refused, "label": _("left out"), "fill": "w5"},
    ]
    if mended:
        parts.insert(2, {"count": mended, "label": _("mended, can go in"), "fill": "w4"})
    return {"total": upload.received, "total_label": _("received"), "parts": parts, "bar": [(part["count"], part["fill"]) for part in parts]}


# What a person can do about a group of rows; the first that fits.
ADVICE = (
    ({"unknown-employee", "ambiguous-employee", "name-mismatch"}, gettext_lazy("Say whom each row is about, or put the roster in order and compare again.")),
    ({"id-number"}, gettext_lazy("Perhaps a digit was mistyped. If you know whose row it is, say so.")),
    ({"scope"}, gettext_lazy("The person is in the roster of another unit. Put the roster in order and compare again, or leave the row out.")),
    ({"inactive"}, gettext_lazy("Put the leaving date in order and compare again, or leave the row out.")),
    ({"conflict"}, gettext_lazy("Leave out the row that is wrong; the other one is free then.")),
    ({"duplicate"}, gettext_lazy("The first of them counts; nothing is lost.")),
    ({"order"}, gettext_lazy("Both pressures can be left out. Only the exam centre can say which is which.")),
    ({"date", "future-date"}, gettext_lazy("Type the day as the report has it, ask the exam centre for these rows again, or leave them out.")),
    ({"columns"}, gettext_lazy("Download these rows, put their cells in order and deliver them again, or leave them out.")),
    (
        {"unit", "number", "range", "formula", "cell-error", "characters", "too-long", "malformed"},
        gettext_lazy("Values are not shown here, and are not changed here. A value can be left out; the rest of its row goes in."),
    ),
)


# What the exam centre can do about its own delivery.
ADVICE_TO_CENTRE = (
    ({"order"}, gettext_lazy("If they were written the wrong way round, exchange them. Both can be left out, too.")),
    (
        {"unit", "number", "range", "formula", "cell-error", "characters", "too-long", "malformed"},
        gettext_lazy("Type what the report says. A value can be left out, too; the rest of its row goes in."),
    ),
)


def advice(reason: str, *, may_change: bool = False) -> str:
    """What can be done about rows that wait for a reason; `may_change`: clinical values too."""
    known = (*ADVICE_TO_CENTRE, *ADVICE) if may_change else ADVICE
    return next((str(words) for reasons, words in known if reason in reasons), "")


def joined(sentences: list[str]) -> str:
    """Sentences one after the other; Chinese has no blank between them."""
    return ("" if page_language() == "zh" else " ").join(sentences)


def causes_sentence(upload: Upload, state: str, *, causes: int, mended: int) -> str:
    """The answer of a page of causes: how much waits, what can go in meanwhile."""
    if state == UploadRow.State.REFUSED:
        return _counted(upload.refused, "refused")
    still = upload.waiting - mended
    said = []
    if still:
        waiting = ngettext("%(count)s row waits", "%(count)s rows wait", still) % {"count": number(still)}
        reasons = ngettext("for %(count)s reason", "for %(count)s reasons", causes) % {"count": number(causes)}
        said.append(_("%(waiting)s, %(reasons)s.") % {"waiting": waiting, "reasons": reasons})
    else:
        said.append(_("No row of this file waits any more."))
    if mended:
        said.append(_counted(mended, "mended"))
    elif upload.state == Upload.State.CHECKED and upload.accepted:
        said.append(_("The rest can go in now.") if still else _("All of it can go in now."))
    return joined(said)


def _counted(count: int, what: str) -> str:
    """A count as a sentence."""
    sentences = {
        "accepted": ngettext("%(count)s row was taken in.", "%(count)s rows were taken in.", count),
        "waiting": ngettext("%(count)s row still waits.", "%(count)s rows still wait.", count),
        "late": ngettext("%(count)s row was not mended in time.", "%(count)s rows were not mended in time.", count),
        "refused": ngettext("%(count)s row was left out.", "%(count)s rows were left out.", count),
        "mended": ngettext("%(count)s row is mended and can go in.", "%(count)s rows are mended and can go in.", count),
    }
    return sentences[what] % {"count": number(count)}


def left_out_sentence(what: str, changed: int) -> str:
    """What was done, or that there was nothing left to do."""
    if not changed:
        return _("Nothing of this waits any more.")
    if what == "rows":
        return _counted(changed, "refused")
    return ngettext("%(count)s value was left out.", "%(count)s values were left out.", changed) % {"count": number(changed)}


def mended_sentence(act: Mending, row: UploadRow) -> str:
    """What became of a row when a cell of it was typed anew, or taken back."""
    if row.state == UploadRow.State.READY:
        return _("Mended. The row can go in.")
    if row.state == UploadRow.State.REFUSED:
        return _("The file already has the same row of this person. It counts once.")
    return _("Taken back; the row waits again.") if act.kind == Mending.Kind.BACK else _("Kept. The row still waits.")


def alike_sentence(act: Mending) -> str:
    """What came of a decision for many rows."""
    if act.finished_at is None:
        return _("This is being done for %(count)s rows. You may leave this page.") % {"count": number(act.rows)}
    if act.kind in (Mending.Kind.VALUES, Mending.Kind.ROWS):
        return left_out_sentence(act.kind, act.changed)
    left = act.rows - act.changed
    said = [ngettext("%(count)s row was changed.", "%(count)s rows were changed.", act.changed) % {"count": number(act.changed)}]
    if left:
        said.append(ngettext("%(count)s row it does not fit.", "%(count)s rows it does not fit.", left) % {"count": number(left)})
    return joined(said)


def under_way_sentence(under: Any) -> str:
    """How far a decision for many rows is."""
    if under.is_stuck:
        return _("Mending stopped on the way. What was done stays; the operator was told.")
    return _("Being mended: %(done)s of %(total)s rows.") % {"done": number(under.done), "total": number(under.mending.rows)}


def checked_again_sentence(freed: int) -> str:
    """What another look at the roster came to."""
    if not freed:
        return _("Compared with the roster again: the same rows wait.")
    return ngettext(
        "Compared with the roster again: %(count)s row does not wait any more.",
        "Compared with the roster again: %(count)s rows do not wait any more.",
        freed,
    ) % {"count": number(freed)}


def named_sentence(row: UploadRow) -> str:
    """What became of a row when somebody said whom it is about."""
    if row.state == UploadRow.State.READY:
        return _("Put down to this person. The row can go in.")
    if row.state == UploadRow.State.REFUSED:
        return _("The file already has the same row of this person. It counts once.")
    return _("Put down to this person. The row still waits for another reason.")


# Whether what an upload told of a day counts.
STANDINGS = {
    Exam.State.CURRENT: gettext_lazy("counts"),
    Exam.State.SUPERSEDED: gettext_lazy("replaced by a later delivery"),
    Exam.State.REPEATED: gettext_lazy("says the same as an earlier delivery"),
    Exam.State.WITHDRAWN: gettext_lazy("taken back"),
}


def told_lines(tellings: Iterable[tuple[date, datetime, str | None, str]]) -> list[dict[str, Any]]:
    """Deliveries about an exam day, as the record and the report list them."""
    return [
        {"day": taken_on, "at": at, "centre": centre or "", "standing": STANDINGS[Exam.State(state)], "counts": state == Exam.State.CURRENT}
        for taken_on, at, centre, state in tellings
    ]


def became(upload: Upload) -> str:
    """What became of a file, for somebody who delivers it once more."""
    if upload.state == Upload.State.WITHDRAWN:
        return _("It was undone, and does not count any more.")
    if upload.state == Upload.State.REFUSED:
        return joined([_("It was refused."), sentence(upload.reason)])
    if upload.state in (Upload.State.STORED, Upload.State.READING):
        return _("It is being read.")
    if upload.state in (Upload.State.CHECKED, Upload.State.APPLYING):
        said = [_("It was checked, and nothing has gone in yet.")]
        return joined([*said, _counted(upload.waiting, "waiting")] if upload.waiting else said)
    return receipt_sentence(upload)


def receipt_sentence(upload: Upload) -> str:
    """What went in, and what did not."""
    if upload.state == Upload.State.WITHDRAWN:
        return _("This upload was undone. Its results do not count any more.")
    if upload.purged_at is not None and upload.state not in (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED):
        return _("Nothing of this file was let in. Its rows were removed after the time for which they are kept.")
    said = [_counted(upload.accepted, "accepted")]
    waits = "waiting" if upload.purged_at is None else "late"
    said += [_counted(count, what) for count, what in ((upload.waiting, waits), (upload.refused, "refused")) if count]
    if not upload.waiting and not upload.refused:
        said.append(_("Nothing waits."))
    return joined(said)


MERGED = {
    "merged": gettext_lazy("Changed as the file says"),
    "same": gettext_lazy("Nothing was changed in them"),
    "meanwhile": gettext_lazy("Changed in the browser meanwhile; what was typed there stays"),
    "gone": gettext_lazy("Do not wait any more, so they stay as they are"),
    "value": gettext_lazy("Hold a changed clinical value; only the exam centre may change one"),
    "foreign": gettext_lazy("Belong to no row of this upload"),
}


def merged_lines(delivery: Upload) -> list[dict[str, Any]]:
    """What became of the rows of a file of mended rows: how many, and where they stand in the file if not as it says."""
    counts, rows = delivery.layout["counts"], delivery.layout["outcomes"]
    return [
        {"count": counts[name], "words": words, "rows": [] if name in ("merged", "same") else rows[name]}
        for name, words in MERGED.items()
        if counts[name]
    ]


def merged_sentence(delivery: Upload) -> str:
    """What a file of mended rows came to."""
    said = [ngettext("%(count)s row was mended by this file.", "%(count)s rows were mended by this file.", delivery.accepted)]
    if delivery.refused:
        said.append(ngettext("%(count)s row was not changed.", "%(count)s rows were not changed.", delivery.refused))
    return joined([one % {"count": number(count)} for one, count in zip(said, (delivery.accepted, delivery.refused))])


def next_steps(upload: Upload, *, is_counted: bool) -> list[dict[str, str]]:
    """What follows from the rows that went in, for the step list."""
    if upload.state == Upload.State.WITHDRAWN:
        return []
    after = "done" if is_counted else "now"
    return [
        {"state": "done", "title": _("The results are in the records"), "text": ""},
        {"state": after, "title": _("Coverage is counted anew"), "text": _("The figures of the units follow by themselves.")},
        {
            "state": after,
            "title": _("Everybody's colour is determined"),
            "text": _("Only the person, their case manager and their physician see it."),
        },
    ]


def link_line(link: UploadLink, *, now: datetime, may_see: bool) -> dict[str, Any]:
    """A one-time link in a list: `open`, `used`, `revoked` or `expired`, and what came of it as far as the reader may know."""
    state = "used" if link.upload else "revoked" if link.revoked_at else "expired" if link.expires_at <= now else "open"
    words = {"open": _("Still good"), "used": _("Used"), "revoked": _("Revoked"), "expired": _("Expired")}
    told = state_in_words(link.upload) if link.upload else ""
    return {"link": link, "state": state, "words": words[state], "told": told, "may_see": may_see and link.upload is not None}


def arrivals(user: User, links: Iterable[UploadLink]) -> list[dict[str, Any]]:
    """What came by a user's own one-time links, in counts; with the file where the user may see it."""
    return [{"upload": one.upload, "told": _arrived(one), "may_see": user.can(Permission.UPLOAD_VIEW, one.unit)} for one in links]


def _arrived(link: UploadLink) -> str:
    upload = link.upload
    counts = {"centre": link.centre.name, "rows": number(upload.received), "waiting": number(upload.waiting)}
    if upload.state == Upload.State.REFUSED:
        return _("A file was delivered by your link for %(centre)s. It could not be used.") % counts
    if upload.state in (Upload.State.STORED, Upload.State.READING):
        return _("A file was delivered by your link for %(centre)s. It is being read.") % counts
    return _("A file was delivered by your link for %(centre)s. Rows: %(rows)s, of which wait: %(waiting)s.") % counts


def handed_over_sentence(upload: Upload) -> str:
    """What became of a file that came by a one-time link, for whoever sent it."""
    if upload.state == Upload.State.REFUSED:
        return _("The file arrived, but it could not be used.")
    if upload.state in (Upload.State.STORED, Upload.State.READING):
        return _("Thank you, the file has arrived. It is being checked.")
    if upload.state == Upload.State.WITHDRAWN:
        return _("The file arrived and was withdrawn later.")
    said = [_("Thank you, the file has arrived.")]
    if upload.waiting:
        said.append(ngettext("%(count)s row needs a look.", "%(count)s rows need a look.", upload.waiting) % {"count": number(upload.waiting)})
    else:
        said.append(_("All of its rows are in order.") if not upload.refused else _counted(upload.refused, "refused"))
    return joined(said)


def packages_to_choose() -> list[dict[str, str]]:
    """The exam packages by their names in the page's language."""
    return [{"slug": one.slug, "shown": one.name(page_language())} for one in packages.load().values()]
