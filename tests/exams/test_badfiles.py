"""The seventeen bad files give exactly what their manifest says, over the whole road."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.core import organisations
from healthmgmt.exams.models import Upload
from tests.exams.road import BADFILES, enrol_badfiles_roster

FIELDS = {
    "height_cm": "height", "weight_kg": "weight", "waist_cm": "waist", "sbp": "sbp", "dbp": "dbp", "glucose": "fpg", "tc": "tc", "tg": "tg",
    "hdl": "hdl", "ldl": "ldl", "uric_acid": "uric_acid",
}  # fmt: skip


def manifest() -> list[dict[str, str]]:
    with open(BADFILES / "manifest.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(command: str, *arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(command, *arguments, org=organisations.slug(), stdout=out, **options)
    return out.getvalue()


def stored(upload: str) -> dict[int, dict]:
    return {line["row"]: line for line in map(json.loads, run("export_exams", upload=upload).splitlines())}


def value_of(line: dict, field: str) -> object:
    """A field of the manifest as the export tells it."""
    if field in ("name", "exam_date", "emp_no"):
        return line[field]
    if field == "remark":
        return line["other"].get("remark")
    code = FIELDS[field]
    number = line["values"].get(code)
    return number if number is None or code not in line["qualifiers"] else f"{line['qualifiers'][code]}{number:g}"


def allowed_reasons(case: dict[str, str]) -> set[str]:
    """The manifest's reason and those of other right outcomes; every one of them has the same outcome and counts."""
    others = [alternative.split(":") for alternative in case["alt"].split(";") if alternative]
    assert all(parts[:-1] in ([case["expected"]], [case["expected"], f"{case['good']}/{case['bad']}"]) for parts in others)
    return {reason for reason in (case["reason"], *(parts[-1] for parts in others)) if reason}


@pytest.mark.parametrize("case", manifest(), ids=lambda case: case["file"])
def test_badfile_gives_what_the_manifest_says(case, org_a):
    enrol_badfiles_roster()
    receipt = json.loads(run("import_exams", str(BADFILES / case["file"]), json=True))
    good, bad = int(case["good"]), int(case["bad"])
    assert (receipt["outcome"], receipt["received"]) == (case["expected"], good + bad)
    assert (receipt["accepted"], receipt["unchanged"], receipt["waiting"] + receipt["refused"]) == (good, 0, bad)
    lines = stored(receipt["upload"])
    assert len(lines) == good
    bad_rows = {int(row) for row in case["bad_rows"].split()}
    assert {problem["row"] for problem in receipt["problems"]} == bad_rows
    # Of a file that is refused as a whole no row is listed, nor stored.
    assert lines.keys() | bad_rows == set(range(1, good + len(bad_rows) + 1))
    assert all(problem["column"] and problem["reason"] for problem in receipt["problems"])
    allowed = allowed_reasons(case)
    assert set(receipt["reasons"]) <= allowed and (case["reason"] in receipt["reasons"]) == bool(case["reason"])
    for row, field, expected in json.loads(case["values"] or "[]"):
        assert value_of(lines[row], field) == expected


def test_refused_file_fails_the_command_in_words(org_a):
    enrol_badfiles_roster()
    with pytest.raises(CommandError, match="d01_half.xlsx was refused: .+"):
        run("import_exams", str(BADFILES / "d01_half.xlsx"))
    assert Upload.objects.get().state == Upload.State.REFUSED
