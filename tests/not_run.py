"""What the last lines of a run say: the tests that could not run for want of data or a browser, and what tests have to tell.

Loaded as a plugin before everything else: it also gives the run its own data folder, so that a test run never touches
an installation's servers; where a run is divided among several processes, each has one.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED") or ROOT.parent / "shared").resolve()

_counts = {"not_run": 0}
_made: list[Path] = []

_lines: list[str] = []
TOLD = "told"

_is_one_of_several = bool(os.environ.get("PYTEST_XDIST_WORKER"))
if _is_one_of_several or not (os.environ.get("HEALTHMGMT_DATA_DIR") or os.environ.get("DATABASE_URL")):
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


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`tell(line)` prints a line at the end of the run, in whichever process the test was."""
    return lambda line: request.node.user_properties.append((TOLD, line))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and "not run:" in str(report.longrepr):
        _counts["not_run"] += 1
    if report.when == "teardown":
        _lines.extend(line for name, line in report.user_properties if name == TOLD)


def pytest_terminal_summary(terminalreporter) -> None:
    for line in _lines:
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"not run: {_counts['not_run']} tests ({_counts['not_run']} not run)")


def pytest_unconfigure() -> None:
    if _made:
        from healthmgmt import embedded

        embedded.release()
        for folder in _made:
            embedded.erase(folder)
