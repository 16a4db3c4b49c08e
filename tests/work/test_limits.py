"""The wait before the next try."""

from datetime import timedelta

from healthmgmt.work import limits


def test_delay_grows_to_ten_minutes():
    assert [limits.delay(attempts, 1.0).total_seconds() for attempts in (1, 2, 3, 4, 5)] == [5, 20, 80, 320, 600]


def test_delay_is_spread_over_its_upper_half():
    assert (limits.delay(1, 0.0), limits.delay(1, 0.5)) == (timedelta(seconds=2.5), timedelta(seconds=3.75))


def test_time_limits_end_before_the_broker_rings_again(settings):
    longest = max(hard for _, hard in limits.TIME_LIMITS.values())
    assert longest < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
