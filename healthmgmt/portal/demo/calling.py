"""Calls of the demonstration: in every company its case manager has spoken to some of the red and orange people, and alerts have
outcomes.

Who was called and what it ended with follows from the employee number alone, so every start makes the same. Everything comes by the
services that the pages call, so it is audited and counted like any other call.
"""

from zlib import crc32

from django.db import transaction
from django.db.models import F

from healthmgmt.accounts.models import User
from healthmgmt.care import access, services
from healthmgmt.care.models import Alert, Contact
from healthmgmt.core.actors import Actor
from healthmgmt.people.models import Person

# Per thousand: who was called by colour, what calls ended with (each the sum so far), and how many alerts of those reached have an outcome.
CALLED = {"red": 640, "orange": 430}
ENDINGS = (("in_treatment", 430), ("will_come", 660), ("referred", 780), ("not_now", 860), ("not_reached", 1000))
SETTLED, TREATED = 720, 600
PER_THOUSAND = 1000


@transaction.atomic
def bring(managers: list[User], *, employee: Person) -> bool:
    """The calls of these case managers, all or none; False where there are calls already. `employee` is called by whoever tries the demonstration."""
    if Contact.objects.exists():
        return False
    for manager in managers:
        found = access.cared_for(manager).exclude(pk=employee.pk).filter(assessments__is_current=True, assessments__colour__in=CALLED)
        for person in found.annotate(colour=F("assessments__colour")).order_by("emp_no"):
            if _draw(person, "called") < CALLED[person.colour]:
                _call(person, Actor.of(manager))
    return True


def _call(person: Person, by: Actor) -> None:
    drawn = _draw(person, "ending")
    contact = services.log_contact(person, ending=next(slug for slug, below in ENDINGS if drawn < below), by=by)
    if contact.ending == Contact.Ending.NOT_REACHED:
        return
    for alert in Alert.objects.filter(person=person, closed_at=None):
        if _draw(person, alert.code) < SETTLED:
            is_treated = _draw(person, "treated") < TREATED
            services.close_after_contact(alert, outcome=Alert.Outcome.CONFIRMED if is_treated else Alert.Outcome.REPEAT_NORMAL, by=by)


def _draw(person: Person, what: str) -> int:
    """A number below a thousand that belongs to a person and a question."""
    return crc32(f"{person.emp_no} {what}".encode()) % PER_THOUSAND
