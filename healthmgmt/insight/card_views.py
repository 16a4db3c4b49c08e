"""Scorecards: what the level above weighs, handing in, accepting, sending back, printing. No page here knows a person."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.insight import card_access, card_page, cards, figures, light_access, light_words, selectors, submitting
from healthmgmt.insight.card_models import Card
from healthmgmt.insight.forms import NoteForm, TargetsForm
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import today

VIEW, SUBMIT, DECIDE = Permission.SCORECARD_VIEW, Permission.SCORECARD_SUBMIT, Permission.SCORECARD_DECIDE
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(VIEW)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Own scorecards, and those that wait for a decision of this user."""
    period, periods = _period(request)
    if period is None:
        return render(request, "insight/cards.html", {"periods": [], "tops": []})
    tops = [card_access.top(request.user, unit, period) for unit in card_access.own_units(request.user)]
    closing = [(one.unit, selectors.closing(one.unit, period)) for one in tops]
    context = {"period": period, "periods": periods, "tops": tops, "closing": [pair for pair in closing if pair[1]], "form": NoteForm()}
    return render(request, "insight/cards.html", context)


@requires(VIEW)
@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The scorecard of a unit, for the screen and for paper."""
    unit, period = card_access.unit_or_404(request.user, pk, VIEW), _period(request)[0]
    try:
        shown = card_page.page(unit, period, today=today()) if period else None
    except Rejected:
        shown = None
    if shown is None:
        return render(request, "insight/nothing.html", {"unit": unit})
    may = card_access.may(request.user, unit, period, shown["kept"])
    lit = light_access.open_lights(period, today=today(), own=light_access.own_units(request.user))
    signals = light_words.of_card([unit.pk], lit)
    context = {"unit": unit, "period": period, "form": NoteForm(), "may": may, "signals": signals, **shown}
    return render(request, "insight/card.html", context | {"with_names": card_access.may_see_names(request.user)})


@requires(VIEW)
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same numbers as a workbook."""
    unit, period = card_access.unit_or_404(request.user, pk, VIEW), _period(request)[0]
    try:
        headings, rows = card_page.rows(unit, period, today=today()) if period else ([], [])
    except Rejected as error:
        raise Http404(str(error.message)) from error
    if not headings:
        raise Http404(_("Nothing is published yet."))
    content = workbooks.write(headings, rows, title=unit.name)
    named = content_disposition_header(as_attachment=True, filename=f"{unit.name}-{period.name}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": named})


@requires(SUBMIT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    unit = card_access.submitted_unit_or_404(request.user, pk)

    def act(period: Period, **said: Any) -> None:
        submitting.submit(unit, period=period, **said)

    return _acted(request, unit, act, _("The scorecard was handed in."))


@requires(DECIDE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    unit = card_access.decided_unit_or_404(request.user, pk)
    return _acted(request, unit, _deciding(unit, submitting.accept), _("The scorecard was accepted and stands."))


@requires(DECIDE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    unit = card_access.decided_unit_or_404(request.user, pk)
    return _acted(request, unit, _deciding(unit, submitting.send_back), _("The scorecard was sent back with your words."))


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """What the scorecards of the units directly below one weigh."""
    unit, period = card_access.unit_or_404(request.user, pk, DECIDE), _period(request)[0]
    if period is None:
        return render(request, "insight/nothing.html", {"unit": unit})
    form = TargetsForm(cards.targets_of(unit, period), *([request.POST] if request.method == "POST" else []))
    if form.is_valid():
        try:
            submitting.set_targets(unit, period=period, given=form.given(), by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The weights and targets were set."))
            return redirect(cards.address(period))
    context = {"unit": unit, "period": period, "form": form, "lines": form.lines(figures.name_of)}
    return render(request, "insight/targets.html", context, status=422 if form.errors else 200)


def _deciding(unit: Unit, decide: Callable[..., Card]) -> Callable[..., None]:
    def act(period: Period, **said: Any) -> None:
        found = Card.objects.filter(unit=unit, period=period).first()
        if found is None:
            raise Rejected(_("This scorecard does not wait for a decision."))
        decide(found, **said)

    return act


def _acted(request: HttpRequest, unit: Unit, act: Callable[..., None], said: str) -> HttpResponse:
    """Asked for twice, or out of turn: the page says so, and nothing happens."""
    period, form = _period(request)[0], NoteForm(request.POST)
    if period is None or not form.is_valid():
        raise Http404
    try:
        act(period, note=form.cleaned_data["note"], by=Actor.of_request(request), name=request.user.shown_name)
    except Rejected as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, said)
    return redirect(cards.address(period))


def _period(request: HttpRequest) -> tuple[Period | None, list[Period]]:
    """The period asked for, else the newest that is published. Raises Http404 for one that is not."""
    periods = selectors.published_periods()
    asked = request.POST.get("period", "") or request.GET.get("period", "")
    found = next((one for one in periods if asked in ("", str(one.pk))), None)
    if found is None and asked:
        raise Http404
    return found, periods
