"""Who is told that a consent is theirs to give or not, and who is left in peace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from healthmgmt.accounts.models import Notice
from healthmgmt.core.actors import Actor
from healthmgmt.people import asking, purposes, services
from tests import cast as casting

BY = Actor(label="system:test")
IN_USE = [one for one in purposes.load().values() if one.is_in_use]


def ask() -> int:
    return asking.ask(today=timezone.localdate())


def answer(person, act, but: str = "") -> None:
    for purpose in IN_USE:
        if purpose.slug != but:
            act(person, purpose=purpose.slug, version=purpose.text.version, by=BY)


def reword(monkeypatch, slug: str) -> None:
    """The purpose has one more wording."""
    one = purposes.load()[slug]
    newer = purposes.Purpose(one.slug, True, one.titles, one.governs, (*one.texts, purposes.Text("9", one.text.words)))
    known = dict(purposes.load()) | {slug: newer}
    monkeypatch.setattr(purposes, "load", lambda: known)


def test_everybody_with_an_account_is_told_once(cast) -> None:
    assert [ask(), ask()] == [1, 0]
    assert list(Notice.objects.values_list("user", "kind", "link", "is_mail_due")) == [(cast.employee.pk, "consent_asked", "/privacy/#consents", False)]


@pytest.mark.parametrize("act", [services.give_consent, services.decline_consent])
def test_P23_who_answered_all_is_left_in_peace_and_who_left_one_open_is_told(cast, act) -> None:
    answer(cast.anna, act, but="notice_mail")
    cast.ben.user = casting.user("ben", "employee", cast.a1)
    cast.ben.save()
    answer(cast.ben, act)
    assert (ask(), Notice.objects.get().user) == (1, cast.employee)


def test_P23_new_wording_is_asked_of_who_had_agreed_and_not_of_who_had_said_no(cast, monkeypatch) -> None:
    answer(cast.anna, services.give_consent)
    cast.ben.user = casting.user("ben", "employee", cast.a1)
    cast.ben.save()
    answer(cast.ben, services.decline_consent)
    assert ask() == 0
    reword(monkeypatch, "plan_mail")
    assert (ask(), Notice.objects.get().user) == (1, cast.employee)
    services.withdraw_consent(cast.anna, purpose="plan_mail", by=BY)
    Notice.objects.all().delete()
    assert ask() == 0


def test_who_has_left_or_cannot_sign_in_is_not_told(cast) -> None:
    cast.anna.left_on = timezone.localdate() - timedelta(days=1)
    cast.anna.save()
    assert ask() == 0
