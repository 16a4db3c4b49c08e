"""The employee's own pages: doors that record who looks, even when it is the person."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.care import selectors as plans
from healthmgmt.care import services as care
from healthmgmt.care.models import Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.devices import selectors as stored_readings
from healthmgmt.devices import services as devices
from healthmgmt.exams import disputing
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people import own_record
from healthmgmt.people import services as people
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import correcting, lesson_pages, pages, readings, selectors, steps
from healthmgmt.portal.employee.forms import CorrectionForm, ReadingForm

EVENTS_A_PAGE = 50
# Each page is recorded and takes the person.
of_person = partial(own_record.of_person, selectors.own_person)


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("today")
def today(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "portal/employee/today.html", pages.today(person, today=timezone.localdate()))


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("report")
def report(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "portal/employee/report.html", pages.report(person, today=timezone.localdate()))


@requires(Permission.OWN_RECORD_VIEW)
@require_http_methods(["GET", "POST"])
@of_person("correction")
def correction(request: HttpRequest, person: Person) -> HttpResponse:
    """Say that a value is not one's own, or not right; `value` is its place among those of the report."""
    record = selectors.record_of(person, today=timezone.localdate())
    form = CorrectionForm(correcting.choices(record), *([request.POST] if request.method == "POST" else []), chosen=request.GET.get("value", ""))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        exam = correcting.values(record)[given["code"]]
        try:
            disputing.open_dispute(person, exam=exam, **given, by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, correcting.noted())
            return redirect("portal:correction")
    return render(request, "portal/employee/correction.html", correcting.page(person, form), status=422 if form.errors else 200)


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("plan")
def plan(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "portal/employee/plan.html", pages.plan(person, today=timezone.localdate()))


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("privacy")
def privacy(request: HttpRequest, person: Person) -> HttpResponse:
    events = Paginator(selectors.events_by_others(person), EVENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/employee/privacy.html", pages.privacy(person, events))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def finish_step(request: HttpRequest, uuid: UUID, number: int, occurrence: int) -> HttpResponse:
    """Note one's own step as done; a second time says so and changes nothing. A lesson is done by its questions."""
    step = _own_step(selectors.own_person(request.user), uuid, number, occurrence)
    if plans.lesson_of(step):
        return redirect("portal:lesson", uuid, number, occurrence)
    return _ended(request, step, care.finish_step, _("Noted as done. Thank you."))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def postpone_step(request: HttpRequest, uuid: UUID, number: int, occurrence: int) -> HttpResponse:
    step = _own_step(selectors.own_person(request.user), uuid, number, occurrence)
    return _ended(request, step, care.postpone_step, _("That is fine. You will be asked again in a week."))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def decline_step(request: HttpRequest, uuid: UUID, number: int, occurrence: int) -> HttpResponse:
    step = _own_step(selectors.own_person(request.user), uuid, number, occurrence)
    return _ended(request, step, care.decline_step, _("That is fine. You will not be asked for it again in this plan."))


def _own_step(person: Person | None, uuid: UUID, number: int, occurrence: int) -> Step:
    """A step that the person does alone. Raises Http404 for anybody else's, PermissionDenied for what others do."""
    step = selectors.step_of(person, plan=uuid, number=number, occurrence=occurrence) if person else None
    if step is None:
        raise Http404(_("There is no such step."))
    if not steps.is_theirs(step):
        raise PermissionDenied
    return step


def _ended(request: HttpRequest, step: Step, service: Callable[..., Step], said: str) -> HttpResponse:
    try:
        service(step, today=local_today(), by=Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, said)
    return redirect("portal:plan" if request.POST.get("from") == "plan" else "portal:today")


@requires(Permission.OWN_RECORD_VIEW)
@require_http_methods(["GET", "POST"])
@of_person("readings")
def home_readings(request: HttpRequest, person: Person) -> HttpResponse:
    """What is measured at home: typed in here, one reading at a time."""
    form = ReadingForm(request.POST or None)
    fault, kind, now = ("", ""), request.POST.get("kind", ""), timezone.now()
    if request.method == "POST":
        try:
            made = devices.record(person, typed=request.POST, by=Actor.of_request(request), **form.given())
        except Rejected as error:
            fault = (error.field, str(error.message))
        else:
            warned = readings.warning(made)
            (messages.warning if warned else messages.success)(request, warned or readings.noted(made))
            return redirect("portal:readings")
    context = readings.page(person, now=now, chosen=kind, typed=request.POST, fault=fault)
    return render(request, "portal/employee/readings.html", context, status=422 if fault[1] else 200)


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def withdraw_reading(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take back what one typed wrongly."""
    person = selectors.own_person(request.user)
    found = stored_readings.of_token(person, token) if person else None
    if found is None:
        raise Http404(_("There is no such reading."))
    devices.withdraw(found, by=Actor.of_request(request))
    messages.success(request, _("Taken back. It does not count any more."))
    return redirect("portal:readings")


@requires(Permission.OWN_RECORD_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@of_person("lesson")
def lesson(request: HttpRequest, person: Person, uuid: UUID, number: int, occurrence: int) -> HttpResponse:
    """A lesson with its questions; once they are answered, with what was right and why. `?again` shows them anew."""
    step = _own_step(person, uuid, number, occurrence)
    given = lesson_pages.given(request.POST)
    if request.method == "POST":
        try:
            care.answer_lesson(step, answers=lesson_pages.places(step, given), today=local_today(), by=Actor.of_request(request))
        except Rejected as error:
            shown = lesson_pages.page(step, given=given, fault=str(error.message))
            return render(request, "portal/employee/lesson.html", shown, status=422)
        return redirect("portal:lesson", uuid, number, occurrence)
    return render(request, "portal/employee/lesson.html", lesson_pages.page(step, is_anew="again" in request.GET))


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def decide_consent(request: HttpRequest) -> HttpResponse:
    """Agree to a purpose, say no, or take it back."""
    person, purpose, by = selectors.own_person(request.user), request.POST.get("purpose", ""), Actor.of_request(request)
    if person is None:
        raise Http404(_("There is no such person."))
    if request.POST.get("answer") == "give":
        people.give_consent(person, purpose=purpose, version=request.POST.get("version", ""), by=by)
        messages.success(request, _("Your consent is noted. You can take it back at any time."))
    elif request.POST.get("answer") == "decline":
        people.decline_consent(person, purpose=purpose, version=request.POST.get("version", ""), by=by)
        messages.success(request, _("Your no is noted. Nothing is done without your consent, and you can still agree later."))
    else:
        people.withdraw_consent(person, purpose=purpose, by=by)
        messages.success(request, _("Your consent is taken back. It is not used any more."))
    return redirect("portal:privacy")
