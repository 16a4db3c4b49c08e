"""The monthly mail of three sentences about one's own units, from published numbers alone: nothing hidden, and nobody's name."""

from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import templates
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.core.wording import day_text
from healthmgmt.insight import access, cards, figures, light_access, selectors, weighing
from healthmgmt.insight.selectors import Scorecard
from healthmgmt.organization import calendar
from healthmgmt.organization.models import Membership, Period, Unit
from healthmgmt.work import services as work

# Whoever was down on the first working day still writes within so many days.
LATE_DAYS = 6
# A mail stays short for who has many units.
MOST_UNITS = 3


def begin(now: datetime) -> None:
    """From the first working day of a month on have its mails go out, once, after the quiet hours; `now` is the organisation's clock."""
    day, worked = now.date(), calendar.working_days()
    first = worked.on_or_after(day.replace(day=1))
    if first <= day <= first + timedelta(days=LATE_DAYS) and not worked.is_free(day):
        work.submit("insight.mail_digest", f"{day:%Y-%m}", {}, run_after=templates.load().courtesy.earliest(now))


def next_readers(after: int, size: int) -> list[User]:
    """Who reads scorecards, has an address and did not stop this mail: so many after one, by id."""
    held = Membership.objects.filter(role__in=roles_with(Permission.SCORECARD_VIEW)).values("user")
    users = User.objects.filter(pk__in=held, pk__gt=after, is_active=True, email__isnull=False, wants_monthly_mail=True)
    return list(users.order_by("pk")[:size])


def mail(users: list[User], *, today: date, by: Actor) -> None:
    """Mail users how their units stand; nothing while nothing is published."""
    periods = selectors.published_periods()
    if not users or not periods:
        return
    with transaction.atomic():
        audit.record("digest.mailed", by=by, detail={"users": len(users)})
        # Last, so that a mail is sent again rather than never.
        get_connection().send_messages([_mail(user, periods[0], today) for user in users])


def sentences(user: User, unit: Unit, period: Period, today: date) -> list[str]:
    """Three, in the present language: how many are covered, what is furthest from its target, and what the numbers themselves show."""
    card = cards.shown_card(unit, period)
    return [_covered(card), _furthest(card), _signals(user, card, today)]


def _covered(card: Scorecard) -> str:
    covered = figures.of(card.row, "covered")
    if covered.why:
        return _("There are too few people here to show a number.")
    counts = {"part": f"{covered.part:,}", "whole": f"{covered.whole:,}", "percent": covered.percent}
    before, last = card.earlier[-1] if card.earlier else (None, None)
    trend = figures.trend(card.row, last, "covered", before.name) if before else None
    if trend is None:
        return _("In all, %(part)s of %(whole)s people are covered, %(percent)s.") % counts
    return _("In all, %(part)s of %(whole)s people are covered, %(percent)s, %(trend)s.") % {**counts, "trend": trend.words}


def _furthest(card: Scorecard) -> str:
    """Of what is weighed and shown."""
    gaps = []
    for one in cards.weights_of(card.unit, card.period):
        now = figures.of(card.row, one.metric)
        if not now.why and now.whole and (short := weighing.short_by(now.part, now.whole, one.target)):
            gaps.append((one.target - 100 * now.part / now.whole, figures.name_of(one.metric), now.percent, one.target, short))
    if not gaps:
        return _("Every target that can be seen is reached.")
    _gap, name, percent, target, short = max(gaps)
    words = {"name": name, "percent": percent, "target": f"{target}%", "short": f"{short:,}"}
    return _("Furthest from its target: %(name)s, %(percent)s of %(target)s, short by %(short)s.") % words


def _signals(user: User, card: Scorecard, today: date) -> str:
    lit = light_access.open_lights(card.period, today=today, own=light_access.own_units(user))
    if lit is None:
        return _("The deadline is %(day)s.") % {"day": day_text(card.period.deadline_on, figures.language(), this_year=today.year)}
    count = light_access.lights_of([card.unit.pk], lit).count
    if not count:
        return _("The numbers show no signal.")
    words = ngettext("The numbers show %(count)s signal to look at.", "The numbers show %(count)s signals to look at.", count)
    return words % {"count": count}


def _mail(user: User, period: Period, today: date) -> EmailMessage:
    organisation, stop = organisations.name(), organisations.address(reverse("notices:all") + "#monthly-mail")
    with translation.override(user.language):
        paragraphs = [_("Hello,"), _("this is how your units stand in %(period)s:") % {"period": period.name}]
        for unit in access.top_units(user, Permission.SCORECARD_VIEW)[:MOST_UNITS]:
            paragraphs.append(unit.name + "\n" + figures.joined(*sentences(user, unit, period, today)))
        paragraphs += [
            organisations.address(reverse("insight:cards")),
            _("These are published numbers; groups that are too small are left out, and no mail says anything about a person."),
            _("You can stop this mail among your notices: %(address)s") % {"address": stop},
        ]
        subject = _("How your units stand: %(organisation)s") % {"organisation": organisation}
        # Where mail programs look for it (RFC 2369).
        return EmailMessage(subject, "\n\n".join(paragraphs) + "\n", None, [user.email], headers={"List-Unsubscribe": f"<{stop}>"})
