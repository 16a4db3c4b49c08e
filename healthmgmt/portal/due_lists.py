"""The list of people due as a workbook to take away."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.people.models import Person
from healthmgmt.portal.completeness import Standing

MOST_PEOPLE = 50_000


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
