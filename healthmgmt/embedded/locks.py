"""Who uses the servers, and who may start or stop them: locks on files, which end with their process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from healthmgmt.embedded.record import give


def open_lock(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    owner = path.parent.stat()
    give(lock, owner.st_uid, owner.st_gid)
    return lock


@contextmanager
def starting(data_dir: Path) -> Iterator[None]:
    """Alone in starting and stopping the servers of this folder."""
    lock = open_lock(data_dir / "starting.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def take(path: Path) -> int | None:
    """An exclusive lock on the file, or None while anybody holds one."""
    lock = open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def unused(data_dir: Path) -> bool:
    lock = take(data_dir / "servers.lock")
    if lock is not None:
        os.close(lock)
    return lock is not None
