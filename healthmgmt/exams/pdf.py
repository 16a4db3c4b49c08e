"""Whether a file is a PDF that only shows pages: no scripts, no files inside, nothing that starts by itself, no lock. Pure.

A reader hides names by writing `/J#61vaScript` and by packing objects into compressed streams; both are looked through. What
cannot be looked through is not taken.
"""

import re
import zlib

MOST_UNPACKED = 64 << 20
HEAD_BYTES = 1_024
# What makes a PDF do more than show pages. Whatever starts by itself is one of these; shorter names would be met by chance in pictures.
FORBIDDEN = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|Rendition|SubmitForm|ImportData|GoToE)(?![A-Za-z0-9])")
LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
DICTIONARY_BYTES = 4_000
MOST_STREAMS = 50_000
PACKS_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
# Where only the one usual packing is used, its content is what we see.
PLAIN_PACKING = re.compile(rb"/Filter\s*(?:\[\s*)?/(?:FlateDecode|Fl)\s*(?:\]|/(?!\w*Decode)|>|$|\s)")


class NotShowable(ValueError):
    """`format`: no PDF; `locked`: it cannot be looked into; `active`: it does more than show pages; `corrupt`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(data: bytes) -> None:
    """Raises NotShowable."""
    if b"%PDF-" not in data[:HEAD_BYTES]:
        raise NotShowable("format")
    if b"%%EOF" not in data[-HEAD_BYTES * 2 :]:
        raise NotShowable("corrupt")
    _look(data)
    left = MOST_UNPACKED
    for number, found in enumerate(STREAM.finditer(data)):
        if number == MOST_STREAMS:
            raise NotShowable("locked")
        told = _named(data[max(0, found.start() - DICTIONARY_BYTES) : found.start()].rpartition(b"obj")[2])
        if PACKS_OBJECTS.search(told):
            left -= len(inner := _unpacked(data, found.end(), told, left))
            _look(inner)


def _look(part: bytes) -> None:
    named = _named(part)
    if LOCKED.search(named):
        raise NotShowable("locked")
    if FORBIDDEN.search(named):
        raise NotShowable("active")


def _named(part: bytes) -> bytes:
    """With the escapes of names undone."""
    return ESCAPED.sub(lambda match: bytes([int(match.group(1), 16)]), part)


def _unpacked(data: bytes, start: int, told: bytes, most: int) -> bytes:
    """The stream's content; raises NotShowable for one that is larger than `most`, or packed in another way."""
    end = data.find(b"endstream", start)
    if end < 0:
        raise NotShowable("corrupt")
    if b"/Filter" not in told:
        inner = data[start:end] if end - start <= most else None
    elif not PLAIN_PACKING.search(told):
        raise NotShowable("locked")
    else:
        inner = _inflated(data[start:end], most)
    if inner is None:
        raise NotShowable("locked")
    return inner


def _inflated(packed: bytes, most: int) -> bytes | None:
    try:
        inner = zlib.decompressobj().decompress(packed, most + 1)
    except zlib.error:
        raise NotShowable("corrupt") from None
    return inner if len(inner) <= most else None
