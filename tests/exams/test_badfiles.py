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


@pytest.mark.parametrize("case", manifest(), ids=lambda case: case["file"])
def test_badfile_gives_what_the_manifest_says(case, org_a):
    enrol_badfiles_roster()
    receipt = json.loads(run("import_exams", str(BADFILES / case["file"]), json=True))
    lines = stored(receipt["upload"])
    listed = {problem["row"] for problem in receipt["problems"]}
    assert receipt["outcome"] == case["expected"]
    assert receipt["received"] == receipt["accepted"] + receipt["unchanged"] + receipt["waiting"] + receipt["refused"]
    assert len(lines) == receipt["accepted"] == int(case["good"])
    if case["expected"] == "reject-file":
        assert receipt["reasons"] == [case["reason"]]
        # Half a file has half of its rows; what cannot be counted is not claimed.
        assert receipt["refused"] == (receipt["received"] if case["file"] == "d01_half.xlsx" else int(case["bad"]))
    else:
        assert receipt["waiting"] + receipt["refused"] == int(case["bad"])
        assert listed == {int(row) for row in case["bad_rows"].split()}
        allowed = {case["reason"]} | {alternative.split(":")[-1] for alternative in case["alt"].split(";") if alternative}
        assert not case["reason"] or case["reason"] in receipt["reasons"] and set(receipt["reasons"]) <= allowed
    for row, field, expected in json.loads(case["values"] or "[]"):
        assert value_of(lines[row], field) == expected


def test_refused_file_fails_the_command_in_words(org_a):
    enrol_badfiles_roster()
    with pytest.raises(CommandError, match="d01_half.xlsx was refused: .+"):
        run("import_exams", str(BADFILES / "d01_half.xlsx"))
    assert Upload.objects.get().state == Upload.State.REFUSED
