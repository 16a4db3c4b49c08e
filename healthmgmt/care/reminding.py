"""Word that something in a plan waits: on the page, and by mail to who agreed to it, never what it is, never in the quiet hours or
on a free day, once for a step."""

from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import noticing, templates
from healthmgmt.core import organisations, sql
from healthmgmt.core.actors import Actor
from healthmgmt.organization import calendar
from healthmgmt.people.models import Person
from healthmgmt.people.selectors import agreeing
from healthmgmt.work import services as work

PURPOSE = "plan_mail"


def remind_later(now: datetime) -> None:
    """Have the mails of what waits now go out as soon as they may; `now` is the organisation's clock. Twice is once."""
    moment = earliest(now)
    work.submit("care.remind", moment.date().isoformat(), {}, run_after=moment)


def remind(*, now: datetime, by: Actor, size: int) -> bool:
    """Mail up to `size` people in whose plan something waits that they were not told of; whether there may be more.

    Within the quiet hours and on a free day nothing is sent, and all of it later.
    """
    if earliest(now) > now:
        remind_later(now)
        return False
    with transaction.atomic():
        people = {person for (person,) in sql.rows("care/remind_people", {"today": now.date(), "size": size})}
        noticing.tell_of_steps(people, today=now.date())
        told = agreeing(people, PURPOSE)
        users = User.objects.filter(person__in=told, is_active=True, email__isnull=False).order_by("pk")
        reached = {user.pk: _mail(user) for user in users}
        audit.record_people("step.reminded", sorted(Person.objects.filter(user__in=reached).values_list("pk", flat=True)), by=by)
        get_connection().send_messages(list(reached.values()))
    return len(people) == size


def earliest(now: datetime) -> datetime:
    """When mails that are ready at a local moment may go out: at once, after the quiet hours, on the morning of a day that is worked."""
    courtesy = templates.load().courtesy
    moment = courtesy.earliest(now)
    day = calendar.working_days().on_or_after(moment.date())
    return moment if day == moment.date() else datetime.combine(day, courtesy.quiet_until, tzinfo=moment.tzinfo)


def _mail(user: User) -> EmailMessage:
    organisation = organisations.name()
    with translation.override(user.language):
        paragraphs = [
            _("Hello,"),
            _("something waits for you in your health plan at %(organisation)s. Sign in to see it:") % {"organisation": organisation},
            organisations.address("/"),
            _("Nothing about your health stands in this mail. On the page Privacy you can switch these mails off."),
        ]
        return EmailMessage(_("Your health plan: %(organisation)s") % {"organisation": organisation}, "\n\n".join(paragraphs) + "\n", None, [user.email])
