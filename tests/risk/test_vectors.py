"""The check of the test vectors, its record, and the words of the models."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.risk.calculators import vectors, words
from healthmgmt.risk.calculators.model import Choice, Number
from healthmgmt.risk.calculators.registry import load

CALCULATORS = load()
HEAD = "id,model,inputs,output,expected,tolerance,unit,source,note\n"
DAY, LATER = date(2026, 11, 26), date(2027, 1, 2)


def line(height: float, expected: str, tolerance: str, output: str = "value") -> str:
    inputs = json.dumps({"height": [height, "cm"], "weight": [80, "kg"]}).replace('"', '""')
    return f'1,bmi,"{inputs}",{output},{expected},{tolerance},kg/m2,made here,\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four rows of body mass indexes, of which one is wrong and one is not judged."""
    rows = line(200, "20", "exact") + line(100, "80.04", "0.05") + line(100, "80.06", "0.05") + line(200, "99", "reference-only")
    (tmp_path / "bmi.csv").write_text(HEAD + rows, encoding="utf-8")
    return tmp_path


def test_check_counts_what_agrees_and_what_is_not_judged(folder):
    found = vectors.check_all(folder, CALCULATORS, DAY)
    assert list(found) == ["bmi"]
    one = found["bmi"]
    assert (one.rows, one.reference_only, one.judged, one.passed, one.agrees) == (4, 1, 3, 2, False)
    assert (one.file, len(one.digest), one.on) == ("bmi.csv", 64, DAY)


@pytest.mark.parametrize(
    ("value", "expected", "tolerance", "is_right"),
    [
        ("20", "20.0", "exact", True), ("20.001", "20", "exact", False), ("20.1", "20", "0.1", False), ("20.0999", "20", "0.1", True),
        ("low", "low", "exact", True), ("low", "high", "exact", False), ("", "20", "99", False), ("", "", "exact", True),
        ("20", "", "exact", False), ("true", "true", "exact", True),
    ],
)  # fmt: skip
def test_agrees_within_the_tolerance_and_words_to_the_letter(value, expected, tolerance, is_right):
    assert vectors.agrees(value, {"expected": expected, "tolerance": tolerance}) is is_right


def test_unknown_model_or_output_in_a_file_does_not_pass(tmp_path):
    (tmp_path / "bmi.csv").write_text(HEAD + line(200, "20", "exact", output="nonsense") + line(200, "20", "exact").replace("bmi", "none"))
    assert vectors.check_all(tmp_path, CALCULATORS, DAY)["bmi"].passed == 0


def test_record_reads_back_and_keeps_the_day_of_what_did_not_change(folder):
    first = vectors.check_all(folder, CALCULATORS, DAY)
    text = vectors.as_text(first, {})
    assert vectors.from_text(text) == first
    again = vectors.check_all(folder, CALCULATORS, LATER)
    assert vectors.as_text(again, first) == text
    (folder / "bmi.csv").write_text(HEAD + line(200, "20", "exact"), encoding="utf-8")
    changed = vectors.from_text(vectors.as_text(vectors.check_all(folder, CALCULATORS, LATER), first))["bmi"]
    assert (changed.on, changed.rows, changed.agrees) == (LATER, 1, True)


def test_record_is_what_the_vectors_give_now(shared):
    """Red after a change of a model or of the vectors until `manage.py check_models --vectors DIR --record` was run again."""
    found = vectors.check_all(shared / "reference" / "vectors", CALCULATORS, DAY)
    assert vectors.as_text(found, vectors.recorded()) == vectors.RECORD.read_text(encoding="utf-8")
    assert list(found) == list(CALCULATORS)
    assert [name for name, one in found.items() if not one.agrees] == []


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("check_models", *arguments, stdout=out)
    return out.getvalue()


def test_command_says_what_agrees_and_fails_for_what_does_not(folder):
    out = io.StringIO()
    with pytest.raises(CommandError, match="These do not give what is expected: bmi"):
        call_command("check_models", "--vectors", str(folder), stdout=out)
    assert out.getvalue().splitlines()[:2] == ["bmi: 2 of 3 rows agree, 1 for reference only", "absi: no test vectors"]


def test_command_records_only_when_asked(folder, tmp_path, monkeypatch):
    record = tmp_path / "record.toml"
    record.write_text("")
    monkeypatch.setattr(vectors, "RECORD", record)
    (folder / "bmi.csv").write_text(HEAD + line(200, "20", "exact"), encoding="utf-8")
    found = json.loads(run("--vectors", str(folder), "--json"))
    assert (found["bmi"]["passed"], found["bmi"]["rows"], record.read_text()) == (1, 1, "")
    run("--vectors", str(folder), "--record")
    assert vectors.from_text(record.read_text())["bmi"].passed == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"id,model\n1,bmi\n"])
def test_command_refuses_what_are_no_vectors(tmp_path, content):
    if content:
        (tmp_path / "bmi.csv").write_bytes(content)
    with pytest.raises(CommandError, match="no test vectors"):
        run("--vectors", str(tmp_path))


def test_words_are_there_for_everything_and_for_nothing_else():
    known = words.load()
    inputs = [spec for one in CALCULATORS.values() for spec in one.inputs]
    outputs = [output for one in CALCULATORS.values() for output in one.outputs]
    units = {unit.name for spec in inputs if isinstance(spec, Number) for unit in spec.units}
    used = {word for one in outputs for word in one.words}
    used |= {word for spec in inputs if isinstance(spec, Choice) for word in spec.options}
    assert set(known.tells) == set(CALCULATORS)
    assert set(known.inputs) == {spec.key for spec in inputs}
    assert set(known.outputs) == {one.name for one in outputs}
    assert set(known.words) == used
    assert set(known.units) == (units | {one.unit for one in outputs}) - {""}
