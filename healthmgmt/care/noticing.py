"""Notices of this room told to many at once, and the mails about notices of every room: that there is something new, never what."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from healthmgmt.accounts import notice_kinds, notices
from healthmgmt.accounts.models import Notice, User
from healthmgmt.audit import services as audit
from healthmgmt.care import templates
from healthmgmt.core import organisations, sql
from healthmgmt.core.actors import Actor
from healthmgmt.people.models import Person
from healthmgmt.people.selectors import agreeing
from healthmgmt.work import services as work

PURPOSE = "notice_mail"
# Whoever was mailed and has not looked is not mailed again for so long.
PATIENCE = timedelta(hours=24)
# Results older than this are no news.
RECENT_DAYS = 60


def mail(*, now: datetime, by: Actor, size: int) -> bool:
    """Mail the users of up to `size` notices that wait for it; whether there may be more. Nobody is mailed in the quiet hours.

    About a task everybody is mailed; about anything else who agreed to it. Who has not looked since the last mail gets no second one.
    """
    moment = templates.load().courtesy.earliest(now)
    if moment > now:
        work.submit("care.mail_notices", f"from {moment.isoformat()}", {}, run_after=moment)
        return False
    with transaction.atomic():
        due = list(Notice.objects.select_for_update().filter(is_mail_due=True).order_by("pk")[:size])
        Notice.objects.filter(pk__in=[one.pk for one in due]).update(is_mail_due=False)
        reached = _reached(due, now)
        Notice.objects.filter(pk__in=[one.pk for one in due], user__in=reached).update(mailed_at=now)
        people = Person.objects.filter(user__in=reached, user__notices__in=due, user__notices__kind__in=_kinds(notice_kinds.CONSENT))
        audit.record_people("notice.mailed", sorted(set(people.values_list("pk", flat=True))), by=by)
        # Last, so that a mail is sent again rather than never.
        get_connection().send_messages([_mail(user) for user in reached])
    return len(due) == size


def tell_of_results(first: int, last: int, *, today: date) -> int:
    """People with an account whose present assessment of a range read a new exam are told, once an exam; returns how many."""
    kind = notice_kinds.kind("report_ready")
    parameters = {
        "first": first, "last": last, "kind": kind.slug, "is_mailed": kind.is_mailed, "link": reverse("portal:report"),
        "since": today - timedelta(days=RECENT_DAYS),
    }  # fmt: skip
    with transaction.atomic():
        count = sql.execute("care/tell_of_results", parameters)
        if count and kind.is_mailed:
            work.announce("accounts.noticed", notice=f"{kind.slug}:{first}-{last}")
    return count


def tell_of_steps(people: Iterable[int], *, today: date) -> None:
    """People in whose plan something waits are told of it on their page, once a day."""
    users = User.objects.filter(person__in=list(people), is_active=True)
    notices.tell(users.values_list("pk", flat=True), kind="step_due", key=today.isoformat(), link=reverse("portal:today"))


def _reached(due: list[Notice], now: datetime) -> list[User]:
    """To whom a mail goes about these notices."""
    kinds = defaultdict(set)
    for one in due:
        if one.read_at is None and one.kind in notice_kinds.load().by_slug:
            kinds[one.user_id].add(notice_kinds.kind(one.kind).mail)
    lately = Notice.objects.filter(user__in=kinds, read_at=None, mailed_at__gt=now - PATIENCE).values("user")
    users = User.objects.filter(pk__in=kinds, is_active=True, email__isnull=False).exclude(pk__in=lately).order_by("pk")
    person_of = dict(Person.objects.filter(user__in=kinds).values_list("user", "pk"))
    agreed = agreeing(person_of.values(), PURPOSE)
    return [user for user in users if notice_kinds.WORK in kinds[user.pk] or person_of.get(user.pk) in agreed]


def _kinds(how: str) -> list[str]:
    return [one.slug for one in notice_kinds.load().by_slug.values() if one.mail == how]


def _mail(user: User) -> EmailMessage:
    organisation = organisations.name()
    with translation.override(user.language):
        paragraphs = [
            _("Hello,"),
            _("there is something new on your page at %(organisation)s. Sign in to see it:") % {"organisation": organisation},
            organisations.address(reverse("notices:all")),
            _("For reasons of privacy this mail says nothing more."),
        ]
        subject = _("Something new on your page: %(organisation)s") % {"organisation": organisation}
        return EmailMessage(subject, "\n\n".join(paragraphs) + "\n", None, [user.email])
