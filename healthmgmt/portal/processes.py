"""The processes of a running installation, supervised: web, one worker for each lane, and beat."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 20
START_SECONDS = 60


class ProcessFault(RuntimeError):
    """A process did not start, or ended by itself; the message names it and its log."""


def free_port(preferred: int) -> int:
    """The preferred port on loopback when nobody has it, else one that is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise ProcessFault("There is no free port on this machine.")


@dataclass
class Processes:
    """Start with `start()`, stop with `stop()`; the logs lie in `logs`, one file a process. Where it `reloads`, the site
    takes up changed code."""

    port: int
    logs: Path
    reloads: bool = False
    _running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self) -> None:
        """Start everything and wait until the site answers. Raises ProcessFault."""
        self.logs.mkdir(parents=True, exist_ok=True)
        celery = [sys.executable, "-m", "celery", "-A", "healthmgmt", "--quiet"]
        worker = [*celery, "worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        web = [sys.executable, "-m", "gunicorn", "healthmgmt.wsgi", f"--bind=127.0.0.1:{self.port}", "--workers=2"]
        self._spawn("web", "web", [*web, "--reload"] if self.reloads else web)
        self._spawn("worker-now", "worker", [*worker, "--queues=now", "--concurrency=1", "--hostname=now@%h"])
        self._spawn("worker-bulk", "worker", [*worker, "--queues=bulk", "--concurrency=2", "--hostname=bulk@%h"])
        self._spawn("beat", "beat", [*celery, "beat", "--loglevel=WARNING", f"--pidfile={self.logs / 'beat.pid'}"])
        self._await_site()

    def watch(self) -> None:
        """Wait until a process ends by itself, and say which."""
        while True:
            self.check()
            time.sleep(1)

    def check(self) -> None:
        """Raises ProcessFault when one has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ProcessFault(f"{name} ended with code {process.returncode}; see {self.logs / (name + '.log')}.")

    def stop(self) -> None:
        """Ask all to end, and end those that do not."""
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _spawn(self, name: str, kind: str, command: list[str]) -> None:
        environment = os.environ | {"HEALTHMGMT_PROCESS": kind, "HEALTHMGMT_PORT": str(self.port)}
        # Serving processes never see the owner's address.
        environment.pop("DATABASE_OWNER_URL", None)
        (self.logs / "beat.pid").unlink(missing_ok=True)
        with open(self.logs / f"{name}.log", "ab") as log:
            self._running[name] = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)

    def _await_site(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise ProcessFault(f"The site did not answer within {START_SECONDS} s; see {self.logs}.")
