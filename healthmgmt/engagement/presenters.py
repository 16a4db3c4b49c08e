"""Activities, acts and points in words for the person whom they are about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care.lessons import Lesson
from healthmgmt.care.lessons import load as lessons
from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.engagement import programmes
from healthmgmt.engagement.acts import last_entry
from healthmgmt.engagement.models import Act, Activity, Participation, PointsEntry, Reward, RewardRequest
from healthmgmt.engagement.programmes import BY_LESSON, FORM, Programme, Way
from healthmgmt.engagement.taking_part import programme_of


@dataclass(frozen=True)
class Card:
    """An activity in a list. `standing` is where the person is; `done` of `goal` once they joined."""

    url: str
    icon: str
    title: str
    lead: str
    until: str
    standing: str
    done: int
    goal: int
    is_joined: bool


@dataclass(frozen=True)
class ShownWay:
    """A way to take part, in words."""

    slug: str
    title: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownAct:
    """Something that counts; `pk` where it may be taken back."""

    day: date
    text: str
    pk: int | None


@dataclass(frozen=True)
class ShownLesson:
    slug: str
    title: str
    minutes: int
    is_done: bool


@dataclass(frozen=True)
class ActForm:
    """What can be noted: a number, a topic, or only that it was done."""

    question: str = ""
    unit: str = ""
    topics: list[ShownLesson] = field(default_factory=list)
    days: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ShownEntry:
    """A line of the points ledger."""

    day: date
    text: str
    points: str


def title(activity: Activity) -> str:
    """What an activity is called, in the language of the page."""
    return programme_of(activity).title[page_language()]


def run_on(*sentences: str) -> str:
    """Sentences one after the other: Chinese ones without a blank."""
    return ("" if page_language() == "zh" else " ").join(one for one in sentences if one)


def reward_name(reward: Reward) -> str:
    return reward.name_zh if page_language() == "zh" else reward.name_en


def is_running(activity: Activity, today: date) -> bool:
    """Whether something can still be done or noted."""
    return activity.state == Activity.State.OPEN and today <= last_entry(activity)


def may_join(activity: Activity, today: date) -> bool:
    return activity.state == Activity.State.OPEN and today <= activity.ends_on


def sorted_cards(found: Sequence[Participation], today: date) -> tuple[list[Card], list[Card], list[Card]]:
    """What a person does, what they are invited to, and the rest: declined, put off, over."""
    joined, asked, rest = [], [], []
    for one in found:
        runs = is_running(one.activity, today)
        rests = one.later_until is not None and one.later_until > today
        place = rest if not runs or one.declined_at or rests else joined if one.enrolled_at else asked
        place.append(card(one, today))
    return joined, asked, rest


def card(one: Participation, today: date) -> Card:
    """A participation with `done`."""
    programme, language = programme_of(one.activity), page_language()
    return Card(
        url=reverse("engagement:activity", args=[one.activity.uuid]), icon=programme.icon, title=programme.title[language],
        lead=programme.lead[language], until=_("until %(day)s") % {"day": day(one.activity.ends_on)}, standing=standing(one, programme, today),
        done=min(one.done, programme.goal), goal=programme.goal, is_joined=one.enrolled_at is not None,
    )  # fmt: skip


def standing(one: Participation, programme: Programme, today: date) -> str:
    """Where the person is."""
    if one.finished_at:
        return _("Completed")
    if one.activity.state == Activity.State.CANCELLED:
        return _("Called off")
    if not is_running(one.activity, today):
        return _("Over")
    if one.declined_at:
        return _("Not for me")
    if one.later_until and one.later_until > today:
        return _("Put off until %(day)s") % {"day": day(one.later_until)}
    if one.enrolled_at:
        return _("%(done)d of %(goal)d") % {"done": min(one.done, programme.goal), "goal": programme.goal}
    return _("Invited")


def list_sentence(joined: int, asked: int) -> str:
    """The answer of the list."""
    if asked:
        words = ngettext("%(count)d activity is open to you.", "%(count)d activities are open to you.", asked) % {"count": asked}
        return run_on(words, _("Yes, later or not at all: all are fine."))
    if joined:
        return _("You are taking part. Do as much of it as suits you.")
    return _("There is no activity for you at present.")


def ways(programme: Programme, chosen: str) -> list[ShownWay]:
    """All ways, the main one first."""
    language = page_language()
    return [ShownWay(one.slug, one.title[language], one.text[language], one.slug == chosen) for one in programme.ways]


def act_form(participation: Participation, done: Sequence[Act], today: date) -> ActForm | None:
    """What a person can note now; None where it comes by itself, or nothing is left to note."""
    programme, language = programme_of(participation.activity), page_language()
    way = programme.way(participation.way)
    if way is None or way.source != FORM or participation.finished_at or not is_running(participation.activity, today):
        return None
    topics = [one for one in lesson_list(programme, done) if not one.is_done] if programme.rhythm == BY_LESSON else []
    days = _days(participation.activity, programme, done, today)
    if not days:
        return None
    return ActForm(way.question[language] if way.question else "", way.unit[language] if way.unit else "", topics, days)


def _days(activity: Activity, programme: Programme, done: Sequence[Act], today: date) -> list[tuple[str, str]]:
    """Today and yesterday, as far as they belong to the activity and are not filled."""
    filled = set() if programme.rhythm == BY_LESSON else {act.slot for act in done}
    words = {0: _("Today"), 1: _("Yesterday")}
    found = []
    for back, word in words.items():
        one = date.fromordinal(today.toordinal() - back)
        if activity.starts_on <= one <= activity.ends_on and programme.slot(one) not in filled:
            found.append((one.isoformat(), f"{word} · {day(one)}"))
    return found


def lesson_list(programme: Programme, done: Sequence[Act]) -> list[ShownLesson]:
    """The lessons of an activity, with those that count already."""
    filled, language = {act.slot for act in done}, page_language()
    found = [(slug, lessons()[slug]) for slug in programme.lessons]
    return [ShownLesson(slug, one.title[language], one.minutes, f"lesson {slug}" in filled) for slug, one in found]


def shown_acts(participation: Participation, done: Sequence[Act], today: date) -> list[ShownAct]:
    """What counts so far, the last first."""
    runs = is_running(participation.activity, today)
    programme = programme_of(participation.activity)
    way = programme.way(participation.way)
    return [ShownAct(act.done_on, _act_words(act, way), act.pk if runs and act.kind == Act.Kind.FORM else None) for act in done]


def _act_words(act: Act, way: Way | None) -> str:
    language = page_language()
    lesson = act.slot.removeprefix("lesson ")
    if lesson in lessons():
        return lessons()[lesson].title[language]
    if act.amount is not None:
        unit = way.unit[language] if way and way.unit else ""
        return f"{act.amount:,} {unit}".strip()
    return str(Act.Kind(act.kind).label)


def worth(programme: Programme) -> str:
    """What an activity brings."""
    words = {"goal": programme.goal, "act": programme.act_points, "finish": programme.finish_points}
    if not programme.finish_points:
        return _("%(act)d points each time, %(goal)d in all.") % words if programme.goal > 1 else _("%(act)d points.") % words
    return _("%(act)d points each time, and %(finish)d more after %(goal)d.") % words


def seen_by(activity: Activity) -> str:
    """What others learn of who takes part."""
    if activity.sensitivity == Activity.Sensitivity.HEALTH:
        return _(
            "Everybody in the unit was invited. Nobody at work learns whether you take part; the employer sees counts of large groups alone."
        )
    return _(
        "Your liaison sees that you were invited and, if so, that you took part; never what you did, how you took part, or that you declined. "
        "The employer sees counts alone."
    )


def entry(one: PointsEntry) -> ShownEntry:
    """A line of the ledger: what for, and how many."""
    kind = str(PointsEntry.Kind(one.kind).label)
    what = title(one.activity) if one.activity_id else reward_name(one.request.reward)
    return ShownEntry(one.made_at, f"{what} · {kind}", f"{one.points:+,}".replace("-", "−"))


def request_state(one: RewardRequest) -> str:
    return str(RewardRequest.State(one.state).label)


def lesson_page(lesson: Lesson, given: dict[str, str], fault: str) -> dict:
    """A lesson of an activity with its open questions; `given` are answers that could not be taken."""
    language = page_language()
    questions = []
    for number, one in enumerate(lesson.questions):
        name = f"question-{number}"
        options = [
            {"place": place, "text": option[language], "is_chosen": str(place) == given.get(name)} for place, option in enumerate(one.options)
        ]
        questions.append({"name": name, "text": one.words[language], "options": options, "is_missing": bool(fault) and name not in given})
    return {
        "title": lesson.title[language], "lead": lesson.lead[language], "minutes": lesson.minutes,
        "points": [point[language] for point in lesson.points], "sources": [source[language] for source in lesson.sources],
        "questions": questions, "fault": fault, "may_answer": True,
    }  # fmt: skip


def lesson_answers(lesson: Lesson, given: dict[str, str]) -> list[int]:
    """The places of the options chosen; -1, which no question has, for what is missing or no number."""
    found = (given.get(f"question-{number}", "") for number in range(len(lesson.questions)))
    return [int(value) if value.isascii() and value.isdigit() else -1 for value in found]


def choices() -> list[tuple[str, str]]:
    """The activities that can be prepared, by slug."""
    return [(one.slug, one.title[page_language()]) for one in programmes.offered()]
