"""`manage.py assess`: put everyone who has a usable value into a colour."""

import time
import uuid
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.risk import services
from healthmgmt.risk.packs import PackError
from healthmgmt.work import services as work
from healthmgmt.work.models import Job

COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")


class Command(OrganisationCommand):
    help = "Assess everyone who has a usable value in the window, and wait for the end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day of the assessment, else today")
        named = "a rule pack, else the organisation's own; an occupation pack goes on top of that"
        parser.add_argument("--pack", default="", metavar="NAME", help=named)

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        as_of = options["as_of"] or services.today()
        try:
            pack = services.pack_in_force(as_of, options["pack"])
        except PackError as error:
            raise CommandError(str(error)) from error
        audit.record("risk.assessment_requested", by=Actor.system(), detail={"as_of": as_of.isoformat(), "pack": pack.name})
        job = work.submit("risk.assess", key=uuid.uuid4().hex, payload={"as_of": as_of.isoformat(), "pack": options["pack"]})
        work.drain()
        job.refresh_from_db()
        if job.state != Job.State.DONE:
            raise CommandError(f"The assessment did not finish: {job.error or job.state}.")
        parameters = {"as_of": as_of, "since": services.window_start(as_of, pack)}
        colours = job.cursor.get("colours", {})
        return {
            "people": job.cursor.get("people", 0),
            "not_examined": sql.row("risk/count_not_examined", parameters)[0],
            "colours": {colour: colours.get(colour, 0) for colour in COLOURS},
            "pack": pack.name,
            "edition": pack.edition,
            "as_of": as_of.isoformat(),
            "seconds": round(time.monotonic() - started, 3),
        }

    def describe(self, result: dict[str, Any]) -> None:
        colours = ", ".join(f"{colour} {count}" for colour, count in result["colours"].items())
        self.stdout.write(
            f"{result['people']} people assessed as of {result['as_of']} by {result['pack']} {result['edition']}, "
            f"{result['not_examined']} not examined: {colours} ({result['seconds']} s)"
        )
