"""Signals about the numbers of units, and what the units say of them. No page here knows a person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from healthmgmt.accounts import notices
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.insight import card_access, light_access, light_words, lighting
from healthmgmt.insight.forms import NoteForm
from healthmgmt.organization.selectors import today

# Of those that are gone so many are still shown.
GONE_SHOWN = 20


@requires(Permission.SCORECARD_VIEW)
@require_GET
def lights(request: HttpRequest) -> HttpResponse:
    """What is lit in the user's units, then what is gone."""
    day, own = today(), light_access.own_units(request.user)
    found = light_access.visible_to(request.user, today=day).prefetch_related("steps")
    lit = list(found.filter(cleared_at=None).order_by("unit__path", "-raised_at"))
    gone = list(found.exclude(cleared_at=None).order_by("-cleared_at")[:GONE_SHOWN])
    shown = [light_words.shown(one, own=own, today=day) for one in lit + gone]
    notices.settle(kinds=["light_raised"], link=request.path, user=request.user)
    parts = {"lit": shown[: len(lit)], "gone": shown[len(lit) :]}
    names = {"with_names": card_access.may_see_names(request.user)}
    context = {"sentence": light_words.sentence(shown), "definition": light_words.definition(), **parts, **names}
    return render(request, "insight/lights.html", context)


@requires(Permission.SCORECARD_VIEW)
@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the unit says of a light of its own."""
    light = light_access.own_light_or_404(request.user, str(uuid), today=today())
    form = NoteForm(request.POST)
    try:
        note = form.cleaned_data["note"] if form.is_valid() else ""
        lighting.answer(light, note=note, now=timezone.now(), by=Actor.of_request(request), name=request.user.shown_name)
    except Rejected as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Noted. The level above sees the signal with your words."))
    return redirect("insight:lights")
