"""The organisation's working days and holidays, for its administrator."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization import calendar as own_calendar
from healthmgmt.organization import holidays
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.forms import CalendarDayForm, RemoveDayForm, WeekForm, YearForm
from healthmgmt.organization.models import CalendarDay
from healthmgmt.organization.selectors import holds_everywhere, organisation_settings, today

MANAGE = Permission.PERIODS_MANAGE


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The days of this year and the next that the week does not tell, and one more."""
    form = CalendarDayForm()
    if request.method == "POST":
        check_whole(request.user, MANAGE)
        form = CalendarDayForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                own_calendar.set_day(given["day"], name=given["name"], is_free=given["is_free"] == "yes", by=Actor.of_request(request))
            except Rejected as error:
                form.add_error(error.field, error.message)
            else:
                messages.success(request, _("The calendar was changed. What is planned moves along."))
                return redirect("organization:calendar")
    return _page(request, form)


@requires(MANAGE)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    return _changed(request, RemoveDayForm(request.POST), lambda given, by: own_calendar.remove_day(given["day"], by=by))


@requires(MANAGE)
@require_POST
def load_year(request: HttpRequest) -> HttpResponse:
    country = organisation_settings().country
    return _changed(request, YearForm(request.POST), lambda given, by: own_calendar.load_year(country, given["year"], by=by))


@requires(MANAGE)
@require_POST
def week(request: HttpRequest) -> HttpResponse:
    return _changed(
        request, WeekForm(request.POST), lambda given, by: own_calendar.set_weekdays([int(one) for one in given["working_days"]], by=by)
    )


def _changed(request: HttpRequest, form: Form, act: Callable[[dict, Actor], object]) -> HttpResponse:
    check_whole(request.user, MANAGE)
    try:
        if not form.is_valid():
            raise Rejected(next(iter(form.errors.values()))[0])
        act(form.cleaned_data, Actor.of_request(request))
    except Rejected as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The calendar was changed. What is planned moves along."))
    return redirect("organization:calendar")


def _page(request: HttpRequest, form: CalendarDayForm) -> HttpResponse:
    own, day = organisation_settings(), today()
    days = list(CalendarDay.objects.filter(day__gte=date(day.year, 1, 1)))
    published = [one for (country, _year), one in sorted(holidays.load().items()) if country == own.country and one.year >= day.year]
    context = {
        "days": days,
        "upcoming": next((one for one in days if one.is_free and one.day >= day), None),
        "form": form,
        "week": WeekForm(initial={"working_days": [str(one) for one in own.working_days]}),
        "published": published,
        "may_change": holds_everywhere(request.user, MANAGE),
    }
    return render(request, "organization/calendar.html", context, status=422 if form.errors else 200)
