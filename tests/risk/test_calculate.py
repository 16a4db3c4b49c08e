import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def run(tmp_path: Path, text: str) -> list[list[str]]:
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    call_command("calculate", input=tmp_path / "in.csv", output=tmp_path / "out.csv", stdout=io.StringIO())
    return list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))


def test_calculate_writes_every_output_of_every_row(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        "id,model,inputs\n"
        '1,bmi,"{""height"": [182.0, ""cm""], ""weight"": [68.0, ""kg""]}"\n'
        '2,nonsense,"{}"\n'
        '3,ckd_epi_2021,"{""age"": 17, ""sex"": ""male"", ""creatinine"": 1, ""creatinine_unit"": ""mg/dL""}"\n',
    )
    assert found == [
        ["id", "output", "value", "reason"],
        ["1", "value", "20.52892163", ""],
        ["2", "", "", "unknown model nonsense"],
        ["3", "egfr", "", "age outside 18 to 120 a"],
        ["3", "kdigo_g", "", "age outside 18 to 120 a"],
    ]


def test_calculate_ignores_further_columns(tmp_path: Path) -> None:
    found = run(tmp_path, 'id,model,inputs,output,expected\n1,bmi,"{}",value,1\n')
    assert found[1:] == [["1", "value", "", "missing height; missing weight"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"id,inputs\n1,{}\n", "has no column model"), (b"id,model,inputs\n\xff\xfe", "not a CSV file in UTF-8")],
)
def test_calculate_refuses_a_file_it_cannot_use(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("calculate", input=tmp_path / "in.csv", output=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_calculate_says_which_file_it_cannot_open(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("calculate", input=tmp_path / "none.csv", output=tmp_path / "out.csv")
    (tmp_path / "in.csv").write_text("id,model,inputs\n")
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("calculate", input=tmp_path / "in.csv", output=tmp_path / "none" / "out.csv")
