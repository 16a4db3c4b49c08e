"""The web process starts as app_login over a direct connection, and as nobody else."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connections

from tests.guards.source import ROOT

START = "import healthmgmt.wsgi as w; print(w.application.__class__.__name__)"


def url(alias: str) -> str:
    given = connections[alias].settings_dict
    return f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def start(**environ: str) -> subprocess.CompletedProcess[str]:
    """Load the web process's entry in a process of its own, over a named server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HEALTHMGMT_", "DATABASE_", "DJANGO_"))}
    given = {"HEALTHMGMT_SECRET_KEY": "s" * 50, "HEALTHMGMT_IDENTITY_KEY": "ab" * 32, "REDIS_URL": settings.REDIS_URL} | environ
    return subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=inherited | given, capture_output=True, text=True, check=False)


def test_web_starts_as_app_login(free_database):
    done = start(DATABASE_URL=url("default"))
    assert (done.returncode, done.stdout.strip()) == (0, "WSGIHandler"), done.stderr


def test_web_refuses_the_owner(free_database):
    done = start(DATABASE_URL=url("owner"))
    assert done.returncode == 1
    assert "UnsafeConnection: The database user app_owner has the powers of app_owner" in done.stderr


def test_web_refuses_to_know_the_owner(free_database):
    done = start(DATABASE_URL=url("default"), DATABASE_OWNER_URL=url("owner"))
    assert done.returncode == 1
    assert "DATABASE_OWNER_URL is in the environment of a serving process" in done.stderr


@pytest.mark.parametrize("missing", ["REDIS_URL", "HEALTHMGMT_SECRET_KEY", "HEALTHMGMT_IDENTITY_KEY"])
def test_web_refuses_to_invent_what_a_real_server_needs(free_database, missing):
    done = start(DATABASE_URL=url("default"), **{missing: ""})
    assert (done.returncode, "are then needed too" in done.stderr) == (1, True)
