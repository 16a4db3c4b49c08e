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
from tenants.checks import refuse_unsafe_connection  # noqa: E402

__all__ = ["app"]


@worker_init.connect
def refuse_to_start(**_: Any) -> None:
    """No worker as owner, as superuser, behind a proxy that forgets whose connection it is, or with a broken jobs.py."""
    refuse_unsafe_connection()
    registry.kinds()
