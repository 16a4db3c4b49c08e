"""The 169,467 real rows over the whole road, by the commands."""

import csv
import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from healthmgmt.core import organisations

DAY = date(2026, 6, 1)
COLUMNS = {
    "height": "身高(cm)", "weight": "体重(kg)", "BMI": "体重指数", "SBP": "收缩压(mmHg)", "DBP": "舒张压(mmHg)", "FPG": "空腹血糖(mmol/L)",
    "Cholesterol": "总胆固醇(mmol/L)", "Triglyceride": "甘油三酯(mmol/L)", "HDL": "高密度脂蛋白胆固醇(mmol/L)", "LDL": "低密度脂蛋白胆固醇(mmol/L)",
    "ALT": "丙氨酸氨基转移酶(U/L)", "AST": "天门冬氨酸氨基转移酶(U/L)", "BUN": "尿素(mmol/L)", "CCR": "肌酐(μmol/L)",
}  # fmt: skip


def write(source: Path, folder: Path) -> None:
    """Roster and exam file: one exam day, born exactly that many years before it."""
    with (
        gzip.open(source, "rt", encoding="utf-8", newline="") as rows,
        open(folder / "exams.csv", "w", encoding="utf-8", newline="") as exams,
        open(folder / "roster.csv", "w", encoding="utf-8", newline="") as roster,
    ):
        exam, person = csv.writer(exams), csv.writer(roster)
        exam.writerow(["工号", "姓名", "体检日期", *COLUMNS.values()])
        person.writerow(["emp_no", "name", "sex", "birth", "unit", "dept"])
        for number, row in enumerate(csv.DictReader(rows)):
            emp_no, name = f"P{number:06d}", f"员工{number}"
            birth = DAY.replace(year=DAY.year - int(float(row["Age"])))
            person.writerow([emp_no, name, "男" if row["Gender"] == "1" else "女", birth, f"公司{number % 10}", f"部门{number // 10 % 10}"])
            exam.writerow([emp_no, name, DAY, *(row[column] for column in COLUMNS)])


def run(command: str, *arguments: str, **options: object) -> dict:
    out = StringIO()
    call_command(command, *arguments, org=organisations.slug(), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.mark.long  # A whole data set: a minute and more.
def test_real_rows_are_received_and_coloured_to_the_last_person(committed_org, shared, tmp_path):
    from healthmgmt.core.actors import Actor
    from healthmgmt.organization import services as organization

    organization.establish(name="Real rows", admin_email="admin@rows.example", by=Actor.system())
    write(shared / "data" / "cn_healthcheck_2018" / "cn_healthcheck_part1.csv.gz", tmp_path)
    roster = run("import_roster", str(tmp_path / "roster.csv"))
    assert (roster["received"], roster["created"], roster["refused"]) == (169_467, 169_467, 0)
    receipt = run("import_exams", str(tmp_path / "exams.csv"))
    counts = {name: receipt[name] for name in ("received", "accepted", "unchanged", "waiting", "refused")}
    assert counts == {"received": 169_467, "accepted": 168_679, "unchanged": 0, "waiting": 788, "refused": 0}
    assert set(receipt["reasons"]) <= {"range", "order"}
    result = run("assess", as_of=DAY)
    assert (result["people"], result["not_examined"]) == (168_679, 788)
    assert result["colours"] == {"red": 1158, "orange": 41799, "yellow": 39033, "blue": 47540, "green": 37979, "grey": 1170}
