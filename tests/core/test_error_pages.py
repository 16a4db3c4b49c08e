"""What cannot be shown or done: one sentence, a way on, the frame of the other pages, and both languages."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.views import defaults

from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.middleware import PolicyMiddleware


def shown(answer) -> tuple[int, str]:
    """The status and the words of a page."""
    return answer.status_code, " ".join(answer.content.decode().split())


@pytest.mark.parametrize(("language", "sentence", "way"), [("en", "nothing here that you can see.", "To the start page"), ("zh-hans", "这里没有您可以查看的内容。", "回到首页")])
def test_404_in_both_languages(org_a, language, sentence, way):
    status, text = shown(Client(headers={"host": "alpha.localhost", "accept-language": language}).get("/nothing/"))
    assert (status, sentence in text, f'href="/">{way}</a>' in text, "css/components" in text) == (404, True, True, True)


def test_403_keeps_the_navigation(cast, sign_in):
    request = sign_in(cast.leader).get("/accounts/password/").wsgi_request
    status, text = shown(defaults.permission_denied(request, PermissionError()))
    assert (status, "Your roles do not include this." in text, "Group leadership" in text) == (403, True, True)


def test_400_is_in_words_and_repeats_nothing(cast, sign_in):
    request = sign_in(cast.leader).get("/accounts/password/").wsgi_request
    status, text = shown(defaults.bad_request(request, SuspiciousOperation("4711")))
    assert (status, "could not be read." in text, "4711" in text) == (400, True, False)


def test_forged_post_names_the_way_on(org_a):
    browser = Client(headers={"host": "alpha.localhost", "accept-language": "en"}, enforce_csrf_checks=True)
    status, text = shown(browser.post("/accounts/login/", {"identifier": "x", "password": "y"}))
    assert (status, "so nothing was done." in text, "css/components" in text) == (403, True, True)


def test_rejection_is_the_sentence_itself(cast, sign_in):
    request = sign_in(cast.leader).get("/accounts/password/").wsgi_request
    status, text = shown(PolicyMiddleware(lambda request: None).process_exception(request, Rejected("Only <b> this.")))
    assert (status, "Only &lt;b&gt; this.</h1>" in text, "To the start page" in text) == (422, True, True)


def test_503_says_what_could_not_be_recorded(cast, sign_in, monkeypatch):
    from django.db import DatabaseError

    def broken(*args, **kwargs):
        raise DatabaseError("no table")

    browser = sign_in(cast.leader)
    monkeypatch.setattr(Event, "save", broken)
    status, text = shown(browser.post("/accounts/logout/"))
    assert (status, "could not be put on record." in text, "To the start page" in text) == (503, True, True)


@pytest.mark.parametrize(("language", "lang", "sentence"), [("en", "en", "The fault is ours"), ("zh-hans", "zh-CN", "这是系统的问题")])
def test_500_needs_nothing_that_may_be_broken(language, lang, sentence):
    """No context, no database: the page is written from the template alone."""
    with translation.override(language):
        answer = defaults.server_error(HttpRequest())
        assert answer.content.decode() == render_to_string("500.html")
    status, text = shown(answer)
    assert (status, sentence in text, f'<html lang="{lang}">' in text, 'href="/"' in text) == (500, True, True, True)
