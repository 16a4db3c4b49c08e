"""Every night: whose assessment time alone can have changed. A value left the window, an exam or an exposure came or went by its day,
or an edition took effect. Age is counted on the day of the measurement, so a birthday changes nothing."""

from datetime import date

from healthmgmt.core import sql
from healthmgmt.risk import changing, home, packs, services, single
from healthmgmt.risk.measures import EXPOSURE
from healthmgmt.work.registry import Run


def refresh(run: Run, *, as_of: date, pack: packs.Pack) -> None:
    """Judge again who is outdated, in slices; goes on where it was stopped. Nothing is written of whom nothing changes."""
    after, total = run.cursor.get("after", 0), services.slices_end()
    asked = {
        "as_of": as_of, "since": services.window_start(as_of, pack), "pack": pack.name, "edition": pack.edition,
        "measured": [kind.slug for kind in home.judged_kinds()],
        "kinds": [flag.removeprefix(EXPOSURE) for flag in pack.flags],
    }  # fmt: skip
    while (last := services.slice_end(after)) is not None:
        people = [person for (person,) in sql.rows("risk/outdated_people", {**asked, "after": after, "last": last})]
        cursor = {**run.cursor, "after": last, "people": run.cursor.get("people", 0) + len(people)}
        with run.batch(done=last, total=total, cursor=cursor):
            if people:
                single.judge(people, as_of, pack)
            cursor["changed"] = changing.compare(people, pack=pack) or run.cursor.get("changed", False)
        after = last
    if run.cursor.get("changed"):
        changing.announce(run, done=total)
