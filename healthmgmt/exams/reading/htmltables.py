"""HTML tables that hospital systems save under the name of a spreadsheet."""

from collections.abc import Callable
from html.parser import HTMLParser

from healthmgmt.exams.reading.refusals import FileRefused, Limits
from healthmgmt.exams.reading.sheets import Row, Sheet, Workbook
from healthmgmt.exams.reading.texts import find_encoding

WIDEST_SPAN = 1_000
MOST_TABLES = 200


def open_html(data: bytes, limits: Limits, count_known: Callable[[str], int]) -> Workbook:
    """Every table is a sheet. Raises FileRefused."""
    encoding = find_encoding(data, count_known)
    parser = _Tables(limits)
    parser.feed(data.decode(encoding))
    parser.close()
    tables = [rows for rows in parser.finished if rows]
    if not tables:
        raise FileRefused("format")
    names = [""] if len(tables) == 1 else [f"table {number}" for number in range(1, len(tables) + 1)]
    sheets = [Sheet(name, rows.__iter__, is_ragged=True) for name, rows in zip(names, tables)]
    return Workbook("html", encoding, sheets)


class _Table:
    """One table while it is read. Spans repeat blanks, not the text: a merged heading is filled in later."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.number = 0
        self.is_open = False  # a row
        self.cells: list[str] = []
        self.cell: list[str] | None = None
        self.span = 1
        self.hanging: dict[int, int] = {}  # column -> rows that a cell above still covers

    def open_cell(self, columns: int, rows: int) -> None:
        self.is_open = True
        self.close_cell()
        self._fill_hanging()
        if rows > 1:
            for column in range(len(self.cells), len(self.cells) + columns):
                self.hanging[column] = rows
        self.cell, self.span = [], columns

    def close_cell(self) -> None:
        if self.cell is not None:
            self.cells.append(" ".join("".join(self.cell).split()))
            self.cells.extend([""] * (self.span - 1))
            self.cell = None

    def close_row(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self.close_cell()
        self._fill_hanging()
        if self.cells:
            self.number += 1
            if any(self.cells):
                self.rows.append((self.number, self.cells))
        self.cells = []
        self.hanging = {column: rows - 1 for column, rows in self.hanging.items() if rows > 1}

    def _fill_hanging(self) -> None:
        # A cell opened in this row counts this row too, so that only older ones cover the next place.
        while len(self.cells) in self.hanging and self.cell is None:
            self.cells.append("")


class _Tables(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.open: list[_Table] = []
        self.finished: list[list[Row]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.silent += 1
        elif tag == "table":
            if len(self.finished) + len(self.open) >= MOST_TABLES:
                raise FileRefused("too-large")
            self.open.append(_Table())
        elif self.open and tag == "tr":
            self.open[-1].close_row()
        elif self.open and tag in ("td", "th"):
            values = dict(attributes)
            self.open[-1].open_cell(_span(values.get("colspan")), _span(values.get("rowspan")))
            if len(self.open[-1].cells) > self.limits.columns:
                raise FileRefused("too-large", len(self.open[-1].rows))
        elif self.open and tag == "br" and self.open[-1].cell is not None:
            self.open[-1].cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        elif self.open and tag in ("td", "th"):
            self.open[-1].close_cell()
        elif self.open and tag == "tr":
            self.open[-1].close_row()
        elif self.open and tag == "table":
            self._close_table()

    def handle_data(self, data: str) -> None:
        if self.open and not self.silent and self.open[-1].cell is not None:
            self.open[-1].cell.append(data)

    def close(self) -> None:
        super().close()
        while self.open:
            self._close_table()

    def _close_table(self) -> None:
        table = self.open.pop()
        table.close_row()
        self.finished.append(table.rows)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), WIDEST_SPAN) if text and text.strip().isdecimal() else 1
