"""Files as exam centres send them -> sheets of text cells. Pure: bytes in, rows out."""

from collections.abc import Callable

from healthmgmt.exams.reading import htmltables, spreadsheets, texts
from healthmgmt.exams.reading.detecting import detect
from healthmgmt.exams.reading.refusals import FileRefused, Limits
from healthmgmt.exams.reading.sheets import Row, Sheet, Workbook

__all__ = ["FileRefused", "Limits", "Row", "Sheet", "Workbook", "open_workbook"]


def open_workbook(data: bytes, limits: Limits, count_known: Callable[[str], int]) -> Workbook:
    """Detect the format by content and open it; raises FileRefused.

    `count_known(text)` says how many known headings stand in a text; it decides between encodings that
    all could be right.
    """
    if len(data) > limits.file:
        raise FileRefused("too-large")
    form = detect(data)
    if form == "zip":
        return spreadsheets.open_xlsx(data, limits)
    if form == "ole2":
        return spreadsheets.open_xls(data, limits)
    if form == "html":
        return htmltables.open_html(data, limits, count_known)
    return texts.open_text(data, limits, count_known)
