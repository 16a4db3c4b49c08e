"""The Celery application, and the bell that wakes its workers. Celery is the doorbell; the job table is the truth."""

import logging
import time

from celery import Celery, Task
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from healthmgmt.core import organisations
from healthmgmt.work import limits

logger = logging.getLogger(__name__)

# After a failed ring no other is tried for so long: a broker that is down must not cost each request its time-out.
QUIET_SECONDS = 15
ANSWER_SECONDS = 2
BROKER_FAULTS = (OperationalError, RedisError, OSError)
RING = "healthmgmt.work.ring"
LOOK = "healthmgmt.work.look"
BEGIN_DAY = "healthmgmt.work.begin_day"

_quiet_until = 0.0


class TaskOutsideOrganisation(RuntimeError):
    """A task was sent without an organisation, or a task before it left its own behind; nothing was touched."""


class OrganisationTask(Task):
    """Takes the organisation's schema as its first argument, works inside it and leaves it whatever happens.

    Raises UnknownOrganisation for one that is closed or deleted, TaskOutsideOrganisation when none is named.
    """

    abstract = True

    def __call__(self, organisation: str, *args, **kwargs):
        if not isinstance(organisation, str) or organisation in ("", organisations.PUBLIC):
            raise TaskOutsideOrganisation(f"{self.name} was sent without an organisation.")
        _refuse_leftover()
        with organisations.entered(organisation):
            if organisations.current() != organisation:
                raise TaskOutsideOrganisation(f"{self.name} is not inside the organisation it was sent for.")
            return super().__call__(organisation, *args, **kwargs)


class PlatformTask(Task):
    """Works for no organisation in particular, and starts inside none."""

    abstract = True

    def __call__(self, *args, **kwargs):
        _refuse_leftover()
        return super().__call__(*args, **kwargs)


def _refuse_leftover() -> None:
    if organisations.current() != organisations.PUBLIC:
        raise TaskOutsideOrganisation(f"This process is still inside {organisations.current()}.")


app = Celery("healthmgmt", task_cls=OrganisationTask, set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["healthmgmt.work.tasks"]


def ring(organisation: str, job_id: int, lane: str, *, after_seconds: float = 0) -> bool:
    """Tell a lane's workers that an organisation has work; False when the broker cannot be reached.

    That is no error: the reconciler rings again for whatever is due.
    """
    return send(RING, (organisation, job_id), lane, after_seconds=after_seconds)


def send(task: str, args: tuple, lane: str, *, after_seconds: float = 0) -> bool:
    """Send a task to a lane; False, logged once for each quiet time, when the broker cannot be reached."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    soft, hard = limits.TIME_LIMITS[lane]
    try:
        app.send_task(
            task,
            args=args,
            queue=lane,
            countdown=after_seconds or None,
            soft_time_limit=soft,
            time_limit=hard,
            ignore_result=True,
            # Once more, since a connection kept from earlier may have died with a restarted broker.
            retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0},
        )
    except BROKER_FAULTS as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("the broker cannot be reached (%s); due jobs wait for the reconciler", type(error).__name__)
        return False
    return True


def rings_waiting(lane: str) -> int:
    """How many rings lie in a lane's queue. Raises one of BROKER_FAULTS."""
    with _broker() as client:
        return client.llen(lane)


def broker_answers() -> bool:
    """Whether the broker answers, and soon."""
    try:
        with _broker() as client:
            return client.ping()
    except BROKER_FAULTS:
        return False


def _broker() -> Redis:
    """A connection of its own, closed after use; it neither waits long nor tries twice."""
    return Redis.from_url(
        app.conf.broker_url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
