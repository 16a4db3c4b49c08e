"""Activities for the health office - prepare, start, follow as counts, end - and who is invited, by name, where that tells of nobody's health."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.engagement import access, attendance, campaign_pages, campaigns, presenters, selectors
from healthmgmt.engagement.forms import AttendanceForm, CampaignForm, SearchForm, sent
from healthmgmt.engagement.models import Activity
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.organization.selectors import today as local_today

PAGE_SIZE = 50
CAMPAIGNS_A_PAGE = 20


@requires(Permission.CAMPAIGNS_MANAGE)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """The activities of the office's units, the newest first."""
    page = Paginator(access.campaigns_of(request.user).order_by("-starts_on", "-pk"), CAMPAIGNS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "engagement/campaigns.html", campaign_pages.listed(page, today=local_today()))


@requires(Permission.CAMPAIGNS_MANAGE)
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """An activity for a unit and dates; nobody is invited by it yet."""
    today = local_today()
    form = CampaignForm(request.user, Permission.CAMPAIGNS_MANAGE, sent(request), initial=campaign_pages.suggested(today))
    if form.is_valid():
        unit = get_unit_or_404(request.user, form.unit_pk, Permission.CAMPAIGNS_MANAGE)
        days = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
        try:
            made = campaigns.prepare(unit, kind=form.cleaned_data["kind"], today=today, by=Actor.of_request(request), **days)
        except Rejected as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("engagement:campaign", made.uuid)
    context = {"form": form, "programmes": campaign_pages.offered()}
    return render(request, "engagement/prepare.html", context, status=422 if form.errors else 200)


@requires(Permission.CAMPAIGNS_MANAGE)
@require_GET
def campaign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One activity as counts; no name stands on it."""
    one = access.campaign_or_404(request.user, uuid)
    return _page(request, one, AttendanceForm())


@requires(Permission.CAMPAIGNS_MANAGE)
@require_POST
def start(request: HttpRequest, uuid: UUID) -> HttpResponse:
    said = _("Started. The invitations are going out.")
    return _acted(request, uuid, lambda one, by: campaigns.start(one, today=local_today(), by=by), said)


@requires(Permission.CAMPAIGNS_MANAGE)
@require_POST
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _acted(request, uuid, lambda one, by: campaigns.end(one, by=by), _("Ended. What people did and their points stay."))


@requires(Permission.CAMPAIGNS_MANAGE)
@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _acted(request, uuid, lambda one, by: campaigns.cancel(one, by=by), _("Called off. What people did and their points stay."))


def _acted(request: HttpRequest, uuid: UUID, act: Callable[[Activity, Actor], Activity], said: str) -> HttpResponse:
    one = access.campaign_or_404(request.user, uuid)
    try:
        act(one, Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, said)
    return redirect("engagement:campaign", uuid)


@requires(Permission.CAMPAIGNS_MANAGE)
@require_POST
def take_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An attendance list. The same file again changes nothing."""
    one = access.campaign_or_404(request.user, uuid)
    form = AttendanceForm(request.POST, request.FILES)
    if form.is_valid():
        data, held_on = form.cleaned_data["file"].read(), form.cleaned_data["held_on"]
        try:
            attendance.take_in(one, data, held_on=held_on, today=local_today(), by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, error.message)
        else:
            return redirect(f"{request.path.removesuffix('attendance/')}#lists")
    return _page(request, one, form)


def _page(request: HttpRequest, one: Activity, form: AttendanceForm) -> HttpResponse:
    context = campaign_pages.campaign(one, today=local_today()) | {"form": form}
    return render(request, "engagement/campaign.html", context, status=422 if form.errors else 200)


@requires(Permission.WORK_STATE_VIEW)
@require_GET
def named_list(request: HttpRequest) -> HttpResponse:
    """The activities of one's people, as counts of who is invited and took part."""
    page = Paginator(access.named_activities(request.user).order_by("-starts_on", "-pk"), CAMPAIGNS_A_PAGE).get_page(request.GET.get("page"))
    counts = selectors.named_counts(request.user, page.object_list)
    rows = [(one, presenters.title(one), counts.get(one.pk)) for one in page.object_list]
    return render(request, "engagement/named_list.html", {"page": page, "rows": rows})


@requires(Permission.WORK_STATE_VIEW)
@require_GET
def invited(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is invited and who took part, by name; never what they did, nor that they declined."""
    one, form = access.named_activity_or_404(request.user, uuid), SearchForm(request.GET)
    page = Paginator(selectors.invited_to(request.user, one, form.search), PAGE_SIZE).get_page(request.GET.get("page"))
    people = [found.person_id for found in page.object_list]
    audit.record_people("activity.invited_viewed", people, by=Actor.of_request(request), subject=one)
    counts = selectors.named_counts(request.user, [one]).get(one.pk)
    context = {"activity": one, "title": presenters.title(one), "page": page, "form": form, "counts": counts}
    return render(request, "engagement/invited.html", context)
