"""Accounts: made, activated, closed; each change recorded."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from healthmgmt.accounts import services
from healthmgmt.accounts.activation import ALPHABET, code_digest, new_code
from healthmgmt.accounts.models import ActivationCode, ApiToken, User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected

BY = Actor(label="system:test")
PASSWORD = "a long enough phrase"


@pytest.fixture
def user(org_a):
    return services.create_user(email="wei@example.org", employee_no="E1", by=BY)


def acts() -> list[str]:
    return list(Event.objects.order_by("id").values_list("action", flat=True))


def test_create_user_is_recorded(user):
    assert acts() == ["account.created"]
    assert (user.email, user.employee_no, user.mobile, user.has_usable_password()) == ("wei@example.org", "E1", None, False)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "WEI@example.org"}, "email"),
        ({"employee_no": "E1"}, "employee_no"),
        ({"mobile": "E1"}, "mobile"),
        ({"email": "no address"}, "email"),
        ({"email": "new@example.org", "password": "short"}, "password"),
        ({"email": "new@example.org", "password": "12345678901"}, "password"),
        ({"email": "somebody@example.org", "password": "somebody@example"}, "password"),
        ({}, ""),
    ],
)
def test_create_user_refuses_what_is_taken_or_weak(user, given, field):
    with pytest.raises(Rejected) as error:
        services.create_user(by=BY, **given)
    assert (error.value.field, User.objects.count()) == (field, 1)


@pytest.mark.parametrize("weak", ["short", "12345678901", "password12", "wei@example.org"])
def test_weak_passwords_are_told_in_chinese(user, weak):
    with translation.override("zh-hans"), pytest.raises(Rejected) as error:
        services.set_password(user, password=weak, by=BY)
    assert re.findall("[A-Za-z]+", str(error.value.message)) == []


def test_generated_passwords_pass_the_rules(user):
    password = services.generate_password()
    services.set_password(user, password=password, by=BY)
    assert (len(password), user.check_password(password)) == (20, True)


def test_change_password_needs_the_present_one(user):
    services.set_password(user, password=PASSWORD, by=BY)
    with pytest.raises(Rejected) as error:
        services.change_password(user, current="wrong", password="another long phrase", by=BY)
    assert error.value.field == "current"
    services.change_password(user, current=PASSWORD, password="another long phrase", by=BY)
    assert user.check_password("another long phrase") is True


def test_new_code_is_easy_to_type():
    code = new_code()
    assert (len(code), set(code) <= set(ALPHABET + "-"), code[4] + code[9]) == (14, True, "--")
    assert code_digest(code.lower().replace("-", " ")) == code_digest(code)


def test_activation_code_is_stored_as_a_digest_only(user):
    code = services.issue_code(user, by=BY)
    stored = ActivationCode.objects.get(user=user)
    assert stored.digest == code_digest(code)
    assert code not in str(ActivationCode.objects.values().get()) + str(list(Event.objects.values()))


def test_activate_once(user):
    code = services.issue_code(user, by=BY)
    assert services.activate(code.lower(), password=PASSWORD) == user
    user.refresh_from_db()
    assert user.check_password(PASSWORD) is True
    with pytest.raises(Rejected) as error:
        services.activate(code, password=PASSWORD)
    assert error.value.field == "code"
    assert acts() == ["account.created", "account.code_issued", "account.password_set", "account.activated"]


def test_activate_with_weak_password_keeps_the_code(user):
    code = services.issue_code(user, by=BY)
    with pytest.raises(Rejected):
        services.activate(code, password="short")
    assert services.activate(code, password=PASSWORD) == user


def test_activate_refuses_old_codes_and_closed_accounts(user):
    code = services.issue_code(user, by=BY)
    ActivationCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Rejected):
        services.activate(code, password=PASSWORD)
    code = services.issue_code(user, by=BY)
    services.deactivate(user, by=BY)
    with pytest.raises(Rejected):
        services.activate(code, password=PASSWORD)


def test_new_code_replaces_the_earlier_one(user):
    first, second = services.issue_code(user, by=BY), services.issue_code(user, by=BY)
    with pytest.raises(Rejected):
        services.activate(first, password=PASSWORD)
    assert services.activate(second, password=PASSWORD) == user


def test_activation_guesses_are_slowed(user):
    from healthmgmt.accounts.lockout import Slowed

    code = services.issue_code(user, by=BY)
    for _ in range(5):
        with pytest.raises(Rejected):
            services.activate("XXXX-XXXX-XXXX", password=PASSWORD, address="192.0.2.1")
    with pytest.raises(Slowed):
        services.activate(code, password=PASSWORD, address="192.0.2.1")


def test_tokens_are_stored_as_digests_and_revoked(user):
    secret = services.create_token(user, label="exam centre", by=BY)
    token = ApiToken.objects.get()
    assert secret not in str(ApiToken.objects.values().get())
    services.revoke_token(token, by=BY)
    assert (ApiToken.objects.count(), acts()[-2:]) == (0, ["account.token_created", "account.token_revoked"])


def test_end_sessions_raises_the_epoch(user):
    services.end_sessions(user, by=BY)
    assert (user.session_epoch, User.objects.get().session_epoch, acts()[-1]) == (1, 1, "account.sessions_ended")


def test_choose_language_refuses_others(user):
    services.choose_language(user, language="en", by=BY)
    with pytest.raises(Rejected):
        services.choose_language(user, language="fr", by=BY)
    assert User.objects.get().language == "en"
