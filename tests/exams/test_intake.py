import logging
import signal
import subprocess
import sys

import pytest

from healthmgmt.exams import intake
from tests.exams import making
from tests.exams.making import HEADING, ROW, TODAY


def run(tmp_path, data, **options):
    path = tmp_path / "upload"
    path.write_bytes(data)
    seconds = options.pop("wall_seconds", intake.WALL_SECONDS)
    with path.open("rb") as file:
        return list(intake.run(file.fileno(), {"name": "upload", "today": TODAY} | options, wall_seconds=seconds))


def instead(monkeypatch, code):
    """Another program in place of the reading child."""
    real = subprocess.Popen
    monkeypatch.setattr(intake.subprocess, "Popen", lambda command, **settings: real([sys.executable, "-c", code], **settings))


def test_run_hands_on_the_frames(tmp_path):
    frames = run(tmp_path, making.text(HEADING, ROW))
    assert [frame["kind"] for frame in frames] == ["layout", "rows", "end"]
    assert frames == list(making.child.frames(making.text(HEADING, ROW), {"name": "upload", "today": TODAY}))


def test_run_reads_from_the_beginning_wherever_the_file_stands(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(making.text(HEADING, ROW))
    with path.open("rb") as file:
        file.read(20)
        assert list(intake.run(file.fileno(), {"today": TODAY}))[-1] == {"kind": "end", "received": 1, "proposals": []}


def test_run_refuses_a_file_that_needs_more_memory(tmp_path):
    sheet = making.xlsx(HEADING, ROW)
    cell = b'<row r="900000"><c r="ZZ900000"><v>1</v></c></row></sheetData>'  # 20 GiB laid out
    assert run(tmp_path, making.in_sheet(sheet, b"</sheetData>", cell))[-1]["reason"] == "too-large"


def test_run_refuses_a_file_that_takes_too_long(tmp_path, monkeypatch):
    instead(monkeypatch, "import time; time.sleep(30)")
    assert run(tmp_path, b"x", wall_seconds=0.3) == [{"kind": "refused", "reason": "too-large", "received": 0}]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGXCPU, signal.SIGABRT])
def test_run_a_child_ended_by_a_limit_is_too_large(tmp_path, monkeypatch, number):
    instead(monkeypatch, f"import os; os.kill(os.getpid(), {int(number)})")
    assert run(tmp_path, b"x") == [{"kind": "refused", "reason": "too-large", "received": 0}]


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('Zhang San 190')",
        "print('no frame')",
        "print('[1]')",
        "print('{\"kind\": \"other\"}')",
        "print('{\"kind\": \"end\", \"received\": 5}')",
        "import sys; sys.stdout.write('{\"kind\": \"end\"')",
        "print('{\"kind\": \"rows\"}')",
        "print('{\"kind\": \"rows\", \"count\": 1, \"lines\": \"9\"}')",
        "print('{\"kind\": \"rows\", \"count\": \"1\", \"lines\": 1}\\nx')",
        "print('{\"kind\": \"rows\", \"count\": 2, \"lines\": 1}\\nx')",
        "print('{\"kind\": \"rows\", \"count\": 1, \"lines\": -1}')",
        "print('{\"kind\": \"end\"}')",
        "pass",
    ],
)
def test_run_a_broken_child_is_a_corrupt_file(tmp_path, monkeypatch, code):
    instead(monkeypatch, code)
    assert run(tmp_path, b"x")[-1] == {"kind": "refused", "reason": "corrupt", "received": 0}


def test_run_a_crash_is_reported_by_place_not_content(tmp_path, caplog):
    with caplog.at_level(logging.ERROR):
        frames = run(tmp_path, making.text(HEADING, ROW), today="Zhang San 190")
    assert frames[-1] == {"kind": "refused", "reason": "corrupt", "received": 0}
    assert "ValueError at" in caplog.text
    assert "Zhang San" not in caplog.text


def test_run_stops_the_child_when_the_caller_stops_listening(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(making.text(HEADING, *[ROW] * 30_000))
    with path.open("rb") as file:
        frames = intake.run(file.fileno(), {"today": TODAY})
        next(frames)
        frames.close()
    assert frames.gi_frame is None


def test_child_gets_no_secret_of_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    instead(monkeypatch, "import os, json; print(json.dumps({'kind': 'refused', 'reason': sorted(os.environ), 'received': 0}))")
    assert set(run(tmp_path, b"x")[-1]["reason"]) <= {"PATH", "MALLOC_ARENA_MAX", "LC_CTYPE"}


def test_child_imports_neither_django_nor_numpy():
    code = "import sys, healthmgmt.exams.child; print(sorted({'django', 'numpy', 'psycopg2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=intake.PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
