"""Work among case managers: what everybody has, and people shared out."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from healthmgmt.care import access, sharing, workload
from healthmgmt.care.forms import SharingForm
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.organization.models import Unit


@requires(Permission.CARE_WORK)
@require_safe
def load(request: HttpRequest) -> HttpResponse:
    """Numbers alone; nobody by name but the case managers. A unit that was chosen leads to its page."""
    if (unit := request.GET.get("unit", "")[:18]).isdecimal():
        return redirect("care:share", int(unit))
    return render(request, "care/load.html", {"workload": workload.build(request.user, today=timezone.localdate())})


@requires(Permission.CARE_WORK)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """People of a unit to case managers: chosen, looked at, done."""
    unit = access.get_care_unit_or_404(request.user, pk)
    asked = request.POST or (request.GET if "look" in request.GET else None)
    form = SharingForm(unit, asked if request.method == "GET" else request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            made = _share_out(unit, form, Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(request, workload.done(made.people, made.left_over))
            return redirect("care:load")
    return render(request, "care/share.html", _context(request, unit, form), status=422 if request.method == "POST" else 200)


def _share_out(unit: Unit, form: SharingForm, by: Actor) -> sharing.Sharing:
    given = form.cleaned_data
    return sharing.share_out(
        unit, list(given["managers"]), token=given["token"] or uuid4(), by=by, source=given["source"], most=given["most"]
    )


def _context(request: HttpRequest, unit: Unit, form: SharingForm) -> dict[str, object]:
    today, looked = timezone.localdate(), None
    if form.is_valid() and form.cleaned_data["source"] not in list(form.cleaned_data["managers"]):
        given = form.cleaned_data
        looked = workload.preview(unit, list(given["managers"]), request.user, source=given["source"], most=given["most"], today=today)
    elif form.is_bound and not form.errors:
        form.add_error("managers", _("Nobody takes over from themselves."))
    chosen = request.POST or request.GET
    return {
        "unit": unit, "form": form, "preview": looked, "waiting": workload.waiting(unit), "holders": list(sharing.holders_in(unit)),
        "loads": sharing.loads_of(list(sharing.managers_reaching(unit)), request.user, today=today), "token": form.data.get("token") or uuid4(),
        "source": chosen.get("source", ""), "chosen": chosen.getlist("managers"), "capacity": workload.capacity(),
    }  # fmt: skip
