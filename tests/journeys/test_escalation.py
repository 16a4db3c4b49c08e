"""A class A result that comes in by a file and that nobody sees to: who is told and when, until the alert is closed with an outcome.

Through the pages and the jobs, in both languages. The clock goes on by making everything that happened so much older.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from healthmgmt.accounts.models import User
from healthmgmt.care.models import Alert, Contact, Escalation, Plan
from healthmgmt.exams.models import Upload
from healthmgmt.organization.selectors import today
from healthmgmt.records import catalogue
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import text

# In every language; a mail may hold none of them. The address of the list of alerts is the same for all.
COLOURS = ("red", "orange", "yellow", "blue", "green", "红", "橙", "黄", "蓝", "绿")
VALUES = ("192", "121", "4.9", "5.1")
MATTERS = ("blood", "pressure", "critical", "plan", "血", "压", "危急", "计划", "体检", "检查")
CLOSED = {"en": "This alert is closed", "zh-hans": "这条预警已关闭"}


@pytest.fixture
def second(cast) -> User:
    """A case manager of the whole, farther away than the one of unit A1."""
    return casting.user("second", "case_manager", cast.root)


def pass_hours(hours: int) -> None:
    """So much later; what is due by then is done."""
    by = timedelta(hours=hours)
    Job.objects.filter(kind="care.escalate").update(run_after=F("run_after") - by)
    Alert.objects.update(opened_at=F("opened_at") - by)
    Escalation.objects.update(told_at=F("told_at") - by, mailed_at=F("mailed_at") - by)
    work.drain(kinds=("care.escalate",))


def deliver(browser, cast) -> None:
    """A liaison hands over a file and lets its rows in."""
    rows = [[cast.anna.emp_no, cast.anna.name, today() - timedelta(days=1), 192, 121, 4.9, 5.1]]
    assert browser.post("/uploads/", {"file": SimpleUploadedFile("file.csv", text(rows))}).status_code in (200, 302)
    work.drain()
    upload = Upload.objects.get()
    assert browser.post(f"/uploads/{upload.uuid}/apply/").status_code in (200, 302)
    work.drain(kinds=("exams.apply", "risk.assess_upload", "risk.watch", "care.plan", "care.alert", "care.escalate"))


def told(mailoutbox) -> list[str]:
    return [address.partition("@")[0] for mail in mailoutbox for address in mail.to]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_alert_that_nobody_sees_to_goes_from_person_to_person_until_it_has_an_outcome(cast, second, sign_in, mailoutbox, language):
    User.objects.update(language=language)
    deliver(sign_in(cast.liaison_a1), cast)
    alert = Alert.objects.get()
    assert (alert.person, alert.code, Plan.objects.get().template) == (cast.anna, "critical_bp", "red_alert")
    assert told(mailoutbox) == ["case_manager"]

    pass_hours(1)
    assert told(mailoutbox) == ["case_manager"]
    pass_hours(1)
    assert told(mailoutbox) == ["case_manager", "second"]
    pass_hours(21)
    assert len(mailoutbox) == 2
    pass_hours(1)
    assert told(mailoutbox) == ["case_manager", "second", "physician"]

    # Who was told finds the alert, the physician confirms, the first case manager calls and closes it with what came of it.
    path = f"/care/alerts/{alert.uuid}/"
    seconds, physician, manager = sign_in(second), sign_in(User.objects.get(pk=cast.physician.pk)), sign_in(cast.case_manager)
    for browser in (seconds, physician, manager):
        assert path in browser.get("/care/alerts/").content.decode()
        assert cast.anna.name in browser.get(path).content.decode()
    assert physician.post(f"{path}confirm/").status_code == 302
    assert manager.post(f"{path}close/", {"outcome": "confirmed"}).status_code == 422
    assert manager.post(f"/care/people/{cast.anna.uuid}/contact/", {"ending": "in_treatment"}).status_code == 302
    assert manager.post(f"{path}close/", {"outcome": "confirmed"}).status_code == 302
    assert CLOSED[language] in manager.get(path).content.decode()
    alert.refresh_from_db()
    assert (alert.outcome, alert.closed_by, Contact.objects.get().alert) == ("confirmed", f"user:{cast.case_manager.pk}", alert)

    # A day later nobody hears of it any more, and no mail has said what it is about, or of whom.
    pass_hours(24)
    assert len(mailoutbox) == 3
    items = {name for one in catalogue.load().values() for name in (one.name_zh, one.name_en) if len(name) > 2}
    silent = (*COLOURS, *VALUES, *MATTERS, *items, cast.anna.name, cast.anna.emp_no, cast.a1.name + " ", str(alert.uuid), str(cast.anna.uuid))
    for mail in mailoutbox:
        words = f"{mail.subject}\n{mail.body}\n{mail.alternatives}".casefold().replace("/care/alerts/", "")
        assert [word for word in silent if word.casefold() in words] == []
