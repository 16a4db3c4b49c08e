"""Reading what is no page: workbooks, the JSON of the command, and the monthly mail."""

import io
import json
import re

import openpyxl

from tests.insight.reading import COUNT, NOBODY, PERCENT, Reading, number
from tests.insight.reading_cards import add_up
from tests.insight.reading_words import Answer, metric_named

PARTS = {"unit", "period", "published_at", "smallest_group", "metrics", "reference_day", "hidden", "row", "children"}
PARTS_OF_CELL = {"numerator", "denominator", "percent", "hidden"}
WHYS = {"small_group": "Hidden", "nobody": NOBODY}
ADDRESS = re.compile(r"https?://[\w.]+(?::\d+)?/(?:scorecards/|notices/#monthly-mail)$", re.MULTILINE)
MAILED = ("In all, {covered} of {covered/} people are covered, {covered%}",)


def read_json(text: str, where: str, reading: Reading) -> None:
    """What `manage.py scorecard --json` prints of a unit and those below it."""
    told = json.loads(text)
    answer = Answer(where, reading, told["unit"], told["period"]["name"])
    if not PARTS <= set(told) <= PARTS | {"flows"}:
        reading.left.append(f"{where}: parts that nobody knows: {sorted(set(told) ^ PARTS)}")
    own = reading.rows.setdefault((answer.period, answer.unit), told["row"]["name"])
    for row in (told["row"], *told["children"]):
        if set(row) != {"name", "people", "cells"}:
            reading.left.append(f"{where}: parts of a row that nobody knows: {sorted(row)}")
        if row is not told["row"]:
            reading.stands_below(where, answer.period, row["name"], own)
        reading.people.setdefault((answer.period, row["name"]), set()).add(row["people"])
        for metric, cell in row["cells"].items():
            _cell(answer, row["name"], metric, cell)
    for source, target, people in told.get("flows", ()):
        reading.flow(answer.period, source, target, people)


def _cell(answer: Answer, row: str, metric: str, cell: dict) -> None:
    part, whole = cell["numerator"], cell["denominator"]
    if set(cell) != PARTS_OF_CELL or cell["percent"] != (None if part is None or not whole else round(100 * part / whole, 1)):
        answer.reading.left.append(f"{answer.where}: {row}: {metric}: {cell}")
    if cell["hidden"]:
        # Of how many, or that there is nobody to count, may be told where the number is not.
        answer.say(row, metric, why=WHYS[cell["hidden"]], whole=whole)
    if part is not None or not cell["hidden"]:
        answer.say(row, metric, part=part, whole=whole)


def read_sheet(content: bytes, where: str, reading: Reading, unit: str, period: str) -> None:
    """A workbook of a unit and a period: its evidence, or its scorecard."""
    answer = Answer(where, reading, unit, period)
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    headings, *rows = (["" if cell is None else str(cell) for cell in row] for row in workbook.active.iter_rows(values_only=True))
    answer.lost(" ".join([*headings, *workbook.sheetnames, *(f"sheet {number}" for number in range(1, len(workbook.sheetnames)))]))
    if headings[0] == "Field of evidence":
        for row in rows:
            answer.lost(row[0])
            answer.proof(*row[1:])
    else:
        for name, _weight, *row in rows:
            _weighed(answer, name, *row)
        add_up(answer, [row[1] for row in rows])


def _weighed(answer: Answer, name: str, part: str, whole: str, share: str, target: str, before: str) -> None:
    """`Coverage`, what it weighs, and `294 336 88% 95% 86%`."""
    metric = metric_named(name)
    if part.isdecimal() and whole.isdecimal():
        answer.say(answer.row, metric, part=int(part), whole=int(whole), percent=share)
    else:
        answer.figure(part, answer.row, metric)
        answer.lost(f"{whole} {share}")
    answer.earlier(before, metric)
    answer.lost(re.sub(PERCENT, "", target, count=1))


def read_mail(body: str, where: str, reading: Reading, unit: str, period: str) -> None:
    """The sentences about a unit in the monthly mail."""
    answer = Answer(where, reading, unit, period)
    words = answer.phrases(body, answer.row, MAILED)
    if found := re.search(rf"Furthest from its target: (.+?), ({PERCENT}) of (\d+)%, short by ({COUNT})\.", words):
        name, share, target, short = found.groups()
        answer.say(answer.row, metric_named(name), percent=share, short=(number(short), int(target)))
        words = words.replace(found.group(0), "")
    answer.lost(ADDRESS.sub("", words))
