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
from tests.insight.planting import PERIODS, TODAY, Cast, Planted
from tests.insight.reading import Reading
from tests.insight.reading_files import read_json, read_mail, read_sheet
from tests.insight.reading_pages import Page

LEADER, OFFICE, LIAISON = "group_leader", "health_office", "liaison"
NUMBERS = ("/group/", "/group/year/", "/group/evidence/")


@dataclass
class Receiver:
    """Reads for everybody of an organisation; what they read is put together."""

    people: Cast
    browsers: dict[User, Client]
    planted: Planted
    reading: Reading

    def everything(self) -> Reading:
        """Every answer of every role about each of their units and both periods."""
        for unit in self.planted.units.values():
            self._tells_of(unit)
        for user, units in self.planted.reached.items():
            for unit in units:
                self._pages(user, unit, NUMBERS)
            self._overview(user)
            self._mail(user)
        return self.reading

    def some(self, draw: random.Random) -> Reading:
        """Every cell, and every kind of answer of every role, but the other pages only of each role's highest unit and of a drawn one."""
        self.tables()
        for unit in self._parents():
            self._command(unit)
        for role in (LEADER, OFFICE, LIAISON):
            user = draw.choice([user for user, its in self.planted.roles.items() if its == role])
            units = self.planted.reached[user]
            for unit in {units[0], draw.choice(units)}:
                self._knows(unit)
                self._pages(user, unit, (draw.choice(NUMBERS),), draw.choice(PERIODS))
            self._overview(user)
            self._mail(user)
        self._pages(self.people.leader, self.planted.root, NUMBERS, "Present")
        return self.reading

    def tables(self) -> Reading:
        """The pages that tell every cell: departments of each unit that has others below it, and the whole organisation."""
        for unit in self._parents():
            self._knows(unit)
        for period in PERIODS:
            self._page(self.people.leader, "/group/", self.planted.root, period)
        return self.reading

    def _parents(self) -> list[Unit]:
        above = {one.parent_id for one in self.planted.units.values()}
        return [one for one in self.planted.units.values() if one.pk in above]

    def _tells_of(self, unit: Unit) -> None:
        self._knows(unit)
        self._command(unit)

    def _knows(self, unit: Unit) -> None:
        """In which row a unit stands says the table of departments."""
        for period in PERIODS:
            if (period, unit.name) not in self.reading.rows:
                self._page(self.people.leader, "/group/departments/", unit, period)
        if unit == self.planted.root:
            self.reading.above |= {(period, self.reading.row_of(period, unit.name)): None for period in PERIODS}

    def _pages(self, user: User, unit: Unit, numbers: tuple[str, ...], *periods: str) -> None:
        role = self.planted.roles[user]
        for period in periods or PERIODS:
            for path in numbers if role != LIAISON else ():
                self._page(user, path, unit, period)
                if path == "/group/evidence/":
                    self._sheet(user, f"{path}sheet/", unit, period)
            if role == OFFICE:
                self._page(user, "/group/departments/", unit, period)
                self._page(user, "/board/", unit, period)
            self._page(user, f"/scorecards/{unit.pk}/", unit, period)
            self._sheet(user, f"/scorecards/{unit.pk}/sheet/", unit, period)

    def _overview(self, user: User) -> None:
        self._knows(self.planted.reached[user][0])
        self._page(user, "/scorecards/", self.planted.reached[user][0], "Present")

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

    def _command(self, unit: Unit) -> None:
        for period in PERIODS:
            out = StringIO()
            named = ["--unit", unit.name] if unit.level else []
            call_command("scorecard", "--org", organisations.slug(), "--by", self.people.leader.email, "--period", period, "--json", *named, stdout=out)
            read_json(out.getvalue(), f"scorecard of {unit.name} {period}", self.reading)

    def _mail(self, user: User) -> None:
        mail.outbox.clear()
        digest.mail([user], today=TODAY, by=Actor.system())
        (sent,) = mail.outbox
        unit = self.planted.reached[user][0]
        read_mail(f"{sent.subject}\n{sent.body}", f"mail to {user.name}", self.reading, unit.name, "Present")
