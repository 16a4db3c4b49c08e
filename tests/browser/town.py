"""A small organisation with a year behind it, brought in over the road of commands, for tests in a real browser.

The people are those of the bad files' roster, so that a bad file can be uploaded as its liaison would; the exam files are
written here, with a person for every colour.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from healthmgmt.accounts.models import User
from healthmgmt.care import messaging
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.engagement import acts, attendance, campaigns, rewards, taking_part
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.organization import periods, selectors
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person
from healthmgmt.risk import approving, drafts, simulating
from healthmgmt.risk.editing import NewLimit, Source
from healthmgmt.work import services as work

ROSTER = Path(__file__).parents[1] / "files" / "badfiles" / "roster.csv"
PASSWORD = "a town of its own 7"
NAME = "海澜制造集团"
# Units of one person each, below 机加分厂, which an administrator may move.
WORKSHOPS = ("一车间", "二车间", "三车间", "四车间")
# role -> the unit where its user stands; the employee is D0001, who works there.
PLACES = {
    "group_leader": "", "health_office": "铸造分厂", "liaison": "", "case_manager": "", "physician": "", "employee": "铸造分厂一班",
    "exam_centre": "", "data_steward": "", "org_admin": "",
}  # fmt: skip
# The line of the pack `cn` that the town's own editions change.
SBP = "hypertension|sbp|>=|"
HEADINGS = [
    "工号", "姓名", "体检日期", "身高(cm)", "体重(kg)", "腰围(cm)", "收缩压(mmHg)", "舒张压(mmHg)", "空腹血糖(mmol/L)", "总胆固醇(mmol/L)",
    "甘油三酯(mmol/L)", "高密度脂蛋白胆固醇(mmol/L)", "低密度脂蛋白胆固醇(mmol/L)",
]  # fmt: skip
# What each colour of the pack `cn` is made by: (height, weight, waist, SBP, DBP, FPG, TC, TG, HDL-C, LDL-C).
VALUES = {
    "red": (168, 62, 78, 186, 112, 5.2, 4.6, 1.1, 1.4, 2.6),
    "orange": (168, 62, 78, 148, 92, 5.2, 4.6, 1.1, 1.4, 2.6),
    "yellow": (168, 74, 82, 118, 76, 5.2, 4.6, 1.1, 1.4, 2.6),
    "blue": (168, 62, 78, 118, 76, 6.3, 4.6, 1.1, 1.4, 2.6),
    "green": (168, 62, 78, 118, 76, 5.2, 4.6, 1.1, 1.4, 2.6),
    "grey": (168, 62, 78, "", "", 5.2, "", "", "", ""),
}
COLOURS = tuple(VALUES)


@dataclass
class Town:
    """The organisation, its logins and its calendar."""

    slug: str
    schema: str
    today: date
    logins: dict[str, str] = field(default_factory=dict)

    @property
    def exam_day(self) -> date:
        """The day on which this year's examinations were."""
        return self.today - timedelta(days=20)

    def entered(self):
        return organisations.entered(self.schema)


def made(folder: Path) -> Town:
    """Found the organisation, take its roster in, give every role a user, deliver two years of examinations."""
    slug = f"town-{uuid.uuid4().hex[:6]}"
    _run("create_org", slug, name=NAME, place="上海")
    town = Town(slug, organisations.schema_of_slug(slug), date.today())
    _run("import_roster", _roster(folder), org=slug)
    with town.entered():
        town.today = selectors.today()
        _open_periods(town.today)
    for role, unit in PLACES.items():
        _user(town, role, unit)
    _user(town, "liaison", "物流部", called="liaison of logistics")
    _user(town, "data_steward", "", called="second data steward")
    for number, day in enumerate((town.exam_day - timedelta(days=365), town.exam_day)):
        path = folder / f"海澜体检_{number + 1}.csv"
        path.write_bytes(exam_file(town, _rows(town, day, shift=number)))
        _run("import_exams", path, org=slug, by=town.logins["liaison"], centre="明德体检中心")
    _run("publish_numbers", org=slug)
    _messages(town)
    _own_rules(town)
    _activities(town)
    return town


def _messages(town: Town) -> None:
    """A question with its answer and one that waits, and what else the first people are told of."""
    with town.entered():
        person = Person.objects.select_related("user").get(user__email=town.logins["employee"])
        manager = Actor.of(User.objects.get(email=town.logins["case_manager"]))
        messaging.ask(person, text="血压药早上吃还是晚上吃？", token=uuid.uuid4(), by=Actor.of(person.user))
        messaging.answer(person, text="您好，每天早上同一时间吃就可以。\n有不舒服时请告诉我。", token=uuid.uuid4(), by=manager)
        messaging.ask(person, text="谢谢！那出差时也照样吃吗？", token=uuid.uuid4(), by=Actor.of(person.user))


