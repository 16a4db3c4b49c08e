"""Two published periods of an organisation large enough to show something, with one unit of a handful of people."""

from datetime import date
from itertools import count, cycle, islice

from healthmgmt.care.models import Alert
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.insight import services
from healthmgmt.organization.models import Period, Unit
from healthmgmt.people.models import Employment, Person
from healthmgmt.risk import changing, packs
from healthmgmt.risk.models import Assessment
from tests import cast as casting

TODAY = date(2026, 11, 20)
# How many people of a unit are of each colour in 2026, and how many were not examined.
COLOURS = {"red": 12, "orange": 20, "yellow": 15, "blue": 30, "green": 20, "": 8}
BEFORE = ("orange", "yellow", "red", "blue", "green", "grey")
_rows = count(1)


def fill(cast: casting.Cast) -> casting.Cast:
    """A1, A2 and B1 with a hundred people each, three in A3; `before` is the year 2025."""
    cast.a3 = casting.unit("A3", cast.a)
    cast.before = Period.objects.create(
        name="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31), deadline_on=date(2025, 10, 31)
    )
    cast.upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    for unit, missing in ((cast.a1, 0), (cast.a2, 10), (cast.b1, 4)):
        populate(cast, unit, {**COLOURS, "": COLOURS[""] + missing})
    populate(cast, cast.a3, {"red": 1, "green": 2})
    return cast


def populate(cast: casting.Cast, unit: Unit, colours: dict[str, int]) -> list[Person]:
    """People of each colour; in 2025 they were of all colours in turn."""
    each = [colour for colour, number in colours.items() for _ in range(number)]
    made = Person.objects.bulk_create(
        Person(emp_no=f"C{number}", name=f"Name C{number}", sex="f", birth=date(1980, 5, 17), unit=unit) for number in islice(_rows, len(each))
    )
    Employment.objects.bulk_create(Employment(person=person, unit=unit, started_on=date(2015, 1, 1)) for person in made)
    assess(cast, made, date(2025, 3, 3), list(islice(cycle(BEFORE), len(made))))
    examined = [(person, colour) for person, colour in zip(made, each, strict=True) if colour]
    assess(cast, [person for person, _ in examined], date(2026, 3, 3), [colour for _, colour in examined])
    changing.compare([person.pk for person in made], pack=packs.load("cn", "2024"))
    return made


def assess(cast: casting.Cast, people: list[Person], day: date, colours: list[str]) -> None:
    exams = Exam.objects.bulk_create(
        Exam(person=person, upload=cast.upload, row_number=next(_rows), taken_on=day, results={"sbp": 120}) for person in people
    )
    is_current = day.year == 2026
    Assessment.objects.bulk_create(
        Assessment(person=exam.person, assessed_on=day, colour=colour, exams=[exam.pk], pack="cn", edition="2024", is_current=is_current)
        for exam, colour in zip(exams, colours, strict=True)
    )


def alert(person: Person, *, closed: bool) -> None:
    made = Assessment.objects.filter(person=person).latest("assessed_on")
    ending = {"closed_at": made.stored_at, "closed_by": "x", "outcome": "confirmed"} if closed else {}
    Alert.objects.create(person=person, assessment=made, code="critical_bp", measured_on=date(2026, 3, 3), **ending)


def publish(cast: casting.Cast) -> None:
    """Both periods, as the first count of a day does."""
    for period in (cast.before, cast.period):
        services.count_period(period, today=TODAY)


def waiting_row(upload: Upload, person: Person | None, number: int) -> None:
    """A row that waits for repair in a file whose good rows went in."""
    UploadRow.objects.create(upload=upload, number=number, sheet_row=number, state=UploadRow.State.WAITING, person=person)
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.PARTLY_APPLIED, received=number, waiting=number)
