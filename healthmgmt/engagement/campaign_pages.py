"""The pages of the health office about activities, put together."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page

from healthmgmt.core.templatetags.health import page_language
from healthmgmt.engagement import funnel_words, presenters, programmes, selectors
from healthmgmt.engagement.models import Activity
from healthmgmt.engagement.taking_part import programme_of

SUGGESTED_DAYS = 28
SHOWN_LISTS = 10
State = Activity.State


def listed(page: Page, *, today: date) -> dict[str, Any]:
    """The activities of a page with how many took part, as far as that is shown."""
    rows = []
    for one in page.object_list:
        published = getattr(one, "published", None)
        rows.append({"activity": one, "title": presenters.title(one), "funnel": funnel_words.funnel(published) if published else []})
    running = sum(one.state == State.OPEN for one in page.object_list)
    return {"page": page, "rows": rows, "running": running, "today": today}


def suggested(today: date) -> dict[str, date]:
    """The dates that a new activity begins with."""
    return {"starts_on": today, "ends_on": today + timedelta(days=SUGGESTED_DAYS - 1)}


def offered() -> list[dict[str, Any]]:
    """What can be prepared, in words."""
    language = page_language()
    return [
        {
            "slug": one.slug, "icon": one.icon, "title": one.title[language], "lead": one.lead[language], "worth": presenters.worth(one), "days": one.days,
            "alternatives": [way.title[language] for way in one.ways[1:]], "is_health": one.is_health_content,
        }
        for one in programmes.offered()
    ]  # fmt: skip


def campaign(one: Activity, *, today: date) -> dict[str, Any]:
    """One activity: its funnel, its units side by side, its attendance lists."""
    published, programme, language = selectors.published_of(one), programme_of(one), page_language()
    to_invite = selectors.count_to_invite(one, today) if one.state == State.DRAFT else 0
    lists = list(one.attendance_lists.order_by("-taken_at", "-pk")[:SHOWN_LISTS]) if programme.takes_lists else []
    return {
        "activity": one,
        "title": programme.title[language],
        "lead": programme.lead[language],
        "worth": presenters.worth(programme),
        "is_health": programme.is_health_content,
        "sentence": funnel_words.sentence(one, published, to_invite, today),
        "published": published,
        "funnel": funnel_words.funnel(published) if published else [],
        "units": funnel_words.units(published) if published else [],
        "why_hidden": funnel_words.why_hidden(published) if published and funnel_words.is_any_hidden(published) else "",
        "takes_lists": programme.takes_lists and one.state in (State.OPEN, State.ENDED),
        "lists": [(taken, funnel_words.list_sentence(taken), funnel_words.problems(taken)) for taken in lists],
        "to_invite": to_invite,
    }
