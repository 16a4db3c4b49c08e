"""Proposing an own edition, and who has to agree before anybody is judged by it: a data steward and a physician of the whole
organisation, neither of whom proposed it."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import holds_everywhere, today
from healthmgmt.risk import drafts, editing, editions, simulating
from healthmgmt.risk.describing import same_rules
from healthmgmt.risk.models import Decision, OwnEdition, PackDraft
from healthmgmt.work import services as work

NEEDED = {Decision.Part.STEWARD: Permission.PACKS_APPROVE, Decision.Part.PHYSICIAN: Permission.PACKS_REVIEW}


def propose(draft: PackDraft, *, effective_from: date, why: str, by: Actor) -> OwnEdition:
    """Put a draft to the vote: from here on its texts never change, and the draft is gone.

    Raises Rejected: no reason, a day that has passed, no simulation of these very rules against those in force, or rules that say
    what is in force already.
    """
    why = why.strip()
    if not why:
        raise Rejected(_("Please say which committee or paper decided this; it stays with the edition."), field="why")
    if effective_from < today():
        raise Rejected(_("An edition cannot take effect on a day that has passed."), field="effective_from")
    with transaction.atomic():
        draft = PackDraft.objects.select_for_update().get(pk=draft.pk)
        simulation = simulating.fresh(draft)
        if simulation is None:
            raise Rejected(_("Please simulate the draft as it is now before you propose it."))
        parts = editions.parts_in_force(today())
        if same_rules(editions.in_place(drafts.pack_of(draft), parts), editions.in_place(parts[0], parts)):
            raise Rejected(_("The draft says what the rules in force say already."))
        texts, pack = editing.dated(drafts.texts_of(draft), effective_from), drafts.pack_of(draft)
        edition = OwnEdition.objects.create(
            name=draft.name, edition=draft.edition, base_name=draft.base_name, base_edition=draft.base_edition, head=texts.head,
            lines=texts.lines, words=texts.words, fingerprint=texts.fingerprint, effective_from=effective_from, why=why, window_months=pack.window_months,
            simulated=simulating.evidence(simulation), proposed_by_id=by.user_id,
        )  # fmt: skip
        audit.record("pack.proposed", by=by, subject=edition, detail=_detail(edition) | {"effective_from": effective_from.isoformat()})
        draft.delete()
    return edition


def approve(edition: OwnEdition, *, part: str, by: Actor) -> OwnEdition:
    """Agree, as the second steward or as the physician. With both it is in force from its day; from today, everybody is assessed by it now.

    Raises PermissionDenied for who does not hold that part at the root; Rejected for the proposer, a second approval by the same
    person, one already given or withdrawn, and where its day has passed.
    """
    part = Decision.Part(part)
    if part == Decision.Part.WITHDRAWAL:
        raise ValueError("A withdrawal is no approval.")
    _check_holds(by, part)
    with transaction.atomic():
        edition = _locked(edition)
        if edition.proposed_by_id == by.user_id:
            raise Rejected(_("Whoever proposed an edition cannot approve it."))
        decided = list(edition.decisions.all())
        if any(one.part in (part, Decision.Part.WITHDRAWAL) for one in decided):
            raise Rejected(_("This has been decided already. Please load the page again."))
        if any(one.decided_by_id == by.user_id for one in decided):
            raise Rejected(_("You have approved this edition already; the other approval is somebody else’s."))
        day = today()
        if edition.effective_from < day:
            raise Rejected(_("Its day has passed while it waited. Please have it withdrawn and proposed again from a later day."))
        Decision.objects.create(edition=edition, part=part, decided_by_id=by.user_id)
        audit.record("pack.approved", by=by, subject=edition, detail=_detail(edition) | {"part": part.value})
        edition = OwnEdition.objects.get(pk=edition.pk)
        if edition.state == OwnEdition.State.APPROVED and edition.effective_from == day:
            key = f"edition:{edition.name}:{edition.edition}:{day.isoformat()}"
            work.submit("risk.assess", key, {"as_of": day.isoformat(), "pack": ""})
    return edition


def withdraw(edition: OwnEdition, *, reason: str, by: Actor) -> OwnEdition:
    """Take a proposal back, or say no to it. Its rules can be copied into a new draft.

    Raises PermissionDenied for who is neither steward nor physician of the whole; Rejected without a reason, and once it is in force.
    """
    reason = reason.strip()
    if not reason:
        raise Rejected(_("Please say why; it goes on record."), field="reason")
    user = _user(by)
    if not any(holds_everywhere(user, needed) for needed in NEEDED.values()):
        raise PermissionDenied
    with transaction.atomic():
        edition = _locked(edition)
        if edition.state == OwnEdition.State.WITHDRAWN:
            raise Rejected(_("This has been decided already. Please load the page again."))
        if edition.state == OwnEdition.State.APPROVED and edition.effective_from <= today():
            raise Rejected(_("It is in force. Another edition can take its place from a later day."))
        Decision.objects.create(edition=edition, part=Decision.Part.WITHDRAWAL, reason=reason, decided_by_id=by.user_id)
        audit.record("pack.withdrawn", by=by, subject=edition, detail=_detail(edition), reason=reason)
    return OwnEdition.objects.get(pk=edition.pk)


def parts_open_to(edition: OwnEdition, user: User) -> list[str]:
    """As what a user may approve an edition now: `steward`, `physician`, both (then one of them) or neither."""
    if edition.state != OwnEdition.State.PROPOSED or edition.proposed_by_id == user.pk or edition.effective_from < today():
        return []
    decided = list(edition.decisions.all())
    if any(one.decided_by_id == user.pk for one in decided):
        return []
    given = {one.part for one in decided}
    return [part.value for part, needed in NEEDED.items() if part not in given and holds_everywhere(user, needed)]


def _check_holds(by: Actor, part: Decision.Part) -> None:
    if not holds_everywhere(_user(by), NEEDED[part]):
        raise PermissionDenied


def _user(by: Actor) -> User:
    user = User.objects.filter(pk=by.user_id, is_active=True).first() if by.user_id else None
    if user is None:
        raise PermissionDenied
    return user


def _locked(edition: OwnEdition) -> OwnEdition:
    """One decision after the other. The rows of editions themselves cannot be locked by who may not change them."""
    Settings.objects.select_for_update().get(pk=1)
    return OwnEdition.objects.get(pk=edition.pk)


def _detail(edition: OwnEdition) -> dict[str, str]:
    return {"pack": edition.name, "edition": edition.edition}
