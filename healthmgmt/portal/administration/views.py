"""The administrator's home, and the organisation's settings beside the rules in force."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.exams.access import arrived_by_link
from healthmgmt.exams.presenters import arrivals
from healthmgmt.organization import services as organization
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.selectors import holds_everywhere, organisation_settings, today
from healthmgmt.partners.models import ExamCentre
from healthmgmt.portal.administration.forms import TIME_ZONES, SettingsForm
from healthmgmt.portal.administration.home import counts, sentence
from healthmgmt.risk import editions
from healthmgmt.risk import services as risk


@requires(Permission.USERS_MANAGE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    found, day = counts(request.user), today()
    days = (found.period.deadline_on - day).days if found.period else 0
    context = {"counts": found, "sentence": sentence(found, day, page_language()), "today": day, "days": days, "days_ago": -days}
    context["arrivals"] = arrivals(request.user, arrived_by_link(request.user))
    return render(request, "portal/admin.html", context)


@requires(Permission.USERS_MANAGE)
@require_GET
def centre_options(request: HttpRequest) -> HttpResponse:
    """The names of the exam centres whose files are known, for whoever gives an exam centre's account its own."""
    return render(request, "administration/_unit_options.html", {"units": ExamCentre.objects.values_list("name", flat=True)})


@requires(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What the administrator decides, and what others decide, to be read."""
    own = organisation_settings()
    form = SettingsForm(initial={name: getattr(own, name) for name in SettingsForm.base_fields})
    if request.method == "POST":
        check_whole(request.user, Permission.SETTINGS_MANAGE)
        form = SettingsForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                organization.change_settings(timezone_name=given.pop("timezone"), **given, by=Actor.of_request(request))
            except Rejected as error:
                form.add_error(error.field, error.message)
            else:
                messages.success(request, _("The settings were saved."))
                return redirect("portal:settings")
    pack = risk.pack_in_force(today())
    context = {"form": form, "own": own, "pack": pack, "title": pack.titles[page_language()], "zones": TIME_ZONES, "months": editions.window_months(pack)}
    context["may_change"] = holds_everywhere(request.user, Permission.SETTINGS_MANAGE)
    return render(request, "portal/settings.html", context, status=422 if form.errors else 200)
