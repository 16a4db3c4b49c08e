"""The page of one activity for the person who is invited to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from healthmgmt.care.lessons import Lesson
from healthmgmt.care.lessons import load as lessons
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.engagement import funnel_words, presenters, selectors
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.engagement.programmes import LESSON, READING
from healthmgmt.engagement.taking_part import programme_of
from healthmgmt.people.purposes import ACTIVITY_READINGS
from healthmgmt.people.selectors import has_consent


def activity(participation: Participation, *, today: date, typed: Mapping[str, str] | None = None, fault: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """What the page shows; `typed` is what could not be taken, `fault` the field and why."""
    one, programme, language = participation.activity, programme_of(participation.activity), page_language()
    done = selectors.acts_of(participation)
    participation.done = len(done)
    way = programme.way(participation.way)
    runs = presenters.is_running(one, today)
    return {
        "activity": one,
        "participation": participation,
        "title": programme.title[language],
        "icon": programme.icon,
        "lead": programme.lead[language],
        "why": programme.why[language],
        "worth": presenters.worth(programme),
        "standing": presenters.standing(participation, programme, today),
        "ways": presenters.ways(programme, participation.way),
        "way": way and {"title": way.title[language], "text": way.text[language]},
        "done": min(len(done), programme.goal),
        "goal": programme.goal,
        "acts": presenters.shown_acts(participation, done, today),
        "may_join": presenters.may_join(one, today),
        "runs": runs,
        "form": presenters.act_form(participation, done, today),
        "lessons": presenters.lesson_list(programme, done) if way and way.source == LESSON and runs else [],
        "by_reading": bool(way and way.source == READING and runs and not participation.finished_at),
        "lacks_consent": bool(way and way.source == READING and not has_consent(participation.person, ACTIVITY_READINGS)),
        "seen_by": presenters.seen_by(one),
        "teams": _teams(one),
        "typed": typed or {},
        "fault_field": fault[0],
        "fault": fault[1],
    }


def lesson_or_404(participation: Participation, slug: str) -> Lesson:
    """A lesson of the activity, for somebody who joined it so."""
    programme = programme_of(participation.activity)
    way = programme.way(participation.way)
    if way is None or way.source != LESSON or slug not in programme.lessons:
        raise Http404(_("There is no such lesson."))
    return lessons()[slug]


def _teams(one: Activity) -> list[funnel_words.UnitRow]:
    """The units side by side, as employers see them; nothing of an activity with health content."""
    published = selectors.published_of(one) if one.sensitivity == Activity.Sensitivity.COVERAGE else None
    return funnel_words.units(published) if published else []
