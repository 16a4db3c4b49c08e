"""One person judged anew, by the same functions as everybody: after a reading at home, or when it may not count any more."""

from datetime import date

from healthmgmt.devices import kinds
from healthmgmt.devices.models import Reading
from healthmgmt.organization.selectors import place_flags
from healthmgmt.people.models import Consent
from healthmgmt.people.purposes import HOME_READINGS
from healthmgmt.risk import editions, home, loading, packs, services, storing, stratification
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work


def assess_by_reading(reading_id: int, *, change: str) -> None:
    """Judge anew whose reading came or was taken back, if it is of a kind that counts. In the caller's transaction; twice is once."""
    reading = Reading.objects.get(pk=reading_id)
    if kinds.load()[reading.kind].is_judged:
        _assess(reading.person_id, change)


def assess_by_consent(consent_id: int, *, change: str) -> None:
    """Judge anew whose answer says whether readings may count. In the caller's transaction; twice is once."""
    consent = Consent.objects.get(pk=consent_id)
    if consent.purpose == HOME_READINGS:
        _assess(consent.person_id, change)


def _assess(person: int, change: str) -> None:
    today = services.today()
    pack = services.pack_in_force(today)
    judge([person], today, pack)
    if _retire_baseless(person):
        work.announce("risk.readings_gone", person=person, change=change)
    # Earlier rounds need the turn of the large jobs, for which nobody waits here.
    work.submit("risk.compare_person", change, {"person": person})


def judge(people: list[int], as_of: date, pack: packs.Pack) -> None:
    """Judge the people named as of a day, and store what is new. In a transaction of the caller."""
    found = loading.load_as_of(
        people, [as_of] * len(people), window_months=editions.window_months(pack), places=place_flags(), flags=pack.flags
    )
    storing.store(found, stratification.evaluate(pack, found.measures, services.uppers()), as_of=as_of)


def _retire_baseless(person: int) -> bool:
    """An assessment that rests on readings which do not count any more does not either, where nothing took its place."""
    resting = Assessment.objects.filter(person=person, is_current=True).exclude(readings=[])
    one = resting.first()
    if one is None or home.are_counting(person, one.readings):
        return False
    return bool(resting.update(is_current=False))
