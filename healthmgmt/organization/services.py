"""What can be done with units, roles and the organisation's settings. Each change is recorded."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.audit.models import Event
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import EXAM_CENTRE, ROLES
from healthmgmt.organization import places
from healthmgmt.organization.models import Membership, Settings, Unit
from healthmgmt.organization.selectors import organisation_settings, root_unit
from healthmgmt.work import services as work

LONGEST_PATH = Unit._meta.get_field("path").max_length
LONGEST_NAME = Unit._meta.get_field("name").max_length
# Room that an id takes in a path, with its dot.
ID_ROOM = 12
# What these roles may do knows no units, so they are given at the top only.
OF_THE_WHOLE = frozenset({"data_steward"})
SMALLEST_GROUPS = range(5, 101)
RETENTION_DAYS = range(7, 731)
PEOPLE_PER_MANAGER = range(10, 2001)
ANSWER_DAYS = range(1, 11)


class Founded(NamedTuple):
    """A newly established organisation: its top, its administrator and the password, told this once."""

    root: Unit
    admin: User
    password: str


def establish(
    *, name: str, admin_email: str, by: Actor, timezone_name: str = "Asia/Shanghai", country: str = "cn", place: str = ""
) -> Founded:
    """Settings, root unit and first administrator of an organisation that has none.

    Raises Rejected: it is established already, the time zone or the place is not known.
    """
    checked_timezone(timezone_name)
    password = accounts.generate_password()
    with transaction.atomic():
        if Settings.objects.filter(pk=1).exists():
            raise Rejected(_("This organisation is established already."))
        Settings.objects.create(pk=1, timezone=timezone_name, country=country)
        root = create_root(name=name, place=place, by=by)
        admin = accounts.create_user(email=admin_email, password=password, by=by)
        grant(admin, unit=root, role="org_admin", by=by)
        audit.record("organisation.established", by=by, subject=root)
    return Founded(root, admin, password)


def create_root(*, name: str, by: Actor, place: str = "") -> Unit:
    """The unit at the top. Raises Rejected when there is one."""
    if Unit.objects.filter(level=0).exists():
        raise Rejected(_("There is a root unit already."))
    unit = Unit(name=checked_name(name), level=0, tier=Unit.Tier.GROUP, place=checked_place(place), path="new")
    with transaction.atomic():
        unit.save(force_insert=True)
        unit.path = f"{unit.pk}."
        unit.save(update_fields=["path"])
        audit.record("unit.created", by=by, subject=unit)
    return unit


def create_unit(parent: Unit, *, name: str, by: Actor, place: str = "") -> Unit:
    """A unit below another. Raises Rejected: the name is taken there or unusable, the place is not known."""
    with transaction.atomic():
        return create_units([(parent, name, place)], by=by)[0]


def create_units(wanted: Collection[tuple[Unit, str, str]], *, by: Actor) -> list[Unit]:
    """Many units at once, each as (parent, name, place), in the order given. Raises as `create_unit` does."""
    with transaction.atomic():
        _lock_tree()
        units = [_unit_below(parent, name, place, number) for number, (parent, name, place) in enumerate(wanted)]
        taken = {(parent, name.casefold()) for parent, name in _open_children({unit.parent_id for unit in units})}
        for unit in units:
            if (unit.parent_id, unit.name.casefold()) in taken:
                raise Rejected(_("There is already a unit “%(name)s” there.") % {"name": unit.name}, field="name")
            taken.add((unit.parent_id, unit.name.casefold()))
        Unit.objects.bulk_create(units)
        sql.execute("organization/settle_paths", {"ids": [unit.pk for unit in units]})
        for unit in units:
            unit.path = f"{unit.parent.path}{unit.pk}."
        audit.record_each("unit.created", units, by=by)
    return units


def rename(unit: Unit, *, name: str, by: Actor) -> Unit:
    """Call a unit something else. Raises Rejected when a sister bears the name."""
    name = checked_name(name)
    with transaction.atomic():
        _lock_tree()
        sisters = Unit.objects.open().filter(parent=unit.parent_id).exclude(pk=unit.pk)
        if sisters.filter(name__iexact=name).exists():
            raise Rejected(_("There is already a unit “%(name)s” there.") % {"name": name}, field="name")
        before, unit.name = unit.name, name
        unit.save(update_fields=["name"])
        audit.record("unit.renamed", by=by, subject=unit, detail={"from": before, "to": name})
    return unit


def place_at(unit: Unit, *, place: str, by: Actor) -> Unit:
    """Say where a unit is; an empty place means that of the unit above. Raises Rejected for an unknown one."""
    with transaction.atomic():
        before, unit.place = unit.place, checked_place(place)
        unit.save(update_fields=["place"])
        audit.record("unit.placed", by=by, subject=unit, detail={"from": before, "to": unit.place})
    return unit


def move(unit: Unit, *, to: Unit, by: Actor) -> Unit:
    """Hang a unit, with everything below it, under another one.

    Everybody whose role reaches by the path sees other units from this moment on. Raises Rejected: the root, a move
    below itself, a closed unit, a name taken there, a tree too deep.
    """
    with transaction.atomic():
        _lock_tree()
        event = _hang(unit, to, by=by)
        work.announce("units.changed", change=event.pk)
    return unit


def absorb(unit: Unit, *, into: Unit, on: date, by: Actor) -> Unit:
    """Take a unit up into another: what hangs below it and the roles held there go over, then it is closed as of `on`.

    Its people are moved by `people.moves.merge_units`, which calls this. Raises Rejected: the root, the unit itself or one
    below it as the target, a closed one, a name that the target has below it already.
    """
    with transaction.atomic():
        _lock_tree()
        unit.refresh_from_db()
        into.refresh_from_db()
        _check_merge(unit, into)
        # Closed first, so that its own name is free where its children go.
        unit.closed_on = on
        unit.save(update_fields=["closed_on"])
        children = list(Unit.objects.open().filter(parent=unit).order_by("path"))
        for child in children:
            _hang(child, into, by=by)
        roles = _move_roles(unit, into, by=by)
        detail = {"into": into.pk, "on": on.isoformat(), "units": len(children), "roles": roles}
        event = audit.record("unit.merged", by=by, subject=unit, detail=detail)
        work.announce("units.merged", unit=unit.pk, into=into.pk, change=event.pk)
    return unit


def close(unit: Unit, *, by: Actor) -> Unit:
    """Close a unit as of today. Its history stays. Raises Rejected: the root, or open units below it.

    Whether people still work there is asked by `people.services.close_unit`.
    """
    with transaction.atomic():
        _lock_tree()
        if unit.level == 0:
            raise Rejected(_("The root unit cannot be closed."))
        if Unit.objects.open().within(unit).exclude(pk=unit.pk).exists():
            raise Rejected(_("There are open units below “%(name)s”; close or move them first.") % {"name": unit.name})
        unit.closed_on = local_day(timezone.now(), organisation_settings().timezone)
        unit.save(update_fields=["closed_on"])
        audit.record("unit.closed", by=by, subject=unit)
    return unit


def grant(user: User, *, unit: Unit, role: str, by: Actor, centre: str = "") -> Membership:
    """Give a user a role at a unit; it reaches the unit's subtree, and the user signs in again. An exam centre's account is of the
    `centre` named with it, wherever it holds the role.

    Raises Rejected for an unknown role, one that is not an organisation's to give, or one that the user has; for an exam centre's
    account without its centre, or of two.
    """
    centre = centre.strip()
    if role not in ROLES or role == "operator":
        known = ", ".join(sorted(set(ROLES) - {"operator"}))
        raise Rejected(_("There is no role “%(role)s”; the roles are: %(known)s.") % {"role": role, "known": known}, field="role")
    if unit.closed_on is not None:
        raise Rejected(_("“%(name)s” is closed.") % {"name": unit.name}, field="unit")
    if role in OF_THE_WHOLE and unit.level > 0:
        raise Rejected(_("This role is for the whole organisation; please choose the unit at the top."), field="unit")
    with transaction.atomic():
        _check_centre(user, role, centre)
        membership, is_new = Membership.objects.get_or_create(user=user, unit=unit, role=role, defaults={"centre": centre})
        if not is_new and membership.centre == centre:
            raise Rejected(_("The user has this role there already."), field="role")
        if not is_new:
            # An account that was of no centre so far is of this one from now on.
            membership.centre = centre
            membership.save(update_fields=["centre"])
        user.forget_roles()
        detail = {"role": role, "unit": unit.pk} | ({"centre": centre} if centre else {})
        audit.record("role.granted", by=by, subject=user, detail=detail)
        accounts.end_sessions(user, by=by, reason="role")
    return membership


def revoke(membership: Membership, *, by: Actor) -> None:
    """Take a role away; the user is signed out at once. Raises Rejected for the last administrator at the root."""
    with transaction.atomic():
        _lock_tree()
        user = membership.user
        if membership.role == "org_admin" and membership.unit.level == 0:
            _check_not_last_admin(user)
        audit.record("role.revoked", by=by, subject=user, detail={"role": membership.role, "unit": membership.unit_id})
        membership.delete()
        user.forget_roles()
        accounts.end_sessions(user, by=by, reason="role")


def close_account(user: User, *, reason: str, by: Actor) -> User:
    """Close a user's account and sign it out; roles and history stay. Closed twice is closed once.

    Raises Rejected: no reason, one's own account, the last administrator at the root.
    """
    reason = reason.strip()
    if not reason:
        raise Rejected(_("Please say why; it goes on record."), field="reason")
    if user.pk == by.user_id:
        raise Rejected(_("You cannot close your own account. Another administrator can."))
    with transaction.atomic():
        _lock_tree()
        user.refresh_from_db()
        if user.is_active:
            _check_not_last_admin(user)
            accounts.deactivate(user, by=by, reason=reason)
    return user


def change_settings(
    *, timezone_name: str, language: str, file_retention_days: int, people_per_manager: int, answer_days: int, by: Actor
) -> Settings:
    """The organisation's own choices but those of the data steward; what is as before leaves no trace.

    Raises Rejected: an unknown time zone or language, days or people out of range.
    """
    checked_timezone(timezone_name)
    if language not in dict(settings.LANGUAGES):
        raise Rejected(_("The pages do not exist in this language."), field="language")
    if file_retention_days not in RETENTION_DAYS:
        limits = {"least": RETENTION_DAYS[0], "most": RETENTION_DAYS[-1]}
        raise Rejected(_("Files are kept for %(least)d to %(most)d days.") % limits, field="file_retention_days")
    if people_per_manager not in PEOPLE_PER_MANAGER:
        limits = {"least": PEOPLE_PER_MANAGER[0], "most": PEOPLE_PER_MANAGER[-1]}
        raise Rejected(_("A case manager cares for %(least)d to %(most)d people.") % limits, field="people_per_manager")
    if answer_days not in ANSWER_DAYS:
        limits = {"least": ANSWER_DAYS[0], "most": ANSWER_DAYS[-1]}
        raise Rejected(_("A message is answered within %(least)d to %(most)d working days.") % limits, field="answer_days")
    wanted = {"timezone": timezone_name, "language": language, "file_retention_days": file_retention_days}
    return _change_settings(wanted | {"people_per_manager": people_per_manager, "answer_days": answer_days}, by=by)


def set_smallest_group(size: int, *, by: Actor) -> Settings:
    """The smallest group whose numbers employer roles see; numbers are published anew by whoever counts them.

    Raises Rejected below the floor of five.
    """
    if size not in SMALLEST_GROUPS:
        limits = {"least": SMALLEST_GROUPS[0], "most": SMALLEST_GROUPS[-1]}
        raise Rejected(_("The smallest group has %(least)d to %(most)d people.") % limits, field="smallest_group")
    return _change_settings({"smallest_group": size}, by=by)


def checked_timezone(name: str) -> ZoneInfo:
    """The time zone of a name. Raises Rejected when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Rejected(_("“%(name)s” is not a time zone, such as Asia/Shanghai.") % {"name": name}, field="timezone") from error