def _activities(town: Town) -> None:
    """Lessons and walking for everybody, which the employee has joined; a list with a row that cannot be used; a reward that is asked for."""
    with town.entered():
        person = Person.objects.select_related("user", "unit").get(user__email=town.logins["employee"])
        office = Unit.objects.get(name=PLACES["health_office"])
        last, by = town.today + timedelta(days=27), Actor.of(User.objects.get(email=town.logins["health_office"]))
        for kind, way in (("steps", "steps"), ("lessons", "reading"), ("weight", "weigh_in")):
            made = campaigns.prepare(office, kind=kind, starts_on=town.today, ends_on=last, today=town.today, by=by)
            campaigns.start(made, today=town.today, by=by)
            work.drain()
            taking_part.enrol(Participation.objects.get(activity=made, person=person), way=way, today=town.today, by=Actor.of(person.user))
        acts.note(Participation.objects.get(activity__kind="steps", person=person), done_on=town.today, today=town.today, amount=8321, by=by)
        listed = f"工号,姓名\n{person.emp_no},{person.name}\nD9999,无名氏".encode()
        attendance.take_in(Activity.objects.get(kind="lessons"), listed, held_on=town.today, today=town.today, by=by)
        reward = rewards.offer(Unit.objects.get(level=0), name_zh="保温杯", name_en="A flask", price=10, stock=5, by=by)
        rewards.ask(person, reward, token=uuid.uuid4(), by=Actor.of(person.user))


def _own_rules(town: Town) -> None:
    """A draft and a proposal that wait, both tried on the last exams."""
    with town.entered():
        by = Actor.of(User.objects.get(email=town.logins["data_steward"]))
        for number, (limit, edition) in enumerate((("135", "2099.1"), ("138", "2099.2"))):
            draft = drafts.copy("cn", "2024", edition=edition, title_zh=f"海澜 {edition} 版", title_en=f"Hailan, edition {edition}", by=by)
            source = Source("集团职业医学委员会 2026-03", "Group committee of occupational medicine 2026-03")
            draft = drafts.change(draft, NewLimit(SBP, limit, "", source), by=by)
            simulating.start(draft, by=by)
            work.drain()
            if number:
                why = {"why": "集团职业医学委员会 2026-03 决定", "effective_from": town.today + timedelta(days=30)}
                approving.propose(draft, **why, by=by)


def exam_file(town: Town, rows: list[list]) -> bytes:
    """A CSV as an exam centre writes it."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *rows])
    return out.getvalue().encode("gb18030")


def row(person: Person, day: date, colour: str) -> list:
    """A line of an exam file that puts a person into a colour."""
    return [person.emp_no, person.name, day.isoformat(), *VALUES[colour]]


def _rows(town: Town, day: date, *, shift: int) -> list[list]:
    """Everybody but four, the colours in turn; a year later each has the next one, and D0001 goes from yellow to orange."""
    found = []
    with town.entered():
        for place, person in enumerate(Person.objects.employed().order_by("emp_no")):
            if place % 15 != 14:
                colour = COLOURS[(place + 2 - shift) % len(COLOURS)]
                found.append(row(person, day, colour))
    # Two rows that wait: somebody unknown, and a height that cannot be.
    found.append(["D9999", "无名氏", day.isoformat(), *VALUES["green"]])
    found[-2][3] = 17
    return found


def _roster(folder: Path) -> Path:
    """The bad files' roster without those who have left, so that everybody is due; four people work in workshops of their own."""
    lines = [line for line in csv.DictReader(ROSTER.read_text(encoding="utf-8").splitlines()) if not line["left_on"]]
    for line, workshop in zip([line for line in lines if line["dept"] == "机加分厂一班"], WORKSHOPS):
        line["dept"] = workshop
    path = folder / "花名册.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)
    return path


def _open_periods(today: date) -> None:
    starts = today - timedelta(days=300)
    for begin, end, deadline in (
        (starts - timedelta(days=365), starts - timedelta(days=1), starts - timedelta(days=30)),
        (starts, today + timedelta(days=64), today + timedelta(days=12)),
    ):
        periods.open_period(name=f"{end.year} 年度体检（{begin.month} 月起）", starts_on=begin, ends_on=end, deadline_on=deadline, by=Actor.system())


def _user(town: Town, role: str, unit: str, called: str = "") -> None:
    called = called or role
    email = f"{re.sub('[ _]', '-', called)}@{town.slug}.example"
    names = {"group_leader": "领导小组", "health_office": "陆思齐", "liaison": "何雨桐", "case_manager": "苏文静", "physician": "顾明远", "data_steward": "江若谷"}
    options = {"email": email, "role": role, "unit": unit, "password": PASSWORD, "name": names.get(called, "演示用户")}
    if role == "employee":
        options |= {"person": "D0001", "name": ""}
    _run("add_user", org=town.slug, **options)
    town.logins[called] = email


def _run(command: str, *arguments, **options) -> None:
    call_command(command, *map(str, arguments), stdout=StringIO(), **options)


def addresses(routes: dict, roles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(route, role) of every page that a table of addresses says a role may GET; `roles` are the table's names for ours."""
    for route, rule in routes.items():
        for theirs, ours in roles.items():
            status = rule.except_for.get((theirs, "GET"), rule.methods.get("GET"))
            if theirs in rule.roles and status == 200:
                yield route, ours
