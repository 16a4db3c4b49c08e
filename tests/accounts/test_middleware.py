"""Pages in the user's language; faults in words; what cannot be recorded answers 503."""

import pytest
from django.http import HttpRequest

from healthmgmt.accounts.middleware import SessionGuardMiddleware
from healthmgmt.audit.services import AuditUnavailable
from healthmgmt.core.exceptions import Rejected


def test_pages_speak_the_users_language(cast, sign_in):
    cast.office_a.language = "zh-hans"
    cast.office_a.save()
    assert "修改密码" in sign_in(cast.office_a).get("/accounts/password/").content.decode()
    assert "Change password" in sign_in(cast.office_b).get("/accounts/password/").content.decode()


@pytest.mark.parametrize("path", ["/nothing/", "/accounts/nothing/"])
def test_unknown_pages_are_404_in_words(cast, sign_in, path):
    answer = sign_in(cast.office_a).get(path)
    assert (answer.status_code, ">There is nothing here that you can see.</h1>" in answer.content.decode()) == (404, True)


def test_forged_posts_are_refused_in_words(cast):
    from django.test import Client

    browser = Client(headers={"host": "alpha.localhost", "accept-language": "en"}, enforce_csrf_checks=True)
    answer = browser.post("/accounts/login/", {"identifier": "x", "password": "y"})
    assert (answer.status_code, "Please try again" in answer.content.decode()) == (403, True)


def test_P22_api_answers_503_as_json():
    request = HttpRequest()
    request.path = "/api/v1/people/"
    guard = SessionGuardMiddleware(lambda request: None)
    assert guard.process_exception(request, AuditUnavailable("person.viewed")).status_code == 503
    assert guard.process_exception(request, Rejected("x")) is None
