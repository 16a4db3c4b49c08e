"""Which PDFs are taken: pages only, nothing that runs, hides or locks."""

import zlib

import pytest

from healthmgmt.exams import pdf


def made(*parts: bytes) -> bytes:
    return b"%PDF-1.5\n" + b"\n".join(parts) + b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def packed(inner: bytes, told: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    content = zlib.compress(inner)
    return b"9 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj" % (told, len(content), content)


PAGE = b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj"
IMAGE = b"3 0 obj\n<< /Type /XObject /Filter /DCTDecode /Length 9 >>\nstream\n\x00/JS/AA\xff\nendstream\nendobj"


@pytest.mark.parametrize("part", [PAGE, IMAGE, b"2 0 obj << /OpenAction [3 0 R /Fit] >> endobj", packed(b"1 0 << /Type /Page >>"), packed(b"BT (hello) Tj ET", b"/Filter /FlateDecode")], ids=["plain", "picture", "opens at a page", "packed", "page"])
def test_pages_are_taken(part):
    pdf.check(made(PAGE, part))


@pytest.mark.parametrize(
    "part",
    [
        b"2 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
        b"2 0 obj << /S /J#61vaScript >> endobj",
        b"2 0 obj << /OpenAction << /S /Launch >> >> endobj",
        b"2 0 obj << /Type /EmbeddedFile >> endobj",
        b"2 0 obj << /Names << /EmbeddedFiles 5 0 R >> >> endobj",
        b"2 0 obj << /AcroForm << /XFA 7 0 R >> >> endobj",
        packed(b"1 0 << /S /JavaScript >>"),
        packed(b"1 0 << /AA << /O << /S /Launch >> >> >>"),
        packed(b"1 0 << /S /JavaScript >>", b"/Type /Obj#53tm /Filter [/FlateDecode]"),
    ],
)  # fmt: skip
def test_what_does_more_than_show_pages_is_refused(part):
    with pytest.raises(pdf.NotShowable) as error:
        pdf.check(made(PAGE, part))
    assert error.value.reason == "active"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "format"),
        (b"PK\x03\x04 a workbook", "format"),
        (b"<html>" + b" " * 2_000 + b"%PDF-1.4 %%EOF", "format"),
        (b"%PDF-1.4\n1 0 obj", "corrupt"),
        (made(b"trailer << /Encrypt 8 0 R >>"), "locked"),
        (made(packed(b"x", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]")), "locked"),
        (made(packed(b"\0" * 70_000_000)), "locked"),
        (made(b"9 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nnot packed\nendstream\nendobj"), "corrupt"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_through_is_refused(data, reason):
    with pytest.raises(pdf.NotShowable) as error:
        pdf.check(data)
    assert error.value.reason == reason


def test_looking_through_takes_no_longer_than_the_file_is_long():
    """A file of nothing but beginnings of streams is given up."""
    with pytest.raises(pdf.NotShowable):
        pdf.check(made(b"<< stream\n" * 60_000))