def checked_name(name: str) -> str:
    """A unit's name without surrounding blanks. Raises Rejected: empty, too long, or with the path's slash."""
    name = " ".join(name.split())
    if not name or "/" in name:
        raise Rejected(_("A unit's name cannot be empty or hold a slash."), field="name")
    if len(name) > LONGEST_NAME:
        raise Rejected(_("A unit's name has at most %(limit)d characters.") % {"limit": LONGEST_NAME}, field="name")
    return name


def checked_place(text: str) -> str:
    """The table's own name of a place; empty stays empty. Raises Rejected for an unknown or doubtful one."""
    if not text.strip():
        return ""
    found = places.lookup(text)
    if found is not None:
        return found.name
    several = places.alternatives(text)
    if several:
        raise Rejected(
            _("“%(place)s” may be any of: %(names)s. Please write the Chinese name.") % {"place": text, "names": ", ".join(several)},
            field="place",
        )
    raise Rejected(_("“%(place)s” is not a province or prefecture-level city that is known here.") % {"place": text}, field="place")


def _lock_tree() -> Unit:
    """Changes of the tree go one after the other."""
    return Unit.objects.select_for_update().get(pk=root_unit().pk)


def _change_settings(wanted: dict[str, object], *, by: Actor) -> Settings:
    with transaction.atomic():
        own = Settings.objects.select_for_update().get(pk=1)
        changed = {name: value for name, value in wanted.items() if getattr(own, name) != value}
        if changed:
            detail = {name: {"from": getattr(own, name), "to": value} for name, value in changed.items()}
            for name, value in changed.items():
                setattr(own, name, value)
            own.save(update_fields=list(changed))
            event = audit.record("settings.changed", by=by, detail=detail)
            work.announce("settings.changed", change=event.pk)
    return own


