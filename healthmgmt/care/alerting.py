"""Alerts as their pages show them: which is the oldest, what was measured, where it came from, and what was before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from healthmgmt.accounts.models import User
from healthmgmt.care import calling, measured, presenters, record, selectors, services, worsening
from healthmgmt.care.models import Alert, Contact, Escalation
from healthmgmt.core.permissions import Permission
from healthmgmt.core.templatetags.health import day, moment, page_language
from healthmgmt.exams.models import Exam
from healthmgmt.records import catalogue

# In the order in which they are told.
TOLD = {
    Escalation.Tier.CASE_MANAGER: gettext_lazy("Case managers told"),
    Escalation.Tier.SECOND: gettext_lazy("Second person told"),
    Escalation.Tier.PHYSICIAN: gettext_lazy("Physician told"),
}
# What a list says of an alert that those who were told first left waiting.
RAISED = {
    Escalation.Tier.SECOND: gettext_lazy("A second person was told"),
    Escalation.Tier.PHYSICIAN: gettext_lazy("A physician was told"),
}
NAMED = 4
# The catalogue's category of what people measure themselves.
HOME = "home"


@dataclass(frozen=True)
class Row:
    """An alert in a list. The clock runs while nobody has spoken to the person."""

    alert: Alert
    meta: str
    text: str
    state: str
    clock: presenters.Clock | None
    raised: str = ""


@dataclass(frozen=True)
class Detail:
    """One alert: what was measured, against which line, where it came from, and the same values before."""

    row: Row
    told: presenters.Told | None
    facts: list[tuple[str, str]]
    indicators: list[str]
    before: list[tuple[str, list[tuple[str, str]]]]
    history: list[record.Entry]
    clearing: list[tuple[str, str]]
    hearing: list[tuple[str, str]]
    may_decide: bool
    may_acknowledge: bool
    is_contacted: bool


def rows(found: Iterable[Alert], *, now: datetime, today: date) -> list[Row]:
    """Alerts of `selectors.alerts` in words."""
    alerts = list(found)
    names = selectors.names_of(label for alert in alerts for label in (alert.acknowledged_by, alert.confirmed_by, alert.closed_by))
    return [_row(alert, names, now, today) for alert in alerts]


def sentence(counts: selectors.OpenCounts, is_physician: bool) -> str:
    """How many alerts are open, and what they wait for."""
    if not counts.open:
        return _("No alert is open.")
    words = {"open": ngettext("%(count)d alert is open", "%(count)d alerts are open", counts.open) % {"count": counts.open}}
    if is_physician:
        words["count"] = counts.unconfirmed
        return _("%(open)s; %(count)d wait for you to confirm or clear.") % words if counts.unconfirmed else _("%(open)s; all are confirmed.") % words
    words["count"] = counts.unspoken
    return _("%(open)s; nobody has spoken to the person of %(count)d.") % words if counts.unspoken else _("%(open)s; everybody was spoken to.") % words


def _row(alert: Alert, names: dict[str, str], now: datetime, today: date) -> Row:
    person, told = alert.person, calling.told_of(alert)
    is_running = alert.closed_at is None and not getattr(alert, "is_contacted", False)
    meta = " · ".join(part for part in (presenters.sex_age(person.sex, person.birth, today), person.unit.name) if part)
    clock = presenters.clock(selectors.deadline(alert), now) if is_running else None
    raised = RAISED.get(getattr(alert, "raised_to", None) or "", "") if alert.closed_at is None else ""
    return Row(alert, meta, told.text if told else "", record.state_of(alert, names), clock, str(raised))


def handed_over(found: Iterable[Contact], *, today: date) -> list[tuple[Contact, str, str]]:
    """Contacts of `selectors.handed_over`: each with the person's sex and age, and who asked when."""
    contacts = list(found)
    names = selectors.names_of(contact.made_by for contact in contacts)
    return [
        (
            one,
            presenters.sex_age(one.person.sex, one.person.birth, today),
            _("Handed over by %(name)s on %(day)s") % {"name": presenters.doer(one.made_by, names), "day": day(one.made_at)},
        )
        for one in contacts
    ]


