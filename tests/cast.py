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

HIRED_ON = date(2015, 1, 1)
# Whose account that of the exam centre is.
CENTRE = "Mingde"


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


def _unsaved_unit(name: str, parent: Unit | None, place: str) -> Unit:
    level = parent.level + 1 if parent else 0
    tier = (Unit.Tier.GROUP, Unit.Tier.SECONDARY, Unit.Tier.GRASSROOTS)[min(level, 2)]
    return Unit(name=name, parent=parent, level=level, tier=tier, place=place, path=f"new-{name}")


def unit(name: str, parent: Unit | None = None, place: str = "") -> Unit:
    """A unit below `parent`, with the tier of its depth."""
    made = _unsaved_unit(name, parent, place)
    made.save()
    made.path = f"{parent.path if parent else ''}{made.pk}."
    made.save(update_fields=["path"])
    return made


def _unsaved_user(name: str) -> User:
    made = User(email=f"{name}@example.org", name=name.replace("_", " ").title(), language="en")
    made.set_unusable_password()
    return made


def user(name: str, role: str = "", at: Unit | None = None) -> User:
    """A user `name@example.org`, with a role at a unit when both are named. Nobody has a usable password."""
    made = _unsaved_user(name)
    made.save()
    if role:
        Membership.objects.create(user=made, unit=at, role=role)
    return made


def _unsaved_person(emp_no: str, at: Unit, sex: str = "f", birth: date = date(1980, 5, 17), login: User | None = None) -> Person:
    return Person(emp_no=emp_no, name=f"Name {emp_no}", sex=sex, birth=birth, unit=at, user=login)


def person(emp_no: str, at: Unit, sex: str = "f", birth: date = date(1980, 5, 17), login: User | None = None) -> Person:
    """An employee of a unit since 2015."""
    return _people(_unsaved_person(emp_no, at, sex, birth, login))[0]


def make() -> Cast:
    """Put the whole cast into the present organisation, with few statements: nearly every test begins with it."""
    root = Unit.objects.filter(level=0).first() or unit("Root")
    Settings.objects.get_or_create(pk=1)
    a, b = _units((root, "A", "北京"), (root, "B", "广州"))
    a1, a2, b1 = _units((a, "A1", ""), (a, "A2", ""), (b, "B1", ""))
    users = _users(
        {
            "leader": ("group_leader", root),
            "admin": ("org_admin", root),
            "steward": ("data_steward", root),
            "office_a": ("health_office", a),
            "office_b": ("health_office", b),
            "liaison_a1": ("liaison", a1),
            "liaison_b1": ("liaison", b1),
            "case_manager": ("case_manager", a1),
            "physician": ("physician", root),
            "exam_centre": ("exam_centre", root),
            "anna": ("employee", a1),
        }
    )
    employee = users.pop("anna")
    anna, ben, amos, bella = _people(
        _unsaved_person("E1001", a1, login=employee),
        _unsaved_person("E1002", a1, sex="m", birth=date(1970, 1, 2)),
        _unsaved_person("E2001", a2, sex="m"),
        _unsaved_person("E3001", b1),
    )
    period = Period.objects.create(name="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), deadline_on=date(2026, 10, 31))
    return Cast(
        root=root, a=a, b=b, a1=a1, a2=a2, b1=b1, employee=employee, anna=anna, ben=ben, amos=amos, bella=bella, period=period, **users
    )  # fmt: skip


def _units(*wanted: tuple[Unit, str, str]) -> list[Unit]:
    made = Unit.objects.bulk_create([_unsaved_unit(name, parent, place) for parent, name, place in wanted])
    for one in made:
        one.path = f"{one.parent.path}{one.pk}."
    Unit.objects.bulk_update(made, ["path"])
    return made


def _users(roles: dict[str, tuple[str, Unit]]) -> dict[str, User]:
    made = dict(zip(roles, User.objects.bulk_create([_unsaved_user(name) for name in roles])))
    centres = {"exam_centre": CENTRE}
    held = [Membership(user=made[name], role=role, unit=at, centre=centres.get(role, "")) for name, (role, at) in roles.items()]
    Membership.objects.bulk_create(held)
    return made


def _people(*wanted: Person) -> list[Person]:
    made = Person.objects.bulk_create(wanted)
    Employment.objects.bulk_create([Employment(person=one, unit=one.unit, started_on=HIRED_ON) for one in made])
    return made
