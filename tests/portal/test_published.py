"""The published models: everything on one page, an example on a page of each, for the steward and clinicians."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from healthmgmt.audit.models import Event
from healthmgmt.portal.published import shown
from healthmgmt.portal.published.reasons import in_words
from healthmgmt.portal.published.trying import ExampleForm
from healthmgmt.risk.calculators.registry import load
from healthmgmt.risk.calculators.table import calculate
from healthmgmt.risk.calculators.vectors import Checked

CALCULATORS = load()
LIST = "/models/"
READERS = ("steward", "physician", "case_manager")
OTHERS = ("admin", "leader", "office_a", "liaison_a1", "exam_centre", "employee")


@pytest.mark.parametrize("who", READERS)
def test_list_shows_every_model_with_source_ranges_and_check(cast, sign_in, who):
    text = sign_in(getattr(cast, who)).get(LIST).content.decode()
    for model in CALCULATORS.values():
        assert f'id="{model.name}"' in text and f'href="/models/{model.name}/"' in text
    for words in (
        "China-PAR (numerically calibrated to the official calculator)", "doi 10.1161/CIRCULATIONAHA.116.022367", "80–400 mg/dL",
        "2–11 mmol/L", "50–130 cm", "20–85 years", "low, medium, high", "505 of 505 agree", "no value and a reason",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("who", OTHERS)
def test_models_are_for_the_steward_and_clinicians(cast, sign_in, who):
    browser = sign_in(getattr(cast, who))
    answers = [browser.get(LIST), browser.get("/models/bmi/"), browser.post("/models/bmi/", {})]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_model_that_does_not_exist_is_not_found(cast, sign_in):
    assert sign_in(cast.steward).get("/models/astrology/").status_code == 404


def test_rules_lead_to_the_models(cast, sign_in):
    assert f'href="{LIST}"' in sign_in(cast.steward).get("/steward/pack/").content.decode()


def test_example_is_worked_out_and_kept_nowhere(cast, sign_in, caplog):
    browser = sign_in(cast.steward)
    before = Event.objects.count()
    with caplog.at_level("DEBUG"):
        page = browser.post("/models/bmi/", {"height": "181.7", "height-unit": "cm", "weight": "68.3", "weight-unit": "kg"})
    assert page.status_code == 200
    assert [(one.value, one.reasons) for one in page.context["answers"]] == [("20.6876 kg/m²", [])]
    assert page["Cache-Control"] == "no-store"
    assert Event.objects.count() == before
    assert "181.7" not in caplog.text


def test_example_beyond_the_range_says_why_there_is_no_value(cast, sign_in):
    typed = {"height": "20", "height-unit": "cm", "weight": "", "weight-unit": "kg"}
    page = sign_in(cast.steward).post("/models/bmi/", typed)
    reasons = ["Height is outside the range of 30–272 cm.", "Missing: Weight."]
    assert [(one.value, one.reasons) for one in page.context["answers"]] == [("", reasons)]


def test_example_that_is_no_number_is_refused(cast, sign_in):
    page = sign_in(cast.steward).post("/models/bmi/", {"height": "tall", "weight": "68"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["height"])


def test_pages_take_the_same_queries_whatever_is_asked(cast, sign_in):
    browser = sign_in(cast.steward)
    counts = []
    for ask in (lambda: browser.get(LIST), lambda: browser.get("/models/bmi/"), lambda: browser.post("/models/prevent_base/", {})):
        with CaptureQueriesContext(connection) as queries:
            assert ask().status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_every_model_is_shown_whole_in_both_languages(name, language):
    with translation.override(language):
        model = shown.shown(CALCULATORS[name])
    assert model.tells and model.citation and all(one.name and one.ranges for one in model.inputs)
    assert all(one.name and one.unit for one in model.outputs)
    texts = [model.tells, model.heed, *(one.name for one in model.inputs), *(one.name for one in model.outputs)]
    assert all(bool(re.search(r"[一-鿿]", text)) == (language == "zh-hans") for text in texts if text)


def example(name: str, typed: dict[str, str]) -> list[tuple[str, list[str]]]:
    form = ExampleForm(CALCULATORS[name], typed)
    assert form.is_valid(), form.errors
    return [(one.value, one.reasons) for one in form.answers()]


def test_example_reads_units_choices_and_lists_of_answers():
    assert example("tyg", {"fpg_mg_dl": "100", "tg_mg_dl": "150"}) == [("8.92266", [])]
    person = {"age": "45", "sex": "male", "creatinine": "221", "creatinine-unit": "umol/L"}
    assert example("ckd_epi_2021", person) == [("31.5082 mL/min/1.73 m²", []), ("G3b", [])]
    assert example("audit_c", {"items": "1 2，1", "sex": "female"}) == [("4 points", []), ("yes", [])]
    assert example("audit_c", {"items": "1 2 x", "sex": "female"})[0] == ("", ["Answers cannot be read."])
    assert example("unit_conversion", {"analyte": "glucose", "from": "mg/dl", "to": "mmol/l", "value": "180.16"}) == [("10", [])]
    assert example("jp_tokutei", {"age": "39"}) == [("out of scope", []), ("none", [])]
    assert example("jp_tokutei", {"age": "50"}) == [("cannot be determined", []), ("Sex, Waist", [])]


@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_nothing_typed_is_answered_with_what_is_missing(name):
    answers = example(name, {})
    assert answers and all(reasons for value, reasons in answers if not value)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_reasons_that_models_give_have_words(name, language):
    """Missing, unreadable, far outside, unusual: whatever a model says about itself becomes a sentence."""
    rows = [{"id": "1", "model": name, "inputs": json.dumps(inputs)} for inputs in odd_inputs(name)]
    reasons = {reason for *_, reason in calculate(rows) if reason}
    with translation.override(language):
        for reason in reasons:
            assert all(in_words(reason)), reason


def odd_inputs(name: str) -> list[dict[str, object]]:
    found = []
    for value in (-1e15, 1e15, 36, 17, 80, "x"):
        row: dict[str, object] = {}
        for spec in CALCULATORS[name].inputs:
            paired = getattr(spec, "paired", False)
            row[spec.key] = [value, spec.units[0].name] if paired else value
        found.append(row)
    return [{}, *found]


def test_unknown_reason_is_not_guessed():
    with pytest.raises(ValueError, match="the moon"):
        in_words("the moon is full")


def test_sentence_says_what_does_not_agree_and_what_was_not_checked(monkeypatch):
    def said(record: dict[str, Checked]) -> tuple[str, str]:
        monkeypatch.setattr(shown.vectors, "recorded", lambda: record)
        models = [shown.shown(CALCULATORS[name]) for name in ("bmi", "bri")]
        return shown.sentence(models), shown.model_sentence(models[1])

    whole = {name: Checked(f"{name}.csv", "0", 10, 0, 10, date(2026, 11, 26)) for name in ("bmi", "bri")}
    tells = "Roundness of the body from waist and height"
    assert said(whole) == (
        "2 published models, all checked: 20 of 20 test values agree.",
        f"{tells}; 10 of 10 test values agree.",
    )
    assert said({"bmi": whole["bmi"]}) == (
        "2 published models, checked: 1; 10 of 10 test values agree.",
        f"{tells}; no test values are recorded.",
    )
    assert said(whole | {"bri": replace(whole["bri"], passed=9)}) == (
        "1 of 2 published models does not give what its test values expect.",
        f"{tells}; 9 of 10 test values agree.",
    )
