"""Pages of case managers and physicians over HTTP."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.audit.models import Event
from healthmgmt.care import presenters, selectors, services
from healthmgmt.care.models import Alert, Contact, Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Exposure
from healthmgmt.risk import changing
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.care.making import PACK, assessment, exam
from tests.exams import road

BY = Actor(label="system:test")


def assessed(person, colour: str, *codes: str, year: int = 0, **results) -> Assessment:
    on = local_today() - timedelta(days=30 + 365 * year)
    made = assessment(person, colour, *codes, on=on, exams=(exam(person, on, results or {"sbp": 186, "dbp": 112, "tc": 4.9}),))
    changing.compare([person.pk], pack=PACK)
    services.plan_assessed(made.pk, made.pk, today=local_today(), by=BY)
    services.open_alerts(made.pk, made.pk, by=BY)
    return made


@pytest.fixture
def alert(cast) -> Alert:
    assessed(cast.anna, "red", "critical_bp")
    return Alert.objects.get()


@pytest.fixture
def manager(cast, sign_in):
    return sign_in(cast.case_manager)


@pytest.fixture
def physician(cast, sign_in):
    return sign_in(cast.physician)


def text(answer) -> str:
    return answer.content.decode()


def told(action: str) -> list[int]:
    return sorted(Event.objects.filter(action=action).values_list("person_id", flat=True))


# Worklist ------------------------------------------------------------------------------------------------------------------


def test_home_of_a_case_manager_is_the_worklist_and_of_a_physician_the_alerts(manager, physician, alert) -> None:
    assert [browser.get("/").headers["Location"] for browser in (manager, physician)] == ["/care/", "/care/alerts/"]
    assert physician.get("/care/").headers["Location"] == "/care/alerts/"


def test_worklist_says_who_is_first_why_and_how_long(manager, cast, alert) -> None:
    page = text(manager.get("/care/"))
    assert "First call Name E1001, before" in page
    assert "systolic blood pressure 180 mmHg, at or above 180" in page
    assert "Waits for a physician to confirm" in page
    assert "1 h 59 min left" in page
    assert "headache" in page


def test_worklist_is_empty_in_words(manager) -> None:
    page = text(manager.get("/care/"))
    assert "Nobody has to be called today." in page and "The list is empty" in page


def test_worklist_shows_whom_the_address_names_and_nobody_outside(manager, cast, alert) -> None:
    assert 'id="panel-name">Name E1002' in text(manager.get(f"/care/?person={cast.ben.uuid}"))
    assert told("worklist.viewed") == [cast.anna.pk, cast.ben.pk]
    assert [manager.get(f"/care/?person={one}").status_code for one in (cast.amos.uuid, uuid.uuid4(), "x")] == [404] * 3


def test_worklist_tells_everybody_shown(manager, cast, alert) -> None:
    assessed(cast.ben, "red", "known_ascvd")
    manager.get("/care/")
    assert told("worklist.viewed") == [cast.anna.pk, cast.ben.pk]


@pytest.mark.parametrize("who", ["leader", "office_a", "liaison_a1", "admin", "steward", "employee", "exam_centre"])
def test_pages_of_care_are_closed_to_all_others(cast, sign_in, alert, who) -> None:
    browser = sign_in(getattr(cast, who))
    for path in ("", "people/", f"people/{cast.anna.uuid}/", f"people/{cast.anna.uuid}/contact/", "alerts/", f"alerts/{alert.uuid}/"):
        assert browser.get(f"/care/{path}").status_code == 403
    assert Event.objects.filter(action__in=["worklist.viewed", "record.viewed", "alert.viewed"]).count() == 0


def test_worklist_pages_need_as_many_queries_for_three_people_as_for_one(manager, cast, alert) -> None:
    paths = ("/care/", "/care/people/", "/care/alerts/")
    assessed(cast.ben, "red", "known_ascvd")
    counts = []
    for number in range(2):
        counts.append([])
        for path in paths:
            manager.get(path)
            with CaptureQueriesContext(connection) as queries:
                manager.get(path)
            counts[-1].append(len(queries))
        for more in range(2):
            assessed(casting.person(f"Q{number}{more}", cast.a1), "red", "critical_bp")
    assert counts[0] == counts[1]


def test_navigation_counts_the_open_alerts_of_ones_own_list(manager, physician, cast, alert) -> None:
    assessed(cast.bella, "red", "critical_bp")
    assert [selectors.open_alert_count(user) for user in (cast.case_manager, cast.physician)] == [1, 2]
    assert 'class="n count count-late">1<' in text(manager.get("/care/people/"))


# Contacts ------------------------------------------------------------------------------------------------------------------


def contact_path(person) -> str:
    return f"/care/people/{person.uuid}/contact/"


def test_contact_is_recorded_and_the_next_one_comes(manager, cast, alert) -> None:
    assessed(cast.ben, "red", "known_ascvd")
    answer = manager.post(contact_path(cast.anna), {"ending": "will_be_seen_today", "note": "with family", "back": "worklist", "token": str(uuid.uuid4())})
    assert answer.headers["Location"] == f"/care/?after={cast.anna.uuid}"
    assert Contact.objects.values_list("person", "ending", "note", "alert").get() == (cast.anna.pk, "will_be_seen_today", "with family", alert.pk)
    page = text(manager.get(answer.headers["Location"]))
    assert "Name E1001: Will be seen today. Next contact tomorrow." in page
    assert 'id="panel-name">Name E1002' in page


def test_next_one_passes_over_who_was_just_called_in_vain(manager, cast, alert) -> None:
    assessed(cast.ben, "red", "critical_bp")
    answer = manager.post(contact_path(cast.anna), {"ending": "not_reached", "back": "worklist"})
    assert 'id="panel-name">Name E1002' in text(manager.get(answer.headers["Location"]))


def test_contact_sent_twice_is_recorded_once(manager, cast, alert) -> None:
    given = {"ending": "will_come", "token": str(uuid.uuid4())}
    assert [manager.post(contact_path(cast.anna), given).status_code for _ in range(2)] == [302, 302]
    assert (Contact.objects.count(), told("contact.logged")) == (1, [cast.anna.pk])


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "Choose what the contact ended with."),
        ({"ending": "gone"}, "Select a valid choice"),
        ({"ending": "will_come", "next_on": "2020-01-01"}, "The next contact cannot lie in the past."),
        ({"ending": "will_come", "next_on": "soon"}, "Enter a valid date."),
        ({"ending": "will_come", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_contact_shows_what_is_wrong_beside_its_field_and_keeps_the_rest(manager, cast, alert, given, fault) -> None:
    answer = manager.post(contact_path(cast.anna), {"note": "kept words", "token": str(uuid.uuid4())} | given)
    page = text(answer)
    assert (answer.status_code, fault in page, Contact.objects.count()) == (422, True, 0)
    assert "kept words" in page or "note" in given


def test_contact_panel_comes_as_a_fragment(manager, cast, alert) -> None:
    page = text(manager.get(f"{contact_path(cast.anna)}?back=worklist", headers={"HX-Request": "true"}))
    assert page.lstrip().startswith("<aside") and "Save, next one" in page
    assert list(Event.objects.filter(action="record.viewed").values_list("person_id", "reason")) == [(cast.anna.pk, "call")]


def test_contact_shows_the_number_where_there_is_one(manager, cast, alert) -> None:
    cast.employee.mobile = "13800000912"
    cast.employee.save()
    page = text(manager.get(contact_path(cast.anna)))
    assert 'href="tel:13800000912"' in page and "No telephone number" not in page


def test_contact_of_somebody_outside_is_not_found(manager, cast) -> None:
    assert manager.post(contact_path(cast.amos), {"ending": "will_come"}).status_code == 404
    assert Contact.objects.count() == 0


# Records -------------------------------------------------------------------------------------------------------------------


def test_record_tells_the_story_and_the_person_of_it(manager, cast, alert) -> None:
    assessed(cast.anna, "orange", "hypertension", year=1)
    assessed(cast.anna, "red", "critical_bp", sbp=186, dbp=112, tc=5.9, **{"treatment:bp": 1, "family:diabetes": 0})
    services.log_contact(cast.anna, ending="not_reached", note="no answer", by=Actor.of(cast.case_manager))
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    for words in (
        "Very high blood pressure, worse than last time; last contact: Not reached, next one today.",
        "Colours by year", '"kind": "line"', "Total cholesterol", "up to 5.19", "above the range", "Call within two hours, explain",
        "no answer", "for blood pressure", "Case Manager", "Waits for a physician to confirm",
    ):  # fmt: skip
        assert words in page, words
    assert list(Event.objects.filter(action="record.viewed").values_list("person_id", "actor_id", "reason")) == [(cast.anna.pk, cast.case_manager.pk, "care")]


def test_record_shows_the_value_behind_the_colour_where_the_last_exam_lacks_it(manager, cast) -> None:
    assessed(cast.anna, "blue", "borderline_lipids", year=1, tc=5.87, fpg=4.9)
    assessed(cast.anna, "blue", "borderline_lipids", fpg=5.0)
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    assert "Total cholesterol" in page and "5.87" in page


def test_record_marks_what_was_computed_and_tells_both_where_the_report_contradicts(manager, cast) -> None:
    cast.anna.sex, cast.anna.birth = "m", local_today() - timedelta(days=50 * 365)
    cast.anna.save()
    assessed(cast.anna, "yellow", "overweight", year=1, height=170, weight=80, bmi=27.5)
    assessed(cast.anna, "yellow", "overweight", height=170, weight=82, bmi=21, creatinine=88)
    page = " ".join(text(manager.get(f"/care/people/{cast.anna.uuid}/")).split())
    assert "does not agree with height and weight; 28.4 is used" in page and '<b class="b">21</b>' in page
    assert "computed from creatinine" in page
    assert "computed from height and weight" not in page


RISK_HEADINGS = [
    "工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "高密度脂蛋白胆固醇(mmol/L)", "腰围(cm)",
    "吸烟史", "用药史", "既往史", "家族史",
]  # fmt: skip


def test_record_says_why_how_sure_what_would_better_it_and_the_ideal_beside_the_own(manager, cast) -> None:
    Unit.objects.filter(pk=cast.a1.pk).update(place="北京")
    for days, pressure in ((385, 144), (20, 148)):
        on = (local_today() - timedelta(days=days)).isoformat()
        row = [cast.ben.emp_no, cast.ben.name, on, pressure, 82, 4.4, 1.4, 86, "无", "无", "无", "无"]
        road.upload(road.text([row], RISK_HEADINGS), unit=cast.a1, name=f"{on}.csv")
    page = " ".join(text(manager.get(f"/care/people/{cast.ben.uuid}/")).split())
    for words in (
        "Why this colour", "at or above 140 mmHg; confirmed on two days (also", "Chinese hypertension guideline 2018/2024",
        "; in the ideal state at the same age and sex", "official China-PAR calculator",
    ):  # fmt: skip
        assert words in page, words
    assert "With systolic blood pressure" in page


def test_reason_in_a_line_says_that_its_value_was_computed(cast) -> None:
    (reason,) = assessed(cast.anna, "yellow", "overweight", bmi=24).reasons
    lines = [presenters.told(PACK, [one]).text for one in (reason, reason | {"computed": True})]
    assert lines == [
        "Overweight: body mass index 24.0 kg/m², at or above 24",
        "Overweight: body mass index 24.0 kg/m² (computed from height and weight), at or above 24",
    ]


def test_record_shows_computed_values_without_an_assessment(manager, cast) -> None:
    exam(cast.anna, local_today() - timedelta(days=30), {"height": 170, "weight": 82})
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    assert '<b class="b">28.4</b>' in page and "computed from height and weight" in page


def test_record_tells_the_hazards_and_the_planned_rotation(manager, cast) -> None:
    Exposure.objects.create(person=cast.anna, kind="high_altitude", since=date(2025, 1, 20), rotates_on=date(2031, 3, 1))
    page = " ".join(text(manager.get(f"/care/people/{cast.anna.uuid}/")).split())
    assert "Works under" in page and "High altitude since 20 January 2025, rotation planned for 1 March 2031" in page


def test_record_of_somebody_never_examined_says_so(manager, cast) -> None:
    page = text(manager.get(f"/care/people/{cast.ben.uuid}/"))
    assert "There is no exam that counts." in page and "No exam has come in yet" in page


def test_record_in_chinese(manager, cast, alert) -> None:
    cast.case_manager.language = "zh-hans"
    cast.case_manager.save()
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    assert "血压很高" in page and "还没有联系过" in page


def test_record_needs_as_many_queries_for_a_long_story_as_for_a_short_one(manager, cast, alert) -> None:
    path, counts = f"/care/people/{cast.anna.uuid}/", []
    services.log_contact(cast.anna, ending="will_come", by=Actor.of(cast.case_manager))
    for _round in range(2):
        manager.get(path)
        with CaptureQueriesContext(connection) as queries:
            manager.get(path)
        counts.append(len(queries))
        for year in (3, 2, 1, 0):
            assessed(cast.anna, "orange", "hypertension", year=year)
            services.log_contact(cast.anna, ending="will_come", by=Actor.of(cast.case_manager))
    assert counts[0] == counts[1]


def test_record_of_somebody_outside_is_not_found_and_leaves_no_event(manager, cast) -> None:
    assert manager.get(f"/care/people/{cast.amos.uuid}/").status_code == 404
    assert told("record.viewed") == []


def test_people_are_found_by_name_number_and_colour(manager, cast, alert) -> None:
    assessed(cast.ben, "orange", "hypertension")
    found = {query: ["E1001" in (page := text(manager.get(f"/care/people/?{query}"))), "E1002" in page] for query in ("q=E1001", "q=name", "colour=orange", "q=nobody", "due=on")}
    assert found == {"q=E1001": [True, False], "q=name": [True, True], "colour=orange": [False, True], "q=nobody": [False, False], "due=on": [True, False]}
    assert manager.get("/care/people/?colour=pink").status_code == 200


def test_people_are_those_of_the_list_or_of_the_reach(manager, physician, cast) -> None:
    pages = [text(browser.get("/care/people/")) for browser in (manager, physician)]
    seen = [[number in page for number in ("E1001", "E2001", "E3001")] for page in pages]
    assert seen == [[True, False, False], [True, True, True]]
    assert told("record.listed") == sorted(2 * [cast.anna.pk, cast.ben.pk] + [cast.amos.pk, cast.bella.pk])


def test_step_is_done_once_and_the_second_time_calmly(manager, cast, alert) -> None:
    step = Step.objects.get(kind="call")
    path = f"/care/people/{cast.anna.uuid}/steps/{step.pk}/done/"
    assert [manager.post(path).headers["Location"] for _ in range(2)] == [f"/care/people/{cast.anna.uuid}/"] * 2
    assert (told("step.done"), "This step has ended already." in text(manager.get(f"/care/people/{cast.anna.uuid}/"))) == ([cast.anna.pk], True)


def test_step_of_a_physician_is_the_physicians(manager, physician, cast) -> None:
    assessed(cast.anna, "orange", "hypertension")
    path = f"/care/people/{cast.anna.uuid}/steps/{Step.objects.get(number=1).pk}/done/"
    assert [browser.post(path).status_code for browser in (manager, physician)] == [403, 302]


# Alerts --------------------------------------------------------------------------------------------------------------------


def test_alerts_stand_oldest_first_and_closed_ones_below(physician, manager, cast, alert) -> None:
    assessed(cast.bella, "red", "critical_bp")
    assessed(cast.ben, "red", "critical_glucose")
    services.clear_alert(Alert.objects.get(person=cast.ben), outcome="artefact", by=Actor.of(cast.physician))
    page = text(physician.get("/care/alerts/"))
    assert "2 alerts are open; 2 wait for you to confirm or clear." in page
    assert page.index("Name E1001") < page.index("Name E3001") < page.index("Closed alerts") < page.index("Name E1002")
    assert "Measurement error" in page
    assert "1 alert is open; nobody has spoken to the person of 1." in text(manager.get("/care/alerts/"))


def test_alerts_show_a_physician_who_was_handed_over(physician, manager, cast, alert) -> None:
    services.log_contact(cast.anna, ending="to_physician", note="asks for a doctor", by=Actor.of(cast.case_manager))
    assert "asks for a doctor" in text(physician.get("/care/alerts/"))
    assert "Handed to a physician" not in text(manager.get("/care/alerts/"))
    services.log_contact(cast.anna, ending="in_treatment", by=Actor.of(cast.physician))
    assert "Handed to a physician" not in text(physician.get("/care/alerts/"))


def test_alert_shows_what_was_measured_where_and_before(physician, cast, alert) -> None:
    exam(cast.anna, local_today() - timedelta(400), {"sbp": 151, "dbp": 99})
    page = text(physician.get(f"/care/alerts/{alert.uuid}/"))
    for words in ("Systolic blood pressure 180 mmHg", "At or above 180", "151", "not known", "Confirm", "Clear the alert"):
        assert words in page, words
    assert told("alert.viewed") == [cast.anna.pk]


def test_alert_is_confirmed_by_a_physician_only(manager, physician, cast, alert) -> None:
    path = f"/care/alerts/{alert.uuid}/confirm/"
    assert [browser.post(path).status_code for browser in (manager, physician, physician)] == [403, 302, 302]
    alert.refresh_from_db()
    assert (alert.confirmed_by, alert.closed_at) == (f"user:{cast.physician.pk}", None)
    assert "Confirmed by Physician" in text(manager.get("/care/"))


def test_alert_is_cleared_by_a_physician_only(manager, physician, cast, alert) -> None:
    path = f"/care/alerts/{alert.uuid}/clear/"
    assert manager.post(path, {"outcome": "artefact"}).status_code == 403
    assert physician.post(path, {"outcome": "confirmed"}).status_code == 422
    assert physician.post(path, {"outcome": "artefact"}).status_code == 302
    assert (told("alert.cleared"), physician.post(path, {"outcome": "artefact"}).status_code) == ([cast.anna.pk], 302)


def test_alert_is_closed_by_a_case_manager_after_contact_only(manager, cast, alert) -> None:
    path = f"/care/alerts/{alert.uuid}/close/"
    refused = manager.post(path, {"outcome": "confirmed"})
    assert (refused.status_code, "Speak to the person first" in text(refused)) == (422, True)
    manager.post(contact_path(cast.anna), {"ending": "in_treatment"})
    assert manager.post(path, {"outcome": "confirmed"}).headers["Location"] == f"/care/alerts/{alert.uuid}/"
    page = text(manager.get(f"/care/alerts/{alert.uuid}/"))
    assert "This alert is closed" in page and "Confirmed, in treatment" in page


def test_record_of_an_expired_colour_says_since_when_and_who_can_supply_new_values(manager, cast):
    assessed(cast.anna, "orange", "hypertension", year=2, sbp=150)
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    for words in ("Orange has expired, exam of ", "No value has counted since ", "an exam centre can supply new ones.", "band-grey"):
        assert words in page, words
    assert "Why this colour" not in page and "band-orange" not in page
    call = text(manager.get(f"/care/people/{cast.anna.uuid}/contact/"))
    assert "Orange has expired, exam of " in call and "A new examination is needed." in call


def test_record_compares_by_the_present_edition_and_names_another_one(manager, cast):
    told = assessed(cast.anna, "yellow", "overweight", year=1, sbp=150, dbp=80)
    Assessment.objects.filter(pk=told.pk).update(pack="jp-tokutei", edition="FY2024", reasons=[])
    assessed(cast.anna, "orange", "hypertension", sbp=150)
    page = text(manager.get(f"/care/people/{cast.anna.uuid}/"))
    assert "High blood pressure, as last time" in page or "as last time" in page
    assert "edition FY2024 · by the present edition Orange" in page
