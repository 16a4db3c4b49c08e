"""Run within the demonstration by `manage.py shell`: what leadership, health office and liaison read of it, compared and attacked. Prints JSON;
leaves nothing behind."""

import json

from django.core import mail
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from healthmgmt.accounts.models import User
from healthmgmt.organization.models import Period, Unit
from tenants import current, directory
from tests import signing
from tests.insight.comparing import as_read, attacked, published, shown_of_health, unlike
from tests.insight.planting import Cast, Planted
from tests.insight.reading import Reading
from tests.insight.receiving import NUMBERS, Receiver

SLUG = "yunfan"
ROLES = ("group-leader", "health-office", "liaison")
# The names of the periods; how many rows wait for repair, and since when; how many periods are closed. Nobody's health.
CHROME = (
    r"\b202\d\b(?!%)|[\d,]+ rows? (?:that )?waits? for repair|[\d,]+ rows? (?:since today|oldest \d+ days?)|The oldest has waited for \d+ days?"
    r"|\b0 of 2 periods are closed|Rows that wait for repair and would not count: [\d,]+"
)


def main() -> None:
    with current.use(directory.schema_of(SLUG)), transaction.atomic():
        User.objects.update(language="en")
        reading = received()
        wrong = reading.solve()
        stored, read = published(), as_read(reading)
        for one in (stored, read):
            # The activities of the demonstration are not read.
            one.pop("stages")
        found = {
            "answers": reading.answers, "told": shown_of_health(reading), "wrong": wrong, "unlike": [str(one) for one in unlike(read, stored)],
            "found": [str(one) for one in attacked(reading).items()],
        }  # fmt: skip
        transaction.set_rollback(True)
    print(json.dumps(found))


def received() -> Reading:
    """Leadership reads every number of every unit, the scorecards of those directly below the whole, and of these one office its own."""
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
    periods = {period.name: period for period in Period.objects.order_by("starts_on")}
    planted = Planted(next(iter(units.values())), units, periods)
    users = [User.objects.get(email=f"{role}@{SLUG}.example") for role in ROLES]
    for user in users:
        held = user.memberships.get()
        planted.roles[user], planted.reached[user] = held.role, [unit for unit in units.values() if unit.path.startswith(held.unit.path)]
    leader, office, liaison = users
    first, second = periods
    receiver = Receiver(Cast(leader, [office], [liaison]), {user: browser(user) for user in users}, planted, Reading({second: first}, CHROME))
    receiver.tables()
    for unit in receiver.parents():
        receiver.command(unit)
        receiver.pages(leader, unit, NUMBERS if unit == planted.root else (), second)
    receiver.pages(leader, planted.root, NUMBERS, first)
    receiver.pages(office, planted.reached[office][0], NUMBERS)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        for user in users:
            receiver.command(planted.reached[user][0])
            receiver.mail(user)
    return receiver.reading


def browser(user: User) -> Client:
    client = Client(headers={"host": f"{SLUG}.localhost"})
    signing.sign_in(client, user)
    return client
