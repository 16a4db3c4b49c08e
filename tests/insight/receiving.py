"""Getting what each role gets: the browsers, the command and the mails of everybody in an organisation."""

import random
from dataclasses import dataclass
from io import StringIO

from django.core import mail
from django.core.management import call_command
from django.test import Client

from healthmgmt.accounts.models import User
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.insight import digest
from healthmgmt.organization.models import Unit
from tests.insight.planting import TODAY, Cast, Planted
from tests.insight.reading import Reading
from tests.insight.reading_campaigns import CampaignPage
from tests.insight.reading_files import read_json, read_mail, read_sheet
from tests.insight.reading_pages import Page

LEADER, OFFICE, LIAISON = "group_leader", "health_office", "liaison"
# So many levels of units stand below that of the page of departments.
LEVELS = 2
NUMBERS = ("/group/", "/group/year/", "/group/evidence/")


@dataclass
class Receiver:
    """Reads for everybody of an organisation; what they read is put together."""

    people: Cast
    browsers: dict[User, Client]
    planted: Planted
    reading: Reading

    @property
    def periods(self) -> list[str]:
        """The newest last."""
        return list(self.planted.periods)

    def everything(self) -> Reading:
        """Every answer of every role about each of their units and both periods."""
        for unit in self.planted.units.values():
            self._knows(unit)
            self.command(unit)
        for user, units in self.planted.reached.items():
            for unit in units:
                self.pages(user, unit, NUMBERS)
            self._overview(user)
            self.mail(user)
            self._work(user)
        self._campaigns()
        return self.reading

    def some(self, draw: random.Random) -> Reading:
        """Every cell, and every kind of answer, but of most pages only that of a unit drawn from those of somebody of each role."""
        self.tables()
        drawn = {}
        for role in (LEADER, OFFICE, LIAISON):
            user = draw.choice([user for user, its in self.planted.roles.items() if its == role])
            drawn[user] = draw.choice([self.planted.reached[user][0], *self.planted.reached[user]])
        for unit in {*self.parents(), *drawn.values(), *(self.planted.reached[user][0] for user in drawn)}:
            self.command(unit)
        for user, unit in drawn.items():
            self.pages(user, unit, (draw.choice(NUMBERS),), draw.choice(self.periods))
            self.mail(user)
        self._overview(draw.choice(list(drawn)))
        for period in self.periods:
            self._page(self.people.leader, "/group/", self.planted.root, period)
        self._numbers(self.people.leader, self.planted.root, draw.choice(NUMBERS[1:]), self.periods[-1])
        return self.reading

    def tables(self) -> Reading:
        """The pages that tell every cell of every unit: departments, two levels of units to a page, and activities."""
        for unit in self.parents():
            if not unit.level % LEVELS:
                self._knows(unit)
        self._campaigns()
        return self.reading

    def parents(self) -> list[Unit]:
        above = {one.parent_id for one in self.planted.units.values()}
        return [one for one in self.planted.units.values() if one.pk in above]

    def _knows(self, unit: Unit) -> None:
        """In which row a unit stands says the table of departments."""
        for period in self.periods:
            if (period, unit.name) not in self.reading.rows:
                self._page(self.people.leader, "/group/departments/", unit, period)
        if unit == self.planted.root:
            self.reading.above |= {(period, self.reading.row_of(period, unit.name)): None for period in self.periods}

    def pages(self, user: User, unit: Unit, numbers: tuple[str, ...], *periods: str) -> None:
        role = self.planted.roles[user]
        for period in periods or self.periods:
            for path in numbers if role != LIAISON else ():
                self._numbers(user, unit, path, period)
            self._api(user, unit, period)
            if role == OFFICE:
                self._page(user, "/group/departments/", unit, period)
                self._page(user, "/board/", unit, period)
            self._page(user, f"/scorecards/{unit.pk}/", unit, period)
            self._sheet(user, f"/scorecards/{unit.pk}/sheet/", unit, period)

    def _numbers(self, user: User, unit: Unit, path: str, period: str) -> None:
        self._page(user, path, unit, period)
        if path == "/group/evidence/":
            self._sheet(user, f"{path}sheet/", unit, period)

    def _overview(self, user: User) -> None:
        for period in self.periods:
            self._page(user, "/scorecards/", self.planted.reached[user][0], period)

    def _work(self, user: User) -> None:
        """What else stands in the menu and might tell a number of the unit."""
        unit = self.planted.reached[user][0]
        for path in ("/lights/", *(("/liaison/",) if self.planted.roles[user] == LIAISON else ())):
            self._page(user, path, unit, self.periods[-1])

    def _campaigns(self) -> None:
        for user, offered in self.planted.activities.items():
            for path in ("/campaigns/", *(f"/campaigns/{one.uuid}/" for one in offered)):
                where = self._where(user, path, offered[0].unit, self.periods[-1])
                CampaignPage(self._got(user, path, offered[0].unit, self.periods[-1]).decode(), where, self.reading).read()

    def _page(self, user: User, path: str, unit: Unit, period: str) -> None:
        Page(self._got(user, path, unit, period).decode(), self._where(user, path, unit, period), self.reading).read()

    def _sheet(self, user: User, path: str, unit: Unit, period: str) -> None:
        read_sheet(self._got(user, path, unit, period), self._where(user, path, unit, period), self.reading, unit.name, period)

    def _got(self, user: User, path: str, unit: Unit, period: str) -> bytes:
        answer = self.browsers[user].get(path, {"unit": unit.pk, "period": self.planted.periods[period].pk})
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content

    def _where(self, user: User, path: str, unit: Unit, period: str) -> str:
        return f"{path} of {unit.name} {period} for {user.name}"

    def command(self, unit: Unit) -> None:
        for period in self.periods:
            out = StringIO()
            named = ["--unit", unit.name] if unit.level else []
            call_command("scorecard", "--org", organisations.slug(), "--by", self.people.leader.email, "--period", period, "--json", *named, stdout=out)
            read_json(out.getvalue(), f"scorecard of {unit.name} {period}", self.reading)

    def _api(self, user: User, unit: Unit, period: str) -> None:
        """The same over HTTP, by whoever sees the unit."""
        answer = self.browsers[user].get(f"/api/v1/units/{unit.pk}/scorecard/", {"period": period})
        assert answer.status_code == 200, (unit.name, answer.status_code)
        read_json(answer.content.decode(), f"API on {unit.name} {period} for {user.name}", self.reading)

    def mail(self, user: User) -> None:
        mail.outbox.clear()
        digest.mail([user], today=TODAY, by=Actor.system())
        (sent,) = mail.outbox
        unit = self.planted.reached[user][0]
        read_mail(f"{sent.subject}\n{sent.body}", f"mail to {user.name}", self.reading, unit.name, self.periods[-1])
