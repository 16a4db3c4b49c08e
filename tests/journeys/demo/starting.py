"""The product's own commands on the demonstration's folder, as a newcomer gives them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.not_run import ROOT


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """Without what a test run itself was given: the reference data, and where mails go."""
    given = {name: value for name, value in os.environ.items() if name not in ("SHARED", "HEALTHMGMT_EMAIL_URL")}
    return given | {"HEALTHMGMT_DATA_DIR": str(data_dir), **more}


def manage(data_dir: Path, *arguments: str, **more: str) -> str:
    """What a command prints; `more` is added to its environment."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(data_dir, **more), capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(data_dir: Path, **more: str) -> str:
    """The summary of the demonstration."""
    return manage(data_dir, "demo", "--once", "--port", "0", **more)
