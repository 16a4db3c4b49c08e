"""The demonstration: two organisations made, staffed and supplied over the road that customers take.

Organisations, rosters and users come by the commands, exam files over HTTP by each exam centre's own account, everything
after that by Celery. Every step looks first whether it is done, so a second start only looks.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import call_command
from django.utils import timezone, translation

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import EXAM_CENTRE, ROLES
from healthmgmt.exams.models import Upload
from healthmgmt.insight import selectors as insight
from healthmgmt.organization import periods
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import names_from_root
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from healthmgmt.portal import selectors
from healthmgmt.portal.delivery import Site
from healthmgmt.portal.demo import calling, files, population, taking_part
from healthmgmt.portal.demo.measurements import MAN, WOMAN
from healthmgmt.work import services as work
from healthmgmt.work.models import Job

WAIT_SECONDS = 300
POLL_SECONDS = 0.5
# role, and at which depth of the tree its demonstration user stands
CAST = (
    ("group_leader", 0),
    ("health_office", 1),
    ("liaison", 2),
    ("case_manager", 1),
    ("physician", 0),
    ("employee", 2),
    ("exam_centre", 0),
    ("data_steward", 0),
    ("org_admin", 0),
)


@dataclass(frozen=True)
class Login:
    """How to come in as a role."""

    organisation: str
    role: str
    identifier: str
    password: str


@dataclass(frozen=True)
class Report:
    """What the summary prints about one organisation."""

    slug: str
    name: str
    deliveries: list[Upload]
    counts: dict[str, Any]
    logins: list[Login]


class Demonstration:
    """`folder` keeps the files and what the first start decided; `shared` makes the values real rows."""

    def __init__(self, folder: Path, *, shared: Path | None, today: date, port: int, say: Callable[[str], None]) -> None:
        self._folder = folder / ("real" if shared else "drawn")
        self._suffix = "-real" if shared else ""
        self._shared, self._port, self._say = shared, port, say
        self._memory = self._remember(today)

    def run(self) -> Iterator[Report]:
        """Bring both organisations to their end; one report each."""
        started = time.monotonic()
        written = files.write(self._folder, self._shared, today=date.fromisoformat(self._memory["today"]))
        self._say(f"files of {sum(one.people for one in written.organisations)} people written ({time.monotonic() - started:.1f} s)")
        for organisation in written.organisations:
            yield self._bring(organisation)

    def operator(self) -> Login:
        """How platform staff come in, on the bare domain."""
        email, password = "operator@platform.example", self._memory["password"]
        if not User.objects.filter(email=email).exists():
            call_command("add_operator", email=email, password=password, stdout=StringIO())
        return Login("", "operator", email, password)

    def _remember(self, today: date) -> dict[str, str]:
        """The first start's day and password: another day would mean other exam days, and so other files."""
        path = self._folder / "demonstration.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = path.with_suffix(".part")
            partial.touch(mode=0o600)
            partial.write_text(json.dumps({"today": today.isoformat(), "password": f"demo-{secrets.token_hex(4)}"}))
            partial.rename(path)
        return json.loads(path.read_text())

    def _bring(self, organisation: files.Organisation) -> Report:
        slug = organisation.slug + self._suffix
        schema = self._schema(slug, organisation)
        with organisations.entered(schema):
            if Person.objects.count() < organisation.people:
                started = time.monotonic()
                call_command("import_roster", str(organisation.roster), org=slug, json=True, stdout=StringIO())
                self._say(f"{slug}: roster of {organisation.people} people in {time.monotonic() - started:.1f} s")
            self._open_periods(organisation)
            centres = list(dict.fromkeys(one.centre for one in organisation.exams))
            logins = [self._login(slug, role, level, centres[0]) for role, level in CAST]
            # Rules that one steward proposes another approves.
            logins.append(self._login(slug, "data_steward", 0, centres[0], 2))
            self._deliver(slug, organisation)
            self._await_jobs(slug)
            self._live(slug, logins, centres[0])
            if insight.is_publication_behind():
                # Pages would show the end of this first day tomorrow.
                call_command("publish_numbers", org=slug, json=True, stdout=StringIO())
                # And tonight's look at the numbers is taken now.
                work.submit("insight.look", key="demonstration", payload={})
                self._await_jobs(slug)
            return Report(slug, organisation.name, list(self._deliveries(organisation)), selectors.demonstration_counts(), logins)

    def _schema(self, slug: str, organisation: files.Organisation) -> str:
        if not organisations.has_slug(slug):
            call_command("create_org", slug, name=organisation.name, place=organisation.place, stdout=StringIO())
            self._say(f"{slug}: organisation made")
        return organisations.schema_of_slug(slug)

    @staticmethod
    def _open_periods(organisation: files.Organisation) -> None:
        for one in organisation.rounds:
            if not Period.objects.filter(name=str(one.year)).exists():
                periods.open_period(
                    name=str(one.year),
                    starts_on=date(one.year, 1, 1),
                    ends_on=date(one.year, 12, 31),
                    deadline_on=one.deadline,
                    by=Actor.system(),
                )

    def _login(self, slug: str, role: str, level: int, centre: str, number: int = 1, unit: Unit | None = None) -> Login:
        """The account of a role, made where there is none; of several the one of this number, at `unit` or at the first of its level.
        `centre`: of which an exam centre's is."""
        name = role.replace("_", "-") + (f"-{number}" if number > 1 else "")
        email, password = f"{name}@{slug}.example", self._memory["password"]
        if not User.objects.filter(email=email).exists():
            unit = unit or Unit.objects.filter(level=level, people__isnull=False).first() or Unit.objects.filter(level=level).first()
            options = {"org": slug, "email": email, "role": role, "unit": names_from_root(unit), "password": password, "stdout": StringIO()}
            call_command("add_user", **options, **_who(role, unit, centre, number))
        return Login(slug, role, email, password)

    def _deliver(self, slug: str, organisation: files.Organisation) -> None:
        """One year after the other, as the years went; the centres of a year at once."""
        waiting = [one for one in organisation.exams if not _is_delivered(one)]
        if not waiting:
            return
        sites = self._sites(slug, organisation)
        for year in sorted({one.year for one in waiting}):
            started = time.monotonic()
            uploads = [(sites[one.centre], sites[one.centre].deliver(one.path)) for one in waiting if one.year == year]
            receipts = [site.wait(upload, seconds=WAIT_SECONDS) for site, upload in uploads]
            rows = sum(receipt["received"] for receipt in receipts)
            self._say(f"{slug}: {len(uploads)} files of {year}, {rows} rows, in {time.monotonic() - started:.1f} s")

    def _sites(self, slug: str, organisation: files.Organisation) -> dict[str, Site]:
        """The API as the account of each exam centre uses it, by the centre's name."""
        sites = {}
        for number, centre in enumerate(dict.fromkeys(one.centre for one in organisation.exams), start=1):
            user = User.objects.get(email=self._login(slug, EXAM_CENTRE, 0, centre, number).identifier)
            token = accounts.create_token(user, label="demonstration", by=Actor.system(), days=1)
            sites[centre] = Site(self._port, f"{slug}.localhost", token)
        return sites

    def _live(self, slug: str, logins: list[Login], centre: str) -> None:
        """Activities of the companies with what their people did so far, and the calls of a case manager of each."""
        started = time.monotonic()
        employee = Person.objects.get(user__email=next(one.identifier for one in logins if one.role == "employee"))
        managers = User.objects.filter(memberships__role="case_manager").order_by("pk")
        without = Unit.objects.filter(level=1).exclude(memberships__role="case_manager").order_by("path")
        for number, unit in enumerate(list(without), start=managers.count() + 1):
            self._login(slug, "case_manager", 1, centre, number, unit)
        has_begun = taking_part.bring(today=local_today(), employee=employee)
        if calling.bring(list(managers), employee=employee) or has_begun:
            # Calls count with the day; that of today has been counted already.
            work.submit("insight.count", key="demonstration", payload={})
            self._await_jobs(slug)
            self._say(f"{slug}: activities, what people did in them, and calls in {time.monotonic() - started:.1f} s")

    def _await_jobs(self, slug: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            unfinished = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING), run_after__lte=timezone.now()).count()
            if not unfinished:
                return
            time.sleep(POLL_SECONDS)
        raise RuntimeError(f"{slug}: {unfinished} jobs did not finish within {WAIT_SECONDS} s.")

    @staticmethod
    def _deliveries(organisation: files.Organisation) -> Iterator[Upload]:
        for one in organisation.exams:
            yield Upload.objects.select_related("centre").filter(file_name=one.path.name).order_by("id").last()


def _who(role: str, unit: Unit, centre: str, number: int) -> dict[str, str]:
    """Name and, of an employee, number of a role's user; an exam centre's account is no person's."""
    if role == "employee":
        person = Person.objects.employed().within(unit).order_by("emp_no").first()
        return {"person": person.emp_no, "name": person.name}
    if role == EXAM_CENTRE:
        with translation.override("zh-hans"):
            return {"name": str(ROLES[role].words), "centre": centre}
    place = [one for one, _level in CAST].index(role) + (number - 1) * len(CAST)
    return {"name": population.Names(np.random.default_rng(place)).name((MAN, WOMAN)[place % 2])}


def _is_delivered(one: files.ExamFile) -> bool:
    final = (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED)
    return Upload.objects.filter(file_name=one.path.name, size=one.path.stat().st_size, state__in=final).exists()

