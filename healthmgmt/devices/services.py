"""Taking readings in, and back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.devices import kinds
from healthmgmt.devices.models import Reading
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.work import services as work

# What was measured longer ago is told to a clinician, not typed from memory.
OLDEST = timedelta(days=14)
# Clocks of phones run ahead.
AHEAD = timedelta(minutes=10)
UPPER, LOWER = "sbp_home", "dbp_home"


def record(person: Person, *, kind: str, typed: Mapping[str, str], taken_at: datetime, token: UUID, by: Actor) -> Reading:
    """Store a reading of texts by indicator code; the same token, or the same moment with the same numbers, is the same reading.

    Raises Rejected, with the code or `taken_at` as its field, for what cannot be right; then nothing is stored.
    """
    if kind not in kinds.load():
        raise Rejected(_("There is nothing of this kind to measure."))
    values = {code: _value(code, typed.get(code, "")) for code in kinds.load()[kind].codes}
    if UPPER in values and values[LOWER] >= values[UPPER]:
        raise Rejected(_("The lower number has to be smaller than the upper one."), field=LOWER)
    _check_moment(taken_at)
    with transaction.atomic():
        # One after the other for a person: a form sent twice at once meets its own reading here.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        present = Reading.objects.filter(person=person)
        if same := present.filter(token=token).first():
            return same
        if other := present.filter(kind=kind, taken_at=taken_at, withdrawn_at=None).first():
            if other.values == values:
                return other
            raise Rejected(_("There is another reading of this minute. Take that one back first, or choose another time."), field="taken_at")
        made = Reading.objects.create(person=person, kind=kind, taken_at=taken_at, values=values, token=token, entered_by=by.label)
        audit.record("reading.recorded", by=by, subject=made, person_id=person.pk)
        work.announce("devices.reading_taken", reading=made.pk)
    return made


def withdraw(reading: Reading, *, by: Actor) -> Reading:
    """Take back what was typed wrongly. Twice is once."""
    with transaction.atomic():
        reading = Reading.objects.select_for_update().get(pk=reading.pk)
        if not reading.withdrawn_at:
            reading.withdrawn_at, reading.withdrawn_by = timezone.now(), by.label
            reading.save(update_fields=["withdrawn_at", "withdrawn_by"])
            audit.record("reading.withdrawn", by=by, subject=reading, person_id=reading.person_id)
            work.announce("devices.reading_withdrawn", reading=reading.pk)
    return reading


def _value(code: str, text: str) -> float:
    if not text.strip():
        raise Rejected(_("Type the number that the meter shows."), field=code)
    try:
        value = kinds.number(text)
    except kinds.Unreadable:
        raise Rejected(_("This is no plain number. Type it as the meter shows it, such as 128 or 6.5."), field=code) from None
    item = catalogue.load()[code]
    if not item.is_plausible(value):
        words = {"low": f"{item.low_plausible:g}", "high": f"{item.high_plausible:g}"}
        raise Rejected(_("This cannot be right: it lies outside of %(low)s to %(high)s. Please look once more.") % words, field=code)
    return value


def _check_moment(taken_at: datetime) -> None:
    now = timezone.now()
    if taken_at > now + AHEAD:
        raise Rejected(_("This time has not come yet."), field="taken_at")
    if taken_at < now - OLDEST:
        raise Rejected(_("Readings of the last %(days)d days can be typed in here.") % {"days": OLDEST.days}, field="taken_at")
