"""The first sentence of Today and of the report: how am I, what is the one thing to do, by when."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care.models import Step
from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.portal.employee import steps as plan
from healthmgmt.portal.employee import words
from healthmgmt.portal.employee.colour import pack_of, value_colours
from healthmgmt.portal.employee.measured import Item, present
from healthmgmt.portal.employee.writing import enumerated, joined, run_on
from healthmgmt.risk import explanation
from healthmgmt.risk.expiring import Expired
from healthmgmt.risk.models import Assessment

CRITICAL = "critical_"
NAMED_STATES, NAMED_NOUNS = 2, 3
# What others do within so many days is told though the person may do something before.
SOON_DAYS = 21
# Fewer are not worth a sentence of their own.
LEAST_IN_RANGE = 3


def today_sentence(
    assessment: Assessment | None, items: Mapping[str, Item], open_steps: Sequence[Step], *, today: date, is_settled: bool, exam_by: date | None,
    expired: Expired | None = None,
) -> str:
    """`is_settled`: a clinician has closed every alert of the person; `exam_by`: when this round's exams are due; `expired`: why there is
    no assessment that counts."""
    if assessment is None:
        parts = [_say("expired", day=day(expired.newest_on)) if expired else _say("none")]
        if exam_by and exam_by >= today:
            parts.append(_("Please take this round's examination by %(day)s.") % {"day": day(exam_by)})
        elif expired:
            parts.append(_("Please have a new examination."))
        return run_on(parts)
    parts = [state(assessment, is_settled=is_settled), *_leads(open_steps, today)]
    rest = _rest(assessment, items)
    if rest and not _is_critical(assessment):
        parts.append(rest)
    return run_on(parts)


def state(assessment: Assessment, *, is_settled: bool) -> str:
    """How somebody is, in one sentence."""
    colour = assessment.colour
    if colour == Assessment.Colour.GREY:
        return _say("grey", missing=enumerated(_missing(assessment)))
    if colour == Assessment.Colour.GREEN:
        return _say("green")
    if colour == Assessment.Colour.BLUE:
        return _say("blue", nouns=enumerated(nouns(assessment, (colour,))[:NAMED_NOUNS]))
    kind = ("settled" if is_settled else "critical") if _is_critical(assessment) else colour
    return _say(kind, states=_states(assessment))


def nouns(assessment: Assessment, colours: Sequence[str]) -> list[str]:
    """The topics of the reasons of some colours, each once."""
    pack, known, language = pack_of(assessment), words.load().topics, page_language()
    found = []
    for _reason, line, _is_main in explanation.ranked(pack, assessment.reasons):
        if line.colour in colours:
            topic = known.get(line.reason)
            found.append(topic.noun[language] if topic else pack.words.reasons[line.reason][language])
    return list(dict.fromkeys(found))


def _states(assessment: Assessment) -> str:
    """The first reasons of the colour; of a class A result nothing else."""
    pack, known, language = pack_of(assessment), words.load().topics, page_language()
    only = CRITICAL if _is_critical(assessment) else ""
    lines = [one.line for one in explanation.ranked(pack, assessment.reasons)]
    said: dict[str, str] = {}
    # Of one reason a measured value says more than what stands on record.
    for line in sorted(lines, key=lambda line: line.is_flag):
        if line.colour == assessment.colour and line.reason.startswith(only) and line.reason not in said:
            topic = known.get(line.reason)
            phrase = (topic.recorded if line.is_flag else topic.state) if topic else pack.words.reasons[line.reason]
            said[line.reason] = phrase[language]
    first, more = list(said.values())[:NAMED_STATES], len(said) - NAMED_STATES
    named = joined(first) if language == "zh" else enumerated(first)
    if more <= 0:
        return named
    return ngettext("%(named)s, and %(more)d thing more", "%(named)s, and %(more)d things more", more) % {"named": named, "more": more}


def _is_critical(assessment: Assessment) -> bool:
    return any(reason["code"].startswith(CRITICAL) for reason in assessment.reasons)


def _missing(assessment: Assessment) -> list[str]:
    told = explanation.missing_texts(pack_of(assessment), assessment.missing, page_language())
    return [one.label for one in told if one.is_for_green][:NAMED_NOUNS]


def _leads(open_steps: Sequence[Step], today: date) -> list[str]:
    """What others do first where they come first or soon, then the person's own next step."""
    own = plan.next_step(open_steps)
    others = next((step for step in open_steps if step is not own and not plan.is_theirs(step)), None)
    is_told = others is not None and (others is open_steps[0] or (others.asked_on - today).days <= SOON_DAYS)
    chosen = ([others] if is_told else []) + ([own] if own else [])
    return [said for step in chosen if (said := plan.lead(step, today))]


def _rest(assessment: Assessment, items: Mapping[str, Item]) -> str:
    if assessment.colour in (Assessment.Colour.GREEN, Assessment.Colour.GREY):
        return ""
    inside = len(_judged(items)) - _outside(assessment, items)
    if inside < LEAST_IN_RANGE:
        return ""
    return _("%(count)d other results are within range.") % {"count": inside}


def plan_sentence(open_steps: Sequence[Step], today: date) -> str:
    """What comes next in the plan."""
    return run_on(_leads(open_steps, today)) or _("Nothing of your plan is open at present.")


def report_sentence(assessment: Assessment | None, items: Mapping[str, Item], *, expired: Expired | None = None) -> str:
    """`34 of 38 values are within range. Blood pressure needs a doctor's look; weight and glucose deserve attention.`"""
    if expired:
        return _say("expired", day=day(expired.newest_on))
    judged = _judged(items)
    inside = len(judged) - _outside(assessment, items)
    parts = []
    if judged:
        parts.append(
            _("All %(all)d values are within range.") % {"all": len(judged)}
            if inside == len(judged)
            else _("%(inside)d of %(all)d values are within range.") % {"inside": inside, "all": len(judged)}
        )
    if assessment is not None and assessment.colour == Assessment.Colour.GREY:
        parts.append(state(assessment, is_settled=False))
    elif assessment is not None:
        clinical = nouns(assessment, ("red", "orange"))
        watched = [noun for noun in nouns(assessment, ("yellow", "blue")) if noun not in clinical]
        if clinical:
            parts.append(_("For a clinician: %(topics)s.") % {"topics": enumerated(clinical[:NAMED_NOUNS])})
        if watched:
            parts.append(_("To keep an eye on: %(topics)s.") % {"topics": enumerated(watched[:NAMED_NOUNS])})
    return run_on(parts)


def _judged(items: Mapping[str, Item]) -> list[Item]:
    """The values of the newest examination that have a range."""
    return [item for item in present(items).values() if item.last.has_span]


def _outside(assessment: Assessment | None, items: Mapping[str, Item]) -> int:
    """How many of them lie out of it, or are a reason for a colour inside it."""
    colours = value_colours(assessment)
    return sum(bool(item.last.side or item.code in colours) for item in _judged(items))


def _say(kind: str, **given: str) -> str:
    return words.load().sentences[kind][page_language()].format(**given)
