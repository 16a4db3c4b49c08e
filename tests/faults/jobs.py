"""Jobs to be hit while they run. What they do is on record: one event for each row."""

import os
import time

from healthmgmt.audit import services as audit
from healthmgmt.care import jobs as care
from healthmgmt.core.actors import Actor
from healthmgmt.work.registry import Run, handler
from tests.faults import clock

BY = Actor(label="system:fault")

clock.follow()
# So that a day of few steps has a middle.
care.SLICE_STEPS = int(os.environ.get("FAULTS_SLICE_STEPS", care.SLICE_STEPS))


@handler("fault.rows")
def rows(run: Run) -> None:
    """Record the numbers 1 to `total` in batches of `size`; wait `inside_ms` in each batch and `between_ms` after it."""
    total, size = run.payload["total"], run.payload["size"]
    done = run.cursor.get("done", 0)
    while done < total:
        last = min(done + size, total)
        with run.batch(done=last, total=total, cursor={"done": last}):
            for number in range(done + 1, last + 1):
                audit.record("fault.row", by=BY, detail={"job": run.job_id, "row": number})
            time.sleep(run.payload["inside_ms"] / 1000)
        done = last
        time.sleep(run.payload["between_ms"] / 1000)


@handler("fault.fails_twice")
def fails_twice(run: Run) -> None:
    """Fail at the first two attempts."""
    if run.attempt < 3:
        raise ConnectionError
    with run.batch(done=1, total=1):
        audit.record("fault.row", by=BY, detail={"job": run.job_id, "row": 1})


@handler("fault.kills")
def kills(run: Run) -> None:
    """End this process as a crash would."""
    os._exit(9)
