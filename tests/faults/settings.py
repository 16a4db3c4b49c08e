"""The product's settings with short leases and delays, and the jobs of `tests.faults`, for worker processes of these tests."""

import os

from healthmgmt.settings import *  # noqa: F403

TICK_SECONDS = float(os.environ.get("FAULTS_TICK_SECONDS", 0.5))

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]  # noqa: F405
WORK = {"lease_seconds": 1.5, "first_delay_seconds": float(os.environ.get("FAULTS_FIRST_DELAY_SECONDS", 0.2))}
CELERY_BEAT_SCHEDULE = {"look": {**CELERY_BEAT_SCHEDULE["look"], "schedule": TICK_SECONDS}}  # noqa: F405
CELERY_BEAT_MAX_LOOP_INTERVAL = TICK_SECONDS
