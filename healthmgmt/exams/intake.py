"""The parent's side of reading a file: start the limited child, hand on its frames, name its end.

Whatever happens to the child - killed for memory or time, crashed, talking nonsense - the caller sees a
`refused` frame with a reason. No Django, no database.
"""

import contextlib
import fcntl
import json
import logging
import os
import queue
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
WALL_SECONDS = 60.0
LONGEST_LINE = 256 << 20
PIECE = 1 << 20
FRAMES_AHEAD = 64
LAST_KINDS = ("end", "refused")
ROW_KINDS = ("passed", "rows")
# What each kind of frame counts.
COUNTS = {"layout": (), "passed": ("count",), "rows": ("count",), "end": ("received",), "refused": ("received",)}
# How a limit ends a process: by the kernel (KILL, XCPU), or by its own allocator (ABRT).
LIMIT_SIGNALS = (signal.SIGKILL, signal.SIGXCPU, signal.SIGABRT)


class _TooSlow(Exception):
    """The child has used up its time."""


class _Nonsense(Exception):
    """The child wrote something that is no frame."""


def run(fd: int, options: dict, prepare: Callable[[dict], dict] = lambda frame: frame, wall_seconds: float = WALL_SECONDS) -> Iterator[dict]:
    """Frames of the file behind `fd` (see child.py), ending with exactly one `end` or `refused`.

    The child goes on while the caller works on a frame, some frames ahead, and so does `prepare`, which makes of a frame what the
    caller wants of it; only time spent waiting for the child counts. It gets none of the parent's environment but the path, and no
    other open file.
    """
    with tempfile.TemporaryFile() as given:
        given.write(json.dumps(options).encode())
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "healthmgmt.exams.child", "--fd", str(fd), "--options-fd", str(given.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(fd, given.fileno()), cwd=PROJECT,
            env={"PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "1"}, start_new_session=True,
        )  # fmt: skip
    _widen(child.stdout.fileno())
    ahead: queue.Queue = queue.Queue(FRAMES_AHEAD)
    reader = threading.Thread(target=_read_ahead, args=(child, wall_seconds, ahead, prepare), daemon=True)
    reader.start()
    received, rows = 0, 0
    try:
        for frame in iter(ahead.get, None):
            if isinstance(frame, Exception):
                raise frame
            rows += frame["count"] if frame["kind"] in ROW_KINDS else 0
            if frame["kind"] in LAST_KINDS:
                received = frame["received"]
                if frame["kind"] == "end" and received != rows:
                    raise _Nonsense
                yield frame
                return
            yield frame
        yield _ended(child, rows)
    except _TooSlow:
        yield {"kind": "refused", "reason": "too-large", "received": rows}
    except _Nonsense:
        logger.error("the reading process wrote no usable frame")
        yield {"kind": "refused", "reason": "corrupt", "received": rows}
    finally:
        _stop(child, reader, ahead)


def _widen(pipe: int) -> None:
    """Let several frames wait in a pipe, so that the child goes on while nobody reads. Where the system grants no more it is as it was."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIECE)


def _read_ahead(child: subprocess.Popen, seconds: float, ahead: queue.Queue, prepare: Callable[[dict], dict]) -> None:
    """Put the child's frames, prepared, into the queue, at last the error that ended them or None."""
    try:
        for frame in _frames(child, seconds):
            ahead.put(prepare(frame))
        ahead.put(None)
    except (_TooSlow, _Nonsense) as error:
        ahead.put(error)
    except BaseException as error:
        # Whatever it is: who waits for the queue has to hear of it.
        ahead.put(error)
        raise


def _frames(child: subprocess.Popen, seconds: float) -> Iterator[dict]:
    """Frames of the child's output until it closes; raises _TooSlow, _Nonsense."""
    pieces = _Pieces(child.stdout.fileno(), seconds)
    while line := pieces.line():
        frame = _decoded(line)
        if "lines" in frame:
            frame["lines"] = pieces.take(frame["lines"])
            if frame["lines"].count(b"\n") + 1 != frame["count"]:
                raise _Nonsense
        yield frame


class _Pieces:
    """The child's output, read as it comes."""

    def __init__(self, fd: int, seconds: float) -> None:
        self._fd = fd
        self._seconds = seconds
        self._selector = selectors.DefaultSelector()
        self._selector.register(fd, selectors.EVENT_READ)
        self._buffer = bytearray()

    def line(self) -> bytes:
        """The next line without its end; empty at the end of the output."""
        at = 0
        while (end := self._buffer.find(b"\n", at)) < 0:
            at = len(self._buffer)
            if at > LONGEST_LINE:
                raise _Nonsense
            if not self._more():
                if at:
                    raise _Nonsense
                return b""
        return self._cut(end + 1)[:-1]

    def take(self, size: int) -> bytes:
        """So many bytes."""
        if size > LONGEST_LINE:
            raise _Nonsense
        while len(self._buffer) < size:
            if not self._more():
                raise _Nonsense
        return self._cut(size)

    def _cut(self, size: int) -> bytes:
        with memoryview(self._buffer) as whole:
            found = bytes(whole[:size])
        del self._buffer[:size]
        return found

    def _more(self) -> bool:
        began = time.monotonic()
        ready = self._selector.select(max(self._seconds, 0))
        self._seconds -= time.monotonic() - began
        if not ready:
            raise _TooSlow
        piece = os.read(self._fd, PIECE)
        self._buffer += piece
        return bool(piece)


def _decoded(line: bytes) -> dict:
    try:
        frame = json.loads(line)
    except ValueError:
        raise _Nonsense from None
    if not isinstance(frame, dict) or frame.get("kind") not in COUNTS:
        raise _Nonsense
    numbers = [*COUNTS[frame["kind"]], *(("lines",) if "lines" in frame else ())]
    if any(type(frame.get(name)) is not int or frame[name] < 0 for name in numbers):
        raise _Nonsense
    return frame


def _ended(child: subprocess.Popen, rows: int) -> dict:
    """The child closed its output without a last frame: it was killed or it broke."""
    try:
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        code = -signal.SIGKILL
    is_limit = code < 0 and -code in LIMIT_SIGNALS
    where = child.stderr.read(2_000).decode("utf-8", "replace").strip().splitlines()[-1:]
    logger.error("the reading process ended with %s %s", code, "" if is_limit else where)
    return {"kind": "refused", "reason": "too-large" if is_limit else "corrupt", "received": rows}


def _stop(child: subprocess.Popen, reader: threading.Thread, ahead: queue.Queue) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    while reader.is_alive():
        # It may wait for room; nobody else takes from here any more.
        with contextlib.suppress(queue.Empty):
            ahead.get(timeout=0.01)
    child.stdout.close()
    child.stderr.close()
