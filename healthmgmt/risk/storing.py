"""Assessments of one slice of people into the table, each once; who had none has a current one at once."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.risk.loading import Slice
from healthmgmt.risk.stratification import COLOURS, NOT_EXAMINED, Outcome
from healthmgmt.work import services as work

COLUMNS = [
    "person_id", "assessed_on", "colour", "reasons", "scores", "missing", "is_incomplete", "exams", "is_current", "pack", "edition",
    "stored_at",
]  # fmt: skip


def store(found: Slice, outcome: Outcome, *, as_of: date) -> None:
    """Store what is new, and announce it. In a transaction of the caller."""
    marker = {"marker": sql.row("risk/assessment_marker")[0]}
    assessed = "{" + ",".join(map(str, found.people.tolist())) + "}"
    known = {person for (person,) in sql.rows("risk/people_with_current", {"people": assessed})}
    sql.copy_lines("risk_assessment", COLUMNS, _lines(found, outcome, known, as_of))
    if known:
        sql.execute("risk/drop_repeated", marker)
        sql.execute("risk/retire_current", marker)
        sql.execute("risk/make_current", marker)
    first, last = sql.row("risk/assessments_after", marker)
    if first:
        work.announce("risk.assessed", first=first, last=last)


def _lines(found: Slice, outcome: Outcome, known: set[int], as_of: date) -> Iterator[bytes]:
    """COPY text; made while the database stores what came before. Those who have a current assessment wait to be compared with it."""
    day, now = as_of.isoformat(), timezone.now().isoformat()
    edition = "\t".join(map(_field, (outcome.pack.name, outcome.pack.edition)))
    people = zip(
        found.people.tolist(), outcome.colour.tolist(), outcome.reasons_json(), outcome.scores_json(), outcome.missing_json(),
        outcome.incomplete.tolist(), _exams(found), strict=True,
    )  # fmt: skip
    for person, colour, reasons, scores, missing, incomplete, exams in people:
        if colour != NOT_EXAMINED:
            texts = f"{reasons}\t{scores}\t{missing}".replace("\\", "\\\\")
            is_current = person not in known
            line = f"{person}\t{day}\t{COLOURS[colour]}\t{texts}\t{incomplete}\t{exams}\t{is_current}\t{edition}\t{now}"
            yield line.encode()


def _exams(found: Slice) -> Iterator[str]:
    ids, ends = list(map(str, found.read.tolist())), found.ends.tolist()
    for start, end in pairwise([0, *ends]):
        yield "{" + ",".join(ids[start:end]) + "}"


def _field(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(sign, escaped)
    return text
