"""One-time links: an exam centre delivers one file by one, without an account, and sees of it what the receipt counts.

A link that is wrong, too old or revoked is no link: nothing tells them apart. One that was used shows its receipt until it ends.
"""

import secrets
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import lockout
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import files
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, services
from healthmgmt.exams.models import UploadLink
from healthmgmt.organization.models import Unit

DAYS = range(1, 91)
TOKEN_BYTES = 32


def make(*, unit: Unit, centre: str, by: Actor, user: User | None = None, days: int | None = None, note: str = "") -> tuple[UploadLink, str]:
    """A link for one file of an exam centre about a unit's people, with its secret, told this once.

    Raises Rejected: a time that is too long, a unit that is closed, no exam centre, another one than the account is of.
    """
    days = settings.UPLOAD_LINK_DAYS if days is None else days
    if days not in DAYS:
        raise Rejected(_("A link is good for %(least)d to %(most)d days.") % {"least": DAYS[0], "most": DAYS[-1]}, field="days")
    if unit.closed_on is not None:
        raise Rejected(_("“%(name)s” is closed.") % {"name": unit.name}, field="unit")
    if not centre.strip():
        raise Rejected(_("Please say which exam centre the link is for."), field="centre")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        link = UploadLink.objects.create(
            digest=_digest(token),
            centre=access.delivering_centre(user, centre),
            unit=unit,
            note=note.strip()[:200],
            made_by=user,
            expires_at=timezone.now() + timedelta(days=days),
        )
        audit.record("upload_link.made", by=by, subject=link, detail={"unit": unit.pk, "days": days})
    return link, token


def revoke(link: UploadLink, *, by: Actor) -> None:
    """Make a link useless; twice is once. Raises Rejected for one that was used: its file is withdrawn by undoing the upload."""
    with transaction.atomic():
        link = UploadLink.objects.select_for_update().get(pk=link.pk)
        if link.upload_id is not None:
            raise Rejected(_("A file came by this link already; it is good for nothing more."))
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            audit.record("upload_link.revoked", by=by, subject=link)


def holder(token: str, *, address: str) -> UploadLink | None:
    """The link of a secret, None for none. Each try counts as a sign-in does, a right one is forgotten. Raises lockout.Slowed."""
    attempt = lockout.take(f"upload link from {address}", address)
    link = _standing().filter(digest=_digest(token)).first()
    if link is not None:
        lockout.succeed(attempt)
    return link


def standing(pk: int | None) -> UploadLink | None:
    """A link that was opened before, while it is one."""
    return _standing().select_related("centre", "unit", "upload").filter(pk=pk).first()


def deliver(link: UploadLink, file: BinaryIO, *, name: str, address: str) -> UploadLink:
    """Take the one file of a link, delivered by its exam centre. A second one is not looked at: the first stands.

    Raises Rejected when the link ended meanwhile, or the file cannot be stored.
    """
    key = ""
    try:
        with transaction.atomic():
            link = _standing().select_for_update(of=("self",)).select_related("centre", "unit").filter(pk=link.pk).first()
            if link is None:
                raise Rejected(_("This link has ended meanwhile. Nothing was kept."))
            if link.upload_id is not None:
                return link
            by = Actor(label=f"link:{link.pk}", address=address)
            link.upload = services.receive(file, name=name, unit=link.unit, centre=link.centre.name, by=by)
            key = link.upload.file_key
            link.save(update_fields=["upload"])
            audit.record("upload_link.used", by=by, subject=link, detail={"upload": link.upload_id})
    except BaseException:
        if key:
            files.remove(key)
        raise
    return link


def _standing():
    return UploadLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())


def _digest(token: str) -> str:
    return keyed_hash(f"upload link {token}")
