"""Values by group, what stands first, and how others' looks are told."""

from datetime import timedelta

from django.utils import timezone, translation

from healthmgmt.audit.models import Event
from healthmgmt.core.permissions import ROLES, Permission
from healthmgmt.portal.employee import changes, openings, report
from healthmgmt.portal.employee.selectors import Acting
from tests.portal.employee.making import DAY, LAST_YEAR, PACK, assessment, exam, items, judged


def test_groups_with_something_out_of_range_stand_first_by_colour():
    found = items(exam(sbp=148, dbp=92, bmi=26.1, fpg=6.3, tc=4.9, alb=45))
    made = report.groups(found, assessment(sbp=148, dbp=92, bmi=26.1, fpg=6.3), PACK)
    assert [(one.name, one.colour) for one in made.told] == [("Blood pressure and pulse", "orange"), ("Body", "yellow"), ("Glucose", "blue")]
    assert ([one.name for one in made.quiet], made.quiet_count) == (["Blood lipids", "Liver"], 2)


def row(code, one=None, *exams):
    made = report.groups(items(*exams), one, PACK)
    return next(row for group in [*made.told, *made.quiet] for row in group.rows if row.code == code)


def test_row_says_the_line_that_was_crossed_the_difference_and_a_hint():
    shown = row("sbp", assessment(sbp=148), exam(LAST_YEAR, sbp=137), exam(DAY, sbp=148))
    assert shown.say == "At or above 140, so orange, 11 higher than last year. One reading is not enough to tell of hypertension."
    assert (shown.previous, shown.series, shown.limit, shown.colour) == (137, [137, 148], 139, "orange")


def test_hint_that_one_reading_tells_little_gives_way_to_a_second_day():
    exams = exam(LAST_YEAR, sbp=145), exam(DAY, sbp=148)
    one, outlook = judged(*exams)
    (group,) = report.groups(items(*exams), one, PACK, outlook).told
    assert group.rows[0].say == "At or above 140, so orange, 3 higher than last year. It was so on 12 June 2025, too."
    once = report.groups(items(exams[1]), *judged(exams[1])[:1], PACK, judged(exams[1])[1]).told[0].rows[0]
    assert once.say == "At or above 140, so orange. One reading is not enough to tell of hypertension."


