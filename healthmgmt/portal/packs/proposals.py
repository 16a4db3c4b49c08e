"""A proposed edition: from the draft it was to the two who approve it, and what it was proposed with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.selectors import holds_everywhere, today
from healthmgmt.portal.packs import shown
from healthmgmt.portal.packs.access import get_draft_or_404, get_edition_or_404
from healthmgmt.portal.packs.forms import ProposeForm, WithdrawForm
from healthmgmt.portal.packs.overview import own_editions, told as told_editions
from healthmgmt.portal.packs.simulations import as_file, standing, titles
from healthmgmt.portal.packs.telling import Told
from healthmgmt.risk import approving, drafts, editions, simulated
from healthmgmt.risk.models import Decision, OwnEdition

# Time for two people to read it.
USUAL_DAYS = 14


@dataclass(frozen=True)
class Approval:
    """Who has to agree, and who did. `is_open` where the looking user may do it now."""

    part: str
    who: str
    name: str = ""
    at: datetime | None = None
    is_open: bool = False


@requires(Permission.PACKS_APPROVE)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, uuid: str) -> HttpResponse:
    """From when, and why; the draft becomes a proposal that nobody changes any more."""
    draft = get_draft_or_404(request.user, uuid)
    form = ProposeForm(request.POST if request.method == "POST" else None, initial={"effective_from": today() + timedelta(days=USUAL_DAYS)})
    if form.is_valid():
        try:
            own = approving.propose(draft, **form.cleaned_data, by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Proposed. Two others have to approve it now."))
            return redirect("portal:pack_proposal", own.uuid)
    language = page_language()
    context = {
        "draft": draft,
        "form": form,
        "title": drafts.pack_of(draft).titles[language],
        "differences": shown.differences(draft, language)[1],
        "simulation": standing(draft),
    }
    return render(request, "packs/propose.html", context, status=422 if form.errors else 200)


@requires(Permission.PACKS_REVIEW)
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """The physician's list: what waits, and what was decided."""
    check_whole(request.user, Permission.PACKS_REVIEW)
    day = today()
    listed = told_editions(own_editions(), editions.parts_in_force(day), day, page_language())
    waiting = [one for one in listed if one.own.state == OwnEdition.State.PROPOSED]
    others = [one for one in listed if one not in waiting]
    return render(request, "packs/proposals.html", {"waiting": waiting, "others": others})


@requires(Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)
@require_GET
def proposal(request: HttpRequest, uuid: str) -> HttpResponse:
    """What changes, the simulation as it was, who has approved and who has still to."""
    return render(request, "packs/proposal.html", _context(request, get_edition_or_404(request.user, uuid), WithdrawForm()))


@requires(Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)
@require_POST
def approve(request: HttpRequest, uuid: str) -> HttpResponse:
    own = get_edition_or_404(request.user, uuid)
    part = request.POST.get("part", "")
    if part not in approving.NEEDED:
        raise Http404
    try:
        own = approving.approve(own, part=part, by=Actor.of_request(request))
    except Rejected as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _said(own))
    return redirect("portal:pack_proposal", uuid)


@requires(Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)
@require_POST
def withdraw(request: HttpRequest, uuid: str) -> HttpResponse:
    own = get_edition_or_404(request.user, uuid)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            approving.withdraw(own, reason=form.cleaned_data["reason"], by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Withdrawn. Its rules can be copied into a new draft."))
            return redirect("portal:pack_proposal", uuid)
    return render(request, "packs/proposal.html", _context(request, own, form), status=422)


@requires(Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)
@require_GET
def download(request: HttpRequest, uuid: str) -> HttpResponse:
    """The simulation it was proposed with, as a workbook."""
    own = get_edition_or_404(request.user, uuid)
    return as_file(Told(simulated.of_edition(own, page_language()), page_language()))


def _said(own: OwnEdition) -> str:
    if own.state != OwnEdition.State.APPROVED:
        return _("Approved. It waits for the other approval.")
    if own.effective_from == today():
        return _("Approved by both. It is in force, and everybody is assessed by it now.")
    return _("Approved by both. It is in force from its day.")


def _context(request: HttpRequest, own: OwnEdition, form: WithdrawForm) -> dict:
    language, day = page_language(), today()
    edition = next(one for one in told_editions(own_editions(), editions.parts_in_force(day), day, language) if one.own.pk == own.pk)
    told = Told(simulated.of_edition(own, language), language)
    approvals = _approvals(own, approving.parts_open_to(own, request.user))
    return {
        "own": own,
        "edition": edition,
        "approvals": approvals,
        "is_open": any(one.is_open for one in approvals),
        "is_mine": own.proposed_by_id == request.user.pk,
        "withdrawal": next((one for one in own.decisions.all() if one.part == Decision.Part.WITHDRAWAL), None),
        "can_withdraw": own.state != OwnEdition.State.WITHDRAWN and not (own.state == OwnEdition.State.APPROVED and own.effective_from <= day),
        "can_copy": holds_everywhere(request.user, Permission.PACKS_APPROVE),
        "differences": shown.differences(own, language)[1],
        "told": told,
        "result": told.result,
        "against": titles(told),
        "form": form,
    }


def _approvals(own: OwnEdition, open_parts: list[str]) -> list[Approval]:
    given = {one.part: one for one in own.decisions.all()}
    words = {Decision.Part.STEWARD: _("A second data steward"), Decision.Part.PHYSICIAN: _("A physician of the whole organisation")}
    found = []
    for part, who in words.items():
        decided = given.get(part)
        name = decided.decided_by.name if decided else ""
        found.append(Approval(part.value, who, name, decided.decided_at if decided else None, part.value in open_parts))
    return found
