"""How every command is run for organisation A, and what every kind of job is given there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.utils import timezone

from healthmgmt.accounts.models import User
from healthmgmt.care.models import LessonResult, Message
from healthmgmt.core.dates import local_day
from healthmgmt.devices.models import Reading
from healthmgmt.engagement.models import Activity
from healthmgmt.exams.models import Mending
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Consent
from healthmgmt.risk.models import Simulation
from tests.isolation.seeding import World


class Routine(NamedTuple):
    """Arguments of a command, given the organisation and a folder for files. `keep`: works as owner, past the test's transaction."""

    arguments: Callable[[World, Path], list[str]]
    keep: bool = False


def roster(world: World, folder: Path) -> str:
    path = folder / "roster.csv"
    path.write_text(f"emp_no,name,id_no,sex,birth,unit,dept,left_on\n{world.mark}N1,{world.people_mark},,m,1980-01-01,,,\n", encoding="utf-8")
    return str(path)


def exam_file(world: World, folder: Path) -> str:
    path = folder / f"{world.mark}.csv"
    path.write_text(f"工号,姓名,体检日期,收缩压(mmHg),舒张压(mmHg)\n{world.mark}E1001,{world.people_mark},2026-02-02,120,80\n", encoding="utf-8")
    return str(path)


def calculation(world: World, folder: Path) -> list[str]:
    (folder / "in.csv").write_text("id,model,inputs\n" + f'{world.mark},bmi,"{json.dumps({"height": 180, "weight": 80}).replace(chr(34), chr(34) * 2)}"\n')
    return ["--input", str(folder / "in.csv"), "--output", str(folder / "out.csv")]


def vectors(world: World, folder: Path) -> list[str]:
    inputs = json.dumps({"height": [200, "cm"], "weight": [80, "kg"]}).replace('"', '""')
    heading = "id,model,inputs,output,expected,tolerance,unit,source,note"
    (folder / "bmi.csv").write_text(f'{heading}\n{world.mark},bmi,"{inputs}",value,20,exact,,{world.mark},\n', encoding="utf-8")
    return ["--vectors", str(folder)]


def by(world: World, role: str) -> list[str]:
    return ["--by", world.users[role].email]


COMMANDS: dict[str, Routine] = {
    "add_operator": Routine(lambda a, folder: ["--email", "operator@example.org", "--password", "A very long word 7"]),
    "add_user": Routine(lambda a, folder: ["--org", a.slug, "--email", "new@example.org", "--role", "liaison", "--unit", f"{a.mark} A1"]),
    "api_token": Routine(lambda a, folder: ["--org", a.slug, "--email", a.users["liaison_a1"].email, "--label", "isolation", "--json"]),
    "assess": Routine(lambda a, folder: ["--org", a.slug, "--json"]),
    "calculate": Routine(lambda a, folder: calculation(a, folder)),
    "check_models": Routine(lambda a, folder: vectors(a, folder)),
    "create_org": Routine(lambda a, folder: ["isolation-c", "--name", "A third"], keep=True),
    "export_assessments": Routine(lambda a, folder: ["--org", a.slug]),
    "export_exams": Routine(lambda a, folder: ["--org", a.slug]),
    "import_exams": Routine(lambda a, folder: ["--org", a.slug, *by(a, "liaison_a1"), "--json", exam_file(a, folder)]),
    "open_period": Routine(
        lambda a, folder: ["--org", a.slug, "--json", "2020", "--starts", "2020-01-01", "--ends", "2020-12-31", "--deadline", "2020-10-31"]
    ),
    "import_roster": Routine(lambda a, folder: ["--org", a.slug, "--json", roster(a, folder)]),
    "jobs": Routine(lambda a, folder: ["--org", a.slug, "--json"]),
    "migrate": Routine(lambda a, folder: [], keep=True),
    "open_accounts": Routine(lambda a, folder: ["--org", a.slug, "--unit", f"{a.mark} A1", "--out", str(folder / "codes.csv")]),
    "publish_numbers": Routine(lambda a, folder: ["--org", a.slug, *by(a, "admin"), "--json"]),
    "recount": Routine(lambda a, folder: ["--org", a.slug, "--json"]),
    "scorecard": Routine(lambda a, folder: ["--org", a.slug, *by(a, "leader"), "--json"]),
    "undo_upload": Routine(lambda a, folder: ["--org", a.slug, *by(a, "liaison_a1"), str(a.uploads["liaison_a1"].uuid)]),
    "verify_audit": Routine(lambda a, folder: ["--org", a.slug]),
}
# Commands that are not run here, each with its reason.
ELSEWHERE = {"demo": "makes organisations of its own and serves; tests/portal and make demo run it"}

# What a kind of job is given beyond what the seeded uploads caused, with ids that both organisations have.
PAYLOADS: dict[str, Callable[[], dict]] = {
    "accounts.mail_reset": lambda: {"user": User.objects.earliest("pk").pk},
    "accounts.purge_notices": dict,
    "audit.seal": lambda: {"day": today()},
    "care.fire_due": lambda: {"day": today()},
    "care.mail_notices": dict,
    "care.remind": dict,
    "care.escalate_message": lambda: {"message": Message.objects.earliest("pk").pk},
    "engagement.act_by_lesson": lambda: {"result": LessonResult.objects.earliest("pk").pk},
    "engagement.act_by_reading": lambda: {"reading": Reading.objects.earliest("pk").pk},
    "engagement.daily": lambda: {"day": today()},
    "engagement.invite": lambda: {"activity": Activity.objects.earliest("pk").pk},
    "engagement.undo_reading": lambda: {"reading": Reading.objects.earliest("pk").pk},
    "insight.settle": lambda: {"period": Period.objects.get().pk},
    "insight.last_look": lambda: {"period": Period.objects.get().pk},
    "insight.look": lambda: {"day": today()},
    "insight.begin_digest": lambda: {"day": today()},
    "insight.mail_digest": dict,
    "care.finish_by_reading": lambda: {"reading": Reading.objects.earliest("pk").pk},
    "care.follow_roster": dict,
    "care.follow_calendar": dict,
    "care.follow_merger": lambda: {"unit": 0, "into": 0, "change": 0},
    "exams.follow_merger": lambda: {"unit": 0, "into": 0, "change": 0},
    "exams.mend": lambda: {"mending": Mending.objects.earliest("pk").pk, "user": None},
    "exams.purge": lambda: {"day": today()},
    "exams.sweep": lambda: {"day": today()},
    "people.ask_consents": dict,
    "risk.assess": lambda: {"as_of": today(), "pack": ""},
    "risk.refresh": lambda: {"day": today()},
    "risk.assess_reading": lambda: {"reading": Reading.objects.earliest("pk").pk},
    "risk.assess_consent": lambda: {"consent": Consent.objects.earliest("pk").pk, "change": ""},
    "risk.compare_person": lambda: {"person": Reading.objects.earliest("pk").person_id},
    "risk.watch_reading": lambda: {"reading": Reading.objects.earliest("pk").pk},
    "risk.simulate": lambda: {"simulation": Simulation.objects.earliest("pk").pk},
}


def today() -> str:
    return local_day(timezone.now(), "Asia/Shanghai").isoformat()
