"""Who uses the servers, and who may start or stop them: locks on files, which end with their process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from healthmgmt.embedded.record import give

STARTING, USERS, GUARD = "starting.lock", "servers.lock", "guard.lock"


def make(data_dir: Path) -> None:
    """The lock files, owned like their folder. Nothing else makes them, so a late guard cannot bring a deleted folder back."""
    owner = data_dir.stat()
    # The last one stands for all where somebody asks whether there are any.
    for name in (GUARD, USERS, STARTING):
        lock = os.open(data_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
        give(lock, owner.st_uid, owner.st_gid)
        os.close(lock)


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR)


@contextmanager
def starting(data_dir: Path) -> Iterator[None]:
    """Alone in starting and stopping the servers of this folder."""
    lock = open_lock(data_dir / STARTING)
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
    lock = take(data_dir / USERS)
    if lock is not None:
        os.close(lock)
    return lock is not None
