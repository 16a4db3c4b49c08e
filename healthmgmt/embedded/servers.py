"""Starting, using and stopping both servers together."""

import atexit
import errno
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

import psycopg2
import psycopg2.errors

from healthmgmt.embedded import locks, places, postgres, roles, valkey
from healthmgmt.embedded import record as records
from healthmgmt.embedded.locks import open_lock, starting, take, unused
from healthmgmt.embedded.record import DATABASE, READY, SUPERUSER, EmbeddedError, Record, Servers


class Held(NamedTuple):
    """This process's use of the servers of one folder."""

    pid: int
    data_dir: Path
    lock: int


_held: Held | None = None


def ensure(data_dir: Path) -> Servers:
    """Start what is not alive, wait until it answers, and use it until this process ends.

    May be called again at any time: a server that died meanwhile is started again, on its old port while that is free.
    A forked child counts as a user for as long as it lives. Raises EmbeddedError.
    """
    global _held
    data_dir = data_dir.resolve()
    if _held and _held.data_dir != data_dir:
        raise EmbeddedError(f"This process already uses the servers in {_held.data_dir}; it cannot use those in {data_dir} too.")
    try:
        _make_folder(data_dir)
        locks.make(data_dir)
        with starting(data_dir):
            if not _held:
                lock = open_lock(data_dir / locks.USERS)
                fcntl.flock(lock, fcntl.LOCK_SH)
                _held = Held(os.getpid(), data_dir, lock)
                atexit.register(release)
            record = _bring_up(data_dir)
            _post_guard(data_dir)
            return record.servers()
    except (OSError, psycopg2.Error) as error:
        _explain(error, data_dir)


def release() -> None:
    """End this process's use of the servers; the last user stops them. Does nothing in a forked child."""
    global _held
    if not _held or _held.pid != os.getpid():
        return
    held, _held = _held, None
    if not (held.data_dir / locks.STARTING).exists():
        os.close(held.lock)
        return
    with starting(held.data_dir):
        os.close(held.lock)
        if unused(held.data_dir):
            _take_down(held.data_dir)


def _explain(error: OSError | psycopg2.Error, data_dir: Path) -> NoReturn:
    if getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT) or isinstance(error, psycopg2.errors.DiskFull):
        raise EmbeddedError(f"The disk of {data_dir} is full, so the embedded servers cannot start.") from error
    if isinstance(error, PermissionError):
        name = error.filename or data_dir
        raise EmbeddedError(f"{name} belongs to another user; delete {data_dir} or set HEALTHMGMT_DATA_DIR.") from error
    raise EmbeddedError(f"The embedded servers in {data_dir} cannot start: {str(error).strip()}.") from error


def _make_folder(data_dir: Path) -> None:
    if not data_dir.is_dir():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Ours and new: others may pass through to the database's own closed folder, not look around.
        data_dir.chmod(0o711)


def _bring_up(data_dir: Path) -> Record:
    record = records.read(data_dir)
    if record is None:
        words = [secrets.token_urlsafe(24) for _ in range(4)]
        record = records.write(data_dir, Record("", records.free_port(), 0, *words, str(data_dir), records.name_aside()))
    alive = record.home and postgres.settled(record) == READY, record.home and valkey.state(record) == READY
    if all(alive):
        return record
    runner = places.runner(data_dir)
    record = records.write(data_dir, record._replace(home=str(places.home(data_dir, record, runner))))
    postgres_bin, valkey_server = places.binaries(record, runner)
    if not alive[0]:
        record = postgres.start(data_dir, record, runner, postgres_bin)
        # Again at every start: a kill may have come between the first start and the end of this.
        roles.bootstrap(
            record.url(SUPERUSER, record.superuser_password, "postgres"), DATABASE, record.owner_password, record.login_password
        )
    if not alive[1]:
        record = valkey.start(data_dir, record, runner, valkey_server)
    return record


def _take_down(data_dir: Path) -> None:
    """Stop what is alive; call alone. Raises EmbeddedError when PostgreSQL does not end."""
    record = records.read(data_dir)
    if record and record.home:
        valkey.stop(record)
        postgres.stop(record)


def _post_guard(data_dir: Path) -> None:
    """Have a process that stops the servers after users that were killed; it waits on a lock and does nothing else."""
    lock = take(data_dir / locks.GUARD)
    if lock is None:
        return
    os.close(lock)
    # The shell ends at once, so the guard is nobody's child and leaves no remains.
    subprocess.run(
        ["/bin/sh", "-c", '"$0" "$@" &', sys.executable, "-m", "healthmgmt.embedded", "--data-dir", str(data_dir), "guard"],
        cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, check=True,
    )  # fmt: skip


def guard(data_dir: Path) -> None:
    """Wait until nobody uses the servers, stop them, end. Ends at once where another guard watches."""
    try:
        lock = take(data_dir / locks.GUARD)
        while lock is not None:
            users = open_lock(data_dir / locks.USERS)
            fcntl.flock(users, fcntl.LOCK_EX)
            os.close(users)
            with starting(data_dir):
                if unused(data_dir):
                    _take_down(data_dir)
                    os.close(lock)
                    lock = None
    except FileNotFoundError:
        # The folder was deleted by its last user, and nothing is left to guard.
        return


def stop(data_dir: Path, force: bool = False) -> None:
    """Stop the servers of the folder. Raises EmbeddedError while somebody uses them, unless forced."""
    if not (data_dir / locks.STARTING).exists():
        return
    with starting(data_dir):
        if not force and not unused(data_dir):
            raise EmbeddedError(f"The servers in {data_dir} are in use; they stop with their last user.")
        _take_down(data_dir)


def status(data_dir: Path) -> dict[str, int]:
    """The ports of the servers that answer now, by the names `postgresql` and `redis`; starts nothing."""
    record = records.read(data_dir)
    if not record or not record.home:
        return {}
    ports = {"postgresql": record.postgres_port} if postgres.state(record) == READY else {}
    return ports | ({"redis": record.redis_port} if valkey.state(record) == READY else {})


def erase(data_dir: Path) -> None:
    """Stop the servers and delete the folder with all data, and what lies aside for it. Raises EmbeddedError while in use."""
    data_dir = data_dir.resolve()
    stop(data_dir)
    record = records.read(data_dir)
    for folder in (*(places.asides(record) if record else ()), data_dir):
        if folder.is_dir():
            shutil.rmtree(folder)
