"""The product's settings with short leases and delays, and the jobs of `tests.faults`, for worker processes of these tests."""

from healthmgmt.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]  # noqa: F405
WORK = {"lease_seconds": 1.5, "first_delay_seconds": 0.2}
CELERY_BEAT_SCHEDULE = {"look": {**CELERY_BEAT_SCHEDULE["look"], "schedule": 0.5}}  # noqa: F405
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.5
