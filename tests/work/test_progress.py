"""The bar that commands show on a terminal."""

import io

from healthmgmt.work.models import Job
from healthmgmt.work.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Progress() as progress:
        progress.show(Job(pk=1, kind="exams.apply", done=10_000, total=24_000))
        progress.show(Job(pk=2, kind="risk.assess", done=0, total=0))
    assert "exams.apply:  42%" in terminal.getvalue()
    assert "risk.assess" in terminal.getvalue()


def test_progress_elsewhere_is_silent(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    with Progress() as progress:
        progress.show(Job(pk=1, kind="exams.apply", done=1, total=2))
    assert file.getvalue() == ""
