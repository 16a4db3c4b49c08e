"""One box for employee number, e-mail and mobile; the same answer whatever is wrong."""

import pytest
from django.contrib.auth import authenticate

from healthmgmt.accounts import lockout, services
from healthmgmt.core.actors import Actor

BY = Actor(label="system:test")
PASSWORD = "a long enough phrase"


@pytest.fixture
def user(org_a):
    return services.create_user(
        email="Wei@Example.org", mobile="13800000001", employee_no="CL-204718", password=PASSWORD, by=BY
    )


@pytest.mark.parametrize("identifier", ["CL-204718", "wei@example.org", "WEI@example.ORG", "13800000001", "  CL-204718 "])
def test_sign_in_by_any_identifier(user, identifier):
    assert authenticate(None, identifier=identifier, password=PASSWORD) == user


@pytest.mark.parametrize(
    ("identifier", "password"), [("CL-204718", "wrong"), ("nobody@example.org", PASSWORD), ("", PASSWORD), ("CL-204718", "")]
)
def test_wrong_pairs_are_all_the_same(user, identifier, password):
    assert authenticate(None, identifier=identifier, password=password) is None


def test_closed_account_cannot_sign_in(user):
    services.deactivate(user, by=BY)
    assert authenticate(None, identifier="CL-204718", password=PASSWORD) is None


def test_account_without_password_cannot_sign_in(org_a):
    services.create_user(employee_no="7", by=BY)
    assert authenticate(None, identifier="7", password="") is None
    assert authenticate(None, identifier="7", password="!") is None


def test_P08_right_password_is_not_looked_at_while_the_account_is_slowed(user):
    for _ in range(5):
        authenticate(None, identifier="CL-204718", password="wrong")
    with pytest.raises(lockout.Slowed):
        authenticate(None, identifier="13800000001", password=PASSWORD)


def test_unknown_accounts_are_slowed_like_known_ones(org_a):
    for _ in range(5):
        authenticate(None, identifier="nobody", password="wrong")
    with pytest.raises(lockout.Slowed):
        authenticate(None, identifier="NOBODY", password="wrong")


def test_user_of_another_organisation_is_unknown(user, org_b):
    from tenants import current

    with current.use(org_b):
        assert authenticate(None, identifier="CL-204718", password=PASSWORD) is None
