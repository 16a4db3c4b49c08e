"""Assessments as jobs: after an upload came in or was withdrawn, for everybody, and every night for what time has changed."""

from datetime import date

from healthmgmt.core.actors import Actor
from healthmgmt.risk import changing, refreshing, services, simulating, single, urgency
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run, handler, subscribe

subscribe("exams.applied", kind="risk.assess_upload", key="applied:{upload}:{round}")
subscribe("exams.withdrawn", kind="risk.assess_upload", key="withdrawn:{upload}")
subscribe("exams.checked", kind="risk.watch", key="{upload}:{change}", lane="now")
subscribe("devices.reading_taken", kind="risk.watch_reading", key="{reading}", lane="now")
subscribe("devices.reading_taken", kind="risk.assess_reading", key="taken:{reading}", lane="now")
subscribe("devices.reading_withdrawn", kind="risk.assess_reading", key="withdrawn:{reading}", lane="now")
subscribe("consents.changed", kind="risk.assess_consent", key="{change}", lane="now")
subscribe("work.daily", kind="risk.refresh", key="{day}")


@handler("risk.watch")
def watch(run: Run) -> None:
    """Class A results in rows of an upload that wait; where the event named rows, from the first to the last of them."""
    with run.batch(done=1, total=1):
        given = run.payload
        urgency.watch(given["upload"], by=Actor.system(), first=given.get("first"), last=given.get("last"))


@handler("risk.watch_reading")
def watch_reading(run: Run) -> None:
    """A class A result measured at home."""
    with run.batch(done=1, total=1):
        urgency.watch_reading(run.payload["reading"])


@handler("risk.assess_reading")
def assess_reading(run: Run) -> None:
    """What a reading at home, or its taking back, makes of the person's colour."""
    with run.batch(done=1, total=1):
        single.assess_by_reading(run.payload["reading"], change=f"{run.job_id}")


@handler("risk.assess_consent")
def assess_consent(run: Run) -> None:
    """What it makes of a person's colour whether the readings may count."""
    with run.batch(done=1, total=1):
        single.assess_by_consent(run.payload["consent"], change=f"{run.job_id}")


@handler("risk.compare_person")
def compare_person(run: Run) -> None:
    """The earlier rounds of one person who was judged by readings."""
    with run.batch(done=1, total=1):
        if changing.compare([run.payload["person"]], pack=services.pack_in_force(services.today())):
            work.announce("risk.compared", change=f"job:{run.job_id}", person=run.payload["person"])


@handler("risk.assess_upload")
def assess_upload(run: Run) -> None:
    """Assess the people of one upload on the organisation's present day."""
    as_of = services.today()
    pack, upload = services.pack_in_force(as_of), run.payload["upload"]
    services.assess(run, as_of=as_of, pack=pack, upload=upload)
    changing.compare_all(run, pack=pack, upload=upload)


@handler("risk.assess")
def assess(run: Run) -> None:
    """Assess everybody as of a day, by a named pack or the organisation's own."""
    as_of = date.fromisoformat(run.payload["as_of"])
    pack = services.pack_in_force(as_of, run.payload["pack"])
    services.assess(run, as_of=as_of, pack=pack)
    changing.compare_all(run, pack=pack)


@handler("risk.refresh")
def refresh(run: Run) -> None:
    """What a local day brings. Early is wrong; late is done as of the day on which it is done."""
    as_of = services.today()
    if date.fromisoformat(run.payload["day"]) > as_of:
        raise ValueError(f"{run.payload['day']} has not begun here.")
    refreshing.refresh(run, as_of=as_of, pack=services.pack_in_force(as_of))


@handler("risk.simulate")
def simulate(run: Run) -> None:
    """Try a draft on everybody's last exams."""
    simulating.run(run, run.payload["simulation"])
