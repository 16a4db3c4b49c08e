"""A clock that tests move for all worker processes at once: a file holds by how many seconds it is ahead.

The product asks `timezone.now()` what day it is and `time.time()` when to look for a new one; the worker processes of these tests
ask here. The database's clock, by which leases run, stays.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

VARIABLE = "FAULTS_CLOCK"


def move(file: Path, now: datetime) -> None:
    """Let it be `now` for everybody who follows the file, in one piece."""
    new = file.with_suffix(".new")
    new.write_text(str(now.timestamp() - time.time()))
    new.replace(file)


def follow() -> None:
    """In a worker process: go by the file that the environment names, if it names one."""
    if VARIABLE not in os.environ:
        return
    from django.utils import timezone

    from healthmgmt.work import tasks

    file, real_now, real_time = Path(os.environ[VARIABLE]), timezone.now, time.time

    def ahead() -> float:
        return float(file.read_text())

    timezone.now = lambda: real_now() + timedelta(seconds=ahead())
    tasks.time = SimpleNamespace(time=lambda: real_time() + ahead())
