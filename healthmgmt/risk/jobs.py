"""Assessments as jobs: after an upload came in or was withdrawn, and for everybody."""

from datetime import date

from healthmgmt.risk import services
from healthmgmt.work.registry import Run, handler, subscribe

subscribe("exams.applied", kind="risk.assess_upload", key="applied:{upload}:{round}")
subscribe("exams.withdrawn", kind="risk.assess_upload", key="withdrawn:{upload}")


@handler("risk.assess_upload")
def assess_upload(run: Run) -> None:
    """Assess the people of one upload on the organisation's present day."""
    as_of = services.today()
    services.assess(run, as_of=as_of, pack=services.pack_in_force(as_of), upload=run.payload["upload"])


@handler("risk.assess")
def assess(run: Run) -> None:
    """Assess everybody as of a day, by a named pack or the organisation's own."""
    as_of = date.fromisoformat(run.payload["as_of"])
    services.assess(run, as_of=as_of, pack=services.pack_in_force(as_of, run.payload["pack"]))
