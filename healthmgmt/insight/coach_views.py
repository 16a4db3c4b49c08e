"""What health offices say to those who look after a unit. No page here knows a person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from healthmgmt.accounts import notices
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.insight import access, coaching
from healthmgmt.insight.forms import CoachForm

BOARD = (Permission.METRICS_VIEW, Permission.WORK_STATE_VIEW)


@requires(Permission.METRICS_VIEW)
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Words to those who look after a unit of the user's board."""
    unit, form = access.chosen_unit(request.user, request.POST.get("unit", ""), *BOARD), CoachForm(request.POST)
    if unit is None or not form.is_valid():
        raise Http404
    try:
        note = coaching.say(unit, sender=request.user, now=timezone.now(), by=Actor.of_request(request), **form.cleaned_data)
    except Rejected as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Sent to those who look after %(unit)s.") % {"unit": note.unit.name})
    return redirect("insight:board")


@requires(Permission.SCORECARD_SUBMIT)
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """What was said to the user, and by the user."""
    told, said = coaching.told_to(request.user)[: coaching.SHOWN], coaching.said_by(request.user)[: coaching.SHOWN]
    notices.settle(kinds=["coach_said"], link=request.path, user=request.user)
    return render(request, "insight/coach_notes.html", {"told": list(told), "said": list(said)})
