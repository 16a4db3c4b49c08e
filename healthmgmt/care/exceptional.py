"""Opening the record of somebody to whom neither role nor assignment leads: with a written reason, for three hours, seen by the
person and the data steward."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import access
from healthmgmt.care.models import ExceptionalAccess
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.people.models import Person

LASTS = timedelta(hours=3)
# A word is no reason.
SHORTEST_REASON = 10


def open_record(user: User, *, emp_no: str, name: str, reason: str, by: Actor) -> Person:
    """The person whose number and name agree; from now on their record is open to the user, unless it was before.

    Raises Rejected for a reason of a few letters and for nobody; each try that finds nobody is on record.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Rejected(_("Write in a sentence why you need this record now."), field="reason")
    person = Person.objects.filter(emp_no__iexact=emp_no.strip(), name__iexact=name.strip()).first()
    if person is None:
        audit.record("record.exception_failed", by=by)
        raise Rejected(_("Nobody has this number together with this name."), field="emp_no")
    if access.visible_to(user).filter(pk=person.pk).exists():
        return person
    with transaction.atomic():
        now = timezone.now()
        opened = ExceptionalAccess.objects.create(user=user, person=person, reason=reason, opened_at=now, ends_at=now + LASTS)
        audit.record("record.opened_by_exception", by=by, subject=opened, person_id=person.pk, reason=reason)
        if person.user_id:
            notices.tell([person.user_id], kind="record_opened", key=str(opened.pk), link=reverse("portal:privacy"))
    return person


def present(user: User) -> QuerySet[ExceptionalAccess]:
    """What a user has opened by exception and may still read, the last first."""
    return ExceptionalAccess.objects.filter(user=user, ends_at__gt=timezone.now()).select_related("person__unit")


def of_person(user: User, person: Person) -> ExceptionalAccess | None:
    """By which exception a user reads this record; no query where a role leads there."""
    if user.can(Permission.RECORD_VIEW, person.unit):
        return None
    return present(user).filter(person=person).first()
