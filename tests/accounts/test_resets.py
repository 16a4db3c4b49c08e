"""A forgotten password: who gets a link, what the link is good for, and that nothing tells whether an account exists."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone, translation

from healthmgmt.accounts import lockout, resets, services
from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current

BY = Actor(label="system:test")
PASSWORD, ANOTHER = "a long enough phrase", "another long phrase"
ADDRESS = "192.0.2.1"


@pytest.fixture
def user(org_a) -> User:
    return services.create_user(email="wei@example.org", employee_no="E1", password=PASSWORD, language="en", by=BY)


def link() -> str:
    """The address in the only mail."""
    (message,) = mail.outbox
    (found,) = [line for line in message.body.splitlines() if line.startswith("http")]
    return found


def token() -> str:
    return link().rstrip("/").rpartition("/")[2]


@pytest.fixture
def given(user) -> str:
    """The token of a link that was just sent."""
    resets.mail_link(user.pk)
    return token()


def test_ask_leaves_a_job_of_ids_that_sends_the_mail(user):
    resets.ask("E1", address=ADDRESS)
    job = Job.objects.get()
    assert (job.kind, job.lane, job.payload, mail.outbox) == ("accounts.mail_reset", "now", {"user": user.pk}, [])
    work.drain()
    assert (mail.outbox[0].to, "E1" in job.key) == (["wei@example.org"], False)
    # A digest, in which a short id stands by chance.
    assert job.key.partition(":")[0] == keyed_hash(f"sign-in account reset user {user.pk}")
    assert list(Event.objects.order_by("id").values_list("action", flat=True)) == ["account.created", "account.reset_mailed"]


def test_ask_for_nobody_does_the_same_and_sends_nothing(org_a):
    resets.ask("nobody@example.org", address=ADDRESS)
    assert Job.objects.get().payload == {"user": 0}
    work.drain()
    assert (mail.outbox, Job.objects.get().state) == ([], "done")


def test_ask_twice_in_a_minute_is_one_mail(user, monkeypatch):
    now = timezone.now().replace(second=10)
    monkeypatch.setattr(timezone, "now", lambda: now)
    resets.ask("E1", address=ADDRESS)
    resets.ask("wei@example.org", address=ADDRESS)
    assert Job.objects.count() == 1
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=1))
    resets.ask("E1", address=ADDRESS)
    assert Job.objects.count() == 2


def test_P08_asking_is_slowed_for_the_address_and_does_not_slow_signing_in(user):
    for number in range(5):
        resets.ask(f"nobody {number}", address=ADDRESS)
    with pytest.raises(lockout.Slowed):
        resets.ask("E1", address=ADDRESS)
    lockout.take(lockout.account_of(user, "E1"), ADDRESS)
    resets.ask("E1", address="192.0.2.2")


def test_P08_asking_is_slowed_for_the_account_from_any_address(user):
    for number in range(5):
        resets.ask("E1", address=f"192.0.2.{number}")
    with pytest.raises(lockout.Slowed):
        resets.ask("E1", address="192.0.2.9")


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}, {"password": "!unusable"}])
def test_mail_goes_to_nobody_who_cannot_use_it(user, change):
    User.objects.filter(pk=user.pk).update(**change)
    assert (resets.mail_link(user.pk), mail.outbox) == (False, [])


def test_mail_speaks_the_users_language_and_names_the_organisation_but_nobody(user):
    user.language, user.name = "zh-hans", "王伟"
    user.save()
    with translation.override("en"):
        resets.mail_link(user.pk)
    (message,) = mail.outbox
    assert message.subject == "重设密码：Alpha"
    assert "1 小时内" in message.body
    assert [word for word in ("王伟", "E1", "wei") if word in message.body] == []
    assert link().startswith("http://alpha.localhost:8000/accounts/reset/")


def test_mail_server_that_is_down_loses_no_mail(user, monkeypatch):
    def down(*args, **kwargs):
        raise SMTPServerDisconnected("wei@example.org")

    monkeypatch.setattr(resets, "send_mail", down)
    resets.ask("E1", address=ADDRESS)
    from healthmgmt.work import claiming
    from healthmgmt.work.running import HandlerFailed

    with pytest.raises(HandlerFailed):
        claiming.perform(claiming.claim(Job.objects.due()))
    job = Job.objects.get()
    assert (job.state, "wei" in job.error, Event.objects.filter(action="account.reset_mailed").exists()) == ("queued", False, False)
    monkeypatch.undo()
    work.drain()
    assert len(mail.outbox) == 1


def test_redeem_sets_the_password_once_and_ends_the_sessions(user, given):
    before = user.get_session_auth_hash()
    assert resets.holder(given) == user
    assert resets.redeem(given, password=ANOTHER, address=ADDRESS) == user
    user.refresh_from_db()
    assert (user.check_password(ANOTHER), user.get_session_auth_hash() == before, resets.holder(given)) == (True, False, None)
    with pytest.raises(resets.Spent):
        resets.redeem(given, password=PASSWORD, address=ADDRESS)
    assert list(Event.objects.order_by("-id").values_list("action", "address")[:2]) == [
        ("account.password_reset", ADDRESS), ("account.password_set", ADDRESS),
    ]  # fmt: skip


def test_redeem_with_a_weak_password_keeps_the_link(user, given):
    with pytest.raises(Rejected) as error:
        resets.redeem(given, password="short", address=ADDRESS)
    assert (error.value.field, resets.holder(given)) == ("password", user)


def test_link_ends_after_an_hour_by_the_clock(user, given, monkeypatch):
    now = resets._tokens._now()
    monkeypatch.setattr(resets._tokens, "_now", lambda: now + timedelta(minutes=59))
    assert resets.holder(given) == user
    monkeypatch.setattr(resets._tokens, "_now", lambda: now + timedelta(minutes=61))
    assert resets.holder(given) is None


def test_link_ends_with_a_change_of_the_password_of_the_address_and_of_the_account(user, given):
    services.change_password(user, current=PASSWORD, password=ANOTHER, by=BY)
    assert resets.holder(given) is None
    mail.outbox.clear()
    resets.mail_link(user.pk)
    given = token()
    User.objects.filter(pk=user.pk).update(email="other@example.org")
    assert resets.holder(given) is None
    User.objects.filter(pk=user.pk).update(email="wei@example.org")
    assert resets.holder(given) == user
    services.deactivate(user, by=BY)
    assert resets.holder(given) is None


def test_link_of_an_organisation_opens_nothing_in_another(user, given, org_b):
    with current.use(org_b):
        User(pk=user.pk, email=user.email, password=user.password).save(force_insert=True)
        assert resets.holder(given) is None


@pytest.mark.parametrize("wrong", ["", "-", "1", "x-y", "²-abc", "9" * 40 + "-abc", "1-abc-def"])
def test_link_that_is_none(user, wrong):
    assert resets.holder(wrong) is None


def test_link_of_another_user_is_refused(user, given, cast):
    number, _hyphen, signed = given.partition("-")
    assert resets.holder(f"{cast.leader.pk}-{signed}") is None
