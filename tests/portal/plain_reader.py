"""Reads the demonstration's files as somebody would who has only the files: by heading, unit and encoding."""

import csv
import unicodedata
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from healthmgmt.portal.demo.files import ExamFile

ENCODINGS = {"江海健康体检中心（演示）": "gb18030", "西平职工医院体检科（演示）": "utf-8"}
# Heading without its unit -> (what, lowest, highest possible value in the catalogue's unit).
HEADINGS = {
    "height": ("身高 身高cm", 100, 250),
    "weight": ("体重 体重kg", 20, 300),
    "bmi": ("体重指数 BMI 体质指数", 10, 80),
    "sbp": ("收缩压 高压", 50, 300),
    "dbp": ("舒张压 低压", 20, 200),
    "fpg": ("空腹血糖 血糖 空腹葡萄糖 GLU", 0.5, 60),
    "tc": ("总胆固醇 胆固醇 血清总胆固醇 CHOL", 0.5, 30),
    "tg": ("甘油三酯 三酰甘油 血清甘油三酯 TG", 0.1, 60),
    "hdl": ("高密度脂蛋白胆固醇 HDL-C HDL", 0.1, 6),
    "ldl": ("低密度脂蛋白胆固醇 LDL-C LDL", 0.1, 25),
    "alt": ("谷丙转氨酶 丙氨酸氨基转移酶 GPT ALT", 1, 15000),
    "ast": ("谷草转氨酶 天门冬氨酸氨基转移酶 GOT", 1, 15000),
    "urea": ("尿素 血尿素氮 UREA", 0.3, 100),
    "creatinine": ("肌酐 血肌酐 血清肌酐 CREA", 10, 3000),
    "bp": ("血压", None, None),
    "emp_no": ("工号 员工编号 职工号", None, None),
    "name": ("姓名", None, None),
    "id_no": ("身份证号 证件号码", None, None),
    "day": ("体检日期 检查日期", None, None),
    "unit": ("部门 单位 科室", None, None),
}
WHAT = {heading: what for what, (headings, _, _) in HEADINGS.items() for heading in headings.split()}
PER_MG_DL = {"fpg": 0.0555, "tc": 0.02586, "tg": 0.01129, "hdl": 0.02586, "ldl": 0.02586, "creatinine": 88.42}
NOT_MEASURED = {"", "未查", "弃查", "未检", "弃检", "--", "未做"}


def table(exam: ExamFile) -> tuple[list[str], list[list[str]]]:
    """(headings, rows) as text, whatever the file is."""
    if exam.path.suffix == ".xlsx":
        cells = list(load_workbook(exam.path).active.iter_rows(values_only=True))
        start = next(number for number, row in enumerate(cells) if "姓名" in row)
        return list(cells[start]), [[text(cell) for cell in row] for row in cells[start + 1 :]]
    with exam.path.open(encoding=ENCODINGS[exam.centre], newline="") as file:
        rows = list(csv.reader(file))
    return [heading.lstrip("\ufeff") for heading in rows[0]], rows[1:]


def text(cell) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else "" if cell is None else str(cell)


def records(exam: ExamFile) -> list[dict[str, str | float]]:
    """Each row by what its columns are; values in the catalogue's unit, absent when not measured."""
    headings, rows = table(exam)
    return [record(headings, row) for row in rows]


def record(headings: list[str], row: list[str]) -> dict[str, str | float]:
    found: dict[str, str | float] = {}
    for heading, written in zip(headings, row, strict=True):
        cell = unicodedata.normalize("NFKC", written)
        name, _, unit = heading.rstrip(")").partition("(")
        what = WHAT.get(name, heading)
        if what == "bp":
            if cell:
                found["sbp"], found["dbp"] = map(float, cell.split("/"))
        elif HEADINGS.get(what, ("", None))[1] is None:
            found[what] = cell
        elif cell not in NOT_MEASURED:
            found[what] = float(cell) * (PER_MG_DL[what] if unit == "mg/dL" else 1)
    return found


def roster(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
