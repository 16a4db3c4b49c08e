"""Reads over people: what they agreed to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from healthmgmt.people import purposes
from healthmgmt.people.models import Consent, Exposure, Person

def exposures_of(person: Person) -> list[Exposure]:
    """The hazards that a person works under now; one query."""
    return list(Exposure.objects.filter(person=person, until=None))


# Nobody has asked, or the person has not answered; agreed; said no; taken back; agreed to an earlier wording, so asked again.
State = Literal["not_asked", "given", "declined", "withdrawn", "outdated"]


@dataclass(frozen=True)
class ConsentState:
    """How a person stands to one purpose, and since when; `version` is the wording that was answered."""

    purpose: purposes.Purpose
    state: State
    at: datetime | None = None
    version: str = ""


def has_consent(person: Person, purpose: str) -> bool:
    """Whether a person agrees to a purpose, in the wording in force. Raises KeyError for a purpose that is none."""
    version = purposes.load()[purpose].text.version
    return Consent.objects.filter(person=person, purpose=purpose, text_version=version, withdrawn_at=None).exists()


def agreeing(people: Iterable[int], purpose: str) -> set[int]:
    """Who of them agrees to a purpose, in the wording in force; one query. Raises KeyError for a purpose that is none."""
    given = Consent.objects.filter(person__in=list(people), purpose=purpose, text_version=purposes.load()[purpose].text.version, withdrawn_at=None)
    return set(given.values_list("person", flat=True))


def consents_of(person: Person) -> list[ConsentState]:
    """Every purpose with the person's last answer, in the order of the file; one query."""
    last = {one.purpose: one for one in Consent.objects.filter(person=person).order_by("given_at", "id")}
    return [_state(purpose, last.get(purpose.slug)) for purpose in purposes.load().values()]


def states_of(people: Collection[int], purpose: str) -> dict[int, State]:
    """How each of them stands to one purpose; one query. Raises KeyError for a purpose that is none."""
    asked, found = purposes.load()[purpose], Consent.objects.filter(person__in=list(people), purpose=purpose)
    last = {one.person_id: one for one in found.order_by("given_at", "id")}
    return {person: _state(asked, last.get(person)).state for person in people}


def _state(purpose: purposes.Purpose, answer: Consent | None) -> ConsentState:
    if answer is None:
        return ConsentState(purpose, "not_asked")
    if answer.is_declined:
        return ConsentState(purpose, "declined", answer.given_at, answer.text_version)
    if answer.withdrawn_at:
        return ConsentState(purpose, "withdrawn", answer.withdrawn_at, answer.text_version)
    state: State = "given" if answer.text_version == purpose.text.version else "outdated"
    return ConsentState(purpose, state, answer.given_at, answer.text_version)
