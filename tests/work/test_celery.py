"""The Celery program: what it is, and what it refuses to start with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from healthmgmt import embedded
from healthmgmt.work import registry

ROOT = Path(__file__).resolve().parents[2]


def celery(*arguments: str, seconds: float = 60, **more: str) -> subprocess.CompletedProcess:
    """Run the program to its end."""
    environment = os.environ | {"HEALTHMGMT_DATA_DIR": str(settings.DATA_DIR)} | more
    environment.pop("HEALTHMGMT_PROCESS", None)
    command = [sys.executable, "-m", "celery", "-A", "healthmgmt", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds)


def test_worker_refuses_the_owners_address(django_db_setup):
    servers = embedded.ensure(settings.DATA_DIR)
    ended = celery("worker", DATABASE_OWNER_URL=servers.database_owner_url)
    assert ended.returncode != 0
    assert "DATABASE_OWNER_URL is in the environment of a serving process" in ended.stderr


@pytest.mark.parametrize("who", ["database_owner_url", "superuser_url"])
def test_worker_refuses_a_powerful_user(django_db_setup, who):
    servers = embedded.ensure(settings.DATA_DIR)
    ended = celery(
        "worker",
        DATABASE_URL=getattr(servers, who),
        REDIS_URL=servers.redis_url,
        HEALTHMGMT_SECRET_KEY="x" * 50,
        HEALTHMGMT_IDENTITY_KEY="0" * 64,
    )
    assert ended.returncode != 0
    assert "The database user" in ended.stderr


def test_beat_says_look_and_nothing_else(settings):
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert [(name, entry["task"], entry["options"]["queue"]) for name, entry in schedule.items()] == [
        ("look", "healthmgmt.work.look", "now")
    ]


def test_every_subscription_has_a_handler():
    for subscription in registry.subscriptions():
        assert registry.handler_of(subscription.kind)
        assert subscription.lane in ("now", "bulk")
