"""How long a job may be held, and how often it is tried. `WORK` in the settings overrides; only tests do."""

from datetime import timedelta

from django.conf import settings

_own = getattr(settings, "WORK", {})

# A worker that shows no progress for this long is taken for dead, and its job goes to another.
LEASE = timedelta(seconds=_own.get("lease_seconds", 60))
# Starts, not errors: a job that kills its process is counted before it does.
MAX_ATTEMPTS = _own.get("max_attempts", 5)
FIRST_DELAY_SECONDS = _own.get("first_delay_seconds", 5.0)
LONGEST_DELAY_SECONDS = 600.0
# Rings that the reconciler keeps lying in a lane; each ring that finds work rings again, so few are enough.
RINGS_PER_LANE = 20
# Local days begin on quarters of an hour everywhere, so this is how often it is asked whether one has.
DAY_CHECK_SECONDS = 900
# Soft and hard limits of one run, in seconds, under the broker's visibility timeout.
TIME_LIMITS = {"now": (120, 150), "bulk": (3300, 3600)}
# Due work that nobody takes for this long means that a lane's worker is gone.
STALE_AFTER = {"now": timedelta(minutes=3), "bulk": timedelta(minutes=15)}


def delay(attempts: int, chance: float) -> timedelta:
    """The wait before the next try: four times longer each time, then spread by `chance` (0 to 1) over its upper half."""
    longest = min(FIRST_DELAY_SECONDS * 4 ** (attempts - 1), LONGEST_DELAY_SECONDS)
    return timedelta(seconds=longest * (0.5 + 0.5 * chance))
