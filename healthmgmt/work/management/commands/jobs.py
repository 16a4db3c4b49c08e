"""`manage.py jobs`: what waits, works, is done and has failed."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import selectors, services
from healthmgmt.work.models import Job

SHOWN = 100


class Command(BaseCommand):
    help = "List an organisation's latest jobs, or those of all; try a failed one again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--org", metavar="SLUG", help="the organisation's short name")
        whose.add_argument("--all", action="store_true", help="all organisations, one after the other")
        parser.add_argument("--failed", action="store_true", help="only jobs that were given up")
        parser.add_argument("--retry", type=int, metavar="ID", help="try this failed job of --org again, with all its attempts")
        parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"] and options["all"]:
            raise CommandError("--retry needs --org: a job belongs to one organisation.")
        schemas = organisations.schemas() if options["all"] else [organisations.schema_of_slug(options["org"])]
        found = []
        for schema in schemas:
            with organisations.entered(schema):
                if options["retry"]:
                    _retry(options["retry"])
                slug = organisations.slug()
                found += [_row(slug, job) for job in selectors.listed(failed_only=options["failed"], most=SHOWN)]
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for row in found:
            error = f" - {row['error']}" if row["error"] else ""
            self.stdout.write(
                f"{row['org']} {row['id']} {row['kind']} {row['state']} {row['done']}/{row['total']}, "
                f"attempt {row['attempts']}, lane {row['lane']}{error}"
            )
        self.stdout.write(f"{len(found)} jobs.")


def _retry(job_id: int) -> None:
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise CommandError(f"There is no job {job_id} in this organisation.")
    try:
        services.retry(job, by=Actor.system())
    except Rejected as error:
        raise CommandError(str(error.message)) from error


def _row(slug: str, job: Job) -> dict[str, Any]:
    return {
        "org": slug,
        "id": job.pk,
        "kind": job.kind,
        "lane": job.lane,
        "state": job.state,
        "attempts": job.attempts,
        "done": job.done,
        "total": job.total,
        "message": job.message,
        "error": job.error,
        "run_after": job.run_after.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
