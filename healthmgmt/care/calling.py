"""What somebody who calls a person has before them, and the form for what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from healthmgmt.care import endings, presenters, selectors
from healthmgmt.care.models import Alert
from healthmgmt.core.templatetags.health import day, moment, page_language
from healthmgmt.people.models import Person
from healthmgmt.risk import editions


@dataclass(frozen=True)
class Choice:
    """An ending in words, and when the next contact would be."""

    slug: str
    words: str
    next: str


@dataclass(frozen=True)
class Card:
    """A person about to be called."""

    person: Person
    meta: str
    colour: str
    title: str
    notes: list[str]
    mobile: str
    question: str
    choices: list[Choice]
    rule: str
    last: str
    latest_on: date
    consent: str


def card(person: Person, *, today: date) -> Card:
    """See selectors.call for the queries."""
    found, rules = selectors.call(person, today=today), endings.load()
    has_alert = bool(found.alerts)
    title, notes, codes = _result(found)
    return Card(
        person=person,
        meta=" · ".join(part for part in (presenters.sex_age(person.sex, person.birth, today), person.unit.name) if part),
        colour=found.colour,
        title=title,
        notes=notes,
        mobile=found.mobile,
        question=rules.question(codes, page_language()),
        choices=[_choice(one, found, today) for one in rules.endings],
        rule=_("While a red alert is open, somebody calls every day.") if any(not one.is_rapid for one in found.alerts) else _("The next date follows what you choose."),
        last=_last(found, today),
        latest_on=today.fromordinal(today.toordinal() + (rules.alert_longest_days if has_alert else endings.LONGEST_DAYS)),
        consent=presenters.consent_to_calls(person),
    )


def _choice(ending: endings.Ending, found: selectors.Call, today: date) -> Choice:
    colour = found.assessment.colour if found.assessment else "grey"
    next_on = ending.next_on(today, colour=colour, has_alert=bool(found.alerts))
    return Choice(ending.slug, ending.words[page_language()], _("Next: %(day)s") % {"day": presenters.on_day(next_on, today)})


def _result(found: selectors.Call) -> tuple[str, list[str], list[str]]:
    """The result that calls for a call, what is known of it, and the codes of its reasons."""
    if found.alerts:
        alert = found.alerts[0]
        told = told_of(alert)
        notes = [told.detail] if told and told.measured else []
        notes.append(_("Measured on %(day)s, received %(moment)s.") % {"day": day(alert.measured_on), "moment": moment(alert.opened_at)})
        return (told.title if told else ""), notes, [alert.code]
    if found.assessment is None:
        return _("No result that counts"), [], []
    one = found.assessment
    if found.expired:
        return presenters.expired_colour(one.colour, found.expired.newest_on), [_("A new examination is needed.")], []
    told = presenters.told(editions.load(one.pack, one.edition), one.reasons)
    if told is None:
        return "", [], []
    notes = [note for note in (told.detail if told.measured else "", presenters.more_reasons(told.others)) if note]
    return told.title, notes, [reason["code"] for reason in one.reasons]


def told_of(alert: Alert) -> presenters.Told | None:
    """The result of an alert in words; alert comes with its assessment."""
    one = alert.assessment
    pack = editions.load(one.pack, one.edition)
    if alert.is_rapid:
        return presenters.told_worsening(pack, alert.code, alert.facts)
    return presenters.told(pack, one.reasons, alert.code)


def _last(found: selectors.Call, today: date) -> str:
    if not found.contacts:
        return ""
    last = found.contacts[0]
    words: dict[str, Any] = {"day": day(last.made_at), "ending": presenters.ending_words(last.ending), "note": last.note}
    return _("Last contact %(day)s: %(ending)s. %(note)s") % words if last.note else _("Last contact %(day)s: %(ending)s.") % words
