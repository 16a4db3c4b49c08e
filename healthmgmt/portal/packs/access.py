"""Loading a draft, an edition or a pack is authorising it: all concern the whole organisation."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.access import check_whole
from healthmgmt.organization.selectors import holds_everywhere, today
from healthmgmt.portal.packs.overview import own_editions
from healthmgmt.risk import drafts, editions
from healthmgmt.risk.models import OwnEdition, PackDraft
from healthmgmt.risk.packs import Pack

READERS = (Permission.PACKS_APPROVE, Permission.PACKS_REVIEW)


def check_reads(user: User) -> None:
    """Raises PermissionDenied for who is neither steward nor physician of the whole."""
    if not any(holds_everywhere(user, permission) for permission in READERS):
        raise PermissionDenied


def get_draft_or_404(user: User, uuid: str) -> PackDraft:
    check_whole(user, Permission.PACKS_APPROVE)
    return get_object_or_404(PackDraft.objects.select_related("made_by"), uuid=uuid)


def get_edition_or_404(user: User, uuid: str) -> OwnEdition:
    """A proposal, whatever became of it."""
    check_reads(user)
    return get_object_or_404(own_editions(), uuid=uuid)


def get_pack_or_404(user: User, name: str = "", edition: str = "") -> Pack:
    """A shipped pack or an own edition; without a name what is in force, all of its parts."""
    check_reads(user)
    if not name:
        return editions.in_force(today())
    if (name, edition) not in drafts.copyable():
        raise Http404
    return editions.load(name, edition)


def reviews_waiting(user: User) -> int:
    """How many proposals a physician of the whole has still to decide on."""
    if not holds_everywhere(user, Permission.PACKS_REVIEW):
        return 0
    waiting = OwnEdition.objects.waiting().filter(effective_from__gte=today()).exclude(proposed_by=user)
    return waiting.exclude(decisions__part="physician").exclude(decisions__decided_by=user).count()
