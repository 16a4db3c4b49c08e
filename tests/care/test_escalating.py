"""An open alert goes on to a second person and to a physician; mails that say nothing; and who takes it on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.care import escalating, escalation, services
from healthmgmt.care.models import Alert, Escalation
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.care.making import assessment

BY = Actor(label="system:test")


@pytest.fixture
def second(cast):
    """A case manager of the whole, farther away than the one of unit A1."""
    return casting.user("second", "case_manager", cast.root)


def opened(person, *codes: str) -> Alert:
    made = assessment(person, "red", *(codes or ("critical_bp",)))
    services.open_alerts(made.pk, made.pk, by=BY)
    return Alert.objects.filter(person=person).latest("pk")


def pass_hours(hours: int) -> None:
    """What is due within so many hours is due now, and is done."""
    until = timezone.now() + timedelta(hours=hours)
    Job.objects.filter(kind="care.escalate", state="queued", run_after__lte=until).update(run_after=timezone.now())
    work.drain(kinds=("care.escalate",))


def told(alert: Alert) -> list[tuple[str, str]]:
    return list(alert.escalations.order_by("pk").values_list("tier", "user__email"))


def test_alert_that_nobody_sees_to_goes_on_to_a_second_person_and_a_physician(cast, second, mailoutbox) -> None:
    alert = opened(cast.anna)
    pass_hours(0)
    assert told(alert) == [("case_manager", "case_manager@example.org")]
    pass_hours(2)
    assert told(alert)[1:] == [("second", "second@example.org")]
    pass_hours(24)
    assert told(alert)[2:] == [("physician", "physician@example.org")]
    assert [mail.to for mail in mailoutbox] == [["case_manager@example.org"], ["second@example.org"], ["physician@example.org"]]
    assert Event.objects.filter(action="alert.escalated", person_id=cast.anna.pk).count() == 3


def test_each_tier_has_its_hour(cast) -> None:
    before = timezone.now()
    opened(cast.anna)
    jobs = Job.objects.filter(kind="care.escalate").order_by("run_after").values_list("payload__tier", "run_after", "lane")
    assert [(tier, round((due - before).total_seconds() / 3600), lane) for tier, due, lane in jobs] == [
        ("case_manager", 0, "now"), ("second", 2, "now"), ("physician", 24, "now"),
    ]  # fmt: skip


def test_mails_hold_neither_a_value_nor_a_name(cast, second, mailoutbox) -> None:
    opened(cast.anna, "critical_bp", "critical_glucose")
    for hours in (0, 2, 24):
        pass_hours(hours)
    assert len(mailoutbox) == 3
    for mail in mailoutbox:
        words = f"{mail.subject} {mail.body} {mail.alternatives}".casefold()
        for telling in ("180", "16.7", "blood", "pressure", "glucose", "critical", cast.anna.name.casefold(), cast.anna.emp_no.casefold(), "a1"):
            assert telling not in words
        assert "/care/alerts/" in mail.body and str(Alert.objects.first().uuid) not in mail.body


def test_who_took_it_on_is_not_helped_but_the_physician_hears_after_a_day(cast, second, mailoutbox) -> None:
    alert = opened(cast.anna)
    pass_hours(0)
    escalating.acknowledge(alert, by=Actor.of(cast.case_manager, ""))
    pass_hours(2)
    assert [tier for tier, _email in told(alert)] == ["case_manager"]
    pass_hours(24)
    assert [tier for tier, _email in told(alert)] == ["case_manager", "physician"]


@pytest.mark.parametrize("settled", ["spoken", "confirmed", "closed"])
def test_who_was_spoken_to_or_decided_about_goes_no_further(cast, second, mailoutbox, settled) -> None:
    alert = opened(cast.anna)
    pass_hours(0)
    if settled == "spoken":
        services.log_contact(cast.anna, ending="will_come", by=BY)
    elif settled == "confirmed":
        services.confirm_alert(alert, by=BY)
    else:
        services.close_alert(alert, outcome="artefact", by=BY)
    pass_hours(24)
    assert (told(alert), len(mailoutbox)) == ([("case_manager", "case_manager@example.org")], 1)


def test_somebody_called_in_vain_goes_on(cast, second) -> None:
    alert = opened(cast.anna)
    services.log_contact(cast.anna, ending="not_reached", by=BY)
    pass_hours(2)
    assert [tier for tier, _email in told(alert)] == ["case_manager", "second"]


def test_first_are_those_who_have_the_person_on_their_list(cast, second) -> None:
    services.assign_manager(second, person=cast.ben, by=BY)
    opened(cast.anna), opened(cast.ben)
    pass_hours(0)
    firsts = dict(Escalation.objects.values_list("alert__person__emp_no", "user__email"))
    assert firsts == {cast.anna.emp_no: "case_manager@example.org", cast.ben.emp_no: "second@example.org"}


def test_second_person_is_one_the_least_laden(cast, second) -> None:
    third = casting.user("third", "case_manager", cast.root)
    casting.user("far", "case_manager", cast.b)
    first, later = opened(cast.anna), opened(cast.ben)
    pass_hours(2)
    assert {told(first)[1], told(later)[1]} == {("second", second.email), ("second", third.email)}
    assert "far@example.org" not in dict(Escalation.objects.values_list("user__email", "tier"))


def test_a_tier_without_anybody_goes_to_the_physician(cast, mailoutbox) -> None:
    """Nobody but the physician of the whole cares for unit B1."""
    alert = opened(cast.bella)
    pass_hours(24)
    assert (told(alert), len(mailoutbox)) == ([("case_manager", "physician@example.org")], 1)


def test_closed_accounts_are_not_told(cast, second) -> None:
    cast.case_manager.is_active = False
    cast.case_manager.save()
    alert = opened(cast.anna)
    pass_hours(0)
    assert told(alert) == [("case_manager", "second@example.org")]


def test_told_twice_is_told_once(cast, second, mailoutbox) -> None:
    alert = opened(cast.anna)
    span = (alert.pk, alert.pk, "case_manager")
    pass_hours(0)
    assert escalating.tell(*span, by=BY) == 0
    assert escalating.unmailed(*span) == []
    escalating.mail(*span, user_id=cast.case_manager.pk)
    assert (len(told(alert)), len(mailoutbox)) == (1, 1)


def test_mail_that_failed_is_sent_by_the_next_try(cast, mailoutbox, monkeypatch) -> None:
    alert = opened(cast.anna)

    def fail(*args, fail_silently=False):
        if not fail_silently:
            raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(escalating, "send_mail", fail)
        work.drain(kinds=("care.escalate",), until=lambda: Job.objects.filter(kind="care.escalate", attempts__gt=0).exists())
    assert (told(alert), len(mailoutbox)) == ([("case_manager", "case_manager@example.org")], 0)
    pass_hours(0)
    assert (len(told(alert)), len(mailoutbox)) == (1, 1)


def test_many_alerts_are_one_mail(cast, mailoutbox) -> None:
    made = [assessment(person, "red", "critical_bp") for person in (cast.anna, cast.ben)]
    services.open_alerts(made[0].pk, made[1].pk, by=BY)
    pass_hours(0)
    assert [(mail.to, mail.subject.split(" ")[0]) for mail in mailoutbox] == [(["case_manager@example.org"], "2")]


def test_who_has_no_address_is_told_on_the_page_alone(cast, mailoutbox) -> None:
    cast.case_manager.email, cast.case_manager.mobile = None, "13800000912"
    cast.case_manager.save()
    alert = opened(cast.anna)
    pass_hours(0)
    assert (alert.escalations.get().mailed_at, mailoutbox) == (None, [])


def test_taken_on_once_by_one_and_never_when_closed(cast, second) -> None:
    alert, by = opened(cast.anna), Actor.of(cast.case_manager, "")
    assert escalating.acknowledge(alert, by=by).acknowledged_at == escalating.acknowledge(alert, by=by).acknowledged_at
    with pytest.raises(Rejected, match="colleague"):
        escalating.acknowledge(alert, by=Actor.of(second, ""))
    services.close_alert(alert, outcome="artefact", by=by)
    with pytest.raises(Rejected, match="closed"):
        escalating.acknowledge(alert, by=by)
    assert Event.objects.filter(action="alert.acknowledged").count() == 1


def test_alert_page_tells_what_has_happened_and_takes_it_on(cast, second, sign_in) -> None:
    alert, manager = opened(cast.anna), sign_in(cast.case_manager)
    pass_hours(2)
    page = manager.get(f"/care/alerts/{alert.uuid}/").content.decode()
    assert page.index("Case managers told") < page.index("Second person told") and "I see to it" in page
    assert "A second person was told" in manager.get("/care/alerts/").content.decode()
    assert manager.post(f"/care/alerts/{alert.uuid}/acknowledge/").headers["Location"] == f"/care/alerts/{alert.uuid}/"
    page = manager.get(f"/care/alerts/{alert.uuid}/").content.decode()
    assert "Taken on by Case Manager" in page and "I see to it" not in page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "'tier' is missing"),
        ('[[tier]]\nslug = "second"\nafter_hours = 0\nrapid_after_hours = 0\nuntil = "closed"\n', "the tiers are"),
        ('[[tier]]\nslug = "second"\nafter_hours = 0\nrapid_after_hours = 0\nuntil = "morning"\n', "nothing is called 'morning'"),
        ('[[tier]]\nslug = "second"\nafter_hours = 1\nrapid_after_hours = 1\nuntil = "closed"\n', "told at once"),
    ],
)
def test_tiers_that_break_the_schema_are_refused(text, fault) -> None:
    with pytest.raises(escalation.EscalationError, match=fault):
        escalation.parse(text)
