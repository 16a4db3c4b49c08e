"""Uploaded files at rest: encrypted, under the organisation's own folder, by random name, never reachable by URL."""

import os
import tempfile
import uuid
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from healthmgmt.core import encryption, organisations
from healthmgmt.core.exceptions import Rejected


def store(source: BinaryIO) -> str:
    """Keep a file; returns its key. It is on disk, whole, before this returns.

    Raises Rejected when it cannot be stored (a full disk, say); then nothing of it stays behind.
    """
    key = uuid.uuid4().hex
    path = _path(key)
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(partial, "xb") as target:
            encryption.encrypt_stream(source, target)
            target.flush()
            os.fsync(target.fileno())
        partial.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Rejected(f"The file could not be stored ({error.strerror}). Nothing was kept; please try again later.") from error
    return key


def open_plain(key: str) -> BinaryIO:
    """The file's content in an unnamed temporary file, at its start; gone when it is closed."""
    with ExitStack() as opened:
        source = opened.enter_context(open(_path(key), "rb"))
        plain = opened.enter_context(tempfile.TemporaryFile(dir=_path(key).parent))
        _write_all(plain, encryption.decrypt_stream(source))
        plain.seek(0)
        # Whole and readable: from here on it is the caller's to close.
        opened.pop_all()
        source.close()
    return plain


def remove(key: str) -> None:
    """Forget a file; forgetting it twice is no error."""
    _path(key).unlink(missing_ok=True)


def remove_unnamed(named: Collection[str], *, before: datetime) -> int:
    """Forget the files of the present organisation that are none of `named`, what was half stored among them; returns how many.

    Those stored since `before` are left alone: the row that names one is written after it.
    """
    folder, removed = _path(uuid.uuid4().hex).parent, 0
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if path.name not in named and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _write_all(target: BinaryIO, blocks: Iterable[bytes]) -> None:
    for block in blocks:
        target.write(block)
    target.flush()


def _path(key: str) -> Path:
    schema = organisations.current()
    if schema == organisations.PUBLIC:
        raise RuntimeError("Files belong to an organisation.")
    return Path(settings.UPLOAD_ROOT) / schema / uuid.UUID(key).hex


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
