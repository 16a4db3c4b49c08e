from datetime import date

import pytest

from healthmgmt.risk import packs
from healthmgmt.risk.packs import PackError

HEAD = (packs.DATA / "packs" / "cn_2024.toml").read_text(encoding="utf-8")
LINES = (packs.DATA / "packs" / "cn_2024.csv").read_text(encoding="utf-8")
WORDS = (packs.DATA / "words" / "cn_2024.toml").read_text(encoding="utf-8")

JP = [
    (packs.DATA / folder / f"jp_tokutei_fy2024.{ending}").read_text(encoding="utf-8")
    for folder, ending in (("packs", "toml"), ("packs", "csv"), ("words", "toml"))
]


def faults_of(head: str, lines: str, words: str) -> tuple[str, ...]:
    with pytest.raises(PackError) as caught:
        packs.parse(head, lines, words)
    return caught.value.faults


def faults_with(row: str) -> tuple[str, ...]:
    with pytest.raises(PackError) as caught:
        packs.parse(HEAD, f"{LINES.rstrip()}\n{row}\n", WORDS)
    return caught.value.faults


def test_pack_cn_2024_loads() -> None:
    pack = packs.load("cn")
    assert (pack.name, pack.edition, pack.country, pack.window_months) == ("cn", "2024", "cn", 18)
    assert len(pack.lines) == 83
    assert [requirement.name for requirement in pack.minimum] == [
        "sex", "age", "bmi", "sbp", "dbp", "fpg_or_hba1c", "tc", "tg",
    ]  # fmt: skip
    fpg = next(line for line in pack.lines if line.reason == "hyperglycaemia")
    assert (fpg.limit, fpg.unit, fpg.conventional_limit, fpg.conventional_unit) == (7.0, "mmol/L", 126, "mg/dL")


def test_pack_tells_a_source_in_words_and_one_it_does_not_know_as_it_stands() -> None:
    pack = packs.load("cn")
    assert (pack.words.source("CDS 2020", "zh"), pack.words.source("a book", "zh")) == ("中国 2 型糖尿病防治指南（2020）", "a book")


def test_pack_lines_are_numbered_as_in_the_file() -> None:
    pack = packs.load("cn")
    assert [pack.line(line.number) for line in pack.lines] == list(pack.lines)


def test_pack_reads_multiples_ordinals_and_flags() -> None:
    lines = {(line.reason, line.indicator): line for line in packs.load("cn").lines}
    liver, protein, ascvd = (
        lines["critical_liver", "alt"], lines["important_urine_protein", "u_pro"], lines["known_ascvd", "condition:ascvd"],
    )  # fmt: skip
    assert (liver.times_upper, liver.limit) == (True, 15)
    assert (protein.times_upper, protein.limit, protein.limit_text) == (False, 3, "3+")
    assert (ascvd.is_flag, ascvd.limit) == (True, 1)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,purple,sbp,>=,1,,,,,", "colour must be one of blue, yellow, orange, red, not 'purple'"),
        ("x,green,sbp,>=,1,,,,,", "colour must be one of blue, yellow, orange, red, not 'green'"),
        ("X y,red,sbp,>=,1,,,,,", "reason must be lower-case words joined by _, not 'X y'"),
        ("x,red,sbp,=>,1,,,,,", "op must be one of >= <= > < =, not '=>'"),
        ("x,red,SBP!,>=,1,,,,,", "unknown kind of indicator, not 'SBP!'"),
        ("x,red,weather:rain,>=,1,,,,,", "unknown kind of indicator, not 'weather:rain'"),
        ("x,red,sbp,>=,1,,,,male,", "sex must be m, f or empty, not 'male'"),
        ("x,red,alt,>=,3 times upper,,,,,", "limit must be a number, `N x upper` or an ordinal such as 2+"),
        ("x,red,sbp,>=,,,,,,", "limit must be a number"),
        ("x,red,sbp,>=,nan,,,,,", "limit must be a number"),
        ("x,red,fpg,>=,7,mmol/L,126,,,", "conventional_limit and conventional_unit go together"),
        ("x,red,fpg,>=,7,mmol/L,abc,mg/dL,,", "conventional_limit must be a number"),
        ("x,red,alt,>=,3 x upper,U/L,5,ukat/L,,", "a multiple of the upper limit has no conventional limit"),
        ("x,red,condition:ascvd,>=,1,,,,,", "a flag is compared as `= true`"),
        ("x,red,sbp,=,140,,,,,", "a flag is compared as `= true`"),
        ("hypertension,red,sbp,>,150,,,,,", "hypertension is orange in line 25"),
        ("hypertension,orange,sbp,>=,150,,,,,", "says again what line 25 says of sbp"),
        ("x,red,sbp", "wrong number of fields"),
    ],
)
def test_pack_schema_names_the_fault_and_its_line(row: str, fault: str) -> None:
    faults = faults_with(row)
    assert [(text.startswith("line 84: "), fault in text) for text in faults] == [(True, True)]


