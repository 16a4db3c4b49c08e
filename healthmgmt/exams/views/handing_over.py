"""What somebody with a one-time link sees: the page that takes their file, and afterwards what became of it. No account is needed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from healthmgmt.accounts.lockout import Slowed
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.rules import PUBLIC, requires
from healthmgmt.exams import links, presenters, selectors
from healthmgmt.exams.forms import FileForm
from healthmgmt.exams.models import Upload, UploadLink
from healthmgmt.exams.progress import WORKING

# Where a session keeps which link was opened; the secret itself is kept nowhere.
OPENED = "upload_link"


# Whatever comes here is answered in the same way: an answer that tells of an error would be logged with the address.
@csrf_exempt
@requires(PUBLIC)
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself: takes the secret out of the address, so that no further log and no Referer holds it."""
    request.session.pop(OPENED, None)
    try:
        link = links.holder(token, address=request.META.get("REMOTE_ADDR", ""))
    except Slowed as error:
        messages.warning(request, str(error.message))
        link = None
    if link is not None:
        request.session[OPENED] = link.pk
    response = redirect("handing_over:page")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# The file is judged while it arrives, and only then the form's token: what is wrong with the file is said on the page.
@csrf_exempt
@requires(PUBLIC)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The page of the link that was opened in this browser."""
    link = links.standing(request.session.get(OPENED))
    if link is None:
        return render(request, "exams/link_ended.html", status=404)
    if request.method == "GET" or link.upload is not None:
        return _shown(request, link, FileForm())
    try:
        return _take(request, link)
    except Rejected as error:
        # What was sent beside the file could not be read any more; that nothing is there is no fault.
        form = FileForm({}, {})
        form.errors.clear()
        form.add_error("file", str(error.message))
        return _shown(request, link, form, status=422)


@csrf_protect
def _take(request: HttpRequest, link: UploadLink) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, link, form, status=422)
    file = form.cleaned_data["file"]
    links.deliver(link, file, name=file.name, address=request.META.get("REMOTE_ADDR", ""))
    return redirect("handing_over:page")


def _shown(request: HttpRequest, link: UploadLink, form: FileForm, status: int = 200) -> HttpResponse:
    if link.upload is None:
        return render(request, "exams/handing_over.html", {"link": link, "form": form, "packages": presenters.packages_to_choose()}, status=status)
    return render(request, "exams/handed_over.html", {"link": link} | _receipt(link.upload))


def _receipt(upload: Upload) -> dict[str, Any]:
    """Counts and reasons, and no row: whoever has the link may not be who made the file."""
    mended = selectors.mended_count(upload)
    return {
        "upload": upload,
        "fingerprint": presenters.fingerprint(upload),
        "is_working": upload.state in WORKING and upload.purged_at is None,
        "lead": presenters.handed_over_sentence(upload),
        "equation": presenters.equation(upload, mended),
        "waiting": presenters.causes(selectors.causes(upload)),
        "refusal": presenters.sentence(upload.reason) if upload.state == Upload.State.REFUSED else "",
    }
