"""Rules: the overview, any edition line by line, and a draft from its copy to its end."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.selectors import today
from healthmgmt.portal.packs import shown
from healthmgmt.portal.packs.access import get_draft_or_404, get_pack_or_404
from healthmgmt.portal.packs.forms import KINDS, ChangeForm, CopyForm, WindowForm
from healthmgmt.portal.packs.overview import overview, sentence
from healthmgmt.portal.packs.simulations import standing
from healthmgmt.portal.steward.pack import colours
from healthmgmt.risk import drafts, editions
from healthmgmt.risk.models import PackDraft


@requires(Permission.PACKS_APPROVE)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """What is in force, what is being written, what waits, and what was and will be."""
    check_whole(request.user, Permission.PACKS_APPROVE)
    language = page_language()
    found = overview(today(), language)
    return render(request, "packs/rules.html", {"found": found, "sentence": sentence(found, language)})


@requires(Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)
@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """Every line of an edition in words; of the one in force where none is named."""
    name, edition = request.GET.get("name", ""), request.GET.get("edition", "")
    pack = get_pack_or_404(request.user, name, edition) if name else get_pack_or_404(request.user)
    language = page_language()
    context = {
        "pack": pack,
        "title": pack.titles[language],
        "colours": colours(pack, language),
        "screening": pack.words.screening[language],
        "is_in_force": not name,
    }
    return render(request, "steward/pack.html", context)


@requires(Permission.PACKS_APPROVE)
@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """A draft with the rules of an edition, named in the address; of the first part in force where none is."""
    check_whole(request.user, Permission.PACKS_APPROVE)
    part = editions.parts_in_force(today())[0]
    name, edition = request.GET.get("name", part.name), request.GET.get("edition", part.edition)
    base = get_pack_or_404(request.user, name, edition)
    form = CopyForm(request.POST if request.method == "POST" else None, initial={"edition": f"{today():%Y}.1"})
    if form.is_valid():
        try:
            draft = drafts.copy(name, edition, **form.cleaned_data, by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Copied. Nobody is judged by a draft."))
            return redirect("portal:pack_draft", draft.uuid)
    context = {"base": base, "title": base.titles[page_language()], "form": form}
    return render(request, "packs/copy.html", context, status=422 if form.errors else 200)


@requires(Permission.PACKS_APPROVE)
@require_GET
def draft(request: HttpRequest, uuid: str) -> HttpResponse:
    """Every line, to be changed in its place, and what is otherwise by now."""
    return _draft_page(request, get_draft_or_404(request.user, uuid))


@requires(Permission.PACKS_APPROVE)
@require_POST
def discard(request: HttpRequest, uuid: str) -> HttpResponse:
    drafts.discard(get_draft_or_404(request.user, uuid), by=Actor.of_request(request))
    messages.success(request, _("The draft is gone."))
    return redirect("portal:packs")


@requires(Permission.PACKS_APPROVE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uuid: str, kind: str, of: str) -> HttpResponse:
    """One change: its form, inside the draft's page or alone; and making it."""
    found = get_draft_or_404(request.user, uuid)
    form = _form(request, found, kind, of)
    if form.is_bound and form.is_valid():
        try:
            drafts.change(found, form.wanted(), by=Actor.of_request(request))
        except Rejected as error:
            form.add_error(error.field if error.field in form.fields else _place(form, error.field), error.message)
        else:
            messages.success(request, _("Changed. Nobody is judged by it until it is approved."))
            return redirect("portal:pack_draft", uuid)
    is_part = bool(request.headers.get("HX-Request"))
    context = {"draft": found, "form": form, "about": _about(found, form)}
    return render(request, "packs/_change.html" if is_part else "packs/change.html", context, status=422 if form.errors else 200)


@requires(Permission.PACKS_APPROVE)
@require_POST
def preview(request: HttpRequest, uuid: str, kind: str, of: str) -> HttpResponse:
    """What a change would do, while it is typed; nothing is stored."""
    found, language = get_draft_or_404(request.user, uuid), page_language()
    form = _form(request, found, kind, of)
    looked = drafts.preview(found, form.to_look_at()) if form.is_valid() else None
    if looked and looked.fault:
        form.add_error(looked.at if looked.at in form.fields else _place(form, looked.at), looked.fault)
    context = {"draft": found, "form": form, "about": _about(found, form), "preview": looked}
    if looked and not looked.fault:
        context |= {"before": looked.before[language], "after": looked.after[language]}
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "packs/_preview.html" if is_part else "packs/change.html", context)


def _form(request: HttpRequest, found: PackDraft, kind: str, of: str) -> ChangeForm:
    """Raises Http404 for a kind that is none, and for what the draft has not."""
    if kind not in KINDS:
        raise Http404
    form = KINDS[kind](drafts.pack_of(found), of, page_language(), request.POST if request.method == "POST" else None)
    if not form.is_about_something:
        raise Http404
    form.show_at(reverse("portal:pack_preview", args=(found.uuid, kind, of)))
    return form


def _place(form: ChangeForm, field: str) -> str | None:
    """Where a fault of a field stands that goes by another name in the form."""
    return "source_zh" if field == "source" and "source_zh" in form.fields else None


def _about(found: PackDraft, form: ChangeForm) -> dict[str, str]:
    """The line or reason of a change in words."""
    language = page_language()
    line = next((one for one in drafts.lines(found, language) if one.key == form.of), None)
    if line is not None:
        return {"title": line.title, "text": line.sentence, "source": line.source, "reason": line.reason}
    pack = drafts.pack_of(found)
    if form.of in pack.words.reasons:
        return {"title": pack.words.reasons[form.of][language], "text": "", "source": "", "reason": form.of}
    return {"title": _("How long values count"), "text": "", "source": "", "reason": ""} if form.of == WindowForm.OF else {}


def _draft_page(request: HttpRequest, found: PackDraft) -> HttpResponse:
    language, pack = page_language(), drafts.pack_of(found)
    told, rows = shown.differences(found, language)
    context = {
        "draft": found,
        "pack": pack,
        "title": pack.titles[language],
        "base_title": editions.load(found.base_name, found.base_edition).titles[language],
        "colours": shown.colours(found, told, language),
        "differences": rows,
        "window": WindowForm.OF,
        "simulation": standing(found),
    }
    return render(request, "packs/draft.html", context)