def test_pack_names_every_fault_at_once() -> None:
    assert len(faults_with("x,purple,sbp,=>,1,,,,boy,")) == 3


def test_pack_needs_words_for_every_reason() -> None:
    assert faults_with("x,red,sbp,>=,1,,,,,") == ("words: no reason.x",)


def test_pack_against_the_catalogue() -> None:
    with pytest.raises(PackError) as caught:
        packs.parse(HEAD, LINES, WORDS, {line.indicator: line.unit for line in packs.load("cn").lines} | {"sbp": "kPa"})
    assert caught.value.faults[0] == "line 1: sbp is kept in kPa, not mm[Hg]"
    with pytest.raises(PackError, match="no indicator afp in the catalogue"):
        known = {line.indicator: line.unit for line in packs.load("cn").lines if line.indicator != "afp"}
        packs.parse(HEAD, LINES, WORDS, known)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("window_months = 18", "window_months = 30", "window_months 30 is not within 13 and 24"),
        ("window_months_range = [13, 24]", "window_months_range = [12, 24]", "window_months_range begins with 12, before 13"),
        ("bmi_tolerance = 1.0", "", "bmi_tolerance"),
        ("effective_from = 2024-01-01", 'effective_from = "soon"', "effective_from must be a date"),
        ('reason = "anaemia"', 'reason = "anemia"', "no reason anemia for condition:pregnant"),
        ('limit = "7.0"', 'limit = "seven"', "limit must be a number"),
        ('name = "cn"', "name = cn", "Invalid value"),
    ],
)
def test_pack_head_faults(old: str, new: str, fault: str) -> None:
    with pytest.raises(PackError) as caught:
        packs.parse(HEAD.replace(old, new, 1), LINES, WORDS)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,blue,calc:jp_tokutei.level,=,intensive,,,,,", "calc:jp_tokutei.level is compared as `=` one of information, motivational"),
        ("x,blue,calc:jp_tokutei.level,>=,1,,,,,", "calc:jp_tokutei.level is compared as `=` one of information, motivational"),
        ("x,blue,calc:jp_tokutei.missing,=,none,,,,,", "no calculator gives calc:jp_tokutei.missing"),
        ("x,blue,calc:jp_nothing.level,=,active,,,,,", "no calculator gives calc:jp_nothing.level"),
        ("x,blue,calc:jp_tokutei,=,active,,,,,", "unknown kind of indicator, not 'calc:jp_tokutei'"),
        ("x,blue,calc:jp_consultation.groups,=,2,{group},,,,", "calc:jp_consultation.groups is a number in {group}"),
        ("x,blue,calc:jp_consultation.groups,>=,2,,,,,", "calc:jp_consultation.groups is a number in {group}"),
        ("x,blue,calc:jp_consultation.groups,>=,two,{group},,,,", "limit must be a number"),
        ("x,blue,calc:phq9.score,>=,5,{score},,,,", "needs a [[calculator]]"),
    ],
)
def test_pack_line_on_a_calculator_names_an_output_that_there_is(row: str, fault: str) -> None:
    head, lines, words = JP
    found = faults_of(head, f"{lines}{row}\n", words)
    assert fault in found[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "jp_tokutei"', 'name = "jp_unknown"', "head: no calculator jp_unknown"),
        ('waist_cm = "waist"', 'waist_mm = "waist"', "head: jp_tokutei has no input waist_mm"),
        ('age = { from = "age", reached_by = "03-31" }\n', "", "head: jp_tokutei needs age"),
        ('waist_cm = "waist"', 'waist_cm = { from = "waist", unit = "m" }', "head: jp_tokutei.waist_cm is in cm, not m"),
        ('waist_cm = "waist"', 'waist_cm = { reason = "consult_bp" }', "head: jp_tokutei.waist_cm is a number in one unit"),
        ('{ from = "smoking", equals = 2 }', '"smoking"', "head: jp_tokutei.smoker is a flag"),
        ('sex = "sex"', 'sex = "bmi"', "head: jp_tokutei.sex cannot come from values"),
        ('{ reason = "consult_liver" }', '{ reason = "several_groups" }', "head: no reason several_groups on a value for jp_consultation"),
        ('of = "tg"\n', "", "head: KeyError 'of'"),
    ],
)
def test_pack_feeds_its_calculators_what_they_take(old: str, new: str, fault: str) -> None:
    head, lines, words = JP
    assert head.count(old) >= 1
    assert fault in faults_of(head.replace(old, new, 1), lines, words)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"exposure:high_altitude"', '"condition:pregnant"', "head: only must be an exposure: flag, not 'condition:pregnant'"),
        ('score = "adjusted_g_l"', 'score = "less"', "head: altitude_haemoglobin gives no less"),
        ('only = "exposure:high_altitude"\n', "", "head: KeyError"),
        ("off = []", 'off = ["bmi"]', "head: an addition switches nothing off"),
    ],
)
def test_pack_that_adds_to_another_says_for_whom(old: str, new: str, fault: str) -> None:
    head, lines, words = (
        (packs.DATA / folder / f"high_altitude_2024.{ending}").read_text(encoding="utf-8")
        for folder, ending in (("packs", "toml"), ("packs", "csv"), ("words", "toml"))
    )
    whole = (packs.DATA / "words" / "cn_2024.toml").read_text(encoding="utf-8")
    assert fault in "; ".join(faults_of(head.replace(old, new, 1), lines, words if new else whole))


