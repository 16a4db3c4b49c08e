"""The list of people due: as a workbook to take away, and reminded with one click."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import Notice
from healthmgmt.audit import services as audit
from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from healthmgmt.portal.completeness import Standing

MOST_PEOPLE = 50_000
REMINDER = "examination_due"


def workbook(people: QuerySet[Person], *, by: Actor) -> bytes:
    """Names, numbers, units and standing; recorded for each of them before anything leaves.

    Raises Rejected for more people than a file is made for.
    """
    found = list(people.values_list("pk", "name", "emp_no", "unit__name", "standing")[: MOST_PEOPLE + 1])
    if len(found) > MOST_PEOPLE:
        raise Rejected(_("More than %(most)d people; please choose a unit first.") % {"most": MOST_PEOPLE})
    audit.record_people("due.exported", [pk for pk, *_rest in found], by=by)
    words = {one.value: str(one.label) for one in Standing}
    headings = [_("Name"), _("Employee number"), _("Unit"), _("Standing")]
    return workbooks.write(headings, ([name, emp_no, unit, words[standing]] for _pk, name, emp_no, unit, standing in found), title=_("People due"))


def remind(people: QuerySet[Person], *, period: Period, today: date, by: Actor) -> int:
    """Tell those of the people who have an account that their examination is due, each once a week; returns how many were told now.

    The words are the same for everybody and say nothing but that. Recorded for each who was told.
    """
    key = f"{period.pk}:{today:%G-%V}"
    with transaction.atomic():
        told = Notice.objects.filter(kind=REMINDER, key=key).values("user")
        found = dict(people.filter(user__is_active=True).exclude(user__in=told).order_by().values_list("pk", "user")[:MOST_PEOPLE])
        audit.record_people("due.reminded", sorted(found), by=by)
        notices.tell(found.values(), kind=REMINDER, key=key, link=reverse("portal:today"))
    return len(found)
