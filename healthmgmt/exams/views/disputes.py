"""Values that people dispute: which wait for an answer, and the answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, disputed, disputing
from healthmgmt.exams.models import Dispute

SHOWN = 50


@requires(Permission.EXAM_TYPE)
@require_GET
def disputes(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was answered last."""
    found = access.disputes_visible_to(request.user).select_related("person__unit", "exam__upload__centre")
    waiting = list(found.filter(answered_at=None)[:SHOWN])
    settled = found.exclude(answered_at=None)
    if not request.user.can(Permission.RECORD_VIEW):
        # What clinicians wrote to a person is care.
        settled = settled.filter(answered_by=Actor.of_request(request).label)
    answered = list(settled.order_by("-answered_at")[:SHOWN])
    audit.record_people("dispute.listed", sorted({one.person_id for one in (*waiting, *answered)}), by=Actor.of_request(request))
    context = {
        "waiting": [disputed.shown(one) for one in waiting],
        "answered": [disputed.shown(one) for one in answered],
        "outcomes": Dispute.Outcome.choices,
        "opens_records": request.user.can(Permission.RECORD_VIEW),
    }
    return render(request, "exams/disputes.html", context)


@requires(Permission.EXAM_TYPE)
@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what came of a disputed value."""
    dispute = get_object_or_404(access.disputes_visible_to(request.user), uuid=uuid)
    given = {"outcome": request.POST.get("outcome", ""), "answer": request.POST.get("answer", "").replace("\x00", "")[:500]}
    try:
        disputing.settle(dispute, **given, by=Actor.of_request(request), user=request.user)
    except Rejected as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The person reads your answer on their report."))
    return redirect("exams:disputes")
