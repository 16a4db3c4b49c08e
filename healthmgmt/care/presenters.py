"""Care in words: why somebody is on the list, how long a clock still runs, what a plan asks for, who did something."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care import endings, templates, worsening
from healthmgmt.care.models import Plan
from healthmgmt.core.dates import completed_years
from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.people.models import Person
from healthmgmt.people.selectors import states_of
from healthmgmt.records import catalogue
from healthmgmt.risk import explanation, packs

HOUR = 3600
PAIR = ("sbp", "dbp")
# The purpose whose answer those who call have to know.
CALLS = "care_contact"


class Clock(NamedTuple):
    """How long is left, or how late it is."""

    text: str
    is_late: bool
    is_urgent: bool


def clock(deadline: datetime, now: datetime) -> Clock:
    """The time left until a deadline; filled when less than an hour is left."""
    seconds = int((deadline - now).total_seconds())
    words = duration(abs(seconds))
    if seconds < 0:
        return Clock(_("%(time)s late") % {"time": words}, True, True)
    return Clock(_("%(time)s left") % {"time": words}, False, seconds < HOUR)


def duration(seconds: int) -> str:
    """`1 h 48 min`; days from two days on."""
    if seconds >= 48 * HOUR:
        return days_text(seconds // (24 * HOUR))
    hours, minutes = seconds // HOUR, seconds % HOUR // 60
    if hours and minutes:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(hours)d h") % {"hours": hours} if hours else _("%(minutes)d min") % {"minutes": minutes}


def days_text(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def late_days(due_on: date, today: date) -> str:
    """`6 days late`."""
    return _("%(time)s late") % {"time": days_text((today - due_on).days)}


def on_day(when: date, today: date) -> str:
    """`today`, `tomorrow`, or the day."""
    if when == today:
        return _("today")
    return _("tomorrow") if when == today + timedelta(days=1) else day(when)


def sex_age(sex: str, birth: date | None, today: date) -> str:
    """`Male 52`."""
    words = {"m": _("Male"), "f": _("Female")}.get(sex, "")
    return f"{words} {completed_years(birth, today)}".strip() if birth else words


class Told(NamedTuple):
    """Reasons of one code in a line: its title, what was measured, the line that was crossed, and how many other reasons there are."""

    code: str
    title: str
    measured: str
    limit: str
    others: int

    @property
    def text(self) -> str:
        return _("%(title)s: %(detail)s") % {"title": self.title, "detail": self.detail} if self.measured else self.title

    @property
    def detail(self) -> str:
        return _("%(value)s, %(limit)s") % {"value": self.measured, "limit": self.limit}


def told(pack: packs.Pack, reasons: Sequence[Mapping[str, Any]], code: str = "") -> Told | None:
    """The reasons of a code, else those that stand first; None without any. A pressure is told with both of its numbers."""
    if code.startswith(worsening.PREFIX):
        return Told(code, worsening.load().rule(code).words[page_language()], "", "", 0)
    language, ranked = page_language(), explanation.ranked(pack, reasons)
    code = code or (ranked[0].line.reason if ranked else "")
    # A list has hundreds of reasons: only those that are told are put into words.
    near = [one for one in ranked if one.line.reason == code or one.line.indicator in PAIR]
    texts = [explanation.reason_text(pack, one, language, clinical=True) for one in near]
    chosen = [one for one in texts if one.code == code]
    if not chosen:
        return None
    others = len({one.line.reason for one in ranked if one.is_main} - {code})
    signs = {one.line.indicator: one.line.op for one in near if one.line.reason == code}
    sides = {indicator: pack.words.ops[sign][language] for indicator, sign in signs.items() if sign in pack.words.ops}
    measured, crossed = _pressure(pack, texts, chosen, sides) or _single(pack, chosen[0], sides)
    return Told(code, pack.words.reasons[code][language], measured if crossed else "", crossed, others)


def _pressure(
    pack: packs.Pack, texts: Sequence[explanation.ReasonText], chosen: Sequence[explanation.ReasonText], sides: Mapping[str, str]
) -> tuple[str, str] | None:
    """Both numbers of a pressure, where the other one is told by any reason of the same day; and the line crossed."""
    crossing = {one.indicator: one for one in chosen if one.indicator in PAIR and one.value}
    if not crossing:
        return None
    day_of = next(iter(crossing.values())).on
    values = {one.indicator: one for one in reversed(texts) if one.indicator in PAIR and one.on == day_of and one.value}
    if len(values) < len(PAIR):
        return None
    high, low = values["sbp"], values["dbp"]
    measured = _("%(high)s/%(low)s %(unit)s") % {"high": high.value, "low": low.value, "unit": high.unit}
    if len(crossing) == len(PAIR):
        return measured, f"{sides['sbp']} {crossing['sbp'].limit}/{crossing['dbp'].limit}"
    ((indicator, one),) = crossing.items()
    gap = "" if page_language() == "zh" else " "
    return measured, f"{pack.words.indicators[indicator][page_language()]}{gap}{sides[indicator]} {one.limit}"


def _single(pack: packs.Pack, one: explanation.ReasonText, sides: Mapping[str, str]) -> tuple[str, str]:
    """One value and the line it crossed; two empty texts for what is yes or no."""
    if not one.value:
        return "", ""
    name = pack.words.indicators[one.indicator][page_language()]
    measured = f"{name} {one.value} {one.unit}".strip()
    if one.computed:
        measured = _("%(value)s (%(origin)s)") % {"value": measured, "origin": one.computed}
    return measured, f"{sides[one.indicator]} {one.limit}"


def told_worsening(pack: packs.Pack, code: str, facts: Mapping[str, Any]) -> Told:
    """Rapid worsening with both values, and of when the earlier one is."""
    rule = worsening.load().rule(code)
    item = catalogue.load()[rule.value]
    name = item.name_zh if page_language() == "zh" else item.name_en
    words = {"name": name, "was": f"{facts['was']:.4g}", "now": f"{facts['now']:.4g}", "unit": pack.words.unit(item.unit)}
    measured = _("%(name)s %(was)s → %(now)s %(unit)s") % words
    return Told(code, rule.words[page_language()], measured, _("compared with %(day)s") % {"day": day(date.fromisoformat(facts["was_on"]), "year")}, 0)


def more_reasons(count: int) -> str:
    return ngettext("%(count)d more reason", "%(count)d more reasons", count) % {"count": count} if count else ""


def change_of_colour(former: str, colour: str) -> str:
    """`Yellow → Orange`."""
    return f"{colour_word(former)} → {colour_word(colour)}"


def expired_colour(colour: str, newest_on: date) -> str:
    """`Orange has expired, exam of 2 March 2025`."""
    return _("%(colour)s has expired, exam of %(day)s") % {"colour": colour_word(colour), "day": day(newest_on, "year")}


def ending_words(slug: str) -> str:
    return endings.load().ending(slug).words[page_language()]


def last_contact(ending: str | None, at: datetime | None) -> str:
    """`Will come, 12 June`; empty for who was never called."""
    return _("%(ending)s, %(day)s") % {"ending": ending_words(ending), "day": day(at)} if ending else ""


def step_words(template: str, version: int, number: int | None = None) -> str:
    """What a step asks for; without a number the name of the plan."""
    return templates.load().words(template, version, number)[page_language()]


class PlanWords(NamedTuple):
    """A plan's name and version, the names of the parts it has now, and who approved that version."""

    name: str
    parts: list[str]
    approval: str


