"""The list with its delivery, and the page of one upload in every state of it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.exporting import XLSX
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, columns, downloads, presenters, purging, quarantine, rereading, selectors, services
from healthmgmt.exams.forms import DeliveryForm
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.exams.progress import WORKING, progress
from healthmgmt.exams.views import repairs

PAGE_ROWS = 20


# The file is judged while it arrives, and only then the form's token: what is wrong with the file is said on the page.
@csrf_exempt
@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_http_methods(["GET", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """The uploads that the user may see, newest first; POST delivers a file."""
    if request.method == "GET":
        return _list(request, DeliveryForm(request.user))
    if not request.user.can(Permission.UPLOAD_CREATE):
        raise PermissionDenied
    try:
        return _deliver(request)
    except Rejected as error:
        # What was sent beside the file could not be read any more; that nothing is there is no fault.
        form = DeliveryForm(request.user, {}, {})
        form.errors.clear()
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _list(request, form, status=422)


@csrf_protect
def _deliver(request: HttpRequest) -> HttpResponse:
    form = DeliveryForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    given = form.cleaned_data
    earlier = None if given["again"] else access.earlier_delivery(request.user, services.fingerprint(given["file"]))
    if earlier is not None:
        return _list(request, form, earlier=earlier, status=409)
    upload = services.receive(
        given["file"],
        name=given["file"].name,
        unit=access.uploading_unit(request.user, given.get("unit")),
        by=Actor.of_request(request),
        user=request.user,
        centre=given["centre"],
    )
    return redirect("exams:upload", upload.uuid)


def _list(request: HttpRequest, form: DeliveryForm, *, earlier: Upload | None = None, status: int = 200) -> HttpResponse:
    found = access.visible_to(request.user).select_related("centre", "uploaded_by", "unit", "link").order_by("-id")
    context = {
        "form": form,
        "earlier": earlier,
        "arrivals": presenters.arrivals(request.user, access.arrived_by_link(request.user)),
        "became": presenters.became(earlier) if earlier else "",
        "page": Paginator(found, PAGE_ROWS).get_page(request.GET.get("page")),
        "may_deliver": request.user.can(Permission.UPLOAD_CREATE),
        "packages": presenters.packages_to_choose(),
        "may_type": request.user.can(Permission.EXAM_TYPE),
        "may_link": request.user.can(Permission.UPLOAD_LINKS),
        "open_links": access.links_visible_to(request.user).filter(upload=None, revoked_at=None, expires_at__gt=timezone.now()).count(),
        "centres": access.centres_known_to(request.user).values_list("name", flat=True),
    }
    return render(request, "exams/uploads.html", context, status=status)


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def upload(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One page for an upload's whole life: it follows its state."""
    return _page(request, access.get_upload_or_404(request.user, uuid))


def _page(request: HttpRequest, upload: Upload) -> HttpResponse:
    if upload.state in WORKING and upload.purged_at is None:
        return render(request, "exams/progress.html", _progress(request, upload))
    if upload.state == Upload.State.REFUSED:
        return render(request, "exams/refused.html", _refused(request, upload))
    if upload.state == Upload.State.MERGED:
        told = {"lead": presenters.merged_sentence(upload), "lines": presenters.merged_lines(upload)}
        return render(request, "exams/merged.html", presenters.about(upload) | told)
    if upload.state == Upload.State.CHECKED and upload.purged_at is None:
        return repairs.page(request, upload)
    return render(request, "exams/receipt.html", _receipt(request, upload))


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def progress_of(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The moving part of the page while work is under way; when it is done the whole page is asked for again."""
    upload = access.get_upload_or_404(request.user, uuid)
    if upload.state not in WORKING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "exams/_progress.html", _progress(request, upload))


def _kept(request: HttpRequest, upload: Upload) -> frozenset[str]:
    """Headings that are kept from the user."""
    return frozenset() if access.hands(request.user, upload).sees else quarantine.headings(upload.layout)


def _refused(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    awaits = rereading.awaits_answers(upload)
    return presenters.about(upload) | {
        "sentence": presenters.lacking_in(upload) if awaits else presenters.sentence(upload.reason),
        "awaits_answers": awaits,
        "may_answer": awaits and access.may_answer(request.user, upload),
        "is_kept": rereading.is_kept(upload),
        "may_deliver": request.user.can(Permission.UPLOAD_CREATE),
    }


def _progress(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    job = selectors.running_job(upload)
    stuck = selectors.stuck_counts(upload)
    passed = sum(selectors.stuck_counts(upload, up_to=job.done if job else 0).values())
    shown = columns.shown(upload.layout, _kept(request, upload))
    return presenters.about(upload) | {
        "progress": progress(upload, job, stuck, passed, now=timezone.now()),
        "columns": shown,
        "recognised": columns.recognised(shown),
    }


def _receipt(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    user, is_withdrawn = request.user, upload.state == Upload.State.WITHDRAWN
    may_undo = access.may_undo(user, upload) and upload.state in (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED)
    kept = _kept(request, upload)
    return presenters.about(upload) | {
        "lead": presenters.receipt_sentence(upload),
        "equation": presenters.equation(upload, selectors.mended_count(upload)),
        "went_in": selectors.went_in(upload),
        "mended": selectors.mended_that_went_in(upload),
        "waiting": presenters.causes(selectors.causes(upload), kept),
        "refused": presenters.causes(selectors.causes(upload, UploadRow.State.REFUSED), kept),
        "kept_until": purging.kept_until(upload),
        "acts": selectors.acts(upload),
        "steps": presenters.next_steps(upload, is_counted=not is_withdrawn and selectors.is_counted(upload)),
        "may_mend": access.hands(user, upload).mends,
        "may_download": access.may_download(user, upload),
        "columns_line": columns.summary(upload.layout) if access.may_answer(user, upload) and not is_withdrawn else None,
        "may_undo": may_undo,
        "locked": selectors.locked_period(upload) if may_undo else None,
    }


@requires(Permission.UPLOAD_CREATE)
@require_POST
def apply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload = access.get_upload_or_404(request.user, uuid, Permission.UPLOAD_CREATE)
    services.request_apply(upload, by=Actor.of_request(request))
    return redirect("exams:upload", uuid)


@requires(Permission.UPLOAD_REPAIR, Permission.OWN_DELIVERIES)
@require_GET
def bad_rows(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload = access.get_upload_or_404(request.user, uuid)
    if not access.may_download(request.user, upload):
        raise PermissionDenied
    state = UploadRow.State.REFUSED if request.GET.get("state") == "refused" else UploadRow.State.WAITING
    services.refuse_purged(upload)
    file = downloads.bad_rows(
        upload, state=state, hands=access.hands(request.user, upload), by=Actor.of_request(request)
    )
    name = f"{upload.file_name.rpartition('.')[0] or upload.file_name}-{state}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
