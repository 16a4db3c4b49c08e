"""The unit board, the group page, and what stands behind their numbers. No page here knows a person."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from healthmgmt.core import workbooks
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams.access import arrived_by_link
from healthmgmt.exams.presenters import arrivals
from healthmgmt.insight import access, figures, light_access, selectors
from healthmgmt.insight import evidence as evidence_of
from healthmgmt.insight.board import board as board_of
from healthmgmt.insight.departments import departments as departments_of
from healthmgmt.insight.forms import CoachForm
from healthmgmt.insight.group import group as group_of
from healthmgmt.insight.selectors import Scorecard
from healthmgmt.organization.models import Period

# On paper stand the definitions of coverage and content; all of them have a page of their own.
MAIN_METRICS = 5
Build = Callable[[Scorecard, list[Period]], dict[str, Any]]


@requires(Permission.METRICS_VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """A unit and those below it, the one that needs help most first."""

    def build(card: Scorecard, periods: list[Period]) -> dict[str, Any]:
        work = selectors.work_states(card) if card.period.state == Period.State.OPEN else {}
        arrived = arrivals(request.user, arrived_by_link(request.user))
        lit = light_access.open_lights(card.period, today=timezone.localdate(), own=light_access.own_units(request.user))
        return board_of(card, work, timezone.localdate(), lit) | {"arrivals": arrived, "coach_form": CoachForm(initial={"token": uuid4()})}

    return _page(request, "insight/board.html", build, Permission.METRICS_VIEW, Permission.WORK_STATE_VIEW)


@requires(Permission.METRICS_VIEW)
@require_GET
def group(request: HttpRequest) -> HttpResponse:
    """Four questions of leadership, and the departments."""

    def build(card: Scorecard, periods: list[Period]) -> dict[str, Any]:
        lit = light_access.open_lights(card.period, today=timezone.localdate(), own=light_access.own_units(request.user))
        return group_of(card, periods, selectors.waiting_rows(card.unit), lit)

    return _page(request, "insight/group.html", build, Permission.METRICS_VIEW)


@requires(Permission.METRICS_VIEW)
@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    """Every published number of two levels of units."""
    return _page(request, "insight/departments.html", lambda card, periods: departments_of(card), Permission.METRICS_VIEW, levels=2)


@requires(Permission.METRICS_VIEW)
@require_GET
def year_report(request: HttpRequest) -> HttpResponse:
    """A period on paper: what the group page says, the departments, and how the numbers are made."""

    def build(card: Scorecard, periods: list[Period]) -> dict[str, Any]:
        told = figures.definitions(selectors.smallest_group())
        return group_of(card, periods, selectors.waiting_rows(card.unit)) | {"told": told["metrics"][:MAIN_METRICS]}

    return _page(request, "insight/year_report.html", build, Permission.METRICS_VIEW)


@requires(Permission.METRICS_VIEW)
@require_GET
def evidence(request: HttpRequest) -> HttpResponse:
    """What a healthy enterprise shows of itself that can be proved here; of the whole organisation."""
    return _page(request, "insight/evidence.html", lambda card, periods: {"indicators": evidence_of.binder(card)}, Permission.METRICS_VIEW)


@requires(Permission.METRICS_VIEW)
@require_GET
def evidence_sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    unit = access.chosen_unit(request.user, request.GET.get("unit", ""), Permission.METRICS_VIEW)
    asked = request.GET.get("period", "")
    period = next((one for one in selectors.published_periods() if asked in ("", str(one.pk))), None)
    if unit is None or period is None:
        raise Http404
    headings, rows = evidence_of.rows(selectors.card(unit, period, selectors.period_before(period)))
    named = content_disposition_header(as_attachment=True, filename=f"{unit.name}-{period.name}.xlsx")
    content = workbooks.write(headings, rows, title=period.name)
    return HttpResponse(content, content_type=workbooks.CONTENT_TYPE, headers={"Content-Disposition": named})


@requires(Permission.METRICS_VIEW)
@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """How every number is made, in words."""
    return render(request, "insight/definitions.html", figures.definitions(selectors.smallest_group()))


def _page(request: HttpRequest, template: str, build: Build, *permissions: Permission, levels: int = 1) -> HttpResponse:
    """A page of the unit and period asked for; without a choice the user's only highest unit and the newest period."""
    unit = access.chosen_unit(request.user, request.GET.get("unit", ""), *permissions)
    if unit is None:
        return render(request, "insight/choose.html", {"units": access.top_units(request.user, *permissions)})
    periods = selectors.published_periods()
    if not periods:
        return render(request, "insight/nothing.html", {"unit": unit})
    asked = request.GET.get("period", "")
    period = next((one for one in periods if asked in ("", str(one.pk))), None)
    if period is None:
        raise Http404
    before = next((one for one in periods if one.ends_on < period.starts_on), None)
    card = selectors.card(unit, period, before, levels=levels)
    chosen = unit.pk if request.GET.get("unit") else None
    return render(request, template, {"card": card, "periods": periods, "chosen": chosen, **build(card, periods)})
