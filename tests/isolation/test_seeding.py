"""The two organisations are what the tests beside this one take them for."""

from tenants import current
from tests.isolation.calling import marks_in
from tests.isolation.seeding import EMPTY, content, own_models


def test_seeding_gives_both_the_same_primary_keys(worlds):
    assert worlds.a.keys == worlds.b.keys


def test_seeding_fills_every_table(worlds):
    with current.use(worlds.b.schema):
        assert [model._meta.label for model in own_models() if not model.objects.exists()] == sorted(EMPTY)


def test_seeding_marks_the_tables_that_hold_words(worlds):
    with current.use(worlds.b.schema):
        found = content()
    marked = {table for table, rows in found.items() if marks_in("\n".join(rows), worlds.b)}
    assert marked >= {
        "accounts_user", "accounts_apitoken", "organization_unit", "organization_period", "people_person", "people_employment",
        "people_exposure", "people_consent", "partners_examcentre", "exams_upload", "exams_uploadrow", "exams_exam", "exams_examlayout",
        "care_assignment", "care_contact", "work_job", "risk_packdraft", "risk_ownedition",
    }  # fmt: skip


def test_seeding_shows_its_marks_to_its_own_people(worlds, calls_of_b):
    """Else no search for them would mean anything."""
    shown = {(call.route, call.role) for call in calls_of_b if marks_in(call.output, worlds.b)}
    assert {("group/", "leader"), ("liaison/", "liaison_a1"), ("api/v1/uploads/", "office_b"), ("api/v1/uploads/", "exam_centre")} <= shown
