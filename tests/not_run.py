"""Counts the tests that could not run because the shared folder is absent, and says so in the last lines.

Loaded as a plugin before everything else: it also gives the run its own data folder, so that a test run never touches
an installation's servers.
"""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED") or ROOT.parent / "shared").resolve()

_counts = {"not_run": 0}
_made: list[Path] = []

if not os.environ.get("HEALTHMGMT_DATA_DIR") and not os.environ.get("DATABASE_URL"):
    _made.append(Path(tempfile.mkdtemp(prefix="healthmgmt-test-")))
    # Open for passing through: the servers of a run as root belong to somebody who has to reach their folder.
    _made[0].chmod(0o711)
    os.environ["HEALTHMGMT_DATA_DIR"] = str(_made[0])
os.environ.setdefault("HEALTHMGMT_EMAIL_URL", "locmem://")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data and real exam files; without it the test counts as not run."""
    if not SHARED.is_dir():
        pytest.skip("not run: the shared folder is absent")
    return SHARED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and "not run:" in str(report.longrepr):
        _counts["not_run"] += 1


def pytest_terminal_summary(terminalreporter) -> None:
    terminalreporter.write_line(f"not run: {_counts['not_run']} tests ({_counts['not_run']} not run)")


def pytest_unconfigure() -> None:
    if _made:
        from healthmgmt import embedded

        embedded.release()
        for folder in _made:
            embedded.erase(folder)
