"""The roster: who is on it, one person's entry, a file to take in, and accounts for those who have none."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import names_from_root, present_round
from healthmgmt.people import accounts, presenters, roster, roster_words, services
from healthmgmt.people.access import get_person_or_404
from healthmgmt.people.forms import RosterFileForm, RosterFilter
from healthmgmt.people.models import Person

PAGE_SIZE = 50


@requires(Permission.ROSTER_VIEW)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who is on the roster of the user's units."""
    form = RosterFilter(request.GET, user=request.user)
    narrowed = form.narrowed()
    page = Paginator(roster.people_on_roster(request.user, **narrowed), PAGE_SIZE).get_page(request.GET.get("page"))
    audit.record_people("roster.viewed", [person.pk for person in page.object_list], by=Actor.of_request(request))
    around = present_round(request.user, Permission.ROSTER_VIEW)
    unit = form.chosen_unit or (around.units[0] if len(around.units) == 1 else None)
    may_edit = request.user.can(Permission.ROSTER_EDIT, unit)
    lacking = roster.count_without_account(unit) if unit and may_edit else 0
    context = {
        "form": form,
        "page": page,
        "rows": [(person, roster_words.ACCOUNTS[roster.account_of(person, timezone.now())]) for person in page.object_list],
        "round": around,
        "unit": unit,
        "may_edit": may_edit,
        "lacking": lacking,
        "sentence": roster_words.list_sentence(page.paginator.count, is_narrowed=form.is_narrowing, lacking=lacking),
    }
    return render(request, "people/roster.html", context)


@requires(Permission.ROSTER_VIEW)
@require_GET
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One person's entry, without anything about health."""
    found = get_person_or_404(request.user, uuid, Permission.ROSTER_VIEW)
    return _entry(request, found)


@requires(Permission.ROSTER_EDIT)
@require_POST
def code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new activation code: shown in this answer and nowhere again."""
    found = get_person_or_404(request.user, uuid, Permission.ROSTER_EDIT)
    try:
        issued = accounts.issue_code(found, by=Actor.of_request(request))
    except Rejected as error:
        return _entry(request, found, fault=error.message, status=422)
    return _entry(request, get_person_or_404(request.user, uuid, Permission.ROSTER_EDIT), issued=issued)


@requires(Permission.ROSTER_EDIT)
@require_POST
def open_accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """Accounts for everybody in a unit who has none; the codes come as a workbook, this once."""
    unit = get_unit_or_404(request.user, pk, Permission.ROSTER_EDIT)
    workbook = accounts.codes_workbook(unit, by=Actor.of_request(request))
    if workbook is None:
        messages.info(request, _("Everybody in “%(unit)s” has an account.") % {"unit": unit.name})
        return redirect("people:roster")
    name = _("codes %(unit)s.xlsx") % {"unit": unit.name}
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(workbook, content_type=workbooks.CONTENT_TYPE, headers=headers)


@requires(Permission.ROSTER_EDIT)
@require_http_methods(["GET", "POST"])
def import_roster(request: HttpRequest) -> HttpResponse:
    """Take a file in and say what became of every row; the same file again changes nothing."""
    form = RosterFileForm(request.POST, request.FILES) if request.method == "POST" else RosterFileForm()
    receipt = None
    if form.is_valid():
        try:
            receipt = services.import_roster(form.cleaned_data["file"].read(), by=Actor.of_request(request), user=request.user)
        except Rejected as error:
            form.add_error("file", error.message)
    context = {"form": form, "receipt": receipt, "round": present_round(request.user, Permission.ROSTER_VIEW)}
    if receipt is not None:
        context |= roster_words.receipt_page(receipt, form.cleaned_data["file"].name)
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


def _entry(request: HttpRequest, found: Person, *, issued: str = "", fault: str = "", status: int = 200) -> HttpResponse:
    """The page of a person, which is recorded for that person."""
    audit.record("person.identity_viewed", by=Actor.of_request(request), subject=found, person_id=found.pk)
    state = roster.account_of(found, timezone.now())
    context = {
        "person": found,
        "unit_path": names_from_root(found.unit),
        "shown_id": presenters.shown_id(found),
        "employments": roster.employments(found),
        "account": roster_words.ACCOUNTS[state],
        "issuing": roster_words.ISSUING.get(state, "") if request.user.can(Permission.ROSTER_EDIT, found.unit) else "",
        "issued": issued,
        "fault": fault,
        "round": present_round(request.user, Permission.ROSTER_VIEW),
    }
    return render(request, "people/person.html", context, status=status)