def test_origin_puts_the_ideal_state_beside_the_own_risk():
    answers = {"smoking": 0, "treatment:bp": 0, "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0}
    one, outlook = judged(exam(DAY, sbp=148, tc=5.0, hdl=1.4, waist=88, **answers))
    found = report.origin(one, "m", outlook)
    assert found.ideal.startswith("Ten-year risk ") and "in the ideal state" in found.ideal and "waist 90 cm" in found.ideal_meaning
    assert (report.origin(one, "m").ideal, report.origin(one, "m").ideal_meaning) == ("", "")


def test_origin_names_the_source_of_each_reason_in_the_language_of_the_page():
    one = assessment(sbp=148)
    assert [source for _text, source in report.origin(one, "m").sources] == ["Chinese hypertension guideline 2018/2024"]
    with translation.override("zh-hans"):
        assert [source for _text, source in report.origin(one, "m").sources] == ["中国高血压防治指南（2018、2024）"]


def test_row_out_of_its_range_without_a_reason_is_calm():
    shown = row("waist", assessment(), exam(waist=88))
    assert (shown.say, shown.colour, shown.is_out) == ("Slightly outside, no reason for a colour.", "plain", True)


def test_row_stands_in_the_number_and_unit_of_the_paper():
    shown = row("fpg", assessment(), exam(fpg=95 * 0.0555, reported={"fpg": [95, "mg/dL"]}))
    assert (shown.value, shown.unit, shown.range, shown.low, shown.high) == ("95", "mg/dL", "70.3–108", 70.3, 108)
    percent = row("hba1c", assessment(), exam(hba1c=6.54, reported={"hba1c": [48, "mmol/mol"]}))
    assert (percent.value, percent.unit) == ("6.54", "%")


def test_row_keeps_its_qualifier_and_strips_are_told_in_words():
    assert row("crp", assessment(), exam(crp=0.5, qualifiers={"crp": "<"})).value == "<0.5"
    strip = row("u_pro", assessment(u_pro=1), exam(u_pro=1))
    assert (strip.value, strip.say, strip.axis) == ("1+", "A reason for blue.", None)
    assert row("u_glu", assessment(), exam(u_glu=0)).value == "negative"


def test_row_of_a_computed_value_says_from_what():
    shown = row("bmi", assessment(bmi=27.2), exam(height=170, weight=78.6))
    assert (shown.value, shown.say) == ("27.2", "Computed from height and weight. At or above 24, so yellow.")
    assert row("egfr", assessment(), exam(creatinine=88)).say == "Computed from creatinine. Within range."
    assert "omputed" not in row("bmi", assessment(bmi=27.2), exam(height=170, weight=78.6, bmi=27.2)).say


def test_row_of_a_reported_value_that_is_contradicted_tells_both():
    shown = row("bmi", assessment(bmi=28.4), exam(height=170, weight=82, bmi=21.0))
    assert (shown.value, shown.number, shown.colour) == ("21", 28.4, "yellow")
    assert shown.say == "Does not agree with height and weight; 28.4 is used. At or above 24, so yellow."
    with translation.override("zh-hans"):
        assert row("bmi", assessment(bmi=28.4), exam(height=170, weight=82, bmi=21.0)).say.startswith("与身高、体重不符，按 28.4 判定。")


def test_row_of_a_questionnaire_about_mood_shows_no_number():
    shown = row("phq9_total", assessment(phq9_total=14), exam(phq9_total=14))
    assert (shown.value, shown.series, shown.say) == ("", [], "A clinician goes through it with you.")


def test_row_of_an_earlier_day_says_so():
    assert "Measured on" in row("tc", assessment(), exam(DAY - timedelta(days=30), tc=4.9), exam(DAY, sbp=118)).say


def test_not_done_names_what_the_exam_before_had():
    assert report.not_done(items(exam(LAST_YEAR, tc=5, sbp=137), exam(DAY, sbp=148))) == "Total cholesterol"


def test_changes_compare_with_last_year_and_ignore_scatter():
    found = items(exam(LAST_YEAR, weight=81.0, sbp=137, tc=4.9), exam(DAY, weight=78.6, sbp=148, tc=5.0))
    made = changes.since(found, None)
    assert (made.title, [(one.icon, one.title, one.text) for one in made.rows]) == (
        "Since last year",
        [
            ("arrow-down", "2.4 kg lighter", "81 → 78.6 kg"),
            ("arrow-up", "Systolic blood pressure 11 mmHg higher", "137 → 148 mmHg, now out of range"),
            ("minus", "Total cholesterol without clear change", "4.9 → 5 mmol/L, within range"),
        ],
    )
    assert changes.since(items(exam(DAY, sbp=148)), None) is None


def against(then, now):
    now.before = then
    return changes.colour_change(now)


def test_colour_is_compared_with_the_round_before_by_the_edition_of_now():
    told, again = assessment(bmi=26), assessment(bmi=26)
    again.is_history = True
    made = against(told, assessment(sbp=148))
    assert (made.title, made.text, made.icon) == ("Colour: yellow → orange", "Both judged by edition 2024", "arrow-up-right")
    assert against(again, assessment(sbp=148)).text == "The earlier results were judged again by edition 2024"
    assert against(assessment(tg=2.5), assessment(sbp=148)).title == "Colour: orange, as before"
    assert (against(None, assessment(sbp=148)), changes.colour_change(None)) == (None, None)


def event(action, actor_id=None, reason="", at=None):
    return Event(action=action, actor=f"user:{actor_id}" if actor_id else "system:beat", actor_id=actor_id, reason=reason, at=at or timezone.now())


def test_acts_are_told_with_name_role_and_reason():
    actors = {5: Acting("Su Wenjing", ("case_manager", "employee"))}
    told = openings.entries([event("step.done", 5, "She asked me to"), event("person.created"), event("step.done", 9)], actors)
    assert [(one.who, one.role, one.what, one.why) for one in told] == [
        ("Su Wenjing", "Case manager", "Step done", "She asked me to"),
        ("The platform", "", "Entered in the roster", ""),
        ("A former user", "", "Step done", ""),
    ]


def test_alike_acts_of_a_day_stand_there_once():
    now = timezone.now()
    told = openings.entries([event("step.done", 5, at=now), event("step.done", 5, at=now), event("step.done", 5, at=now - timedelta(days=2))], {})
    assert [[one.times for one in day.entries] for day in openings.by_day(told)] == [[2], [1]]


def test_who_can_see_what_follows_the_permissions():
    seen = {one.role: one for one in openings.sights()}
    for role in ROLES.values():
        if str(role.words) in seen:
            assert seen[str(role.words)].is_health == (Permission.RECORD_VIEW in role.permissions)
    assert {words for words, one in seen.items() if one.is_health} == {"Case manager", "Physician"}
    assert seen["Group leadership"] == openings.Sight("Group leadership", False, False, False, True)
