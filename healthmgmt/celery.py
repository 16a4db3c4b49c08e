"""The Celery program's entry: `celery -A healthmgmt worker` and `celery -A healthmgmt beat`.

Only here is it known that such a process serves, and what it must refuse to run with.
"""

import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthmgmt.settings")
PROGRAM = Path(sys.argv[0])
if "celery" in (PROGRAM.name, PROGRAM.parent.name):
    # Before the settings are read: a worker has no owner's address, and refuses to be given one.
    os.environ.setdefault("HEALTHMGMT_PROCESS", "beat" if "beat" in sys.argv else "worker")

import django  # noqa: E402

django.setup()

from celery.signals import worker_init  # noqa: E402

from healthmgmt.work import registry  # noqa: E402
from healthmgmt.work.engine import app  # noqa: E402
from tenants.checks import UnsafeConnection, refuse_unsafe_connection  # noqa: E402

__all__ = ["app"]

# All jobs.py are read now: a mistake in one of them stops the start.
registry.kinds()


@worker_init.connect
def refuse_to_start(**_: Any) -> None:
    """No worker as owner, as superuser or behind a proxy that forgets whose connection it is."""
    try:
        refuse_unsafe_connection()
    except UnsafeConnection as error:
        # Celery logs and forgets what its signals raise; only this ends the program.
        raise SystemExit(str(error)) from error
