"""The employee's side of activities, made for a phone first: doors that record who looks, even when it is the person."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.engagement import access, acts, ledger, own_pages, presenters, selectors, taking_part
from healthmgmt.engagement.forms import ActForm
from healthmgmt.engagement.models import Participation
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people import own_record
from healthmgmt.people.models import Person

# Each page is recorded and takes the person.
of_person = partial(own_record.of_person, access.own_person)


def own_participation(request: HttpRequest, uuid: UUID) -> Participation:
    """Raises Http404 for an activity to which the signed-in person is not invited."""
    person = access.own_person(request.user)
    if person is None:
        raise Http404(_("There is no such page."))
    return access.own_participation_or_404(person, uuid)


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("activities")
def activities(request: HttpRequest, person: Person) -> HttpResponse:
    """What a person is invited to, does, and has done."""
    found = list(selectors.with_acts(access.own_participations(person)))
    joined, asked, rest = presenters.sorted_cards(found, local_today())
    sentence = presenters.list_sentence(len(joined), len(asked))
    context = {"joined": joined, "asked": asked, "rest": rest, "sentence": sentence, "balance": ledger.balance(person)}
    return render(request, "engagement/activities.html", context)


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("activity")
def activity(request: HttpRequest, person: Person, uuid: UUID) -> HttpResponse:
    """One activity: what it is, until when, how to take part, how far."""
    participation = access.own_participation_or_404(person, uuid)
    taking_part.note_opened(participation)
    return render(request, "engagement/activity.html", own_pages.activity(participation, today=local_today()))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def join(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Join in, or choose another way."""
    way = request.POST.get("way", "")
    return _decided(request, uuid, lambda one, by: taking_part.enrol(one, way=way, today=local_today(), by=by), _("You are taking part."))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def later(request: HttpRequest, uuid: UUID) -> HttpResponse:
    said = _("That is fine. It will stand here again in a week.")
    return _decided(request, uuid, lambda one, by: taking_part.put_off(one, today=local_today(), by=by), said)


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    said = _("That is fine. Nobody is told, and you can still join until the last day.")
    return _decided(request, uuid, lambda one, by: taking_part.decline(one, today=local_today(), by=by), said)


def _decided(request: HttpRequest, uuid: UUID, decide: Callable[[Participation, Actor], Participation], said: str) -> HttpResponse:
    participation = own_participation(request, uuid)
    try:
        decide(participation, Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, said)
    return redirect("engagement:activity", uuid)


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def note_act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note what one did. The same form sent twice is one act."""
    participation, today = own_participation(request, uuid), local_today()
    given, fault = ActForm(request.POST).given(), ("", _("Please choose the day."))
    if given is not None:
        try:
            acts.note(participation, today=today, by=Actor.of_request(request), **given)
        except Rejected as error:
            fault = (error.field, str(error.message))
        else:
            messages.success(request, _("Noted. Thank you."))
            return redirect("engagement:activity", uuid)
    context = own_pages.activity(participation, today=today, typed=request.POST, fault=fault)
    return render(request, "engagement/activity.html", context, status=422)


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def withdraw_act(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Take back what one typed wrongly."""
    act = access.own_act_or_404(own_participation(request, uuid), pk)
    try:
        acts.take_back(act, today=local_today(), by=Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, _("Taken back. It does not count any more."))
    return redirect("engagement:activity", uuid)


@requires(Permission.OWN_RECORD_VIEW)
@require_http_methods(["GET", "POST"])
@of_person("activity lesson")
def lesson(request: HttpRequest, person: Person, uuid: UUID, slug: str) -> HttpResponse:
    """A lesson of an activity with its questions; once they are answered, it counts."""
    participation = access.own_participation_or_404(person, uuid)
    one = own_pages.lesson_or_404(participation, slug)
    given = {name: value for name, value in request.POST.items() if name.startswith("question-")}
    fault = ""
    if request.method == "POST":
        answers = presenters.lesson_answers(one, given)
        try:
            acts.finish_lesson(participation, lesson=slug, answers=answers, today=local_today(), by=Actor.of_request(request))
        except Rejected as error:
            fault = str(error.message)
        else:
            messages.success(request, _("Noted. Thank you."))
            return redirect("engagement:activity", uuid)
    context = presenters.lesson_page(one, given, fault) | {"activity": participation.activity}
    return render(request, "engagement/lesson.html", context, status=422 if fault else 200)


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("points")
def points(request: HttpRequest, person: Person) -> HttpResponse:
    """Where one's points came from, and where they went."""
    entries = [presenters.entry(one) for one in selectors.entries_of(person)]
    return render(request, "engagement/points.html", {"balance": ledger.balance(person), "entries": entries})
