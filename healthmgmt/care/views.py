"""Case managers and physicians: the worklist, people, a person's record, contacts, alerts."""

from datetime import date
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from healthmgmt.audit import services as audit
from healthmgmt.care import access, alerting, calling, course, escalating, exceptional, messaging, presenters, record, selectors, services, worklists
from healthmgmt.care.forms import BACK, ContactForm, ExceptionForm, PauseForm, PeopleForm
from healthmgmt.care.models import Alert, Contact, Plan
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.people.models import Person

PAGE = 50
# Why a clinician opened a record, where nobody is asked; the person reads it.
CARE, CALL = "care", "call"


@requires(Permission.CARE_WORK)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Whom to call today; who has no list of their own has the alerts."""
    if not access.has_list(request.user):
        return redirect("care:alerts")
    today = _today()
    shown = worklists.build(request.user, today=today, more=request.GET.get("more", ""))
    person = _chosen(request, shown)
    ids = {line.person_id for line in shown.lines} | ({person.pk} if person else set())
    audit.record_people("worklist.viewed", sorted(ids), by=Actor.of_request(request))
    context = {"worklist": shown, "now": timezone.now(), "is_chosen": "person" in request.GET, "is_next": "after" in request.GET}
    return render(request, "care/worklist.html", context | (_panel(person, ContactForm(), "worklist") if person else {}))


@requires(Permission.CARE_WORK)
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The numbers of the worklist as they are now, and whether another list would be shown; nobody by name."""
    now = worklists.pulse(request.user, today=_today(), more=request.GET.get("more", ""))
    counts = [(slug, now.counts.get(slug, 0)) for slug in worklists.HEADINGS if slug in request.GET.getlist("shown")]
    return render(request, "care/_live.html", {"counts": counts, "is_other": now.seal != request.GET.get("seal", now.seal)})


@requires(Permission.CARE_WORK)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a contact ended with: a page of its own, or the panel beside the worklist."""
    person = access.get_person_or_404(request.user, uuid)
    back = request.POST.get("back", request.GET.get("back", ""))
    form = ContactForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.log_contact(person, by=Actor.of_request(request), **form.cleaned_data)
        except Rejected as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(request, _noted(made))
            return redirect(_onward(back, person))
    audit.record("record.viewed", by=Actor.of_request(request), subject=person, person_id=person.pk, reason=CALL)
    template = "care/_panel.html" if request.headers.get("HX-Request") else "care/contact.html"
    return render(request, template, _panel(person, form, back), status=422 if form.errors else 200)


@requires(Permission.RECORD_VIEW)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    today, form = _today(), PeopleForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.people(
        request.user, search=chosen.get("q", "").strip(), colour=chosen.get("colour", ""), is_due=chosen.get("due", False), today=today
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    opened = list(exceptional.present(request.user))
    listed = {person.pk for person in page} | {one.person_id for one in opened}
    audit.record_people("record.listed", sorted(listed), by=Actor.of_request(request))
    rows = [(one, presenters.sex_age(one.sex, one.birth, today), presenters.last_contact(one.last_ending, one.last_at)) for one in page]
    context = {"form": form, "page": page, "rows": rows, "today": today, "exceptions": opened}
    return render(request, "care/people.html", context)


@requires(Permission.CARE_WORK)
@require_http_methods(["GET", "POST"])
def exception(request: HttpRequest) -> HttpResponse:
    """A record to which neither role nor assignment leads."""
    form = ExceptionForm(request.POST or None)
    if form.is_valid():
        try:
            found = exceptional.open_record(request.user, by=Actor.of_request(request), **form.cleaned_data)
        except Rejected as error:
            form.add_error(error.field or None, str(error.message))
        else:
            return redirect("care:person", found.uuid)
    context = {"form": form, "hours": exceptional.LASTS.seconds // 3600}
    return render(request, "care/exception.html", context, status=422 if form.errors else 200)


@requires(Permission.RECORD_VIEW)
@require_safe
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = access.get_person_or_404(request.user, uuid)
    story = record.story(found, user=request.user, today=_today())
    audit.record("record.viewed", by=Actor.of_request(request), subject=found, person_id=found.pk, reason=CARE)
    context = {"record": story, "person": found, "exception": exceptional.of_person(request.user, found)}
    context |= {"course": course.of_person(found), "pause_form": PauseForm(), "plan_outcomes": [(one.value, one.label) for one in Plan.BY_HAND]}
    context["waits"] = messaging.waiting(found).count()
    return render(request, "care/person.html", context)


@requires(Permission.CARE_WORK)
@require_POST
def finish_step(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    found = access.get_person_or_404(request.user, uuid)
    step = access.get_step_or_404(request.user, found, pk)
    try:
        services.finish_step(step, today=_today(), by=Actor.of_request(request))
        messages.success(request, _("Noted as done."))
    except Rejected as error:
        # Sent twice, or somebody else was quicker: nothing is wrong.
        messages.info(request, str(error.message))
    return redirect("care:person", uuid)


@requires(Permission.RECORD_VIEW)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Open alerts, the oldest first; people handed to a physician; the closed alerts a page at a time."""
    now, today, user = timezone.now(), _today(), request.user
    waiting = alerting.rows(selectors.alerts(user, is_open=True)[: selectors.MOST], now=now, today=today)
    page = Paginator(selectors.alerts(user, is_open=False), PAGE).get_page(request.GET.get("page"))
    closed = alerting.rows(page, now=now, today=today)
    is_physician = user.can(Permission.ALERT_DECIDE)
    handed = alerting.handed_over(selectors.handed_over(user), today=today) if is_physician else []
    ids = {row.alert.person_id for row in (*waiting, *closed)} | {one.person_id for one, *_words in handed}
    audit.record_people("worklist.viewed", sorted(ids), by=Actor.of_request(request))
    counts = selectors.open_counts(user)
    context = {"waiting": waiting, "counts": counts, "closed": closed, "page": page, "handed": handed}
    context["sentence"] = alerting.sentence(counts, is_physician)
    return render(request, "care/alerts.html", context)


