"""API tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from healthmgmt.accounts import services
from healthmgmt.accounts.authentication import TokenAuthentication
from healthmgmt.accounts.models import ApiToken
from healthmgmt.core.actors import Actor
from tenants import current

BY = Actor(label="system:test")


def found(header: str | None):
    extra = {"HTTP_AUTHORIZATION": header} if header is not None else {}
    return TokenAuthentication().authenticate(Request(APIRequestFactory().get("/", **extra)))


@pytest.fixture
def secret(cast) -> str:
    return services.create_token(cast.exam_centre, label="files", by=BY)


def test_token_names_its_user(cast, secret):
    user, token = found(f"Token {secret}")
    assert (user, token.label) == (cast.exam_centre, "files")


@pytest.mark.parametrize("header", [None, "", "Bearer abc", "Basic abc"])
def test_other_headers_are_left_to_others(org_a, header):
    assert found(header) is None


@pytest.mark.parametrize("header", ["Token", "Token abc", "Token a b", "Token \xff"])
def test_wrong_tokens_fail(secret, header):
    with pytest.raises(AuthenticationFailed):
        found(header)


def test_expired_token_fails(secret):
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(AuthenticationFailed):
        found(f"Token {secret}")


def test_token_of_a_closed_account_fails(cast, secret):
    services.deactivate(cast.exam_centre, by=BY)
    with pytest.raises(AuthenticationFailed):
        found(f"Token {secret}")


def test_token_of_another_organisation_fails(secret, org_b):
    with current.use(org_b), pytest.raises(AuthenticationFailed):
        found(f"Token {secret}")
