"""P08: guessing is slowed for the account and for the address, by the clock, and not even parallel guesses get more tries."""

import os
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta, timezone

import pytest

from healthmgmt.accounts import lockout
from healthmgmt.accounts.models import SignInLimit
from tests.not_run import ROOT

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
PARALLEL = 50


def tries(count: int, *, account: str = "a", address: str = "192.0.2.1", at: datetime = NOON) -> int:
    """How many of so many tries at one moment are let through."""
    through = 0
    for _ in range(count):
        try:
            lockout.take(account, address, now=at)
        except lockout.Slowed:
            continue
        through += 1
    return through


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, None), (4, None), (5, 15), (6, 30), (7, 60), (8, 120), (10, 480), (11, 900), (12, 900), (4000, 900)]
)
def test_pause_doubles_up_to_fifteen_minutes(failures, seconds):
    assert lockout.pause(failures) == (timedelta(seconds=seconds) if seconds else None)


def test_P08_five_wrong_tries_close_the_account_from_any_address(org_a):
    assert tries(10) == 5
    with pytest.raises(lockout.Slowed) as error:
        lockout.take("a", "198.51.100.9", now=NOON)
    assert error.value.seconds == 15


def test_P08_five_wrong_tries_close_the_address_for_any_account(org_a):
    assert [tries(1, account=f"account {number}") for number in range(7)] == [1, 1, 1, 1, 1, 0, 0]
    assert tries(1, account="another", address="198.51.100.9") == 1


def test_P08_door_opens_by_the_clock_and_closes_for_twice_as_long(org_a):
    tries(5)
    assert tries(3, at=NOON + timedelta(seconds=14)) == 0
    assert tries(3, at=NOON + timedelta(seconds=15)) == 1
    assert tries(3, at=NOON + timedelta(seconds=15 + 29)) == 0
    assert tries(3, at=NOON + timedelta(seconds=15 + 30)) == 1


def test_refused_tries_do_not_lengthen_the_pause(org_a):
    tries(5)
    tries(100, at=NOON + timedelta(seconds=10))
    assert tries(1, at=NOON + timedelta(seconds=15)) == 1


def test_an_hour_without_a_wrong_try_forgets_them(org_a):
    tries(5)
    assert tries(10, at=NOON + timedelta(hours=1)) == 5


def test_success_forgets_the_account_and_gives_its_tries_back_to_the_address(org_a):
    tries(3)
    lockout.succeed(lockout.take("a", "192.0.2.1", now=NOON))
    assert sorted(SignInLimit.objects.values_list("failures", flat=True)) == [0, 0]
    assert tries(10) == 5


def test_success_gives_an_address_nothing_back_for_other_accounts(org_a):
    for number in range(4):
        tries(1, account=f"guessed {number}")
    lockout.succeed(lockout.take("own", "192.0.2.1", now=NOON))
    assert tries(3, account="guessed 9") == 1


def test_P08_counts_of_one_organisation_are_not_those_of_another(org_a, org_b):
    from tenants import current

    tries(5)
    with current.use(org_b):
        assert tries(1) == 1


def test_P08_fifty_guesses_at_once_get_no_more_tries_than_five(committed_org):
    script = textwrap.dedent(
        """
        import os, sys
        import django
        django.setup()
        from django.db import connection
        from healthmgmt.accounts import lockout
        from healthmgmt.core import organisations
        schema, count = sys.argv[1], int(sys.argv[2])
        children = []
        for number in range(count):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    with organisations.entered(schema):
                        lockout.take("a", f"192.0.2.{number}")
                    code = 0
                except lockout.Slowed:
                    code = 2
                finally:
                    os._exit(code)
            children.append(child)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(codes.count(0), codes.count(2))
        """
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "healthmgmt.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, committed_org, str(PARALLEL)]
    found = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert found.stdout.split() == ["5", "45"], found.stderr