@requires(Permission.RECORD_VIEW)
@require_safe
def alert(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _alert_page(request, access.get_alert_or_404(request.user, uuid))


@requires(Permission.CARE_WORK)
@require_POST
def acknowledge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = access.get_alert_or_404(request.user, uuid)
    try:
        escalating.acknowledge(found, by=Actor.of_request(request))
        messages.success(request, _("Noted: you see to it. The clock runs on until somebody has spoken to the person."))
    except Rejected as error:
        messages.info(request, str(error.message))
    return redirect("care:alert", uuid)


@requires(Permission.ALERT_DECIDE)
@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = access.get_alert_or_404(request.user, uuid)
    services.confirm_alert(found, by=Actor.of_request(request))
    messages.success(request, _("Confirmed. The case manager calls; it stays open until there is an outcome."))
    return redirect("care:alert", uuid)


@requires(Permission.ALERT_DECIDE)
@require_POST
def clear(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _settle(request, access.get_alert_or_404(request.user, uuid), services.clear_alert)


@requires(Permission.CARE_WORK)
@require_POST
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _settle(request, access.get_alert_or_404(request.user, uuid), services.close_after_contact)


def _settle(request: HttpRequest, found: Alert, service: services.Settling) -> HttpResponse:
    try:
        service(found, outcome=request.POST.get("outcome", ""), by=Actor.of_request(request))
    except Rejected as error:
        if not error.field:
            messages.info(request, str(error.message))
            return redirect("care:alert", found.uuid)
        return _alert_page(request, found, fault=str(error.message))
    messages.success(request, _("The alert is closed."))
    return redirect("care:alert", found.uuid)


def _alert_page(request: HttpRequest, found: Alert, fault: str = "") -> HttpResponse:
    shown = alerting.detail(found, user=request.user, now=timezone.now(), today=_today())
    audit.record("alert.viewed", by=Actor.of_request(request), subject=found, person_id=found.person_id)
    return render(request, "care/alert.html", {"detail": shown, "alert": found, "fault": fault}, status=422 if fault else 200)


def _today() -> date:
    """The organisation's day: its time is set around the request."""
    return timezone.localdate()


def _chosen(request: HttpRequest, shown: worklists.Worklist) -> Person | None:
    """The person named in the address, else the first who has to be called."""
    if text := request.GET.get("person", ""):
        try:
            return access.get_person_or_404(request.user, UUID(text))
        except ValueError:
            raise Http404(_("There is no such person.")) from None
    first = shown.first(after=request.GET.get("after", ""))
    return access.get_person_or_404(request.user, first.uuid) if first else None


def _panel(found: Person, form: ContactForm, back: str) -> dict[str, object]:
    token = form.data.get("token") or uuid4()
    return {"card": calling.card(found, today=_today()), "form": form, "token": token, "back": back if back in BACK else "person"}


def _onward(back: str, found: Person) -> str:
    """To the next one on the worklist, or back to the person."""
    if back == "worklist":
        return f"{reverse('care:worklist')}?after={found.uuid}"
    return reverse("care:person", args=[found.uuid])


def _noted(made: Contact) -> str:
    words = {"name": made.person.name, "ending": presenters.ending_words(made.ending), "day": presenters.on_day(made.next_on, _today())}
    return _("%(name)s: %(ending)s. Next contact %(day)s.") % words
