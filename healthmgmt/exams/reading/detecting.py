"""What a file is, by its content: its name is never asked."""

import re

from healthmgmt.exams.reading.refusals import FileRefused

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_FORMATS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ",
    b"SQLite format", b"\x7fELF", b"MZ", b"{\\rtf", b"PAR1", b"RIFF", b"BM", b"II*\x00", b"MM\x00*", b"MIME-Version",
)  # fmt: skip
HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|table|meta|style)[\s>]", re.IGNORECASE)
HEAD = 4_096
# A text may hold stray NULs, which its cells are then blamed for; a binary file holds many.
STRAY_NULS = 8
NUL_SHARE = 0.02


def detect(data: bytes) -> str:
    """`zip`, `ole2`, `html` or `text`; raises FileRefused with `empty` or `format`."""
    head = data[:HEAD]
    if not data.strip():
        raise FileRefused("empty")
    if head.startswith(ZIP):
        return "zip"
    if head.startswith(OLE2):
        return "ole2"
    if head.startswith(OTHER_FORMATS) and not _reads_as_text(head):
        raise FileRefused("format")
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if plain[:1] == b"<":
        if HTML.search(plain):
            return "html"
        raise FileRefused("format")
    if utf16(head) is None and head.count(0) > max(STRAY_NULS, NUL_SHARE * len(head)):
        raise FileRefused("format")
    return "text"


def _reads_as_text(head: bytes) -> bool:
    """`BM...` and `MZ...` may also be the beginning of a heading."""
    return head[:2] in (b"BM", b"MZ") and head.count(0) == 0 and (b"," in head or b"\t" in head or b";" in head)


def utf16(head: bytes) -> str | None:
    """The UTF-16 codec of a text, from its mark or from where its NUL bytes stand."""
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.2 * len(head[1::2]) and even == 0:
        return "utf-16-le"
    if even > 0.2 * len(head[::2]) and odd == 0:
        return "utf-16-be"
    return None
