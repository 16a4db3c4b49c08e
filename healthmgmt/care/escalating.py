"""An open alert does not wait for one person alone: who is told of it, tier by tier, and who takes it on."""

from datetime import timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import endings, escalation, mails
from healthmgmt.care.models import Alert, Escalation
from healthmgmt.core import organisations, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import services as work


def begin(first: int, last: int, *, is_rapid: bool = False) -> None:
    """In the transaction that opened a range of alerts: a job for each tier, the later ones when their hour has come."""
    now = timezone.now()
    for tier in escalation.load():
        ids = {"first": first, "last": last, "tier": tier.slug}
        run_after = now + timedelta(hours=tier.rapid_after_hours if is_rapid else tier.after_hours)
        work.submit("care.escalate", f"{tier.slug}:{first}-{last}", ids, run_after=run_after, lane="now")


def tell(first: int, last: int, tier: str, *, by: Actor) -> int:
    """Note who is told of those alerts of a range that nobody has settled; returns how many alerts it concerns. Twice is once."""
    until = escalation.tier(tier).until
    parameters = {"first": first, "last": last, "tier": tier, "until": until, "reached": endings.load().reached}
    with transaction.atomic():
        alerts = {alert for (alert,) in sql.rows("care/escalate", parameters)}
        people = Alert.objects.filter(pk__in=alerts).values_list("person", flat=True).distinct()
        audit.record_people("alert.escalated", sorted(people), by=by)
        told = Escalation.objects.filter(alert__in=alerts, tier=tier).values_list("user", flat=True)
        notices.tell(told, kind="alert_assigned", key=f"{tier}:{first}-{last}", link=reverse("care:alerts"))
    return len(alerts)


def unmailed(first: int, last: int, tier: str) -> list[int]:
    """The users with an address who were told of alerts of a range and have had no mail about it."""
    found = _without_mail(first, last, tier).filter(user__email__isnull=False, user__is_active=True)
    return list(found.order_by("user").values_list("user", flat=True).distinct())


def mail(first: int, last: int, tier: str, *, user_id: int) -> None:
    """One mail to a user about all alerts of a range; none about those that were closed meanwhile."""
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        told = _without_mail(first, last, tier).filter(user=user)
        count = told.update(mailed_at=timezone.now())
        if not count:
            return
        with translation.override(user.language):
            subject, text = mails.waiting(tier, count, organisations.name(), organisations.address(reverse("care:alerts")))
        # Last, so that a mail is sent again rather than never.
        send_mail(subject, text, None, [user.email])


def acknowledge(alert: Alert, *, by: Actor) -> Alert:
    """Somebody takes an alert on, so that no second person is called. Twice is once; raises Rejected when it is closed or taken."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=alert.pk)
        if alert.closed_at:
            raise Rejected(_("This alert is closed already."))
        if alert.acknowledged_at and alert.acknowledged_by != by.label:
            raise Rejected(_("A colleague has taken this alert on already."))
        if not alert.acknowledged_at:
            alert.acknowledged_at, alert.acknowledged_by = timezone.now(), by.label
            alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
            audit.record("alert.acknowledged", by=by, subject=alert, person_id=alert.person_id)
    return alert


def _without_mail(first: int, last: int, tier: str) -> QuerySet[Escalation]:
    return Escalation.objects.filter(alert__gte=first, alert__lte=last, alert__closed_at=None, tier=tier, mailed_at=None)
