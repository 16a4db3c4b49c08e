"""A closed period counted again: its numbers stay, and what would differ is explained."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from healthmgmt.core import organisations
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.insight import metrics, recounting, services
from healthmgmt.insight.models import PersonFact, PublishedRow, UnitFact
from healthmgmt.people.models import Employment
from healthmgmt.risk.models import Assessment
from tests.insight import crowds

CLOSED_AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def closed(cast):
    """2026 is closed, and was counted as of that moment; everything was stored before it."""
    crowds.fill(cast)
    for model in (Exam, Assessment):
        model.objects.update(stored_at=datetime(2026, 11, 1, tzinfo=UTC))
    crowds.publish(cast)
    cast.period.state, cast.period.closed_at, cast.period.closed_by = "closed", CLOSED_AT, "x"
    cast.period.save()
    services.settle_period(cast.period, today=date(2026, 11, 22))
    return cast


def frozen() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (PersonFact, UnitFact, PublishedRow)]


def found(cast) -> dict:
    return {(one.unit.name, one.metric): one for one in recounting.differences(cast.period)}


def people_of(unit, colour: str, count: int) -> list[int]:
    made = Assessment.objects.filter(person__unit=unit, is_current=True, colour=colour).order_by("pk")
    return list(made.values_list("person", flat=True)[:count])


def test_nothing_differs_while_nothing_happened(closed):
    assert found(closed) == {}


def test_withdrawn_examinations_explain_what_is_missing_and_move_nothing(closed):
    Upload.objects.update(withdrawn_at=datetime(2026, 11, 25, tzinfo=UTC))
    gone = people_of(closed.a1, "orange", 12)
    before = frozen()
    Exam.objects.filter(person__in=gone, taken_on__year=2026).update(state="withdrawn")
    differences = found(closed)
    assert frozen() == before
    one = differences["A1", "covered"]
    assert (one.stored, one.recounted, one.reasons) == ((97, 107), (85, 107), {"withdrawn": 12})
    assert differences["A1", "orange"].recounted is None
    assert (differences["Root", "covered"].stored[0] - differences["Root", "covered"].recounted[0]) == 12
    assert ("A2", "covered") not in differences


def test_roster_corrections_and_later_deliveries_are_told_apart(closed):
    moved, corrected, late = people_of(closed.a2, "blue", 16), people_of(closed.a1, "blue", 11), people_of(closed.b1, "green", 13)
    Employment.objects.filter(person__in=moved).update(unit=closed.a1)
    for number, person in enumerate((*corrected, *late)):
        old = Exam.objects.get(person=person, taken_on__year=2026)
        old.state = "superseded" if person in corrected else "withdrawn"
        old.save()
        day = old.taken_on if person in corrected else date(2026, 11, 10)
        sent = Upload.objects.create(file_name="late.csv", sha256=f"{number:064}", size=1, unit=closed.root)
        Exam.objects.create(person_id=person, upload=sent, row_number=1, taken_on=day, results={"sbp": 130, "dbp": 80})
    differences = found(closed)
    assert differences["A1", "covered"].reasons == {"roster": 16}
    assert differences["A2", "assessed"].reasons == {"roster": 16}
    assert differences["A1", "items"].reasons.keys() == {"roster", "corrected"}
    assert differences["B1", "on_time"].reasons == {"delivered": 13}


def test_health_content_is_told_without_numbers(closed):
    Exam.objects.filter(person__in=people_of(closed.a1, "red", 11), taken_on__year=2026).update(state="withdrawn")
    differences = found(closed)
    health = [one for (_unit, slug), one in differences.items() if metrics.load().metric(slug).sensitivity == "health"]
    assert {one.metric for one in health} >= {"red", "not_followed_up"}
    assert {(one.stored, one.recounted, *one.reasons.values()) for one in health} == {(None, None, None)}


def test_another_definition_is_named(closed):
    UnitFact.objects.filter(metric="on_time").update(definition=0)
    differences = found(closed)
    assert {slug for _unit, slug in differences} == {"on_time"}
    assert differences["A1", "on_time"].reasons == {"definition": None}
    assert differences["A1", "on_time"].versions == (0, 1)


def test_command_prints_stored_beside_recounted(closed):
    Exam.objects.filter(person__in=people_of(closed.a1, "orange", 12), taken_on__year=2026).update(state="withdrawn")
    Upload.objects.update(withdrawn_at=timezone.now())
    out = StringIO()
    call_command("recount", "--org", organisations.slug(), "--period", "2026", stdout=out)
    assert "A/A1: covered: stored 97 of 107, now 85 of 107\n    an examination was withdrawn after the closing: 12" in out.getvalue()
    assert "A/A1: orange: differs, without numbers" in out.getvalue()


def test_open_period_is_refused(cast):
    with pytest.raises(Rejected, match="is open"):
        recounting.differences(cast.period)
    with pytest.raises(CommandError, match="is open"):
        call_command("recount", "--org", organisations.slug(), "--period", "2026", stdout=StringIO())
