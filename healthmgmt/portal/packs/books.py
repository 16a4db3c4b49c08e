"""The result of a simulation as a workbook to take along: what its page shows, hidden numbers hidden."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from healthmgmt.core import workbooks
from healthmgmt.core.templatetags.health import colour_name
from healthmgmt.core.workbooks import Cell
from healthmgmt.portal.packs.telling import Told, move_text, units_text


def workbook(told: Told) -> bytes:
    """One sheet; the first column says what a row is about."""
    headings = [_("Part"), _("What"), _("Now"), _("Draft"), _("Difference"), _("Rests on")]
    rows = (row for part in (_head, _colours, _moves, _causes, _units) for row in part(told))
    return workbooks.write(headings, rows, title=_("Simulation"))


def _shown(number: int | None) -> Cell:
    return _("too few to say") if number is None else number


def _head(told: Told) -> Iterator[list[Cell]]:
    result, part = told.result, _("Result")
    yield [part, told.sentence, "", "", "", ""]
    yield [part, _("Last results as of"), result.as_of, "", "", ""]
    yield [part, _("Rules in force"), f"{result.pack} {result.edition}", "", "", ""]
    capacity, part = result.capacity, _("Case managers")
    yield [part, _("Red and orange people"), _shown(capacity.before), _shown(capacity.after), "", ""]
    yield [part, _("Case managers"), capacity.managers, capacity.managers + capacity.lacking, capacity.lacking, ""]
    yield [part, _("People each can look after"), capacity.limit, capacity.limit, "", ""]


def _colours(told: Told) -> Iterator[list[Cell]]:
    for one in told.result.colours:
        yield [_("People by colour"), colour_name(one.colour), _shown(one.before), _shown(one.after), _shown(one.change), ""]


def _moves(told: Told) -> Iterator[list[Cell]]:
    for one in told.result.moves:
        if one.before != one.after:
            yield [_("Who changes colour"), move_text(one), "", "", one.people, ""]


def _causes(told: Told) -> Iterator[list[Cell]]:
    for row in told.causes:
        one = row.cause
        yield [_("Which rule causes it"), row.title, one.before, one.after, _shown(one.people), one.source]


def _units(told: Told) -> Iterator[list[Cell]]:
    for one in told.result.units:
        names = units_text(one.names, told.language)
        for what, number in ((_("a more urgent colour"), one.higher), (_("a less urgent colour"), one.lower), (_("as before"), one.same)):
            yield [_("Units"), f"{names}: {what}", _shown(one.people), "", _shown(number), ""]
