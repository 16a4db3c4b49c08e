"""The administrator's pages in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.organization.models import Unit
from healthmgmt.people.administration.units import Forest, Node
from healthmgmt.people.administration.users import ShownUser, Standing

STANDINGS = {
    Standing.ACTIVE: gettext_lazy("Can sign in"),
    Standing.CODE: gettext_lazy("Code issued, not used yet"),
    Standing.EXPIRED: gettext_lazy("Code expired"),
    Standing.CLOSED: gettext_lazy("Closed"),
}


def users_sentence(found: int, *, is_narrowed: bool) -> str:
    """What the list of users says first."""
    if is_narrowed:
        return ngettext("%(count)s user fits.", "%(count)s users fit.", found) % {"count": f"{found:,}"}
    return ngettext(
        "%(count)s user does something for the organisation.", "%(count)s users do something for the organisation.", found
    ) % {"count": f"{found:,}"}


def user_sentence(row: ShownUser) -> str:
    """What the page of a user says first."""
    names = {"name": row.user.shown_name, "count": len(row.roles) + row.outside}
    if row.standing == Standing.CLOSED:
        return _("The account of %(name)s is closed.") % names
    if row.standing == Standing.CODE:
        return _("%(name)s has a code and has not used it yet.") % names
    if row.standing == Standing.EXPIRED:
        return _("%(name)s cannot sign in: there is no code that works.") % names
    if not names["count"]:
        return _("%(name)s can sign in, and has no role.") % names
    return ngettext(
        "%(name)s can sign in and has %(count)d role.", "%(name)s can sign in and has %(count)d roles.", names["count"]
    ) % names


def forest_sentence(forest: Forest) -> str:
    """What the page of all units says first."""
    given = {"units": f"{forest.units:,}", "people": f"{forest.people:,}", "empty": forest.empty}
    if forest.empty:
        return ngettext(
            "%(units)s units, %(people)s people. In %(empty)d unit nobody works.",
            "%(units)s units, %(people)s people. In %(empty)d units nobody works.",
            forest.empty,
        ) % given
    return _("%(units)s units, %(people)s people. In each of them somebody works.") % given


def unit_sentence(node: Node, direct: int, below: int) -> str:
    """What the page of a unit says first."""
    given = {"name": node.unit.name, "people": f"{node.people:,}", "direct": f"{direct:,}", "below": below}
    if node.unit.closed_on:
        return _("%(name)s is closed. Its history stays.") % given
    if not node.people:
        return _("Nobody works in %(name)s yet.") % given
    if not below:
        return ngettext("%(people)s person works in %(name)s.", "%(people)s people work in %(name)s.", node.people) % given
    if not direct:
        return ngettext(
            "%(people)s people work in the %(below)d unit below %(name)s, nobody right there.",
            "%(people)s people work in the %(below)d units below %(name)s, nobody right there.",
            below,
        ) % given
    return ngettext(
        "%(people)s people work in %(name)s and the %(below)d unit below it, %(direct)s of them right there.",
        "%(people)s people work in %(name)s and the %(below)d units below it, %(direct)s of them right there.",
        below,
    ) % given


def transferred(moved: int, to: Unit) -> str:
    """What became of a transfer."""
    if not moved:
        return _("Nobody was moved: those whom you chose do not work here any more.")
    said = ngettext("%(count)s person now works in “%(name)s”.", "%(count)s people now work in “%(name)s”.", moved)
    return said % {"count": f"{moved:,}", "name": to.name}


def merged(unit: Unit, into: Unit, moved: int) -> str:
    """What became of a merger."""
    said = ngettext(
        "“%(name)s” is part of “%(into)s”: %(count)s person went over.", "“%(name)s” is part of “%(into)s”: %(count)s people went over.", moved
    )
    return said % {"count": f"{moved:,}", "name": unit.name, "into": into.name}
