"""Assessing people: load, evaluate, store, slice by slice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.core.dates import local_day, months_before
from healthmgmt.exams.models import Exam
from healthmgmt.organization.selectors import organisation_settings, place_flags, place_of
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.risk import editions, home, loading, outlook, packs, storing, stratification
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run

SLICE_PEOPLE = 50_000


@dataclass
class Tally:
    """What an assessment of many people came to."""

    people: int = 0
    colours: Counter = field(default_factory=Counter)

    def add(self, outcome: stratification.Outcome) -> None:
        counts = outcome.counts()
        self.people += sum(counts.values())
        self.colours.update(counts)


def today() -> date:
    """The organisation's local day."""
    return local_day(timezone.now(), organisation_settings().timezone)


def pack_in_force(as_of: date, name: str = "") -> packs.Pack:
    """The pack that the organisation judges by on a day, or the one named; an occupation pack on top of the organisation's own.
    Raises PackError when there is none."""
    return editions.named_in_force(name, as_of) if name else editions.in_force(as_of)


def window_start(as_of: date, pack: packs.Pack) -> date:
    """Values of this day and before are too old on `as_of`."""
    return months_before(as_of, editions.window_months(pack))


def outlook_of(assessment: Assessment, exams: Sequence[Exam], person: Person) -> outlook.Outlook:
    """What would better a colour, by the edition and from the exams of its assessment; one query where the ten-year risk asks for
    the place, one where it rests on readings at home. `exams` are all that count of the person."""
    pack = editions.load(assessment.pack, assessment.edition)
    at_home = home.as_exams(assessment.readings)
    # Without those that were taken back it cannot be said what it rested on.
    read, named = (exams, []) if at_home is None else ([*exams, *at_home], [*assessment.exams, *(one.pk for one in at_home)])
    asks_place = "china_par" in assessment.scores or "china_par_out_of_range" in assessment.missing
    place = place_of(person.unit) if asks_place else None
    return outlook.look(
        pack, read, colour=assessment.colour, reasons=assessment.reasons, named=named, sex=person.sex, birth=person.birth,
        place=(place.north, place.urban) if place else (None, None), since=months_before(assessment.assessed_on, pack.window_months),
        uppers=uppers(),
    )  # fmt: skip


def assess(run: Run, *, as_of: date, pack: packs.Pack, upload: int | None = None) -> Tally:
    """Assess everybody with a usable value, or only the people of one upload; resumes after the last finished slice.

    Each slice is one transaction and announces the assessments that are new in it.
    """
    tally = Tally(run.cursor.get("people", 0), Counter(run.cursor.get("colours", {})))
    after = run.cursor.get("after", 0)
    places = place_flags()
    total, since = slices_end(upload), window_start(as_of, pack)
    while (last := slice_end(after, upload)) is not None:
        found = loading.load(
            after=after, last=last, since=since, as_of=as_of, upload=upload, places=places, flags=pack.flags
        )
        outcome = stratification.evaluate(pack, found.measures, uppers())
        tally.add(outcome)
        cursor = {"after": last, "people": tally.people, "colours": dict(tally.colours)}
        with run.batch(done=last, total=total, cursor=cursor):
            storing.store(found, outcome, as_of=as_of)
        after = last
    if upload is not None:
        with run.batch(done=total, total=total):
            if sql.execute("risk/retire_baseless", {"upload": upload}):
                work.announce("risk.retired", upload=upload)
    return tally


def slices_end(upload: int | None = None) -> int:
    """The last person of all, or of an upload; 0 without any."""
    return sql.row("risk/last_person" if upload is None else "risk/last_person_of_upload", {"upload": upload})[0]


def slice_end(after: int, upload: int | None = None) -> int | None:
    """The last person of the next slice; None after the last one."""
    parameters = {"after": after, "size": SLICE_PEOPLE, "upload": upload}
    return sql.row("risk/slice_end" if upload is None else "risk/slice_end_of_upload", parameters)[0]


def uppers() -> dict[str, tuple[float | None, float | None]]:
    """The catalogue's upper reference limits (men, women) by indicator."""
    return {code: (indicator.ref_high_m, indicator.ref_high_f) for code, indicator in catalogue.load().items()}
