"""Case managers and physicians let somebody's plan stand still, go on, or end."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from healthmgmt.care import access, outcomes, pausing
from healthmgmt.care.forms import PauseForm
from healthmgmt.care.models import Plan
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires


@requires(Permission.CARE_WORK)
@require_POST
def pause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    person = access.get_person_or_404(request.user, uuid)
    form = PauseForm(request.POST)
    if not form.is_valid():
        messages.warning(request, next(iter(form.errors.values()))[0])
        return redirect("care:person", uuid)
    given = form.cleaned_data | {"today": timezone.localdate(), "by": Actor.of_request(request)}
    return _done(request, uuid, lambda: pausing.pause(person, **given), _("The plan is paused. Nothing is asked for until it goes on; alerts stay."))


@requires(Permission.CARE_WORK)
@require_POST
def resume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    person = access.get_person_or_404(request.user, uuid)
    by = Actor.of_request(request)
    return _done(request, uuid, lambda: pausing.resume(person, today=timezone.localdate(), by=by), _("The plan goes on where it stood."))


@requires(Permission.CARE_WORK)
@require_POST
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    person = access.get_person_or_404(request.user, uuid)
    plan, outcome = Plan.objects.filter(person=person, ended_on=None).first(), request.POST.get("outcome", "")
    if plan is None:
        messages.info(request, _("This plan has ended already."))
        return redirect("care:person", uuid)
    by = Actor.of_request(request)
    return _done(request, uuid, lambda: outcomes.end_by_hand(plan, outcome=outcome, today=timezone.localdate(), by=by), _("The plan has ended."))


def _done(request: HttpRequest, uuid: UUID, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except Rejected as error:
        messages.warning(request, str(error.message))
    return redirect("care:person", uuid)