def _check_not_last_admin(user: User) -> None:
    others = Membership.objects.filter(role="org_admin", unit__level=0, user__is_active=True).exclude(user=user)
    is_admin = Membership.objects.filter(role="org_admin", unit__level=0, user=user).exists()
    if is_admin and user.is_active and not others.exists():
        raise Rejected(_("This is the last administrator of the organisation."))


def _check_centre(user: User, role: str, centre: str) -> None:
    """The exam centre that goes with a role: one for an exam centre's account, and none for any other."""
    if role != EXAM_CENTRE:
        if centre:
            raise Rejected(_("Only an exam centre’s account is of an exam centre. Please leave it empty for another role."), field="centre")
        return
    if not centre:
        raise Rejected(_("Please say which exam centre the account is of. It delivers in no other’s name."), field="centre")
    # Of two at once, the second sees what the first has named.
    User.objects.select_for_update().get(pk=user.pk)
    other = user.memberships.filter(role=EXAM_CENTRE).exclude(centre__in=("", centre)).first()
    if other is not None:
        said = _("This account is of “%(centre)s” already. Another exam centre needs an account of its own.")
        raise Rejected(said % {"centre": other.centre}, field="centre")


def _open_children(parents: Collection[int]) -> list[tuple[int, str]]:
    return list(Unit.objects.open().filter(parent__in=parents).values_list("parent", "name"))


