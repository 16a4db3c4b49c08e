"""The rules of an organisation at one glance: what is in force, what is being written, what waits, and the editions before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core import wording
from healthmgmt.risk import approving, drafts, editions, packs
from healthmgmt.risk.models import Decision, OwnEdition, PackDraft
from healthmgmt.risk.packs import Pack


@dataclass(frozen=True)
class ShownPack:
    """A pack that can be read and copied; `own` is the edition that it is, None of a shipped one."""

    name: str
    edition: str
    title: str
    effective_from: date
    lines: int
    own: OwnEdition | None = None


@dataclass(frozen=True)
class ShownEdition:
    """An own edition with what became of it in words; `waits_for` are the approvals that lack."""

    own: OwnEdition
    title: str
    standing: str
    is_in_force: bool = False
    is_late: bool = False
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overview:
    in_force: list[ShownPack]
    drafts: list[tuple[PackDraft, str]]
    waiting: list[ShownEdition]
    others: list[ShownEdition]
    shipped: list[ShownPack]


def overview(today: date, language: str) -> Overview:
    """As many queries, however many editions there are."""
    parts = editions.parts_in_force(today)
    listed = told(own_editions(), parts, today, language)
    own = {(one.own.name, one.own.edition): one.own for one in listed}
    waiting = [one for one in listed if one.own.state == OwnEdition.State.PROPOSED]
    present = {(one.name, one.edition) for one in parts}
    shipped = [packs.load(*pair) for pair in packs.available() if pair not in present]
    return Overview(
        [_shown(one, language, own.get((one.name, one.edition))) for one in parts],
        [(draft, drafts.pack_of(draft).titles[language]) for draft in PackDraft.objects.select_related("made_by")],
        waiting,
        [one for one in listed if one not in waiting],
        [_shown(one, language) for one in shipped],
    )


def own_editions():
    return OwnEdition.objects.select_related("proposed_by").prefetch_related("decisions__decided_by")


def told(found: Sequence[OwnEdition], parts: Sequence[Pack], today: date, language: str) -> list[ShownEdition]:
    """Own editions with their standing, the newest first."""
    present = {(part.name, part.edition) for part in parts}
    ends = _ends(found)
    return [_told(own, (own.name, own.edition) in present, ends.get(own.pk), today, language) for own in found]


def sentence(found: Overview, language: str) -> str:
    """What stands first on the page of rules."""
    name = " + ".join(one.title for one in found.in_force)
    since = wording.day_text(max(one.effective_from for one in found.in_force), language)
    said = [_("In force: %(title)s, from %(day)s.") % {"title": name, "day": since}]
    if found.waiting:
        said.append(ngettext("%(n)d proposal waits for approval.", "%(n)d proposals wait for approval.", len(found.waiting)) % {"n": len(found.waiting)})
    elif found.drafts:
        said.append(ngettext("%(n)d draft is being written.", "%(n)d drafts are being written.", len(found.drafts)) % {"n": len(found.drafts)})
    else:
        said.append(_("No change is proposed."))
    return wording.paragraph(said, language)


def waits_for(own: OwnEdition) -> tuple[str, ...]:
    """Whose approvals a proposal lacks, in words."""
    given = {one.part for one in own.decisions.all()}
    words = {Decision.Part.STEWARD: _("a second data steward"), Decision.Part.PHYSICIAN: _("a physician")}
    return tuple(words[part] for part in approving.NEEDED if part not in given)


def _shown(pack: Pack, language: str, own: OwnEdition | None = None) -> ShownPack:
    return ShownPack(pack.name, pack.edition, pack.titles[language], pack.effective_from, len(pack.lines), own)


def _ends(found: Sequence[OwnEdition]) -> dict[int, date]:
    """The last day of each approved edition that a later one took over from; the day before its first where it never came to it."""
    approved = [own for own in found if own.state == OwnEdition.State.APPROVED]
    approved.sort(key=lambda own: (own.effective_from, own.pk))
    ends = {}
    for place, own in enumerate(approved):
        later = next((other for other in approved[place + 1 :] if _place(other.name) == _place(own.name)), None)
        if later is not None:
            ends[own.pk] = later.effective_from - timedelta(days=1)
    return ends


def _place(name: str) -> str:
    """Which part of the rules an edition stands for: the country's, or an addition."""
    shipped = editions.shipped_name(name)
    return shipped if packs.is_addition(shipped) else ""


def _told(own: OwnEdition, is_in_force: bool, end: date | None, today: date, language: str) -> ShownEdition:
    title = drafts.pack_of(own).titles[language]
    first = wording.day_text(own.effective_from, language)
    if own.state == OwnEdition.State.WITHDRAWN:
        return ShownEdition(own, title, _("withdrawn"))
    if own.state == OwnEdition.State.PROPOSED:
        if own.effective_from < today:
            return ShownEdition(own, title, _("its day has passed while it waited"), is_late=True, waits_for=waits_for(own))
        return ShownEdition(own, title, _("waits for approval"), waits_for=waits_for(own))
    if is_in_force:
        return ShownEdition(own, title, _("in force from %(day)s") % {"day": first}, is_in_force=True)
    if own.effective_from > today:
        return ShownEdition(own, title, _("approved, in force from %(day)s") % {"day": first})
    if end is None or end < own.effective_from:
        return ShownEdition(own, title, _("approved, another edition came before it"))
    return ShownEdition(own, title, _("was in force from %(first)s to %(last)s") % {"first": first, "last": wording.day_text(end, language)})
