"""Moving people from one unit to another with a date, one by one or with their whole unit."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Employment, Person
from healthmgmt.work import services as work

BATCH = 5_000


def transfer(people: Collection[int], *, to: Unit, on: date, by: Actor) -> int:
    """Let people work in another unit from a day on: the present stretch ends the day before. Returns how many moved.

    `people` are ids. Who is there already, or has left, is passed over, so twice is once. Raises Rejected: a day that lies
    ahead or before somebody began in the present unit, a closed unit.
    """
    with transaction.atomic():
        # The target stays open while people are put into it.
        to = Unit.objects.select_for_update().get(pk=to.pk)
        if to.closed_on is not None:
            raise Rejected(_("“%(name)s” is closed.") % {"name": to.name}, field="unit")
        present = Person.objects.employed().filter(pk__in=people).exclude(unit=to)
        moved = _move(present, to=to, on=on, by=by)
        if moved:
            event = audit.record("people.transferred", by=by, subject=to, detail={"people": moved, "on": on.isoformat()})
            work.announce("people.moved", record=event.pk)
    return moved


def merge_units(unit: Unit, *, into: Unit, on: date, by: Actor) -> int:
    """Take a unit up into another from a day on: its people, what hangs below it, the roles held there; then it is closed.

    All of it or nothing; what was stays in the history. Returns how many people moved. Raises Rejected as
    `organization.absorb` and `transfer` do.
    """
    with transaction.atomic():
        organization.absorb(unit, into=into, on=on, by=by)
        return _move(Person.objects.employed().filter(unit=unit), to=into, on=on, by=by)


def _move(people: QuerySet[Person], *, to: Unit, on: date, by: Actor) -> int:
    if on > today():
        raise Rejected(_("This day lies ahead. Please choose today or an earlier day."), field="on")
    ids = list(people.select_for_update().order_by("pk").values_list("pk", flat=True))
    present = Employment.objects.filter(person__in=ids, ended_on=None)
    _check_begun(present, on)
    occupations = dict(present.values_list("person", "occupation"))
    present.update(ended_on=on - timedelta(days=1))
    begun = [Employment(person_id=pk, unit=to, occupation=occupations.get(pk, ""), started_on=on) for pk in ids]
    Employment.objects.bulk_create(begun, batch_size=BATCH)
    Person.objects.filter(pk__in=ids).update(unit=to)
    audit.record_people("person.transferred", ids, by=by, subject=to, detail={"on": on.isoformat()})
    return len(ids)


def _check_begun(present: QuerySet[Employment], on: date) -> None:
    """A stretch of work cannot end before it began."""
    late = list(present.filter(started_on__gte=on).order_by("-started_on").values_list("started_on", flat=True))
    if late:
        raise Rejected(
            ngettext(
                "%(count)d person began there only on %(last)s; please choose a day after that.",
                "%(count)d people began there on the day you chose or later, the last on %(last)s; please choose a day after that.",
                len(late),
            )
            % {"count": len(late), "last": late[0].isoformat()},
            field="on",
        )
