"""Report files of a person's exams: what there is, another one, and taking one along."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, reports, selectors
from healthmgmt.exams.forms import ReportForm
from healthmgmt.people.models import Person

# Whatever a browser makes of the file, it runs nothing of it and shows it in no page of ours.
ALONE = "sandbox; default-src 'none'"


# A file that is too large is noticed while it arrives, before the form's token is looked at.
@csrf_exempt
@requires(Permission.RECORD_VIEW)
@require_http_methods(["GET", "POST"])
def of_person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The exams of a person with their report files; POST adds a file to one of them."""
    person = access.record_or_404(request.user, uuid)
    if request.method == "GET":
        return _list(request, person, ReportForm(person))
    try:
        return _add(request, person)
    except Rejected as error:
        form = ReportForm(person, {})
        form.errors.clear()
        form.add_error("report", str(error.message))
        return _list(request, person, form, status=422)


@requires(Permission.RECORD_VIEW, Permission.OWN_RECORD_VIEW)
@require_GET
def download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    report = access.get_report_file_or_404(request.user, uuid)
    file = reports.open_for(report, by=Actor.of_request(request))
    response = FileResponse(file, as_attachment=True, filename=f"report-{report.added_at:%Y-%m-%d}.pdf", content_type="application/pdf")
    response.headers["Content-Security-Policy"] = ALONE
    return response


@csrf_protect
def _add(request: HttpRequest, person: Person) -> HttpResponse:
    form = ReportForm(person, request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, person, form, status=422)
    exam = get_object_or_404(selectors.standing_exams(person), pk=form.cleaned_data["exam"])
    reports.attach_to_exam(exam, form.cleaned_data["report"], by=Actor.of_request(request), user=request.user)
    messages.success(request, _("The report is kept beside the exam. The person sees it too."))
    return redirect("exams:report_files", person.uuid)


def _list(request: HttpRequest, person: Person, form: ReportForm, status: int = 200) -> HttpResponse:
    audit.record("exam.reports_viewed", by=Actor.of_request(request), subject=person, person_id=person.pk)
    context = {"person": person, "form": form, "exams": selectors.exams_with_reports(person)}
    return render(request, "exams/report_files.html", context, status=status)
