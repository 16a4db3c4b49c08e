"""The tree of units for the organisation's administrator: what it looks like, and every change of it."""

from collections.abc import Callable
from typing import Any

from django import forms
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
from healthmgmt.organization import services as organization
from healthmgmt.organization.access import get_unit_or_404, unit_named
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today, unit_and_above, units_offered
from healthmgmt.people import moves, services
from healthmgmt.people.administration import units as tree
from healthmgmt.people.administration import words
from healthmgmt.people.administration.forms import MergeForm, NameForm, NewUnitForm, PlaceForm, TargetForm, TransferForm, blame

MANAGE = Permission.UNITS_MANAGE
PAGE_SIZE = 50


@requires(MANAGE)
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The trees that an administrator looks after."""
    forest = tree.forest(request.user, MANAGE)
    context = {"forest": forest, "sentence": words.forest_sentence(forest), "units": units_offered(request.user, MANAGE)}
    if request.GET.get("unit"):
        try:
            return redirect("administration:unit", unit_named(request.user, request.GET["unit"], MANAGE).pk)
        except Rejected as error:
            context |= {"wanted": request.GET["unit"], "fault": error.message}
    return render(request, "administration/units.html", context, status=422 if "fault" in context else 200)


@requires(MANAGE)
@require_GET
def options(request: HttpRequest) -> HttpResponse:
    """Suggestions for a field that takes a unit."""
    names = units_offered(request.user, MANAGE, request.GET.get("unit", ""))
    return render(request, "administration/_unit_options.html", {"units": names})


@requires(MANAGE)
@require_GET
def children(request: HttpRequest, pk: int) -> HttpResponse:
    """The branches below a unit of a large tree, fetched when it is opened."""
    nodes = tree.children(get_unit_or_404(request.user, pk, MANAGE))
    return render(request, "administration/_branches.html", {"nodes": nodes})


@requires(MANAGE)
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_unit_or_404(request.user, pk, MANAGE))


@requires(MANAGE)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    def act(found: Unit, given: dict[str, Any], by: Actor) -> str:
        made = organization.create_unit(found, name=given["name"], place=given["place"], by=by)
        return _("“%(name)s” was made.") % {"name": made.name}

    return _changed(request, pk, "add_form", NewUnitForm, act)


@requires(MANAGE)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    def act(found: Unit, given: dict[str, Any], by: Actor) -> str:
        organization.rename(found, name=given["name"], by=by)
        return _("The unit has its new name.")

    return _changed(request, pk, "name_form", NameForm, act)


@requires(MANAGE)
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    def act(found: Unit, given: dict[str, Any], by: Actor) -> str:
        organization.place_at(found, place=given["place"], by=by)
        return _("The place was set.")

    return _changed(request, pk, "place_form", PlaceForm, act)


@requires(MANAGE)
@require_POST
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    def act(found: Unit, given: dict[str, Any], by: Actor) -> str:
        target = unit_named(request.user, given["unit"], MANAGE)
        people = tree.chosen(request.user, found, people=given["people"], everybody=given["everybody"])
        return words.transferred(moves.transfer(people, to=target, on=given["on"], by=by), target)

    return _changed(request, pk, "transfer_form", TransferForm, act)


@requires(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    def act(found: Unit, given: dict[str, Any], by: Actor) -> str:
        services.close_unit(found, by=by)
        return _("The unit was closed. Its history stays.")

    return _changed(request, pk, "close_form", forms.Form, act)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """First what follows from it, then the move."""
    found = get_unit_or_404(request.user, pk, MANAGE)
    form = TargetForm(request.POST) if request.method == "POST" else TargetForm(request.GET or None)
    target = _target(request, form)
    if target is not None and request.method == "POST":
        try:
            organization.move(found, to=target, by=Actor.of_request(request))
        except Rejected as error:
            blame(form, error)
        else:
            messages.success(request, _("“%(name)s” now stands below “%(to)s”.") % {"name": found.name, "to": target.name})
            return redirect("administration:unit", pk)
    context = {"unit": found, "form": form, "target": target, "units": units_offered(request.user, MANAGE)}
    if target is not None:
        context["lost"], context["gained"] = tree.reach_changed(found, target)
    return render(request, "administration/move.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """First what follows from it, then the merger."""
    found = get_unit_or_404(request.user, pk, MANAGE)
    form = MergeForm(request.POST) if request.method == "POST" else MergeForm(request.GET or None, initial={"on": today()})
    target = _target(request, form)
    if target is not None and request.method == "POST":
        try:
            moved = moves.merge_units(found, into=target, on=form.cleaned_data["on"], by=Actor.of_request(request))
        except Rejected as error:
            blame(form, error)
        else:
            messages.success(request, words.merged(found, target, moved))
            return redirect("administration:unit", target.pk)
    context = {"unit": found, "form": form, "target": target, "units": units_offered(request.user, MANAGE)}
    if target is not None:
        context |= {"people": tree.people_right_at(found).count(), "below": tree.children(found), "roles": tree.roles_at(found)}
    return render(request, "administration/merge.html", context, status=422 if form.errors else 200)


def _target(request: HttpRequest, form: forms.Form) -> Unit | None:
    """The unit that a form names; None, with the reason beside the field, when it cannot be used."""
    if not form.is_valid():
        return None
    try:
        return unit_named(request.user, form.cleaned_data["unit"], MANAGE)
    except Rejected as error:
        blame(form, error)
        return None


def _changed(
    request: HttpRequest, pk: int, name: str, kind: type[forms.Form], act: Callable[[Unit, dict[str, Any], Actor], str]
) -> HttpResponse:
    """Do one thing to a unit and say so on its page; what was rejected stands in the form called `name` there."""
    found = get_unit_or_404(request.user, pk, MANAGE)
    form = kind(request.POST)
    if form.is_valid():
        try:
            said = act(found, form.cleaned_data, Actor.of_request(request))
        except Rejected as error:
            blame(form, error)
        else:
            messages.success(request, said)
            return redirect("administration:unit", pk)
    found.refresh_from_db()
    return _page(request, found, **{name: form})


def _page(request: HttpRequest, found: Unit, **bound: forms.Form) -> HttpResponse:
    """The page of a unit, which is recorded for the people whom it lists."""
    node, below = tree.node(found), tree.children(found)
    people = tree.people_right_at(found, request.GET.get("q", ""))
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    audit.record_people("unit.people_viewed", [person.pk for person in page.object_list], by=Actor.of_request(request), subject=found)
    direct = node.people - sum(one.people for one in below)
    context = {
        "unit": found,
        "above": [one for one in unit_and_above(found) if one.pk != found.pk],
        "below": below,
        "sentence": words.unit_sentence(node, direct, len(below)),
        "roles": tree.roles_at(found),
        "page": page,
        "direct": direct,
        "search": request.GET.get("q", ""),
        "units": units_offered(request.user, MANAGE),
        "reach": [one.pk for one in unit_and_above(found) if request.user.can(MANAGE, one)],
        "add_form": NewUnitForm(),
        "name_form": NameForm(initial={"name": found.name}),
        "place_form": PlaceForm(initial={"place": found.place}),
        "transfer_form": TransferForm(initial={"on": today()}),
        **bound,
    }
    return render(request, "administration/unit.html", context, status=422 if bound else 200)
