"""The page that shows what undoing an upload would change, before the button."""

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.care.models import Alert
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import selectors
from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Period
from healthmgmt.portal import undoing
from tenants import current
from tests import cast as casting
from tests.exams.road import text, upload
from tests.exams.test_views import DAY, URL, page, row


@pytest.fixture
def two_files(cast, org_a) -> tuple[Upload, Upload]:
    """Anna and Ben, then a correction of Anna alone."""
    with current.use(org_a):
        first = upload(text([row(cast.anna, 120, 80, 5.0, 5.2), row(cast.ben, 118, 76, 4.5, 5.0)]), unit=cast.a1)
        return first, upload(text([row(cast.anna, 130, 80, 5.0, 5.2)]), unit=cast.a1)


def test_undo_tells_what_goes_and_whom_it_concerns(cast, sign_in, org_a, two_files):
    shown = page(sign_in(cast.liaison_a1), f"{URL}{two_files[0].uuid}/undo/")
    assert "Undoing takes back 2 exams. 1 person has none left for the period." in shown
    assert cast.ben.name in shown and cast.anna.name not in shown and "no exam in the period" in shown
    everybody = page(sign_in(cast.liaison_a1), f"{URL}{two_files[0].uuid}/undo/?who=all")
    assert cast.anna.name in everybody and "another exam counts" in everybody
    with current.use(org_a):
        seen = Event.objects.filter(action="upload.undo_viewed").order_by("id").values_list("person_id", flat=True)
        assert list(seen) == [cast.ben.pk, cast.ben.pk, cast.anna.pk]


def test_undo_of_a_correction_lets_the_first_count_again(cast, sign_in, org_a, two_files):
    shown = page(sign_in(cast.liaison_a1), f"{URL}{two_files[1].uuid}/undo/")
    assert "Undoing takes back 1 exam. Everybody concerned keeps another exam of the period." in shown
    with current.use(org_a):
        assert selectors.undo_effect(two_files[1]) == (1, 1, 1, 0)


def test_undo_names_nobody_outside_of_the_roster(cast, org_a, two_files):
    with current.use(org_a):
        cast.ben.unit = cast.b1
        cast.ben.save()
        told = selectors.undo_people(cast.liaison_a1, two_files[0], bare_only=False, first=0, most=50)
        assert ([pk for pk, _bare in told.rows], told.total) == ([cast.anna.pk], 1)
        assert not cast.liaison_a1.can(Permission.RECORD_VIEW)


def test_undo_tells_of_alerts_and_plans_in_large_groups_only(cast, org_a):
    with current.use(org_a):
        people = [casting.person(f"Q{number}", cast.a1) for number in range(24)]
        rows = [[one.emp_no, one.name, DAY, 190 if place < 11 else 118, 76, 4.5, 5.0] for place, one in enumerate(people)]
        large, small = upload(text(rows), unit=cast.a1), upload(text([row(cast.anna, 190, 80, 5.0, 5.2)]), unit=cast.a1)
        assert Alert.objects.filter(closed_at=None).count() == 12
        # Everybody of the large file has a plan, and that all of a group have one is not told.
        assert undoing.care(large, 24) == undoing.Care(alerts=11, plans=None)
        assert undoing.care(small, 1) == undoing.Care(alerts=None, plans=None)


def test_undo_in_a_locked_period_says_so_and_offers_nothing(cast, sign_in, org_a, two_files):
    with current.use(org_a):
        Period.objects.update(state="locked", closed_at="2026-12-31T00:00Z", closed_by="x")
    browser, url = sign_in(cast.liaison_a1), f"{URL}{two_files[0].uuid}/undo/"
    shown = page(browser, url)
    assert "is locked, so this upload stands" in shown and "Undo this upload" not in shown
    answer = browser.post(url, {"reason": "x"})
    assert answer.status_code == 422 and "is locked; its uploads cannot be undone" in answer.content.decode()


def test_undo_of_a_closed_period_is_still_possible(cast, sign_in, org_a, two_files):
    with current.use(org_a):
        Period.objects.update(state="closed", closed_at="2026-12-31T00:00Z", closed_by="x")
    browser, url = sign_in(cast.liaison_a1), f"{URL}{two_files[0].uuid}/undo/"
    assert "Undo this upload" in page(browser, url)
    assert browser.post(url, {"reason": "wrong year"}).status_code == 302


def test_undo_out_of_the_url_of_another_state_leads_to_the_receipt(cast, sign_in, org_a, two_files):
    browser, url = sign_in(cast.liaison_a1), f"{URL}{two_files[0].uuid}/"
    assert [browser.post(f"{url}undo/", {"reason": "twice"}).headers["Location"] for _ in range(2)] == [url, url]
    assert browser.get(f"{url}undo/").headers["Location"] == url
    assert page(browser, url).count("This upload was undone.") == 1
