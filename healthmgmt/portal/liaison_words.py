"""The liaison's pages in words: the sentence that answers the page, and what is stuck."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core import wording
from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import Round
from healthmgmt.portal.completeness import LateCentre, Mending, Progress, Standing

MOST_STUCK = 3


@dataclass(frozen=True)
class Stuck:
    """Something that does not go on by itself: a title, what is known of it, and where it is solved."""

    title: str
    text: str
    label: str
    url: str


def home_sentence(around: Round, progress: Progress, mending: Mending | None) -> str:
    """How many are missing, how long there is, and what helps most."""
    if around.period is None:
        return _("No period has been opened yet. Once there is one, this page says who is due.")
    if not progress.due:
        return _("Nobody is due yet. Take in the roster of your unit first.")
    where = ""
    if len(around.units) > 1:
        where = _(" in %(units)s units") % {"units": len(around.units)}
    if not progress.lacking:
        return _("Everybody has been examined%(where)s, all %(due)s.") % {"where": where, "due": _n(progress.due)}
    missing = ngettext("%(count)s person missing%(where)s", "%(count)s people missing%(where)s", progress.lacking)
    said = _("%(time)s, %(missing)s.") % {"time": _time(around), "missing": missing % {"count": _n(progress.lacking), "where": where}}
    return _paragraph(said, _help(progress, mending) if around.period.state == Period.State.OPEN else "")


def due_sentence(progress: Progress, found: int, *, is_narrowed: bool) -> str:
    """What the list of people due says first."""
    if is_narrowed:
        return ngettext("%(count)s person fits.", "%(count)s people fit.", found) % {"count": _n(found)}
    if not progress.due:
        return _("Nobody is due yet.")
    if not progress.lacking:
        return _("All %(due)s people due have been examined.") % {"due": _n(progress.due)}
    counts = {"lacking": _n(progress.lacking), "due": _n(progress.due), "missing": _n(progress.missing), "waiting": _n(progress.waiting)}
    said = _("%(lacking)s of %(due)s people due have no result yet.") % counts
    return _paragraph(said, _("%(missing)s not examined, %(waiting)s waiting in a file.") % counts if progress.waiting else "")


def bar_parts(progress: Progress) -> list[dict]:
    """The people due as parts that add up."""
    return [
        {"count": progress.examined, "fill": "w1", "label": _("Received")},
        {"count": progress.waiting, "fill": "w3", "label": Standing.WAITING.label},
        {"count": progress.missing, "fill": "w4", "label": Standing.MISSING.label},
    ]


def stuck(
    around: Round, progress: Progress, mending: Mending | None, to_apply: Upload | None, late: LateCentre | None
) -> list[Stuck]:
    """At most three things, those first that help most."""
    found = [rows_stuck(mending, around)] if mending else []
    found += [file_stuck(to_apply)] if to_apply else []
    found += [people_stuck(progress)] if progress.missing else []
    found += [centre_stuck(late)] if late else []
    return found[:MOST_STUCK]


def rows_stuck(mending: Mending, around: Round) -> Stuck:
    """Rows that a liaison can mend."""
    days = (around.today - timezone.localtime(mending.first.uploaded_at).date()).days
    age = ngettext("the oldest for %(days)s day", "the oldest for %(days)s days", days) % {"days": days} if days else _("delivered today")
    rows = ngettext("%(count)s row waits to be mended", "%(count)s rows wait to be mended", mending.rows) % {"count": _n(mending.rows)}
    causes = ngettext("%(count)s cause", "%(count)s causes", mending.causes) % {"count": _n(mending.causes)}
    parts = [file_words(mending.first), causes]
    if mending.files > 1:
        parts.insert(1, _("and in %(count)s more files") % {"count": mending.files - 1} if mending.files > 2 else _("and in one more file"))
    return Stuck(_("%(rows)s, %(age)s") % {"rows": rows, "age": age}, _listed(parts), _("Mend them"), reverse("exams:problems", args=[mending.first.uuid]))


def file_stuck(upload: Upload) -> Stuck:
    """A file that was read and waits for the word."""
    return Stuck(_("A file was read and waits for your word"), file_words(upload), _("Look at it"), reverse("exams:upload", args=[upload.uuid]))


def people_stuck(progress: Progress) -> Stuck:
    """People of whom no result is under way."""
    title = ngettext("%(count)s person has not been examined", "%(count)s people have not been examined", progress.missing)
    return Stuck(title % {"count": _n(progress.missing)}, _("Ask what would suit them. The list says who they are and where they work."), _("Show the list"), reverse("portal:due") + "?standing=missing")


def centre_stuck(late: LateCentre) -> Stuck:
    """A centre of which nothing has come."""
    people = ngettext("%(count)s person of yours was in it", "%(count)s people of yours were in it", late.people) % {"count": _n(late.people)}
    came = _("its file of the last period came on %(day)s") % {"day": _day(late.came_on)}
    return Stuck(_("No file of %(centre)s has come yet") % {"centre": late.centre.name}, _listed([came, people]), "", "")


def file_words(upload: Upload) -> str:
    """A file by its name, who delivered it, and when."""
    said = {"file": upload.file_name, "day": _day(timezone.localtime(upload.uploaded_at).date()), "centre": upload.centre and upload.centre.name}
    return (_("%(file)s, delivered by %(centre)s on %(day)s") if upload.centre else _("%(file)s of %(day)s")) % said


def _time(around: Round) -> str:
    """How long there is."""
    if around.period.state != Period.State.OPEN:
        return _("The period is closed")
    days = (around.period.deadline_on - around.today).days
    if days == 0:
        return _("Today is the last day")
    words = ngettext("%(days)s day left", "%(days)s days left", days) if days > 0 else ngettext("%(days)s day past the deadline", "%(days)s days past the deadline", -days)
    return words % {"days": abs(days)}


def _help(progress: Progress, mending: Mending | None) -> str:
    """What shortens the list of those to contact."""
    if not progress.waiting:
        return ""
    then = _("nobody has to be contacted")
    if progress.missing:
        then = ngettext("only %(count)s has to be contacted", "only %(count)s have to be contacted", progress.missing) % {"count": _n(progress.missing)}
    if mending and mending.helps:
        mend = ngettext("Mend %(count)s row first", "Mend %(count)s rows first", mending.rows) % {"count": _n(mending.rows)}
        return _("%(mend)s and %(then)s.") % {"mend": mend, "then": then}
    held = ngettext("%(count)s of them waits in a file", "%(count)s of them wait in a file", progress.waiting) % {"count": _n(progress.waiting)}
    return _("%(held)s, so %(then)s.") % {"held": held, "then": then}


def _n(number: int) -> str:
    return f"{number:,}"


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def _day(day: date) -> str:
    return wording.day_text(day, _language(), this_year=timezone.localdate().year)


def _listed(parts: list[str]) -> str:
    return ("，" if _language() == "zh" else ", ").join(parts)


def _paragraph(*sentences: str) -> str:
    return wording.paragraph(list(sentences), _language())
