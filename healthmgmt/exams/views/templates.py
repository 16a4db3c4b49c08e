"""Template workbooks to take along: for who delivers, with an account or by a one-time link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from healthmgmt.core import workbooks
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import PUBLIC, requires
from healthmgmt.exams import links, packages, template_book
from healthmgmt.exams.views.handing_over import OPENED


@requires(Permission.UPLOAD_CREATE)
@require_GET
def template(request: HttpRequest, package: str) -> HttpResponse:
    return _workbook(package)


@requires(PUBLIC)
@require_GET
def template_by_link(request: HttpRequest, package: str) -> HttpResponse:
    """The same for whoever opened a link in this browser."""
    if links.standing(request.session.get(OPENED)) is None:
        raise Http404
    return _workbook(package)


def _workbook(slug: str) -> HttpResponse:
    package = packages.load().get(slug)
    if package is None:
        raise Http404(_("There is no such package."))
    name = _("template %(package)s.xlsx") % {"package": package.name(get_language() or "")}
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(template_book.build(package), content_type=workbooks.CONTENT_TYPE, headers=headers)
