"""Changes of a pack's three texts: each does what it says and leaves everything else as it was."""

from dataclasses import replace
from datetime import date

import pytest

from healthmgmt.risk import describing, editing, packs
from healthmgmt.risk.editing import EditFault, NewColour, NewLimit, NewLine, NewWindow, Removal, Restoration, Source, Texts, changed, key_of

SHIPPED = [Texts(*packs.texts(*one)) for one in packs.available()]
BASE = Texts(*packs.texts("cn", "2024"))
WHY = Source("集团职业医学委员会 2026-03", "Committee of occupational medicine 2026-03")
SBP, GLUCOSE = "hypertension|sbp|>=|", "hyperglycaemia|fpg|>=|"


def copy(texts: Texts = BASE, **options) -> Texts:
    return editing.copied(texts, name="cn-own", edition="2026", title_zh="本单位 2026 版", title_en="Own edition 2026", **options)


def lines_of(texts: Texts) -> dict:
    return {key_of(line): replace(line, number=0) for line in texts.parse().lines}


def fault_of(change, texts: Texts = BASE) -> tuple[str, str]:
    with pytest.raises(EditFault) as caught:
        changed(texts, BASE, change)
    return caught.value.code, caught.value.field


@pytest.mark.parametrize("texts", SHIPPED, ids=lambda texts: texts.parse().name)
def test_copy_has_the_same_rules_under_its_own_name(texts):
    pack, own = texts.parse(), copy(texts).parse()
    assert (own.name, own.edition, own.titles) == ("cn-own", "2026", {"zh": "本单位 2026 版", "en": "Own edition 2026"})
    assert replace(own, name=pack.name, edition=pack.edition, titles=pack.titles) == pack
    assert describing.same_rules(own, pack)


@pytest.mark.parametrize("texts", SHIPPED, ids=lambda texts: texts.parse().name)
def test_lines_of_shipped_packs_are_written_as_they_stand(texts):
    assert editing._text(editing._rows(texts.lines)) == texts.lines


def test_copy_takes_over_the_months_that_the_organisation_chose():
    assert copy(window_months=24).parse().window_months == 24


def test_an_edition_is_in_force_from_its_day():
    assert editing.dated(copy(), date(2026, 12, 1)).parse().effective_from == date(2026, 12, 1)


def test_a_new_limit_changes_that_line_alone():
    texts = changed(BASE, BASE, NewLimit(SBP, "135", "", WHY))
    before, after = lines_of(BASE), lines_of(texts)
    assert {key for key in before if before[key] != after[key]} == {SBP}
    assert (after[SBP].limit, after[SBP].source) == (135.0, f"{WHY.zh} / {WHY.en}")
    words = texts.parse().words
    assert (words.source(after[SBP].source, "zh"), words.source(after[SBP].source, "en")) == (WHY.zh, WHY.en)
    assert [key_of(line) for line in texts.parse().lines] == [key_of(line) for line in BASE.parse().lines]


def test_a_new_limit_stands_in_both_units():
    line = lines_of(changed(BASE, BASE, NewLimit(GLUCOSE, "6.5", "117", WHY)))[GLUCOSE]
    assert (line.limit, line.conventional_limit, line.conventional_unit) == (6.5, 117.0, "mg/dL")


@pytest.mark.parametrize(
    ("key", "typed", "found"),
    [
        ("raised_liver_enzymes|alt|>|", "2", "2 x upper"),
        ("raised_liver_enzymes|alt|>|", "1.5 x upper", "1.5 x upper"),
        ("urine_protein|u_pro|>=|", "2", "2+"),
        ("urine_protein|u_pro|>=|", "2+", "2+"),
        (SBP, " １３５ ", "135"),
    ],
)
def test_a_limit_is_read_as_its_line_has_it(key, typed, found):
    assert lines_of(changed(BASE, BASE, NewLimit(key, typed, "", WHY)))[key].limit_text == found


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (NewLimit(SBP, "", "", WHY), ("limit_number", "limit")),
        (NewLimit(SBP, "1,35", "", WHY), ("limit_number", "limit")),
        (NewLimit(SBP, "9000", "", WHY), ("limit_impossible", "limit")),
        (NewLimit(SBP, "135", "18", WHY), ("no_conventional", "conventional_limit")),
        (NewLimit(SBP, "135", "", Source(" ", "")), ("no_source", "source")),
        (NewLimit(GLUCOSE, "6.5", "", WHY), ("conventional_number", "conventional_limit")),
        (NewLimit(GLUCOSE, "6.5", "126", WHY), ("conventional_differs", "conventional_limit")),
        (NewLimit("urine_protein|u_pro|>=|", "5+", "", WHY), ("limit_ordinal", "limit")),
        (NewLimit("raised_liver_enzymes|alt|>|", "0", "", WHY), ("limit_times", "limit")),
        (NewLimit("known_ascvd|condition:ascvd|=||true", "2", "", WHY), ("no_limit", "limit")),
        (NewLimit("hypertension|sbp|<=|", "135", "", WHY), ("no_line", "key")),
        (NewColour("critical_bp", "orange", WHY), ("class_a_stays_red", "colour")),
        (NewColour("hypertension", "green", WHY), ("no_colour", "colour")),
        (NewColour("nothing", "red", WHY), ("no_reason", "reason")),
        (Removal("critical_kidney|creatinine|>=|", WHY), ("class_a_stays", "key")),
        (Removal(SBP, Source()), ("no_source", "source")),
        (Restoration("hypertension|sbp|<=|"), ("no_line", "key")),
        (NewLine("hypertension", "sbp", ">=", "130", "", WHY), ("line_exists", "indicator")),
        (NewLine("hypertension", "nothing", ">=", "130", "", WHY), ("no_indicator", "indicator")),
        (NewLine("hypertension", "hgb", "=", "130", "", WHY), ("no_op", "op")),
        (NewLine("hypertension", "hgb", ">=", "130", "x", WHY), ("no_sex", "sex")),
        (NewLine("hypertension", "hgb", ">=", "130", "", WHY, "13", "mg/dL"), ("no_unit", "conventional_unit")),
        (NewLine("nothing", "hgb", ">=", "130", "", WHY), ("no_reason", "reason")),
        (NewWindow(25), ("window_range", "months")),
    ],
)
def test_what_cannot_be_changed_is_refused_with_its_field(change, fault):
    assert fault_of(change) == fault


