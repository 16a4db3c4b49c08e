"""The person lets the own plan stand still, or go on."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from healthmgmt.care import pausing
from healthmgmt.care.models import Pause
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import selectors


class RestForm(forms.Form):
    """For how long."""

    weeks = forms.TypedChoiceField(
        label=gettext_lazy("Ask me again"),
        choices=[(2, gettext_lazy("in two weeks")), (4, gettext_lazy("in four weeks")), (12, gettext_lazy("in twelve weeks"))],
        coerce=int,
    )


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    person, form, today = _own(request), RestForm(request.POST), local_today()
    weeks = form.cleaned_data["weeks"] if form.is_valid() else 2
    by = Actor.of_request(request)
    try:
        pausing.pause(person, reason=Pause.Reason.NOT_NOW, until=today + timedelta(weeks=weeks), today=today, by=by, is_own=True)
        messages.success(request, _("That is fine. Your plan rests, and goes on where it stood."))
    except Rejected:
        messages.info(request, _("Your plan cannot rest at present. Your case manager is glad to talk about it."))
    return redirect("portal:plan")


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    pausing.resume(_own(request), today=local_today(), by=Actor.of_request(request))
    messages.success(request, _("Welcome back. Your plan goes on where it stood."))
    return redirect("portal:plan")


def _own(request: HttpRequest) -> Person:
    person = selectors.own_person(request.user)
    if person is None:
        raise Http404(_("There is no such person."))
    return person
