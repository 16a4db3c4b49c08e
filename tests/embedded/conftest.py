"""Server folders of a test's own, and processes that use them.

Everything runs in child processes: this one may already use the servers of the run.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from healthmgmt.embedded import record as records
from healthmgmt.embedded import servers

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from healthmgmt import embedded
found = embedded.ensure(Path(sys.argv[1]))
print(*found, flush=True)
sys.stdin.read()
"""


def _remove(folder: Path) -> None:
    servers.stop(folder, force=True)
    servers.erase(folder)


class User:
    """A process that uses the servers of a folder until it is let go or killed."""

    def __init__(self, data_dir: Path, environ: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir)], cwd=ROOT, env=clean_environ() | environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def urls(self) -> list[str]:
        """The addresses in the order of Servers, once the servers answer."""
        line = self.process.stdout.readline()
        return line.split() or pytest.fail(self.process.communicate()[1])

    def let_go(self) -> str:
        """End it the ordinary way; returns what it wrote on standard error."""
        return self.process.communicate()[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def clean_environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("HEALTHMGMT_DATA", "DATABASE_", "REDIS_URL"))}


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A place for a data folder that every user can reach (pytest's own folders are closed); nothing stays of it."""
    parent = Path(tempfile.mkdtemp(prefix="healthmgmt-test-"))
    parent.chmod(0o755)
    yield parent / ".data"
    _remove(parent / ".data")
    subprocess.run(["rm", "-rf", str(parent)], check=True)


@pytest.fixture
def use(data_dir) -> Iterator[Callable[..., User]]:
    """`use()` starts a process that uses the servers of `data_dir`; further words are its environment."""
    users: list[User] = []
    folders = set()

    def start(at: Path | None = None, **environ: str) -> User:
        folders.add(at or data_dir)
        users.append(User(at or data_dir, environ))
        return users[-1]

    yield start
    for user in users:
        user.kill()
    for folder in folders:
        _remove(folder)


def postmaster(data_dir: Path) -> int:
    return int((Path(records.read(data_dir).home) / "postgres/postmaster.pid").read_text().split()[0])


def pids(data_dir: Path) -> list[int]:
    """Every process of this folder: both servers, their children, the guard."""
    home = Path(records.read(data_dir).home)
    found = []
    for entry in Path("/proc").iterdir():
        try:
            folder, words = (entry / "cwd").readlink(), (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if folder.is_relative_to(home) or str(data_dir).encode() in words and b"guard" in words:
            found.append(int(entry.name))
    return found


def kill_all(data_dir: Path) -> None:
    for pid in pids(data_dir):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not pids(data_dir))


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
