"""A corrected file shows what it changes before it goes in; the same file again is recognised before anything is read."""

from healthmgmt.audit.models import Event
from healthmgmt.exams import selectors, services
from healthmgmt.exams.models import Upload
from healthmgmt.work import services as work
from tenants import current
from tests import cast as casting
from tests.exams.road import BY, text, upload
from tests.exams.test_views import URL, a_file, delivered, page, row


def applied(browser, org, *rows) -> Upload:
    done = delivered(browser, org, *rows)
    browser.post(f"{URL}{done.uuid}/apply/")
    with current.use(org):
        work.drain()
        done.refresh_from_db()
    return done


def test_corrected_file_shows_items_and_no_value_to_a_liaison(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    applied(browser, org_a, row(cast.anna, 127, 83, 5.0, 5.2))
    second = delivered(browser, org_a, row(cast.anna, 141, 83, 5.0, 5.2), row(cast.ben, 118, 76, 4.5, 5.0))
    assert "What these rows change of what is stored" in page(browser, f"{URL}{second.uuid}/")
    shown = page(browser, f"{URL}{second.uuid}/changes/")
    assert "1 row changes what is stored." in shown and "Systolic blood pressure changes" in shown and cast.anna.name in shown
    assert "141" not in shown and "127" not in shown and cast.ben.name not in shown
    with current.use(org_a):
        assert selectors.compared(second, first=0, most=50) == (1, 0, 1, [1])
        assert list(Event.objects.filter(action="upload.changes_viewed").values_list("person_id", flat=True)) == [cast.anna.pk]


def test_exam_centre_sees_the_values_of_its_own_deliveries(cast, sign_in, org_a):
    centre = sign_in(cast.exam_centre)
    applied(centre, org_a, row(cast.anna, 127, 83, 5.0, 5.2))
    second = delivered(centre, org_a, row(cast.anna, 141, 83, 5.0, 5.2))
    assert "127 → 141" in page(centre, f"{URL}{second.uuid}/changes/")


def test_exam_centre_sees_no_value_of_what_others_delivered(cast, sign_in, org_a):
    applied(sign_in(cast.liaison_a1), org_a, row(cast.anna, 127, 83, 5.0, 5.2))
    centre = sign_in(cast.exam_centre)
    second = delivered(centre, org_a, row(cast.anna, 141, 83, 5.0, 5.2))
    shown = page(centre, f"{URL}{second.uuid}/changes/")
    assert "– → 141" in shown and "127" not in shown


def test_what_is_kept_from_employers_is_counted_and_not_named(cast, sign_in, org_a):
    headings = ["工号", "姓名", "体检日期", "乙肝表面抗原", "收缩压(mmHg)"]
    with current.use(org_a):
        upload(text([row(cast.anna, "阴性", 120)], headings=headings), unit=cast.a1)
        second = upload(text([row(cast.anna, "阳性", 130)], headings=headings), unit=cast.a1, apply=False)
    shown = page(sign_in(cast.liaison_a1), f"{URL}{second.uuid}/changes/")
    assert "1 item that is not named here" in shown and "Hepatitis" not in shown and "HBsAg" not in shown


def test_changes_are_counted_as_applying_counts_them(org_a):
    root = casting.make().root
    people = [casting.person(f"P{number}", root) for number in range(4)]
    first = [[one.emp_no, one.name, "2026-03-02", 120, 80, 5.0, 5.2] for one in people[:3]]
    upload(text(first))
    first[0][3] = 130
    second = upload(text([*first, [people[3].emp_no, people[3].name, "2026-03-02", 120, 80, 5.0, 5.2]]), apply=False)
    told = selectors.compared(second, first=0, most=50)
    services.request_apply(second, by=BY)
    work.drain()
    second.refresh_from_db()
    assert (told.new, told.unchanged, told.changed) == (1, 2, 1)
    assert (second.accepted, second.unchanged) == (told.new + told.changed, told.unchanged)


def test_changes_of_an_applied_upload_are_its_receipt(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    done = applied(browser, org_a, row(cast.anna, 120, 80, 5.0, 5.2))
    assert browser.get(f"{URL}{done.uuid}/changes/").headers["Location"] == f"{URL}{done.uuid}/"


def test_same_file_again_says_by_whom_and_what_became_of_it(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    rows = row(cast.anna, 120, 80, 5.0, 5.2)
    done = applied(browser, org_a, rows)
    again = browser.post(URL, a_file(rows))
    shown = again.content.decode()
    assert again.status_code == 409 and "Liaison A1 delivered it on" in shown and "1 row was taken in." in shown
    browser.post(f"{URL}{done.uuid}/undo/", {"reason": "wrong year"})
    undone = browser.post(URL, a_file(rows))
    assert undone.status_code == 409 and "It was undone, and does not count any more." in undone.content.decode()
    with current.use(org_a):
        assert Upload.objects.count() == 1
    assert browser.post(URL, a_file(rows) | {"again": "1"}).status_code == 302
