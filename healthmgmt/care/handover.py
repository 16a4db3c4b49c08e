"""Who cares for people whose unit became part of another."""

from django.db import transaction
from django.utils import timezone

from healthmgmt.audit import services as audit
from healthmgmt.care.models import Assignment
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Membership, Unit


def follow_merger(unit: int, into: int, *, by: Actor) -> int:
    """End the assignments of case managers to a unit that was merged; returns how many went over to the other unit.

    What the other unit has arranged for itself stays: an assignment goes over only where nobody cares for that unit in
    particular, and the manager's role reaches it. A manager of one's own is kept wherever one works. Twice is once.
    """
    with transaction.atomic():
        held = Assignment.objects.select_for_update(of=("self",)).filter(unit=unit, ended_at=None)
        ending = list(held.select_related("manager").order_by("pk"))
        going = [one for one in ending if _may_go_over(one, Unit.objects.get(pk=into))]
        held.filter(pk__in=[one.pk for one in ending]).update(ended_at=timezone.now(), ended_by=by.label)
        for one in going:
            Assignment.objects.create(manager=one.manager, unit_id=into, reasons=one.reasons, started_by=by.label)
        for one in ending:
            detail = {"manager": one.manager_id, "from": unit, "to": into if one in going else None}
            audit.record("care.unit_handed_over", by=by, subject=one, detail=detail)
    return len(going)


def _may_go_over(assignment: Assignment, into: Unit) -> bool:
    manager = assignment.manager
    assigned = Assignment.objects.filter(unit=into, ended_at=None)
    by_role = Membership.objects.filter(unit=into, role="case_manager", user__is_active=True).exclude(user=manager)
    return manager.can(Permission.CARE_WORK, into) and not assigned.exists() and not by_role.exists()