def test_a_reason_that_the_head_refers_to_keeps_a_line():
    head = BASE.head + '\n[[modifier]]\nflag = "condition:other"\ndays = 10\noff = []\n[[modifier.limit]]\nreason = "low_hdl"\nlimit = 0.9\n'
    assert fault_of(Removal("low_hdl|hdl|<|", WHY), replace(BASE, head=head)) == ("reason_is_needed", "key")


def test_a_new_colour_is_that_of_all_lines_of_the_reason_and_says_why():
    texts = changed(BASE, BASE, NewColour("low_hdl", "yellow", WHY))
    pack = texts.parse()
    assert pack.reason_colours["low_hdl"] == "yellow"
    line = lines_of(texts)["low_hdl|hdl|<|"]
    assert pack.words.source(line.source, "en") == f"Chinese lipid guideline 2023; {WHY.en}"
    again = changed(texts, BASE, NewColour("low_hdl", "orange", Source("再议", "Again")))
    line = lines_of(again)["low_hdl|hdl|<|"]
    assert again.parse().words.source(line.source, "en") == "Chinese lipid guideline 2023; Again"


def test_a_line_taken_away_and_brought_back_is_the_pack_as_it_was():
    without = changed(BASE, BASE, Removal(SBP, WHY))
    assert SBP not in lines_of(without)
    assert editing.taken_away(without) == [{"line": SBP, "source_zh": WHY.zh, "source_en": WHY.en}]
    assert changed(without, BASE, Restoration(SBP)) == BASE


def test_a_changed_line_is_brought_back_with_the_colour_that_its_reason_has_now():
    texts = changed(BASE, BASE, NewColour("hypertension", "red", WHY))
    texts = changed(texts, BASE, NewLimit(SBP, "135", "", WHY))
    line = lines_of(changed(texts, BASE, Restoration(SBP)))[SBP]
    assert (line.limit, line.colour) == (140.0, "red")


def test_a_reason_can_lose_all_its_lines_and_gain_another():
    texts = changed(BASE, BASE, Removal("poor_sleep|sleep_hours|<|", WHY))
    assert "poor_sleep" not in texts.parse().reason_colours
    texts = changed(texts, BASE, NewLine("poor_sleep", "spo2", "<", "90", "m", WHY))
    line = lines_of(texts)["poor_sleep|spo2|<|m"]
    assert (line.colour, line.limit, line.unit, line.sex) == ("blue", 90.0, "%", "m")


def test_a_new_line_stands_behind_those_of_its_reason_and_has_words():
    texts = changed(BASE, BASE, NewLine("anaemia", "rbc", "<", "4.0", "m", WHY))
    pack = texts.parse()
    keys = [key_of(line) for line in pack.lines]
    assert keys[keys.index("anaemia|hgb|<|f") + 1] == "anaemia|rbc|<|m"
    assert pack.words.indicators["rbc"].en and pack.words.indicators["rbc"].zh


def test_copying_an_own_edition_forgets_what_its_base_did_without():
    own = changed(copy(), BASE, Removal(SBP, WHY))
    assert editing.taken_away(copy(own)) == []
    assert copy(own).parse().lines == own.parse().lines


def test_texts_with_signs_of_toml_and_csv_stay_texts():
    odd = Source('他说"135"，\\ 与 [source]\n', 'He said "135", = [x] # no')
    texts = changed(BASE, BASE, NewLimit(SBP, "135", "", odd))
    assert texts.parse().words.source(lines_of(texts)[SBP].source, "en") == odd.en


def test_differences_say_what_is_otherwise_in_words():
    texts = BASE
    for change in (
        NewLimit(GLUCOSE, "6.5", "117", WHY), NewColour("low_hdl", "yellow", WHY), Removal(SBP, WHY),
        NewLine("overweight", "body_fat", ">=", "25", "m", WHY), NewWindow(24),
    ):  # fmt: skip
        texts = changed(texts, BASE, change)
    found = describing.differences(BASE.parse(), texts.parse(), "en", editing.taken_away(texts))
    assert [(one.kind, one.before and one.before.sentence, one.after and one.after.sentence, one.source, one.window) for one in found] == [
        ("taken_away", "systolic blood pressure ≥ 140 mmHg", None, WHY.en, ("", "")),
        ("changed", "fasting glucose ≥ 7.0 mmol/L (126 mg/dL)", "fasting glucose ≥ 6.5 mmol/L (117 mg/dL)", WHY.en, ("", "")),
        ("recoloured", "HDL cholesterol < 1.0 mmol/L (40 mg/dL)", "HDL cholesterol < 1.0 mmol/L (40 mg/dL)",
            f"Chinese lipid guideline 2023; {WHY.en}", ("", "")),
        ("added", None, "body fat percentage ≥ 25 % (men)", WHY.en, ("", "")),
        ("window", None, None, "", ("18 months", "24 months")),
    ]  # fmt: skip
    assert describing.differences(BASE.parse(), BASE.parse(), "zh") == []
