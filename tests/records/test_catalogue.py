import pytest

from healthmgmt.records import catalogue

HEADER = "code,loinc,name_en,name_zh,synonyms,unit_ucum,alt_units,low_plausible,high_plausible,ref_low_m,ref_high_m,ref_low_f,ref_high_f,panic_low,panic_high,value_type,category,source"


def written(tmp_path, line):
    path = tmp_path / "items.csv"
    path.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    return path


def test_load_reads_every_item_once():
    items = catalogue.load()
    assert len(items) == 151 + 7
    assert catalogue.load() is items
    assert {item.value_type for item in items.values()} == {"num", "ord", "code", "text"}


def test_load_keeps_names_units_and_limits():
    tc = catalogue.load()["tc"]
    assert (tc.name_en, tc.name_zh, tc.unit, tc.loinc) == ("Total cholesterol", "总胆固醇", "mmol/L", "14647-2")
    assert tc.alt_units == {"mg/dL": "0.02586"}
    assert (tc.low_plausible, tc.high_plausible) == (0.5, 30)
    assert "CHOL" in tc.synonyms
    assert catalogue.load()["urea"].alt_units == {"mg/dL(urea)": "0.1665", "mg/dL(BUN)": "0.357"}


def test_is_plausible_includes_the_limits():
    tc = catalogue.load()["tc"]
    assert [tc.is_plausible(value) for value in (0.49, 0.5, 30, 30.01)] == [False, True, True, False]
    assert catalogue.load()["ecg_text"].is_plausible(1e9)


def test_catalogue_equals_the_reference(shared):
    ours = (catalogue.DATA / "exam_items.csv").read_bytes()
    assert ours == (shared / "reference" / "exam_items.csv").read_bytes()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Bad Code,,a,b,,cm,,,,,,,,,,num,x,", "line 2, code: 'Bad Code' is not a code"),
        ("a,1-23,a,b,,cm,,,,,,,,,,num,x,", "line 2, loinc: '1-23' is not a LOINC code"),
        ("a,,a,b,,,,,,,,,,,,num,x,", "line 2, unit_ucum: a unit is needed"),
        ("a,,a,b,,cm,m:,,,,,,,,,num,x,", "line 2, alt_units: 'm:' is not unit:factor"),
        ("a,,a,b,,cm,,x,,,,,,,,num,x,", "line 2, low_plausible: 'x' is not a number"),
        ("a,,a,b,,cm,,3,2,,,,,,,num,x,", "line 2, low_plausible: it is above high_plausible"),
        ("a,,a,b,,cm,,,,,,,,,,date,x,", "line 2, value_type: 'date' is unknown"),
    ],
)
def test_read_says_where_a_line_is_wrong(tmp_path, line, message):
    with pytest.raises(catalogue.CatalogueError, match="^" + message.replace("(", r"\(") + "$"):
        catalogue.read(written(tmp_path, line))


def test_read_refuses_a_code_twice(tmp_path):
    line = "a,,a,b,,cm,,,,,,,,,,num,x,"
    with pytest.raises(catalogue.CatalogueError):
        catalogue.read(written(tmp_path, f"{line}\n{line}"))
