"""Real worker processes and the ways to hit them and their servers."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connections
from django.db.models import Q
from django.db.models.functions import Now
from redis import Redis

from healthmgmt import embedded
from healthmgmt.audit.models import Event
from healthmgmt.work import engine
from healthmgmt.work.models import Job

ROOT = Path(__file__).resolve().parents[2]
# For a first sign of life, on a machine that does much else.
PATIENCE_SECONDS = 60


@dataclass
class Crew:
    """Celery workers, each with the reconciler's beat, and beats alone; all are killed at the end. `more` is their environment."""

    folder: Path
    running: list[subprocess.Popen] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)

    def worker(self, *, lanes: str = "now,bulk", concurrency: int = 2, has_beat: bool = True) -> subprocess.Popen:
        """Start a worker in a process group of its own."""
        number = self._number()
        beat = ["-B", f"--schedule={self.folder}/beat{number}"] if has_beat else []
        return self._start(
            number, "worker", "worker", *beat, f"--queues={lanes}", f"--concurrency={concurrency}", f"--hostname=w{number}@%h",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        )  # fmt: skip

    def beat(self) -> subprocess.Popen:
        """Start a beat alone."""
        number = self._number()
        return self._start(number, "beat", "beat", f"--schedule={self.folder}/beat{number}", f"--pidfile={self.folder}/beat{number}.pid")

    def _number(self) -> int:
        return len(list(self.folder.glob("worker*.log")))

    def _start(self, number: int, kind: str, *arguments: str) -> subprocess.Popen:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "HEALTHMGMT_DATA_DIR": str(settings.DATA_DIR),
            "HEALTHMGMT_PROCESS": kind,
        }
        command = [sys.executable, "-m", "celery", "-A", "healthmgmt", "--quiet", *arguments, "--loglevel=INFO"]
        with open(self.folder / f"worker{number}.log", "wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment | self.more, stdout=log, stderr=log, start_new_session=True)
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of a worker with all its children."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        self.running.remove(process)

    def logs(self) -> str:
        """What all workers wrote."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("worker*.log")))

    def end(self) -> None:
        for process in list(self.running):
            self.kill(process)


def wait_for(what: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so. Raises AssertionError when it does not come."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def all_settled() -> bool:
    """Whether the present organisation's jobs are done or given up; what is for a later hour, such as a mail after the quiet hours, waits."""
    return not Job.objects.unfinished().exclude(for_later()).exists()


def for_later() -> Q:
    """Jobs whose hour has not come and that nobody has tried."""
    return Q(state=Job.State.QUEUED, attempts=0, run_after__gt=Now())


def rows_of(job: Job) -> Counter:
    """How often each row of a job is on record."""
    return Counter(Event.objects.filter(action="fault.row", detail__job=job.pk).values_list("detail__row", flat=True))


def once(total: int) -> Counter:
    """Each of the rows 1 to `total` once."""
    return Counter(range(1, total + 1))


def broker() -> Redis:
    """The broker, to look into and to empty."""
    return Redis.from_url(engine.app.conf.broker_url)


def crash_broker() -> None:
    """kill -9 of the broker; it comes back empty."""
    with broker() as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, signal.SIGKILL)
    embedded.ensure(settings.DATA_DIR)


def crash_database() -> None:
    """Stop PostgreSQL as a crash would, connections and all, and start it again; it recovers from its log."""
    servers = embedded.ensure(settings.DATA_DIR)
    connections["default"].close()
    connections["owner"].close()
    superuser = psycopg2.connect(servers.superuser_url)
    with superuser.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    superuser.close()
    pid = int((folder / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: not (folder / "postmaster.pid").exists())
    embedded.ensure(settings.DATA_DIR)