def plan_words(plan: Plan) -> PlanWords:
    """One query, for the parts."""
    template, language = templates.load().plan(plan.template, plan.version), page_language()
    name = _("%(plan)s, version %(version)d") % {"plan": template.words[language], "version": template.version}
    parts = part_names(plan, set(plan.parts.filter(ended_on=None).values_list("slug", flat=True)))
    if template.approved_on is None:
        return PlanWords(name, parts, _("Awaiting approval by a clinician"))
    return PlanWords(name, parts, _("Approved by %(name)s on %(day)s") % {"name": template.approved_by, "day": day(template.approved_on, "year")})


def part_names(plan: Plan, present: Collection[str]) -> list[str]:
    """What the parts that a plan has now are called, in the order of its template."""
    template = templates.load().plan(plan.template, plan.version)
    return [part.words[page_language()] for part in template.parts if part.slug in present]


def doer(label: str, names: Mapping[str, str]) -> str:
    """Who did something, by name; what no user did was done by the system."""
    return names.get(label) or _("The system")


def consent_to_calls(person: Person) -> str:
    """How the person stands to being called by a case manager."""
    return calls_in_words(states_of([person.pk], CALLS)[person.pk])


def calls_in_words(state: str) -> str:
    """An answer about calls as those who call read it."""
    return {
        "given": _("Has agreed to be called."),
        "outdated": _("Has agreed to be called, in an earlier wording."),
        "declined": _("Does not wish to be called: only a critical result is a reason to call."),
        "withdrawn": _("Has taken back the consent to calls: only a critical result is a reason to call."),
        "not_asked": _("Has not said yet whether calls are welcome; ask first."),
    }[state]
