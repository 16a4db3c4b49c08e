"""The rounds of examinations, for the organisation's administrator."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization import periods as rounds
from healthmgmt.organization import presenters
from healthmgmt.organization.access import check_whole, get_period_or_404
from healthmgmt.organization.forms import DeadlineForm, PeriodForm
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import holds_everywhere, today

MANAGE = Permission.PERIODS_MANAGE


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def periods(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first, and a new one."""
    form = PeriodForm()
    if request.method == "POST":
        check_whole(request.user, MANAGE)
        form = PeriodForm(request.POST)
        if form.is_valid():
            try:
                made = rounds.open_period(**form.cleaned_data, by=Actor.of_request(request))
            except Rejected as error:
                form.add_error(error.field, error.message)
            else:
                messages.success(request, _("The period “%(name)s” is open.") % {"name": made.name})
                return redirect("organization:periods")
    return _page(request, form)


@requires(MANAGE)
@require_POST
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    """Another deadline of an open round."""
    period = get_period_or_404(request.user, pk, MANAGE)
    form = DeadlineForm(request.POST, auto_id=f"deadline_{pk}_%s")
    if form.is_valid():
        try:
            rounds.change_deadline(period, deadline_on=form.cleaned_data["deadline_on"], by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("The deadline was changed. The numbers follow by tomorrow."))
            return redirect("organization:periods")
    return _page(request, PeriodForm(), changing=(period.pk, form))


@requires(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, rounds.close_period, _("The period was closed. What arrives from now on does not count for it."))


@requires(MANAGE)
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, rounds.lock_period, _("The period is locked. Its uploads cannot be undone any more."))


def _turned(request: HttpRequest, pk: int, act: Callable[..., Period], said: str) -> HttpResponse:
    """Asked for twice, or out of turn: the page says so, and nothing happens."""
    try:
        act(get_period_or_404(request.user, pk, MANAGE), by=Actor.of_request(request))
    except Rejected as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, said)
    return redirect("organization:periods")


def _deadline_form(period: Period) -> DeadlineForm:
    """Several stand on the page, so each has names of its own for its fields."""
    return DeadlineForm(initial={"deadline_on": period.deadline_on}, auto_id=f"deadline_{period.pk}_%s")


def _page(request: HttpRequest, form: PeriodForm, changing: tuple[int, DeadlineForm] | None = None) -> HttpResponse:
    rows = [
        (period, changing[1] if changing and changing[0] == period.pk else _deadline_form(period))
        for period in Period.objects.order_by("-starts_on")
    ]
    context = {
        "rows": rows,
        "form": form,
        "sentence": presenters.periods_sentence([period for period, _form in rows], today()),
        "may_change": holds_everywhere(request.user, MANAGE),
    }
    return render(request, "organization/periods.html", context, status=422 if form.errors or changing else 200)
