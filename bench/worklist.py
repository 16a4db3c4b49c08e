"""`python -m bench.worklist`: a case manager with 2,000 people opens the worklist, among 100,000 others; the goal is a p95 of 100 ms.

Everybody was examined and assessed by the product; the manager's people have plans and a round before, and contacts behind them as
after half a year of work. Measured in one process, without a network between: the query alone, the page, and what a page that stands
open asks for.
"""

import argparse
import random
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from bench import bare, crowd, measuring
from bench.installation import installation, organisation

GOAL_MS = 100
OTHERS, OWN = 100_000, 2_000
# The share of the people who were called at all, and what contacts ended with.
CALLED = 0.7
WAITING = 5
ENDINGS = ["will_come", "not_reached", "referred", "in_treatment", "will_be_seen_today", "not_now", "not_reached", "wrong_number"]
TABLES = ("people_person", "care_assignment", "care_contact", "care_plan", "care_step", "care_alert", "risk_assessment", "exams_exam", "care_message")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=40, help="requests of each kind (default: 40)")
    parser.add_argument("--small", action="store_true", help="a tenth of the others")
    given = parser.parse_args()
    with installation() as folder:
        schema = organisation("worklist")
        measure(schema, folder, OTHERS // 10 if given.small else OTHERS, given.times)


def measure(schema: str, folder: Path, others: int, times: int) -> None:
    """Print the p95 of the worklist of a manager with 2,000 people, in an organisation that is filled here."""
    from healthmgmt.core import organisations

    crowd.fill(schema, folder, others + OWN, date.today())
    with organisations.entered(schema):
        manager, unit = _manager()
        _assess()
        _give(manager, unit)
        with bare.connected() as database:
            database.settle(schema, *TABLES)
        print(f"worklist of a manager with {OWN} people among {others} others, {times} times each; p95, goal {GOAL_MS} ms", flush=True)
        for what, act in _acts(manager).items():
            taken = _p95(act, times)
            measuring.line(what, taken, "ms", "", "" if taken <= GOAL_MS else "over the goal")


def _acts(manager) -> dict[str, Callable[[], object]]:
    from django.test import Client

    from healthmgmt.care import selectors
    from healthmgmt.core import organisations
    from healthmgmt.organization.selectors import today

    browser = Client(headers={"host": f"{organisations.slug()}.localhost"})
    browser.force_login(manager)
    return {
        "the query": lambda: selectors.worklist(manager, today=today()),
        "the page": lambda: _get(browser, "/care/"),
        "the page with 500 under a heading": lambda: _get(browser, "/care/?more=due"),
        "the numbers of a page that stands open": lambda: _get(browser, "/care/live/?shown=due&seal=x"),
        "search by initials": lambda: _get(browser, "/care/people/?q=zh"),
        "load of the case managers": lambda: _get(browser, "/care/load/"),
    }


def _get(browser, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}.")


def _p95(act: Callable[[], object], times: int) -> float:
    for _warming in range(3):
        act()
    measuring.as_served()
    return statistics.quantiles([1000 * measuring.seconds(act) for _ in range(times)], n=20)[-1]


def _manager():
    from healthmgmt.accounts.models import User
    from healthmgmt.core.actors import Actor
    from healthmgmt.organization.models import Membership
    from healthmgmt.organization.selectors import root_unit
    from healthmgmt.organization.services import create_units

    root = root_unit()
    unit = create_units([(root, "Yard", "")], by=Actor.system())[0]
    manager = User.objects.create(email="manager@worklist.example", name="Manager", language="en")
    Membership.objects.create(user=manager, unit=unit, role="case_manager")
    return manager, unit


def _assess() -> None:
    """Everybody into a colour by the product's own job, then plans and alerts by its own statements."""
    from healthmgmt.care import services
    from healthmgmt.core.actors import Actor
    from healthmgmt.organization.selectors import today
    from healthmgmt.risk.models import Assessment
    from healthmgmt.work import services as work

    work.submit("risk.assess", "bench", {"as_of": date.today().isoformat(), "pack": ""})
    work.drain(kinds=("risk.assess",))
    last = Assessment.objects.latest("pk").pk
    # Two months ago, so that steps are due.
    services.plan_assessed(1, last, today=today() - timedelta(days=60), by=Actor.system())
    services.open_alerts(1, last, by=Actor.system())


def _give(manager, unit) -> None:
    """These people work in the manager's unit, half of them the manager's own; some were better a year ago, most have been called.
    Some wait for an answer, and one disputes a value: the navigation counts them."""
    from django.utils import timezone

    from healthmgmt.care.message_models import Message
    from healthmgmt.care.models import Assignment, Contact
    from healthmgmt.exams.models import Dispute, Exam
    from healthmgmt.people.models import Person
    from healthmgmt.risk.models import Assessment

    own = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:: max(1, Person.objects.count() // OWN)][:OWN])
    Person.objects.filter(pk__in=own).update(unit=unit)
    Assignment.objects.all().delete()
    Assignment.objects.bulk_create(Assignment(manager=manager, person_id=pk, started_by="bench") for pk in own[::2])
    draw, now, day = random.Random(1), timezone.now(), date.today()
    present = list(Assessment.objects.filter(person__in=own, is_current=True))
    for one in present:
        before = Assessment.objects.create(
            person_id=one.person_id, assessed_on=day - timedelta(days=365), colour=draw.choice(["green", "blue", one.colour]), pack=one.pack,
            edition=one.edition, is_current=False,
        )  # fmt: skip
        Assessment.objects.filter(pk=one.pk).update(before_id=before.pk)
    Contact.objects.bulk_create(
        Contact(
            person_id=pk, made_at=now - timedelta(days=draw.uniform(0.1, 180)), made_by="bench", ending=draw.choice(ENDINGS),
            next_on=day + timedelta(days=draw.randint(-10, 60)),
        )
        for pk in own if draw.random() < CALLED for _ in range(draw.randint(1, 6))
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(person_id=pk, side=Message.Side.PERSON, sent_at=now, sent_by="bench", text="May I?", answer_by=now + timedelta(days=2))
        for pk in own[:WAITING]
    )
    disputed = Exam.objects.filter(person__in=own)[0]
    Dispute.objects.create(person_id=disputed.person_id, exam=disputed, code="sbp", claim=Dispute.Claim.WRONG_NUMBER)


if __name__ == "__main__":
    main()
