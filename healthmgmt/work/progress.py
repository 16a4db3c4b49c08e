"""A progress bar on standard error, for commands on a terminal."""

import sys
from types import TracebackType

from tqdm import tqdm

from healthmgmt.work.models import Job


# No thread beside the one that has entered an organisation.
tqdm.monitor_interval = 0


class Progress:
    """One bar for each job, shown from its first batch on; nothing where standard error is no terminal."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._bar: tqdm | None = None
        self._job_id: int | None = None

    def show(self, job: Job) -> None:
        """Bring the bar to where the job is."""
        if not self._is_shown:
            return
        if self._job_id != job.pk or self._bar is None:
            self._close()
            self._bar, self._job_id = tqdm(desc=job.kind, total=job.total or None, leave=False, file=sys.stderr), job.pk
        self._bar.total, self._bar.n = job.total or None, job.done
        self._bar.refresh()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