def detail(alert: Alert, *, user: User, now: datetime, today: date) -> Detail:
    """`alert` comes from `access.get_alert_or_404`."""
    exams = [exam for exam in measured.exams_of(alert.person) if exam.taken_on <= alert.measured_on]
    rapid = [worsening.load().rule(alert.code).read] if alert.is_rapid else []
    codes = rapid or [one for one in dict.fromkeys(reason["indicator"] for reason in alert.assessment.reasons if reason["code"] == alert.code)]
    codes = list(measured.PRESSURE) if set(codes) <= set(measured.PRESSURE) else codes
    contacts = list(Contact.objects.filter(person=alert.person, made_at__gte=alert.opened_at))
    alert.is_contacted = any(one.ending in selectors.reached_endings() for one in contacts)
    told = list(alert.escalations.select_related("user"))
    names = selectors.names_of([alert.acknowledged_by, alert.confirmed_by, alert.closed_by, *(one.made_by for one in contacts)])
    row = _row(alert, names, now, today)
    return Detail(
        row=row,
        told=calling.told_of(alert),
        facts=[
            (_("Measured"), day(alert.measured_on, "year")),
            (_("Received"), moment(alert.opened_at)),
            (_("Source"), _source(alert)),
        ],
        indicators=[_name(code) for code in codes],
        before=[
            (day(exam.taken_on, "year"), [(_name(code), measured.shown(exam.results.get(code))) for code in codes])
            for exam in reversed(exams)
        ],
        history=_history(alert, told, contacts, names),
        clearing=[(one, str(one.label)) for one in services.CLEARED],
        hearing=[(one, str(one.label)) for one in services.HEARD],
        may_decide=user.can(Permission.ALERT_DECIDE, alert.person.unit),
        may_acknowledge=not (alert.closed_at or alert.acknowledged_at or alert.confirmed_at or alert.is_contacted),
        is_contacted=bool(contacts),
    )


def _history(alert: Alert, told: list[Escalation], contacts: list[Contact], names: dict[str, str]) -> list[record.Entry]:
    """What has happened since the alert opened, in the order of time."""
    entries = [record.Entry(alert.opened_at, _("Came in"), "")]
    for tier, words in TOLD.items():
        of_tier = [one for one in told if one.tier == tier]
        if of_tier:
            entries.append(record.Entry(of_tier[0].told_at, str(words), _listed([one.user.shown_name for one in of_tier])))
    entries += [record.Entry(one.made_at, presenters.ending_words(one.ending), _by(one, names)) for one in contacts]
    acts = [(alert.acknowledged_at, _("Taken on"), alert.acknowledged_by), (alert.confirmed_at, _("Confirmed"), alert.confirmed_by)]
    acts.append((alert.closed_at, alert.get_outcome_display(), alert.closed_by))
    entries += [record.Entry(at, str(title), presenters.doer(label, names)) for at, title, label in acts if at]
    return sorted(entries, key=lambda entry: entry.at)


def _listed(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMED
    shown = ("、" if page_language() == "zh" else ", ").join(names[:NAMED])
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown


def _source(alert: Alert) -> str:
    """Who delivered the exam of that day, or that it was measured at home."""
    items = catalogue.load()
    measured_by = [items.get(one["indicator"]) for one in alert.assessment.reasons if one["code"] == alert.code]
    if measured_by and all(item is not None and item.category == HOME for item in measured_by):
        return _("measured at home")
    exam = Exam.objects.filter(pk__in=alert.assessment.exams, taken_on=alert.measured_on).select_related("upload__centre").first()
    centre = exam.upload.centre if exam else None
    return centre.name if centre else _("not known")


def _by(contact: Contact, names: dict[str, str]) -> str:
    return " · ".join(part for part in (presenters.doer(contact.made_by, names), contact.note) if part)


def _name(code: str) -> str:
    item = catalogue.load().get(code)
    if item is None:
        return code
    return item.name_zh if page_language() == "zh" else item.name_en
