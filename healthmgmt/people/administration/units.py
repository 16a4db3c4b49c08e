"""The tree as an administrator walks through it: how many people stand where, and what a change of the tree means for roles."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import ROLES, Permission
from healthmgmt.organization.models import Membership, Unit
from healthmgmt.organization.selectors import at_or_below, units_visible_to
from healthmgmt.people.models import Person

# A tree up to this size is shown whole; of a larger one the branches are fetched when they are opened.
SHOWN_AT_ONCE = 150
SHOWN_ROLES = 30


@dataclass
class Node:
    """A unit in the tree; `people` counts its subtree, `is_fetched` says whether `children` are all there."""

    unit: Unit
    people: int
    has_children: bool = False
    is_fetched: bool = False
    is_open: bool = False
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Forest:
    """What the page of all units shows."""

    roots: list[Node]
    units: int
    people: int
    empty: int


@dataclass(frozen=True)
class HeldRole:
    """Somebody's role at a unit, in words."""

    user: User
    words: str
    unit: str


def forest(user: User, permission: Permission | str) -> Forest:
    """The open units that a user looks after as trees. Small ones are whole, of large ones the two highest levels."""
    units = list(units_visible_to(user, permission).open().order_by("path"))
    direct = people_by_path(user.unit_paths(permission))
    totals = _rolled_up(direct)
    nodes = {unit.pk: Node(unit, totals[unit.path]) for unit in units}
    is_whole = len(units) <= SHOWN_AT_ONCE
    roots = []
    for unit in units:
        node, parent = nodes[unit.pk], nodes.get(unit.parent_id)
        if parent is None:
            node.is_open = True
            roots.append(node)
            continue
        parent.has_children = True
        if is_whole or parent.is_open:
            parent.is_fetched = True
            parent.children.append(node)
    # A unit without people of its own or below it is nobody's.
    empty = sum(1 for unit in units if not totals[unit.path])
    return Forest(roots, len(units), sum(node.people for node in roots), empty)


def node(unit: Unit) -> Node:
    """A unit with the number of people in and below it."""
    totals = _rolled_up(people_by_path([unit.path]))
    return Node(unit, totals[unit.path])


def children(unit: Unit) -> list[Node]:
    """The open units right below one."""
    totals = _rolled_up(people_by_path([unit.path]))
    below = Unit.objects.open().filter(parent=unit).annotate(units=Count("children", filter=Q(children__closed_on=None))).order_by("path")
    return [Node(one, totals[one.path], has_children=bool(one.units)) for one in below]


def people_right_at(unit: Unit, search: str = "") -> QuerySet[Person]:
    """Who works right in a unit, by a part of the name or the beginning of the employee number."""
    people = Person.objects.employed().filter(unit=unit).order_by("emp_no")
    return people.filter(Q(name__icontains=search) | Q(emp_no__istartswith=search)) if search else people


def chosen(user: User, unit: Unit, *, people: Collection[str], everybody: bool) -> list[int]:
    """The ids of those who were chosen on a unit's page and work right there; `user` may change the roster there."""
    there = Person.objects.visible_to(user, Permission.ROSTER_EDIT).employed().filter(unit=unit)
    return list((there if everybody else there.filter(uuid__in=people)).values_list("pk", flat=True))


def people_by_path(paths: list[str]) -> Counter[str]:
    """How many people work right in each unit within the paths, by the unit's path."""
    counted = Person.objects.employed().filter(at_or_below(paths, "unit__path")).order_by().values_list("unit__path").annotate(people=Count("pk"))
    return Counter(dict(counted))


def roles_at(unit: Unit) -> list[HeldRole]:
    """Who holds a role right at a unit; mere employees aside."""
    return _held(Membership.objects.filter(unit=unit))


def roles_above(ids: set[int]) -> list[HeldRole]:
    """Who holds a role at one of some units, and so reaches what lies below; mere employees aside."""
    return _held(Membership.objects.filter(unit__in=ids))


def reach_changed(unit: Unit, to: Unit) -> tuple[list[HeldRole], list[HeldRole]]:
    """Whose roles do not reach a unit any more when it hangs below another, and whose do from then on."""
    before = {int(pk) for pk in unit.path.split(".") if pk} - {unit.pk}
    after = {int(pk) for pk in to.path.split(".") if pk}
    return roles_above(before - after), roles_above(after - before)


def _rolled_up(direct: Counter[str]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for path, count in direct.items():
        above = ""
        for pk in path.rstrip(".").split("."):
            above += f"{pk}."
            totals[above] += count
    return totals


def _held(memberships: QuerySet[Membership]) -> list[HeldRole]:
    held = memberships.exclude(role="employee").filter(user__is_active=True).select_related("user", "unit").order_by("unit__path", "role", "user")
    return [HeldRole(one.user, str(ROLES[one.role].words), one.unit.name) for one in held[:SHOWN_ROLES]]
