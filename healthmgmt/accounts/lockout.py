"""Slowing down whoever guesses passwords: an account and an address, each organisation for itself.

A try is counted, under the lock of its two rows, before the password is looked at, so that guesses made at the same
moment get no more tries than guesses made in turn. The fifth wrong one closes the door for 15 seconds, each further one
for twice as long, up to 15 minutes; an hour without a wrong try forgets them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import SignInLimit, User
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.core.exceptions import Rejected

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class Slowed(Rejected):
    """Too many wrong tries; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _("That was too often in a short time. Please wait %(seconds)d seconds, then try again; nothing is locked for good.")
            % {"seconds": seconds}
        )
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """A counted try: the subjects that it counts against."""

    account: str
    address: str


def pause(failures: int) -> timedelta | None:
    """How long the door stays closed after so many wrong tries in a row; None while it stays open."""
    if failures < FREE_TRIES:
        return None
    return min(FIRST_PAUSE * 2 ** min(failures - FREE_TRIES, 10), LONGEST_PAUSE)


def account_of(user: User | None, identifier: str) -> str:
    """What the tries at an account are counted under; one that does not exist is counted as well."""
    return f"user {user.pk}" if user else f"unknown {identifier.strip().casefold()}"


def take(account: str, address: str, *, now: datetime | None = None) -> Attempt:
    """Count a try before it is made. Raises Slowed, and then the password must not be looked at."""
    now = now or timezone.now()
    attempt = Attempt(keyed_hash(f"sign-in account {account}"), keyed_hash(f"sign-in address {address}"))
    with transaction.atomic():
        limits = _locked(attempt)
        closed = [limit.blocked_until for limit in limits if limit.blocked_until and limit.blocked_until > now]
        if not closed:
            for limit in limits:
                _count(limit, now)
    if closed:
        raise Slowed(max(1, round((max(closed) - now).total_seconds())))
    return attempt


def succeed(attempt: Attempt) -> None:
    """The try was right: the account's wrong tries are forgotten, and taken off the address too.

    Thus an office behind one address is not slowed by people who mistype and then get it right, while somebody who
    guesses at many accounts gets nothing back.
    """
    with transaction.atomic():
        by_subject = {limit.subject: limit for limit in _locked(attempt)}
        account, address = by_subject[attempt.account], by_subject[attempt.address]
        address.failures = max(0, address.failures - account.failures)
        if pause(address.failures) is None:
            address.blocked_until = None
        account.failures, account.blocked_until = 0, None
        account.save()
        address.save()


def _locked(attempt: Attempt) -> list[SignInLimit]:
    subjects = sorted({attempt.account, attempt.address})
    SignInLimit.objects.bulk_create([SignInLimit(subject=subject) for subject in subjects], ignore_conflicts=True)
    # In one order for everybody, so that two tries never wait for each other.
    return list(SignInLimit.objects.select_for_update().filter(subject__in=subjects).order_by("subject"))


def _count(limit: SignInLimit, now: datetime) -> None:
    if limit.last_failure_at and now - limit.last_failure_at >= FORGOTTEN_AFTER:
        limit.failures = 0
    limit.failures += 1
    limit.last_failure_at = now
    length = pause(limit.failures)
    limit.blocked_until = now + length if length else None
    limit.save()
