"""Where the results of an exam day came from: every delivery about it, with whether it counts."""

from datetime import date

from healthmgmt.exams import presenters, selectors, services
from healthmgmt.partners.models import ExamCentre
from healthmgmt.work import services as work
from tenants import current
from tests import cast as casting
from tests.exams.road import BY, ground, text, upload
from tests.exams.test_views import DAY, page, row


def test_every_delivery_about_a_day_is_told_with_its_standing(org_a):
    person = casting.person("P1", ground())
    harbour = ExamCentre.objects.create(name="Harbour")
    first = text([row(person, 120, 80, 5.0, 5.2)])
    upload(first, centre=harbour.name)
    upload(first)
    upload(text([row(person, 130, 80, 5.0, 5.2)]))
    services.withdraw(upload(text([row(person, 140, 80, 5.0, 5.2)])), by=BY)
    work.drain()
    told = selectors.tellings(person, [date.fromisoformat(DAY)])
    assert [(one.centre, one.state) for one in told] == [(None, "withdrawn"), (None, "current"), (None, "repeated"), ("Harbour", "superseded")]
    assert [line["counts"] for line in presenters.told_lines(told)] == [False, True, False, False]


def test_case_manager_and_employee_see_where_results_came_from(cast, sign_in, org_a):
    with current.use(org_a):
        harbour = ExamCentre.objects.create(name="Harbour")
        upload(text([row(cast.anna, 120, 80, 5.0, 5.2)]), unit=cast.a1, centre=harbour.name)
        upload(text([row(cast.anna, 130, 80, 5.0, 5.2)]), unit=cast.a1)
    for who, url in ((cast.case_manager, f"/care/people/{cast.anna.uuid}/"), (cast.employee, "/report/")):
        shown = page(sign_in(who), url)
        assert "Where these results came from" in shown and "replaced by a later delivery" in shown and "Harbour" in shown
