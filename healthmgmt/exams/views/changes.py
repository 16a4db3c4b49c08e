"""What an upload changes of what is stored, before its rows go in."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.exams import access, changed_rows, presenters, selectors

PAGE_ROWS = 50


@requires(Permission.UPLOAD_VIEW, Permission.OWN_DELIVERIES)
@require_GET
def changes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How many rows are new, unchanged and changed, and which items the changed ones change, page by page."""
    upload = access.get_upload_or_404(request.user, uuid)
    if not selectors.may_be_compared(upload):
        return redirect("exams:upload", uuid)
    page = int(asked) if (asked := request.GET.get("page", "")).isdecimal() and 0 < int(asked) < 100_000 else 1
    found = selectors.compared(upload, first=(page - 1) * PAGE_ROWS, most=PAGE_ROWS)
    rows = changed_rows.shown(request.user, upload, found.numbers)
    audit.record_people("upload.changes_viewed", [row.person for row in rows], by=Actor.of_request(request), subject=upload)
    context: dict[str, Any] = presenters.about(upload) | {
        "found": found,
        "sentence": changed_rows.sentence(found),
        "equation": changed_rows.equation(found),
        "rows": rows,
        "page": Paginator(range(found.changed), PAGE_ROWS).get_page(page),
        "sees_values": access.may_see_cells(request.user, upload),
    }
    return render(request, "exams/changes.html", context)
