"""The employee's own pages over HTTP, from a file to what stands on the page."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.care.models import Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Consent
from healthmgmt.portal.employee import selectors
from tests.exams.road import text, upload
from tests.portal.employee.making import PACK

HEADINGS = ["工号", "姓名", "体检日期", "身高(cm)", "体重(kg)", "收缩压(mmHg)", "舒张压(mmHg)", "空腹血糖(mmol/L)", "总胆固醇(mmol/L)", "甘油三酯(mmol/L)", "腹部彩超"]
PAGES = ("/today/", "/report/", "/plan/", "/privacy/")
# Transactions and the switch to the organisation are no questions to its tables.
QUIET = re.compile(r"^(SAVEPOINT|RELEASE|BEGIN|COMMIT|ROLLBACK|SET )")


def examine(person, day, *values, name="file.csv"):
    return upload(text([[person.emp_no, person.name, day.isoformat(), *values]], HEADINGS), unit=person.unit, name=name)


@pytest.fixture
def orange(cast):
    """Anna with two exams a year apart: pressure, weight and glucose."""
    now = timezone.now().date() - timedelta(days=20)
    examine(cast.anna, now - timedelta(days=365), 173.5, 81.0, 137, 87, 5.4, 4.9, 1.5, "未见明显异常", name="last.csv")
    examine(cast.anna, now, 173.5, 78.6, 148, 92, 6.3, 4.9, 1.5, "甲状腺结节，建议观察", name="this.csv")
    return cast.anna


def shown(browser, path):
    answer = browser.get(path)
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def own_step(person, **given):
    """A step for the person in the open plan."""
    plan = Plan.objects.get(person=person, ended_on=None)
    given = {"number": 12, "kind": "home_reading", "doer": "person", "due_on": today(), "window_days": 6} | given
    return Step.objects.create(plan=plan, occurrence=90 + given["number"], **given)


def address(step):
    return f"/plan/{step.plan.uuid}/steps/{step.number}/{step.occurrence}/done/"


def test_today_says_how_one_is_what_to_do_and_what_changed(cast, orange, sign_in):
    status, page = shown(sign_in(cast.employee), "/today/")
    assert status == 200
    for words in (
        "Your blood pressure is high. A doctor will review your results by",
        "Please take a lesson by",
        "Blood pressure 148/92 mmHg At or above 140/90, 11 higher than last year, so orange",
        "so orange. One reading so far.",
        "With blood pressure below 140/90 mmHg the colour becomes yellow.",
        "This is a screening result, not a diagnosis",
        "2.4 kg lighter 81 → 78.6 kg",
        "Colour: yellow → orange",
        "Nobody but you so far",
    ):
        assert words in page, words


def test_report_shows_values_texts_origin_and_can_be_printed(cast, orange, sign_in):
    browser = sign_in(cast.employee)
    status, page = shown(browser, "/report/")
    assert status == 200
    for words in ("2 of 6 values are within range", "Systolic blood pressure 90–139 · Not right? Systolic blood pressure 148 mmHg", "Computed from height and weight. At or above 24,", "甲状腺结节", "To be watched", PACK.titles["en"], "hypertension guideline"):
        assert words in page, words
    assert "data-print" in browser.get("/report/").content.decode()


RISK_HEADINGS = [
    "工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "高密度脂蛋白胆固醇(mmol/L)", "腰围(cm)",
    "吸烟史", "用药史", "既往史", "家族史",
]  # fmt: skip


@pytest.fixture
def at_risk(cast):
    """Anna as a man of sixty in Beijing who smokes: everything that the ten-year risk asks for, in two years."""
    now = timezone.now().date() - timedelta(days=20)
    cast.anna.sex, cast.anna.birth = "m", now - timedelta(days=60 * 366)
    cast.anna.save()
    type(cast.a1).objects.filter(pk=cast.a1.pk).update(place="北京")
    for on, pressure in ((now - timedelta(days=365), 144), (now, 148)):
        row = [cast.anna.emp_no, cast.anna.name, on.isoformat(), pressure, 82, 5.4, 1.4, 86, "吸烟", "无", "无", "无"]
        upload(text([row], RISK_HEADINGS), unit=cast.a1, name=f"{on}.csv")
    return cast.anna


def test_report_puts_the_ten_year_risk_beside_the_ideal_state_and_says_whose(cast, at_risk, sign_in):
    browser = sign_in(cast.employee)
    _status, page = shown(browser, "/report/")
    for words in ("; in the ideal state at the same age and sex", "official China-PAR calculator", "waist 90 cm", "It was so on"):
        assert words in page, words
    cast.employee.language = "zh-hans"
    cast.employee.save()
    _status, page = shown(browser, "/report/")
    assert "同龄同性别的理想状态为" in page.replace(" ", "")


def test_today_of_a_person_with_a_ten_year_risk_asks_few_questions_too(cast, at_risk, sign_in):
    browser = sign_in(cast.employee)
    browser.get("/today/")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/today/")
    assert len([query for query in captured if not QUIET.match(query["sql"])]) <= 12


def test_report_with_nothing_out_of_range_shows_its_values_without_a_fold(cast, sign_in):
    examine(cast.anna, timezone.now().date(), 168, 60, 118, 76, 5.0, 4.6, 1.1, "未见异常")
    page = sign_in(cast.employee).get("/report/").content.decode()
    assert "Systolic blood pressure" in page and "fold-groups" not in page


def test_plan_shows_steps_and_earlier_plans(cast, orange, sign_in):
    own_step(orange)
    status, page = shown(sign_in(cast.employee), "/plan/")
    assert status == 200
    for words in ("Chronic-disease pathway", "A doctor reviews your results", "I have done it", "Earlier plans", "Twelve-week weight programme", "Replaced by a stronger plan"):
        assert words in page, words


def test_pages_of_who_has_no_exam_yet_are_calm(cast, sign_in):
    browser = sign_in(cast.employee)
    found = {path: shown(browser, path) for path in PAGES}
    assert {status for status, _page in found.values()} == {200}
    assert "Please take this round's examination by" in found["/today/"][1] or cast.period.deadline_on < today()
    assert "There is no exam result of yours here yet." in found["/report/"][1]
    assert "There is no plan for you at present." in found["/plan/"][1]


def test_pages_of_a_user_who_is_no_employee_say_whom_to_ask(cast, sign_in):
    from tests.cast import user

    browser = sign_in(user("guest", "employee", cast.a1))
    for path in PAGES:
        status, page = shown(browser, path)
        assert (status, "Please ask your administrator to link it." in page) == (200, True)
    assert not Event.objects.filter(action="own_record.viewed").exists()


@pytest.mark.parametrize("role", ["leader", "liaison_a1", "office_a", "case_manager", "physician", "admin", "steward"])
def test_pages_are_for_employees_alone(cast, orange, sign_in, role):
    browser = sign_in(getattr(cast, role))
    assert [browser.get(path).status_code for path in PAGES] == [403] * 4


def test_P20_every_look_at_the_own_record_is_recorded_and_apart_from_others(cast, orange, sign_in):
    browser = sign_in(cast.employee)
    for path in PAGES:
        browser.get(path)
    seen = Event.objects.filter(person_id=orange.pk, action="own_record.viewed", actor_id=cast.employee.pk).order_by("id")
    assert [event.detail["page"] for event in seen] == ["today", "report", "plan", "privacy"]
    assert not selectors.events_by_others(orange).filter(action="own_record.viewed").exists()
    assert selectors.own_events(orange).count() == 4


def test_P22_own_pages_show_nothing_when_the_look_cannot_be_recorded(cast, orange, sign_in, monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError("no record can be written")

    monkeypatch.setattr(Event, "save", broken)
    browser = sign_in(cast.employee)
    assert [(browser.get(path).status_code, "148" in browser.get(path).content.decode()) for path in PAGES] == [(503, False)] * 4


def test_step_of_ones_own_is_noted_once_however_often_it_is_sent(cast, orange, sign_in):
    step, browser = own_step(orange), sign_in(cast.employee)
    answers = [browser.post(address(step), {"from": "plan"}, follow=True) for _time in range(2)]
    step.refresh_from_db()
    assert [answer.redirect_chain for answer in answers] == [[("/plan/", 302)]] * 2
    assert ["Noted as done" in answers[0].content.decode(), "This step has ended already" in answers[1].content.decode()] == [True, True]
    assert (step.state, step.ended_by) == ("done", f"user:{cast.employee.pk}")
    assert Event.objects.filter(action="step.done", person_id=orange.pk).count() == 1


def test_step_of_anybody_else_cannot_be_noted(cast, orange, sign_in):
    now = timezone.now().date() - timedelta(days=20)
    examine(cast.ben, now, 173.5, 78.6, 148, 92, 6.3, 4.9, 1.5, "", name="ben.csv")
    theirs, doctors = own_step(cast.ben), own_step(orange, number=1, kind="case_review", doer="physician")
    browser = sign_in(cast.employee)
    assert [browser.post(address(step)).status_code for step in (theirs, doctors)] == [404, 403]
    assert set(Step.objects.filter(pk__in=[theirs.pk, doctors.pk]).values_list("state", flat=True)) == {"planned"}


def test_privacy_tells_who_was_there_why_and_how_often(cast, orange, sign_in):
    from healthmgmt.audit import services as audit

    for _time in range(2):
        audit.record("alert.opened", by=Actor.of(cast.case_manager), person_id=orange.pk, reason="She asked me to call")
    audit.record("alert.opened", by=Actor.of(cast.case_manager), person_id=cast.ben.pk, reason="About Ben")
    browser = sign_in(cast.employee)
    _status, page = shown(browser, "/privacy/")
    assert "2 times this month, the last was Case Manager" in page
    for words in ("Case Manager · Case manager", "Alert opened · 2 times", "Reason given: She asked me to call"):
        assert words in page, words
    assert "About Ben" not in page
    assert "2 times this month, last by Case Manager" in shown(browser, "/today/")[1]
    assert "Case Manager · Case manager" in shown(browser, "/report/")[1]


def test_privacy_lists_long_records_page_by_page_at_one_price(cast, sign_in):
    from healthmgmt.audit import services as audit

    browser, counts = sign_in(cast.employee), []
    for number in (1, 3, 60):
        for _time in range(number):
            audit.record("alert.opened", by=Actor.of(cast.case_manager), person_id=cast.anna.pk)
        with CaptureQueriesContext(connection) as captured:
            browser.get("/privacy/")
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
    assert browser.get("/privacy/?page=2").status_code == 200
    assert "Next" in browser.get("/privacy/").content.decode()


def test_consent_is_given_and_taken_back_on_the_page(cast, sign_in):
    browser = sign_in(cast.employee)
    for answer, words in (("give", "Your consent is noted"), ("give", "Your consent is noted"), ("withdraw", "Your consent is taken back")):
        page = browser.post("/privacy/consents/", {"purpose": "care_contact", "version": "1", "answer": answer}, follow=True)
        assert words in page.content.decode()
    consent = Consent.objects.get(person=cast.anna)
    assert (consent.purpose, consent.withdrawn_at is not None) == ("care_contact", True)
    assert "Taken back on" in shown(browser, "/privacy/")[1]


def test_consent_to_nonsense_or_an_old_wording_is_refused_in_words(cast, sign_in):
    browser = sign_in(cast.employee)
    for given in ({"purpose": "marketing", "answer": "give"}, {"purpose": "care_contact", "version": "0", "answer": "give"}, {}):
        answer = browser.post("/privacy/consents/", given)
        assert answer.status_code == 422
    assert not Consent.objects.exists()


def test_today_asks_few_questions_whoever_it_is(cast, orange, sign_in):
    for _time in range(30):
        be_seen(cast, orange)
    browser = sign_in(cast.employee)
    browser.get("/today/")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/today/")
    asked = [query["sql"] for query in captured if not QUIET.match(query["sql"])]
    assert len(asked) <= 12, "\n".join(one[:120] for one in asked)


def test_today_of_red_asks_few_questions_too(cast, sign_in):
    examine(cast.anna, timezone.now().date() - timedelta(days=20), 173.5, 78.6, 190, 115, 6.3, 4.9, 1.5, "")
    browser = sign_in(cast.employee)
    assert "This needs checking at once." in shown(browser, "/today/")[1]
    with CaptureQueriesContext(connection) as captured:
        browser.get("/today/")
    assert len([query for query in captured if not QUIET.match(query["sql"])]) <= 12


def be_seen(cast, person):
    from healthmgmt.audit import services as audit

    audit.record("alert.opened", by=Actor.of(cast.case_manager), person_id=person.pk)


def test_employee_comes_in_on_today_and_pages_take_no_other_method(cast, sign_in):
    browser = sign_in(cast.employee)
    assert browser.get("/").headers["Location"] == "/today/"
    assert [browser.post(path).status_code for path in PAGES] == [405] * 4


def test_case_manager_is_the_persons_own_else_of_the_nearest_unit(cast, orange):
    from healthmgmt.care.services import assign_manager
    from tests.cast import user

    def name():
        return selectors.manager_name(selectors.open_steps(orange)[0])

    found = [name()]
    second = user("second", "case_manager", cast.a1)
    found.append(name())
    assign_manager(second, unit=cast.a1, by=Actor.system())
    found.append(name())
    assign_manager(cast.case_manager, person=orange, by=Actor.system())
    found.append(name())
    assert found == ["Case Manager", "", "Second", "Case Manager"]


def test_expired_colour_is_told_as_such_and_leads_to_an_examination(cast, sign_in):
    examine(cast.anna, timezone.now().date() - timedelta(days=500), 173.5, 81.0, 148, 92, 5.4, 4.9, 1.5, "未见明显异常")
    Settings.objects.update(window_months=13)
    browser = sign_in(cast.employee)
    (_status, today_page), (_status, report) = shown(browser, "/today/"), shown(browser, "/report/")
    for words in ("too long ago to say how you are now", "It was orange", "Please have a new examination.", "Take a new examination", "A new examination", "Exam centre can supply"):
        assert words.lower() in today_page.lower(), words
    assert "so orange" not in today_page + report and "Orange · Chronic care" not in today_page + report
    assert "too long ago to say how you are now" in report and "no reason for a colour" not in report
    # This round's deadline is over: a day that has passed is none to name.
    assert "Since last year" not in today_page and "Until " not in today_page
