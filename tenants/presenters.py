"""Ages, versions and reasons in words for operators."""

import re
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.work import limits
from healthmgmt.work.models import Job
from tenants.operating import Standing

# What `work` notes of an error: its class, the place in the code, names of tables. Anything else may be a sentence with content.
PLACE = re.compile(r"[A-Z][A-Za-z0-9]+ in [\w.-]+/[\w.-]+\.py:\d+( \([A-Za-z0-9_ ]+\))?", re.ASCII)
DIED = re.compile(r"Its process died in each of \d+ attempts\.")


class Row(NamedTuple):
    """An organisation in the table."""

    standing: Standing
    waited: str
    version: str
    is_current: bool


class FailedJob(NamedTuple):
    """A job that was given up, without what it works on; `since` is how long ago."""

    job: Job
    since: str
    reason: str
    is_place: bool


def age(waited: timedelta | None) -> str:
    """`40 s`, `14 min`, `5 h`, `3 days`; `none`."""
    if waited is None:
        return _("none")
    seconds = int(waited.total_seconds())
    if seconds < 60:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 2 * 86400:
        return _("%(count)d h") % {"count": seconds // 3600}
    return _("%(count)d days") % {"count": seconds // 86400}


def version(behind: int) -> str:
    """How a schema stands to the code."""
    if behind > 0:
        return ngettext("%(count)d migration behind", "%(count)d migrations behind", behind) % {"count": behind}
    return _("newer than the code") if behind < 0 else _("current")


def row(one: Standing) -> Row:
    return Row(one, age(one.queue.waited), version(one.behind), one.behind == 0)


def failed(job: Job) -> FailedJob:
    """With the place in the code where it failed; a sentence of the work itself is the organisation's."""
    since = age(timezone.now() - job.finished_at)
    if PLACE.fullmatch(job.error):
        return FailedJob(job, since, job.error, is_place=True)
    if DIED.fullmatch(job.error):
        return FailedJob(job, since, _("Its process died each time: out of memory or out of time."), is_place=False)
    return FailedJob(job, since, _("Refused by a rule; the sentence is the organisation’s."), is_place=False)


def heading(one: Standing) -> str:
    """The sentence of an organisation's page."""
    name = one.organisation.name
    if not one.queue.failed:
        return _("%(name)s: no job was given up.") % {"name": name}
    return ngettext("%(name)s: %(count)d job was given up.", "%(name)s: %(count)d jobs were given up.", one.queue.failed) % {
        "name": name, "count": one.queue.failed
    }  # fmt: skip


def overview(standings: list[Standing]) -> dict[str, Any]:
    """The sentence and the tiles."""
    needing = [one for one in standings if one.needs_somebody]
    waits = [one.queue.waited for one in standings if one.queue.waited]
    hit = [one for one in standings if one.queue.failed]
    return {
        "sentence": _sentence(needing),
        "needing": len(needing),
        "total": len(standings),
        "oldest": age(max(waits, default=None)),
        "is_late": any(one.queue.is_late for one in standings),
        "late_after": {lane: int(after.total_seconds() // 60) for lane, after in limits.STALE_AFTER.items()},
        "recent": sum(one.queue.recent for one in standings),
        "failed": sum(one.queue.failed for one in standings),
        "failed_in": len(hit),
    }


def _sentence(needing: list[Standing]) -> str:
    if not needing:
        return _("All organisations are in order.")
    opening = _("One organisation needs you now:")
    if len(needing) > 1:
        opening = _("%(count)d organisations need you now. The first of them:") % {"count": len(needing)}
    return _("%(opening)s %(trouble)s") % {"opening": opening, "trouble": _trouble(needing[0])}


def _trouble(one: Standing) -> str:
    if one.queue.is_late:
        return _("its oldest job has waited %(age)s.") % {"age": age(one.queue.waited)}
    if one.queue.failed:
        return ngettext("%(count)d of its jobs was given up.", "%(count)d of its jobs were given up.", one.queue.failed) % {
            "count": one.queue.failed
        }
    return _("its schema and the code are not of one version.")
