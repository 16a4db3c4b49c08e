"""A fixed cast whose relations are the access model.

        root ── leader, admin, steward, case manager (of unit A1), physician
        ├── A ── office A
        │   ├── A1 ── liaison A1; employees anna, ben
        │   └── A2 ── employee amos
        └── B ── office B
            └── B1 ── liaison B1; employee bella
"""

from dataclasses import dataclass
from datetime import date

from healthmgmt.accounts.models import User
from healthmgmt.organization.models import Membership, Period, Settings, Unit
from healthmgmt.people.models import Employment, Person


@dataclass
class Cast:
    """Everybody and everywhere, by name."""

    root: Unit
    a: Unit
    b: Unit
    a1: Unit
    a2: Unit
    b1: Unit
    leader: User
    admin: User
    steward: User
    office_a: User
    office_b: User
    liaison_a1: User
    liaison_b1: User
    case_manager: User
    physician: User
    exam_centre: User
    employee: User
    anna: Person
    ben: Person
    amos: Person
    bella: Person
    period: Period


def unit(name: str, parent: Unit | None = None, place: str = "") -> Unit:
    """A unit below `parent`, with the tier of its depth."""
    level = parent.level + 1 if parent else 0
    tier = (Unit.Tier.GROUP, Unit.Tier.SECONDARY, Unit.Tier.GRASSROOTS)[min(level, 2)]
    made = Unit(name=name, parent=parent, level=level, tier=tier, place=place, path=f"new-{name}")
    made.save()
    made.path = f"{parent.path if parent else ''}{made.pk}."
    made.save(update_fields=["path"])
    return made


def user(name: str, role: str = "", at: Unit | None = None) -> User:
    """A user `name@example.org`, with a role at a unit when both are named. Nobody has a usable password."""
    made = User(email=f"{name}@example.org", name=name.replace("_", " ").title(), language="en")
    made.set_unusable_password()
    made.save()
    if role:
        Membership.objects.create(user=made, unit=at, role=role)
    return made


def person(emp_no: str, at: Unit, sex: str = "f", birth: date = date(1980, 5, 17), login: User | None = None) -> Person:
    """An employee of a unit since 2015."""
    made = Person.objects.create(emp_no=emp_no, name=f"Name {emp_no}", sex=sex, birth=birth, unit=at, user=login)
    Employment.objects.create(person=made, unit=at, started_on=date(2015, 1, 1))
    return made


def make() -> Cast:
    """Put the whole cast into the present organisation."""
    root = Unit.objects.filter(level=0).first() or unit("Root")
    Settings.objects.get_or_create(pk=1)
    a, b = unit("A", root, place="北京"), unit("B", root, place="广州")
    a1, a2, b1 = unit("A1", a), unit("A2", a), unit("B1", b)
    employee = user("anna", "employee", a1)
    return Cast(
        root=root,
        a=a,
        b=b,
        a1=a1,
        a2=a2,
        b1=b1,
        leader=user("leader", "group_leader", root),
        admin=user("admin", "org_admin", root),
        steward=user("steward", "data_steward", root),
        office_a=user("office_a", "health_office", a),
        office_b=user("office_b", "health_office", b),
        liaison_a1=user("liaison_a1", "liaison", a1),
        liaison_b1=user("liaison_b1", "liaison", b1),
        case_manager=user("case_manager", "case_manager", a1),
        physician=user("physician", "physician", root),
        exam_centre=user("exam_centre", "exam_centre", root),
        employee=employee,
        anna=person("E1001", a1, login=employee),
        ben=person("E1002", a1, sex="m", birth=date(1970, 1, 2)),
        amos=person("E2001", a2, sex="m"),
        bella=person("E3001", b1),
        period=Period.objects.create(
            name="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), deadline_on=date(2026, 10, 31)
        ),
    )
