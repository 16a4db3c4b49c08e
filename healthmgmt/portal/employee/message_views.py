"""The employee's side of the conversation with those who care for them."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from healthmgmt.accounts import notices
from healthmgmt.care import inboxes, messaging
from healthmgmt.care.models import Message
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.portal.employee.forms import QuestionForm
from healthmgmt.portal.employee.views import of_person


@requires(Permission.OWN_RECORD_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@of_person("messages")
def conversation(request: HttpRequest, person: Person) -> HttpResponse:
    """Write, and read what was answered, which is read by being shown."""
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        try:
            made = messaging.ask(person, by=Actor.of_request(request), **form.cleaned_data)
        except Rejected as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(request, _("Sent. You get an answer by %(moment)s.") % {"moment": inboxes.moment_words(made.answer_by)})
            return redirect("portal:messages")
    messaging.read(person, side=Message.Side.PERSON)
    notices.settle(kinds=(messaging.ANSWERED,), link=reverse("portal:messages"), user=request.user)
    return render(request, "portal/employee/messages.html", _shown(person, form), status=422 if form.errors else 200)


def _shown(person: Person, form: QuestionForm) -> dict[str, Any]:
    may_write = bool(messaging.first_of(messaging.carers(person)))
    lines = inboxes.conversation(person, side=Message.Side.PERSON, now=timezone.now())
    promise, sentence = _promise(), _sentence(person, may_write)
    if not sentence and lines and not lines[0].is_own:
        sentence = _("%(name)s has written to you.") % {"name": lines[0].who}
    return {
        "person": person,
        "sentence": sentence or promise,
        "promise": promise if sentence else "",
        "may_write": may_write,
        "lines": lines,
        "form": form,
        "token": form.data.get("token") or uuid4(),
        "longest": messaging.LONGEST,
    }


def _sentence(person: Person, may_write: bool) -> str:
    """By when the answer to what waits is there, or that nobody can answer; blank where neither is so."""
    now, until = timezone.localtime(), inboxes.promised(person)
    if until and until < now:
        return _("You have waited longer than promised, and we are sorry. Your question is not forgotten.")
    if until:
        return _("Your message has arrived. You get an answer by %(moment)s.") % {"moment": inboxes.moment_words(until)}
    if not may_write:
        return _("At present nobody is there to answer you here. Your unit's health liaison can say whom to ask.")
    return ""


def _promise() -> str:
    """By when what is written now is answered."""
    days = organisation_settings().answer_days
    words = {"days": days, "moment": inboxes.moment_words(messaging.promised(timezone.now()))}
    return ngettext(
        "What you write now is answered within %(days)d working day, by %(moment)s.",
        "What you write now is answered within %(days)d working days, by %(moment)s.",
        days,
    ) % words
