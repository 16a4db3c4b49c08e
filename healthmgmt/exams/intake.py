"""The parent's side of reading a file: start the limited child, hand on its frames, name its end.

Whatever happens to the child - killed for memory or time, crashed, talking nonsense - the caller sees a
`refused` frame with a reason. No Django, no database.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
WALL_SECONDS = 60.0
LONGEST_LINE = 256 << 20
PIECE = 1 << 20
LAST_KINDS = ("end", "refused")
KINDS = ("layout", "rows", *LAST_KINDS)
# How a limit ends a process: by the kernel (KILL, XCPU), or by its own allocator (ABRT).
LIMIT_SIGNALS = (signal.SIGKILL, signal.SIGXCPU, signal.SIGABRT)


class _TooSlow(Exception):
    """The child has used up its time."""


class _Nonsense(Exception):
    """The child wrote something that is no frame."""


def run(fd: int, options: dict, wall_seconds: float = WALL_SECONDS) -> Iterator[dict]:
    """Frames of the file behind `fd` (see child.py), ending with exactly one `end` or `refused`.

    Only time spent waiting for the child counts, not what the caller does with a frame. The child gets
    none of the parent's environment but the path, and no other open file.
    """
    with tempfile.TemporaryFile() as given:
        given.write(json.dumps(options).encode())
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "healthmgmt.exams.child", "--fd", str(fd), "--options-fd", str(given.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(fd, given.fileno()), cwd=PROJECT,
            env={"PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "1"}, start_new_session=True,
        )  # fmt: skip
    received, rows = 0, 0
    try:
        for frame in _frames(child, wall_seconds):
            if frame["kind"] == "rows":
                rows += len(frame["rows"])
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
        _stop(child)


def _frames(child: subprocess.Popen, seconds: float) -> Iterator[dict]:
    """Decoded lines of the child's output until it closes; raises _TooSlow, _Nonsense."""
    buffer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            began = time.monotonic()
            ready = selector.select(max(seconds, 0))
            seconds -= time.monotonic() - began
            if not ready:
                raise _TooSlow
            piece = os.read(child.stdout.fileno(), PIECE)
            if not piece:
                break
            at = len(buffer)
            buffer += piece
            while (end := buffer.find(b"\n", at)) >= 0:
                yield _decoded(bytes(buffer[:end]))
                del buffer[: end + 1]
                at = 0
            if len(buffer) > LONGEST_LINE:
                raise _Nonsense
    if buffer and child.wait(timeout=5) == 0:
        raise _Nonsense


def _decoded(line: bytes) -> dict:
    try:
        frame = json.loads(line)
    except ValueError:
        raise _Nonsense from None
    if not isinstance(frame, dict) or frame.get("kind") not in KINDS:
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


def _stop(child: subprocess.Popen) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    child.stdout.close()
    child.stderr.close()
