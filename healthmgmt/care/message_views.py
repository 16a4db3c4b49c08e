"""What people write to those who care for them: who waits, and each conversation."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from healthmgmt.accounts import notices
from healthmgmt.audit import services as audit
from healthmgmt.care import access, inboxes, messaging
from healthmgmt.care.forms import MessageForm
from healthmgmt.care.message_models import Message
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.people.models import Person


@requires(Permission.CARE_WORK)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    found = inboxes.inbox(request.user, now=timezone.now())
    audit.record_people("message.listed", sorted(found.people), by=Actor.of_request(request))
    return render(request, "care/inbox.html", {"inbox": found, "sentence": inboxes.sentence(found)})


@requires(Permission.CARE_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    person = access.get_person_or_404(request.user, uuid)
    form = MessageForm(request.POST or None)
    if form.is_valid():
        try:
            messaging.answer(person, by=Actor.of_request(request), **form.cleaned_data)
        except Rejected as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(request, _("Sent. The person finds it on their page."))
            return redirect("care:messages", uuid)
    return render(request, "care/conversation.html", _shown(request, person, form), status=422 if form.errors else 200)


@requires(Permission.CARE_WORK)
@require_POST
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What waits needs no answer in writing."""
    messaging.settle(access.get_person_or_404(request.user, uuid), by=Actor.of_request(request))
    messages.success(request, _("Noted: no answer is needed."))
    return redirect("care:messages", uuid)


def _shown(request: HttpRequest, person: Person, form: MessageForm) -> dict[str, object]:
    """The conversation, which is read by being shown."""
    audit.record("message.read", by=Actor.of_request(request), person_id=person.pk)
    messaging.read(person, side=Message.Side.CARE)
    notices.settle(kinds=(messaging.WAITING, messaging.LATE), link=messaging.address(person), user=request.user)
    now = timezone.now()
    until = inboxes.promised(person)
    return {
        "person": person,
        "lines": inboxes.conversation(person, side=Message.Side.CARE, now=now),
        "form": form,
        "token": form.data.get("token") or uuid4(),
        "promise": inboxes.moment_words(until) if until else "",
        "is_late": until is not None and until < now,
        "is_reachable": messaging.is_reachable(person),
        "longest": messaging.LONGEST,
    }
