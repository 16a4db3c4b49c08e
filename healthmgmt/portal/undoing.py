"""Undoing an upload: everything that it would change stands on a page before the button, from all rooms together.

Whom it concerns is told by name, and nothing about a result. How many of them have an open alert or plan is health content: it is
told of large groups only.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.suppression import Node, Table, publish
from healthmgmt.core.templatetags.health import number
from healthmgmt.exams import access, presenters, selectors, services
from healthmgmt.exams.models import Upload
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.portal.forms import UndoForm

PAGE_SIZE = 50
# Each splits the people concerned in two: those with an open alert, or plan, that rests on the upload, and the others.
TABLES = tuple(Table(name, ("with", "without"), is_health_content=True) for name in ("alerts", "plans"))


@dataclass(frozen=True)
class Care:
    """How many of the people concerned have an open alert, and an open plan; None where the group is too small to say."""

    alerts: int | None
    plans: int | None


def care(upload: Upload, people: int) -> Care:
    """What rests on an upload that concerns so many people."""
    alerted, planned = sql.row("portal/undo_care", {"upload": upload.pk})
    counts = {"alerts": (alerted, people - alerted), "plans": (planned, people - planned)}
    shown = publish(Node(upload.pk, people, counts), TABLES, organisation_settings().smallest_group).cells
    return Care(shown["alerts"]["with"].count, shown["plans"]["with"].count)


def sentence(undo: selectors.Undo) -> str:
    """What the page says first."""
    if not undo.exams:
        return _("Undoing this upload changes nothing: what it says counts already through other files.")
    gone = ngettext("Undoing takes back %(count)s exam", "Undoing takes back %(count)s exams", undo.exams) % {"count": number(undo.exams)}
    if not undo.bare:
        return _("%(gone)s. Everybody concerned keeps another exam of the period.") % {"gone": gone}
    bare = ngettext("%(count)s person has none left for the period.", "%(count)s people have none left for the period.", undo.bare)
    return presenters.joined([_("%(gone)s.") % {"gone": gone}, bare % {"count": number(undo.bare)}])


@requires(Permission.UPLOAD_UNDO, Permission.EXAM_TYPE)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What undoing would change, whom it concerns, and the button; an upload that does not stand any more shows its receipt."""
    upload = access.get_upload_or_404(request.user, uuid)
    if not access.may_undo(request.user, upload):
        raise PermissionDenied
    if upload.state not in (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED):
        return redirect("exams:upload", uuid)
    form = UndoForm(request.POST or None)
    if form.is_valid():
        services.withdraw(upload, by=Actor.of_request(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("The upload was undone."))
        return redirect("exams:upload", uuid)
    return _page(request, upload, form)


def _page(request: HttpRequest, upload: Upload, form: UndoForm) -> HttpResponse:
    effect = selectors.undo_effect(upload)
    shows_all = request.GET.get("who") == "all" or not effect.bare
    page, rows = _people(request, upload, bare_only=not shows_all)
    audit.record_people("upload.undo_viewed", [person.pk for person, _is_bare in rows], by=Actor.of_request(request), subject=upload)
    context = presenters.about(upload) | {
        "sentence": sentence(effect),
        "undo": effect,
        "care": care(upload, effect.people) if effect.people else None,
        "smallest_group": organisation_settings().smallest_group,
        "locked": selectors.locked_period(upload),
        "page": page,
        "rows": rows,
        "shows_all": shows_all,
        "form": form,
    }
    return render(request, "portal/undo.html", context, status=422 if request.method == "POST" else 200)


def _people(request: HttpRequest, upload: Upload, *, bare_only: bool) -> tuple[Page, list[tuple[Person, bool]]]:
    """A page of the people concerned whom the user has on their roster, each with whether no exam is left to them."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 100_000 else 1
    told = selectors.undo_people(request.user, upload, bare_only=bare_only, first=(number - 1) * PAGE_SIZE, most=PAGE_SIZE)
    people = Person.objects.visible_to(request.user, Permission.ROSTER_VIEW).select_related("unit").in_bulk([pk for pk, _bare in told.rows])
    page = Paginator(range(told.total), PAGE_SIZE).get_page(number)
    return page, [(people[pk], is_bare) for pk, is_bare in told.rows if pk in people]
