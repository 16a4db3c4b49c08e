"""Assessments of one slice of people into the table, each once; who had none has a current one at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.risk.slices import Slice
from healthmgmt.risk.stratification import COLOURS, NOT_EXAMINED, Outcome
from healthmgmt.work import services as work

COLUMNS = [
    "person_id", "colour", "reasons", "scores", "missing", "is_incomplete", "exams", "readings", "home_on", "pack", "edition", "stored_at", "assessed_on", "is_current",
]  # fmt: skip
# No readings, and no day of them.
NOTHING_AT_HOME = "{}\t\\N"


def store(found: Slice, outcome: Outcome, *, as_of: date) -> None:
    """Store what is new, and announce it. In a transaction of the caller."""
    marker, day = {"marker": sql.row("risk/assessment_marker")[0]}, as_of.isoformat()
    assessed = "{" + ",".join(map(str, found.people.tolist())) + "}"
    # Those who have a current assessment wait to be compared with it.
    known = dict.fromkeys((person for (person,) in sql.rows("risk/people_with_current", {"people": assessed})), f"{day}\tf")
    sql.copy_lines("risk_assessment", COLUMNS, _lines(found, outcome, known, f"{day}\tt"))
    if known:
        sql.execute("risk/drop_repeated", marker)
        sql.execute("risk/retire_current", marker)
        sql.execute("risk/make_current", marker)
    first, last = sql.row("risk/assessments_after", marker)
    if first:
        work.announce("risk.assessed", first=first, last=last)


def store_history(found: Slice, outcome: Outcome, day_of: Mapping[int, date]) -> int:
    """Store what was judged as of a day of each person, as history; returns how many rows. In a transaction of the caller."""
    ends = {person: f"{day.isoformat()}\tf\tt" for person, day in day_of.items()}
    return sql.copy_lines("risk_assessment", [*COLUMNS, "is_history"], _lines(found, outcome, ends))


def _lines(found: Slice, outcome: Outcome, ends: Mapping[int, str], other: str = "") -> Iterator[bytes]:
    """COPY text; made while the database stores what came before. `ends` are the last fields of some people, `other` of the rest."""
    edition = "\t".join([*map(_field, (outcome.pack.name, outcome.pack.edition)), timezone.now().isoformat()])
    home = {person: f"{{{','.join(map(str, one.readings))}}}\t{one.on.isoformat()}" for person, one in found.home.items()}
    people = zip(
        found.people.tolist(), outcome.colour.tolist(), outcome.reasons_json(), outcome.scores_json(), outcome.missing_json(),
        outcome.incomplete.tolist(), _exams(found), strict=True,
    )  # fmt: skip
    for person, colour, reasons, scores, missing, incomplete, exams in people:
        if colour != NOT_EXAMINED:
            texts = f"{reasons}\t{scores}\t{missing}".replace("\\", "\\\\")
            yield f"{person}\t{COLOURS[colour]}\t{texts}\t{incomplete}\t{exams}\t{home.get(person, NOTHING_AT_HOME)}\t{edition}\t{ends.get(person, other)}".encode()


def _exams(found: Slice) -> Iterator[str]:
    ids, ends = list(map(str, found.read.tolist())), found.ends.tolist()
    for start, end in pairwise([0, *ends]):
        yield "{" + ",".join(ids[start:end]) + "}"


def _field(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(sign, escaped)
    return text
