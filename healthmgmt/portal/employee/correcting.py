"""What somebody says of a value of theirs: which values there are, what is open, and what was answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.templatetags.health import day
from healthmgmt.exams import disputed, disputing
from healthmgmt.exams.models import Dispute, Exam
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import selectors
from healthmgmt.portal.employee.forms import CorrectionForm
from healthmgmt.portal.employee.measured import Item, present
from healthmgmt.portal.employee.writing import name

SHOWN = 20


def page(person: Person, form: CorrectionForm) -> dict[str, Any]:
    found = Dispute.objects.filter(person=person).select_related("exam").order_by("-opened_at")[:SHOWN]
    return {"person": person, "form": form, "disputes": [disputed.shown(one) for one in found]}


def values(record: selectors.Record) -> dict[str, Exam]:
    """What the report shows, each with the exam that says it; what was worked out is disputed by what it comes from."""
    found: dict[str, Exam] = {}
    for code, item in present(record.items).items():
        said = [exam for exam in record.exams if exam.taken_on == item.last.on and code in exam.results]
        if said:
            found[code] = said[-1]
    return found


def choices(record: selectors.Record) -> list[tuple[str, str]]:
    return [(code, f"{name(code)} · {day(exam.taken_on, 'year')}") for code, exam in values(record).items()]


def open_codes(person: Person, items: Mapping[str, Item]) -> list[str]:
    """The values of the report that are being checked."""
    return [code for code, on in disputing.open_values(person) if code in items and items[code].last.on == on]


def words(codes: Sequence[str]) -> str:
    """Says beside the colour that it counts what is disputed; blank without any."""
    if not codes:
        return ""
    return ngettext(
        "%(count)d value is disputed; the colour counts it until it is answered.",
        "%(count)d values are disputed; the colour counts them until they are answered.",
        len(codes),
    ) % {"count": len(codes)}


def noted() -> str:
    return _("Noted. You find the answer here as soon as it is given.")