def _unit_below(parent: Unit, name: str, place: str, number: int) -> Unit:
    if parent.closed_on is not None:
        raise Rejected(_("“%(name)s” is closed.") % {"name": parent.name}, field="unit")
    if len(parent.path) + ID_ROOM > LONGEST_PATH:
        raise Rejected(_("The tree is too deep below “%(name)s”.") % {"name": parent.name}, field="unit")
    tier = Unit.Tier.SECONDARY if parent.level == 0 else Unit.Tier.GRASSROOTS
    provisional = f"{parent.path}new{number}"
    return Unit(
        parent=parent, name=checked_name(name), place=checked_place(place), level=parent.level + 1, tier=tier, path=provisional
    )


def _hang(unit: Unit, to: Unit, *, by: Actor) -> Event:
    """Put a subtree below another unit; the tree is locked."""
    unit.refresh_from_db()
    to.refresh_from_db()
    _check_move(unit, to)
    before, old_path = unit.parent_id, unit.path
    # The constraints on path and parent hold at the end of each statement, so the parent goes first.
    Unit.objects.filter(pk=unit.pk).update(parent=to)
    new_path = f"{to.path}{unit.pk}."
    deeper = to.level + 1 - unit.level
    moved = sql.execute("organization/move_units", {"old_path": old_path, "new_path": new_path, "deeper": deeper})
    unit.refresh_from_db()
    return audit.record("unit.moved", by=by, subject=unit, detail={"from": before, "to": to.pk, "units": moved})


def _move_roles(unit: Unit, into: Unit, *, by: Actor) -> int:
    """Roles held at one unit are held at another instead; whoever holds them signs in again."""
    held = list(Membership.objects.filter(unit=unit).select_related("user"))
    there = set(Membership.objects.filter(unit=into).values_list("user", "role"))
    for membership in held:
        if (membership.user_id, membership.role) in there:
            membership.delete()
        else:
            membership.unit = into
            membership.save(update_fields=["unit"])
        detail = {"role": membership.role, "from": unit.pk, "to": into.pk}
        audit.record("role.moved", by=by, subject=membership.user, detail=detail)
    for user in {membership.user_id: membership.user for membership in held}.values():
        accounts.end_sessions(user, by=by, reason="role")
    return len(held)


def _check_merge(unit: Unit, into: Unit) -> None:
    if unit.level == 0:
        raise Rejected(_("The unit at the top cannot be merged into another."), field="unit")
    if into.path.startswith(unit.path):
        raise Rejected(_("A unit cannot be merged into itself or into one below it."), field="unit")
    for one in (unit, into):
        if one.closed_on is not None:
            raise Rejected(_("“%(name)s” is closed.") % {"name": one.name}, field="unit")


def _check_move(unit: Unit, to: Unit) -> None:
    if unit.level == 0:
        raise Rejected(_("The root unit cannot be moved."))
    if to.path.startswith(unit.path):
        raise Rejected(_("A unit cannot be moved below itself."), field="unit")
    if unit.closed_on is not None or to.closed_on is not None:
        raise Rejected(_("A closed unit cannot be moved or moved into."), field="unit")
    if Unit.objects.open().filter(parent=to, name__iexact=unit.name).exclude(pk=unit.pk).exists():
        raise Rejected(_("There is already a unit “%(name)s” there.") % {"name": unit.name}, field="name")
    deepest = max(len(path) for path in Unit.objects.within(unit).values_list("path", flat=True))
    if deepest - len(unit.path) + len(to.path) + ID_ROOM > LONGEST_PATH:
        raise Rejected(_("The tree is too deep below “%(name)s”.") % {"name": to.name}, field="unit")
