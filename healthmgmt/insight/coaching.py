"""Words of a health office to those who look after a unit: told on their page, kept, and on record."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.insight.models import CoachNote
from healthmgmt.organization.models import Membership, Unit

# So many of the last ones are shown.
SHOWN = 50


def readers(unit: Unit, *, sender: User) -> list[int]:
    """Who looks after a unit: those who hand in its scorecard, else those of the nearest unit above that has somebody but the sender."""
    above = [int(pk) for pk in unit.path.split(".") if pk]
    holders = Membership.objects.filter(unit__in=above, role__in=roles_with(Permission.SCORECARD_SUBMIT), user__is_active=True)
    pairs = list(holders.exclude(user=sender).order_by("-unit__level", "user").values_list("unit", "user"))
    return sorted({user for at, user in pairs if at == pairs[0][0]})


def say(unit: Unit, *, text: str, token: UUID, sender: User, now: datetime, by: Actor) -> CoachNote:
    """Tell those who look after a unit; sent twice from one form it is told once. Raises Rejected without words, or where nobody is."""
    if not text.strip():
        raise Rejected(_("Please write a sentence."), field="text")
    told = readers(unit, sender=sender)
    if not told:
        raise Rejected(_("Nobody looks after this unit yet; an administrator can give somebody the role."))
    with transaction.atomic():
        given = {"unit": unit, "text": text.strip(), "readers": told, "by": by.label, "by_name": sender.shown_name, "at": now}
        note, is_new = CoachNote.objects.get_or_create(uuid=token, defaults=given)
        if is_new:
            audit.record("coach.said", by=by, subject=note, detail={"unit": unit.pk, "readers": len(told)})
            notices.tell(told, kind="coach_said", key=str(note.pk), link=reverse("insight:coach_notes"))
    return note


def told_to(user: User) -> QuerySet[CoachNote]:
    """What was said to a user, the last first."""
    return CoachNote.objects.filter(readers__contains=[user.pk]).select_related("unit")


def said_by(user: User) -> QuerySet[CoachNote]:
    """What a user said, the last first."""
    return CoachNote.objects.filter(by=Actor.of(user).label).select_related("unit")
