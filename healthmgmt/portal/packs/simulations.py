"""Trying a draft on the people's last exams: started, watched, read and taken along."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.portal.packs import books
from healthmgmt.portal.packs.access import get_draft_or_404
from healthmgmt.portal.packs.telling import Told
from healthmgmt.risk import drafts, editions, simulated, simulating
from healthmgmt.risk.models import PackDraft, Simulation
from healthmgmt.work.models import Job


@dataclass(frozen=True)
class Standing:
    """How a draft's newest simulation stands: `none`, `running`, `failed`, `changed` (the draft is another by now), `old` (the rules in
    force are others, or days have passed) or `fresh`."""

    state: str
    simulation: Simulation | None = None
    done: int = 0
    total: int = 0

    @property
    def is_readable(self) -> bool:
        return self.state in ("old", "fresh")


def standing(draft: PackDraft) -> Standing:
    newest = simulating.latest(draft)
    if newest is None:
        return Standing("none")
    if newest.fingerprint != draft.fingerprint:
        return Standing("changed", newest)
    if newest.finished_at is None:
        progress = simulating.progress(newest)
        return Standing("failed" if progress.state == Job.State.FAILED else "running", newest, progress.done, max(progress.total, 1))
    return Standing("fresh" if simulating.fresh(draft) else "old", newest)


@requires(Permission.PACKS_APPROVE)
@require_http_methods(["GET", "POST"])
def simulation(request: HttpRequest, uuid: str) -> HttpResponse:
    """The newest simulation of a draft, or how to get one; POST asks for one."""
    draft = get_draft_or_404(request.user, uuid)
    if request.method == "POST":
        simulating.start(draft, by=Actor.of_request(request))
        return redirect("portal:pack_simulation", uuid)
    return render(request, "packs/simulation.html", _context(draft))


@requires(Permission.PACKS_APPROVE)
@require_GET
def progress(request: HttpRequest, uuid: str) -> HttpResponse:
    """How far it is, asked for again and again by the page; when it is done the result is fetched."""
    draft = get_draft_or_404(request.user, uuid)
    found = standing(draft)
    # What takes the place of the last asks no more: loading the page anew would cut off a question under way.
    template = "packs/_progress.html" if found.state == "running" else "packs/_done.html"
    return render(request, template, {"draft": draft, "simulation": found})


@requires(Permission.PACKS_APPROVE)
@require_GET
def download(request: HttpRequest, uuid: str) -> HttpResponse:
    """The result as a workbook."""
    draft = get_draft_or_404(request.user, uuid)
    found = standing(draft)
    if not found.is_readable:
        raise Http404
    return as_file(Told(simulated.result(found.simulation, page_language()), page_language()))


def as_file(told: Told) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="simulation-{told.result.as_of:%Y-%m-%d}.xlsx"'}
    return HttpResponse(books.workbook(told), content_type=workbooks.CONTENT_TYPE, headers=headers)


def titles(told: Told) -> str:
    """What the rules are called that a simulation was tried against."""
    return editions.load(told.result.pack, told.result.edition).titles[told.language]


def _context(draft: PackDraft) -> dict:
    language, found = page_language(), standing(draft)
    context = {"draft": draft, "simulation": found, "title": drafts.pack_of(draft).titles[language]}
    if found.is_readable:
        told = Told(simulated.result(found.simulation, language), language)
        context |= {"told": told, "result": told.result, "against": titles(told)}
    return context
