"""Change over time: what the exams of earlier rounds say by the edition of today, and which of it is "last year".

Better or worse is said of two assessments by one edition: the current one and its `before`, which is set here and nowhere else.
Exams of earlier rounds are judged as of their day and stored as history, set-based, after the current ones: whose colour of the round
before was given by another edition, whose earlier exams were delivered late, corrected or withdrawn.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from healthmgmt.core import sql
from healthmgmt.organization.selectors import place_flags
from healthmgmt.risk import editions, loading, packs, services, storing, stratification
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run


def compare_all(run: Run, *, pack: packs.Pack, upload: int | None = None) -> None:
    """The history of everybody, or of the people of one upload, in slices; goes on where it was stopped. Follows `services.assess`
    in the same job, and announces `risk.compared` once when anything is new."""
    after, total = run.cursor.get("compared", 0), services.slices_end(upload)
    while (last := services.slice_end(after, upload)) is not None:
        of_slice = {"after": after, "last": last, "upload": upload}
        rows = sql.rows("risk/people_to_compare" if upload is None else "risk/people_to_compare_of_upload", of_slice)
        cursor = {**run.cursor, "compared": last}
        with run.batch(done=last, total=total, cursor=cursor):
            # The job keeps this very dictionary at the end of the block.
            cursor["changed"] = compare([person for (person,) in rows], pack=pack, renew=upload is not None) or run.cursor.get("changed", False)
        after = last
    if run.cursor.get("changed"):
        announce(run, done=total, **({} if upload is None else {"upload": upload}))


def announce(run: Run, *, done: int, **ids: int) -> None:
    """Tell, once for a job, that what people are compared with has changed; `ids` say whose, where it is not everybody's."""
    with run.batch(done=done, total=done):
        work.announce("risk.compared", change=f"job:{run.job_id}", **ids)


def compare(people: Sequence[int], *, pack: packs.Pack, renew: bool = False) -> bool:
    """Judge the earlier rounds of people as far as that is lacking, and link their current assessments to the round before; True when
    something is new. In the caller's transaction. `renew`: also where an exam was delivered since. Twice is once."""
    if not people:
        return False
    sql.row("risk/one_at_a_time")
    asked = {"people": list(people), "pack": pack.name, "edition": pack.edition, "renew": renew}
    rounds = sql.rows("risk/earlier_rounds", asked)
    # Of one person one round after the other: a slice has a person once.
    told = [_judge([person for person, *_ in one], [day for _, day, _ in one], pack) for one in _by_distance(rounds)]
    linked = sql.execute("risk/link_before", {"people": list(people)})
    return bool(sum(told) or linked)


def _by_distance(rounds: Sequence[tuple[int, date, int]]) -> list[list[tuple[int, date, int]]]:
    return [list(one) for _, one in groupby(rounds, key=lambda row: row[2])]


def _judge(people: Sequence[int], days: Sequence[date], pack: packs.Pack) -> int:
    """Judge people, each as of a day, and keep what is not said already as history; returns how much that is."""
    found = loading.load_as_of(people, days, window_months=editions.window_months(pack), places=place_flags(), flags=pack.flags)
    outcome = stratification.evaluate(pack, found.measures, services.uppers())
    marker, day_of = sql.row("risk/assessment_marker")[0], dict(zip(people, days, strict=True))
    stored = storing.store_history(found, outcome, day_of)
    return stored - sql.execute("risk/drop_repeated_history", {"marker": marker, "people": list(people)})