def test_pack_needs_words_for_what_its_calculators_may_lack() -> None:
    head, lines, words = JP
    without = words.replace("medication = {", "medicine = {")
    without = without.replace('"calc:jp_consultation.groups" = { zh = "由', '"calc:x.y" = { zh = "由')
    assert faults_of(head, lines, without) == ("words: no input.medication", "words: no computed.calc:jp_consultation.groups")


def test_pack_columns_are_fixed() -> None:
    with pytest.raises(PackError, match="columns must be reason, colour"):
        packs.parse(HEAD, LINES.replace("reason,colour", "colour,reason", 1), WORDS)


def test_words_need_both_languages() -> None:
    with pytest.raises(PackError, match="words: reason.hypertension has no en"):
        packs.parse(HEAD, LINES, WORDS.replace(', en = "Blood pressure in the range of hypertension"', ""))


def test_pack_in_force_by_date() -> None:
    assert packs.in_force("cn", date(2024, 6, 1)) == packs.load("cn", "2024")
    assert packs.in_force("cn", date(2018, 6, 1)) == packs.load("cn", "2024")


def test_pack_unknown_name() -> None:
    with pytest.raises(PackError, match="no pack atlantis"):
        packs.load("atlantis")
    with pytest.raises(PackError, match="no pack atlantis"):
        packs.in_force("atlantis", date(2024, 1, 1))
