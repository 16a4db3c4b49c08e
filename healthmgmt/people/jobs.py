"""People as jobs: once a day they are told of what is theirs to decide."""

from healthmgmt.organization.selectors import today
from healthmgmt.people import asking
from healthmgmt.work.registry import Run, handler, subscribe

subscribe("work.daily", kind="people.ask_consents", key="{day}")


@handler("people.ask_consents")
def ask_consents(run: Run) -> None:
    """Tell people with an account of consents that they have not answered."""
    with run.batch(done=1, total=1):
        asking.ask(today=today())
