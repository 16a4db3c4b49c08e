"""How the organisations stand, and what an operator may do for one: numbers, names and jobs, never what they hold."""

from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.http import Http404

from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.work import selectors as work
from healthmgmt.work import services
from healthmgmt.work.models import Job
from tenants import provisioning
from tenants.models import Domain, Organisation

SHOWN = 100


class Standing(NamedTuple):
    """An organisation as operators see it; `behind` counts migrations, and is below nothing when the code is the older one."""

    organisation: Organisation
    host: str
    behind: int
    queue: work.Queue

    @property
    def needs_somebody(self) -> bool:
        return bool(self.queue.is_late or self.queue.failed or self.behind)


def standings() -> list[Standing]:
    """The ready organisations, worst first: late work, then jobs given up, then schemas that are not the code's. Two queries."""
    queues, known = work.queues(), len(provisioning.code_migrations())
    host = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).values("domain")[:1]
    ready = Organisation.objects.filter(state=Organisation.State.READY).annotate(host=Subquery(host))
    found = [Standing(one, one.host or "", known - one.migrations_applied, queues.get(one.schema_name, work.Queue())) for one in ready]
    return sorted(found, key=_badness)


def standing(organisation: Organisation) -> Standing:
    """One of them."""
    return next(one for one in standings() if one.organisation == organisation)


def failed_jobs(organisation: Organisation) -> list[Job]:
    """Its latest jobs that were given up."""
    with organisations.entered(organisation.schema_name):
        return list(work.listed(failed_only=True, most=SHOWN))


def retry(organisation: Organisation, job_id: int, *, by: Actor) -> None:
    """Try a failed job again; the organisation's own record says that an operator did. Raises Rejected, and Http404 for another's job."""
    # Inside, numbers of users are those of the organisation: the operator is named in words.
    operator = Actor(label=f"operator:{by.user_id}", address=by.address)
    with organisations.entered(organisation.schema_name):
        job = Job.objects.filter(pk=job_id).first()
        if job is None:
            raise Http404
        services.retry(job, by=operator)


def _badness(one: Standing) -> tuple:
    waited = one.queue.waited.total_seconds() if one.queue.waited else 0
    return not one.queue.is_late, -one.queue.failed, one.behind == 0, -waited, one.organisation.slug
