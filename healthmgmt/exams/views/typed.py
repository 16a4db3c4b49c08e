"""One exam typed in by hand, by an exam centre or a clinician."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, packages, presenters, typing_in
from healthmgmt.exams.forms import ItemsForm, TypedExamForm
from healthmgmt.records import catalogue

FIRST_PACKAGE = "basic"


# A report that is too large is noticed while it arrives, before the form's token is looked at.
@csrf_exempt
@requires(Permission.EXAM_TYPE)
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """The form, for the items of a package or those chosen; POST takes the exam in."""
    if request.method == "GET":
        return _shown(request, TypedExamForm(_codes(request.GET), initial=_named(request)))
    try:
        return _take(request)
    except Rejected as error:
        # What was sent beside the file could not be read any more.
        form = TypedExamForm(packages.load()[FIRST_PACKAGE].codes, {})
        form.errors.clear()
        form.add_error("report", str(error.message))
        return _shown(request, form, status=422)


@requires(Permission.EXAM_TYPE)
@require_http_methods(["GET"])
def items(request: HttpRequest) -> HttpResponse:
    """The whole catalogue, to choose from what the form shall hold."""
    return render(request, "exams/items.html", {"form": ItemsForm(), "person": request.GET.get("person", "")})


@csrf_protect
def _take(request: HttpRequest) -> HttpResponse:
    form = TypedExamForm(_codes(request.POST), request.POST, request.FILES)
    if form.is_valid():
        try:
            found = form.read_for(request.user)
            if found is not None and form.is_looked_at(found):
                upload = form.store(found, user=request.user, by=Actor.of_request(request))
                messages.success(request, _("The exam was taken in. It stands in the record in a moment."))
                return redirect("exams:upload", upload.uuid)
        except Rejected as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
    return _shown(request, form, status=422)


def _shown(request: HttpRequest, form: TypedExamForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "packages": presenters.packages_to_choose(),
        "centres": access.centres_known_to(request.user).values_list("name", flat=True),
        "person": request.GET.get("person", ""),
    }
    return render(request, "exams/typed.html", context, status=status)


def _codes(given: Any) -> list[str]:
    """The items asked for, in the catalogue's order. Raises Http404 for a package or an item that there is none of."""
    chosen = given.getlist("items")
    if chosen:
        if not set(chosen) <= set(catalogue.load()):
            raise Http404(_("There is no such item."))
        return [code for code in catalogue.load() if code in chosen]
    package = packages.load().get(given.get("package") or FIRST_PACKAGE)
    if package is None:
        raise Http404(_("There is no such package."))
    return list(package.codes)


def _named(request: HttpRequest) -> dict[str, str]:
    """Number and name of the person whose record the form was opened from, on record for that person."""
    if not request.GET.get("person"):
        return {}
    try:
        uuid = UUID(request.GET["person"])
    except ValueError:
        raise Http404(_("There is no such person.")) from None
    person = access.record_or_404(request.user, uuid)
    audit.record("exam.form_opened", by=Actor.of_request(request), subject=person, person_id=person.pk)
    return {"emp_no": person.emp_no, "name": person.name}
