"""The sign-in pages over HTTP."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from healthmgmt.accounts import services
from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from tenants import current

BY = Actor(label="system:test")
PASSWORD = "a long enough phrase"
LOGIN, PASSWORD_PAGE, ACTIVATE = "/accounts/login/", "/accounts/password/", "/accounts/activate/"


@pytest.fixture
def user(cast) -> User:
    services.set_password(cast.office_a, password=PASSWORD, by=BY)
    return cast.office_a


@pytest.fixture
def browser(user) -> Client:
    return Client(headers={"host": "alpha.localhost"})


def signed_in(browser: Client) -> bool:
    return browser.get(PASSWORD_PAGE).status_code == 200


def log_in(browser: Client, password: str = PASSWORD, **more):
    return browser.post(LOGIN, {"identifier": "office_a@example.org", "password": password, **more})


def test_urls_have_their_names():
    names = ("login", "logout", "activate", "password", "language")
    assert [reverse(f"accounts:{name}") for name in names] == [f"/accounts/{name}/" for name in names]


def test_sign_in_and_out(browser):
    answer = log_in(browser, next=PASSWORD_PAGE)
    assert (answer.status_code, answer["Location"], signed_in(browser)) == (302, PASSWORD_PAGE, True)
    assert browser.get("/accounts/logout/").status_code == 405
    assert browser.post("/accounts/logout/").status_code == 302
    assert signed_in(browser) is False
    acts = Event.objects.filter(action__startswith="account.signed").order_by("id").values_list("action", "address")
    assert list(acts) == [("account.signed_in", "127.0.0.1"), ("account.signed_out", "127.0.0.1")]


def test_wrong_password_says_one_sentence(browser):
    answer = log_in(browser, "wrong")
    assert (answer.status_code, signed_in(browser)) == (422, False)
    unknown = browser.post(LOGIN, {"identifier": "nobody", "password": "wrong"})
    assert answer.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_sixth_wrong_password_is_told_to_wait(browser):
    for _ in range(5):
        log_in(browser, "wrong")
    answer = log_in(browser)
    assert (answer.status_code, signed_in(browser)) == (422, False)
    assert "15" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"])
def test_next_leads_to_this_host_only(browser, elsewhere):
    assert log_in(browser, next=elsewhere)["Location"] == reverse("portal:home")


def test_expired_session_returns_to_the_page(browser):
    answer = browser.get(PASSWORD_PAGE)
    assert answer["Location"] == f"{LOGIN}?next={PASSWORD_PAGE}"
    assert f'value="{PASSWORD_PAGE}"' in browser.get(answer["Location"]).content.decode()


def test_activation_signs_in(browser, cast):
    code = services.issue_code(cast.leader, by=BY)
    answer = browser.post(ACTIVATE, {"code": code, "password": PASSWORD, "repeated": PASSWORD})
    assert (answer.status_code, signed_in(browser)) == (302, True)


def test_activation_errors_stand_beside_their_fields(browser):
    answer = browser.post(ACTIVATE, {"code": "WRONG", "password": PASSWORD, "repeated": PASSWORD})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    answer = browser.post(ACTIVATE, {"code": "WRONG", "password": PASSWORD, "repeated": "else"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["repeated"])


def test_password_change_ends_the_other_sessions(browser, user):
    other = Client(headers={"host": "alpha.localhost"})
    log_in(browser)
    log_in(other)
    given = {"current": PASSWORD, "password": "another long phrase", "repeated": "another long phrase"}
    assert browser.post(PASSWORD_PAGE, given).status_code == 302
    assert (signed_in(browser), signed_in(other)) == (True, False)


def test_role_change_ends_the_session(browser, user, cast):
    from healthmgmt.organization import services as organization

    log_in(browser)
    organization.grant(user, unit=cast.b, role="health_office", by=BY)
    assert signed_in(browser) is False


def test_closed_account_ends_the_session(browser, user):
    log_in(browser)
    services.deactivate(user, by=BY)
    assert signed_in(browser) is False


def test_session_ends_after_thirty_idle_minutes(browser, settings):
    log_in(browser)
    cookie = browser.cookies["session"]
    assert (settings.SESSION_COOKIE_AGE, int(cookie["max-age"])) == (1800, 1800)
    assert (cookie["domain"], bool(cookie["httponly"]), cookie["samesite"]) == ("", True, "Lax")
    before = Session.objects.get().expire_date
    Session.objects.update(expire_date=before.replace(year=2020))
    assert signed_in(browser) is False


def test_request_after_thirty_one_idle_minutes_lands_on_sign_in_and_comes_back(browser, monkeypatch):
    log_in(browser)
    start = timezone.now()
    for minutes in (29, 58):
        monkeypatch.setattr(timezone, "now", lambda later=timedelta(minutes=minutes): start + later)
        assert signed_in(browser) is True
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=58 + 31))
    answer = browser.get(PASSWORD_PAGE + "?from=menu")
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={PASSWORD_PAGE}%3Ffrom%3Dmenu")
    page = browser.get(answer["Location"])
    assert log_in(browser, next=page.context["next"])["Location"] == PASSWORD_PAGE + "?from=menu"


def test_session_is_written_once_a_minute_and_not_at_each_request(browser, monkeypatch):
    log_in(browser)
    assert signed_in(browser) is True
    start, begun = timezone.now(), Session.objects.get().expire_date
    ends = []
    for seconds in (20, 61, 80):
        monkeypatch.setattr(timezone, "now", lambda later=timedelta(seconds=seconds): start + later)
        assert signed_in(browser) is True
        ends.append(Session.objects.get().expire_date)
    assert ends[0] == begun < ends[1] == ends[2]


def test_language_switch_on_the_sign_in_page_keeps_where_one_wanted_to_go(browser):
    page = browser.get(f"{LOGIN}?next={PASSWORD_PAGE}").content.decode()
    assert f'name="next" value="{LOGIN}?next={PASSWORD_PAGE}"' in page
    answer = browser.post("/accounts/language/", {"language": "en", "next": f"{LOGIN}?next={PASSWORD_PAGE}"})
    assert browser.get(answer["Location"]).context["next"] == PASSWORD_PAGE
    wrong = browser.post(f"{LOGIN}?next={PASSWORD_PAGE}", {"identifier": "nobody", "password": "x", "next": PASSWORD_PAGE})
    assert f'name="next" value="{LOGIN}?next={PASSWORD_PAGE}"' in wrong.content.decode()


def test_session_of_organisation_a_is_nobody_at_b(browser, user, org_b, django_db_setup):
    """Even when B's tables hold the same session and a user of the same number with the same password."""
    log_in(browser)
    key = browser.cookies["session"].value
    session = Session.objects.get(pk=key)
    with current.use(org_b):
        User(pk=user.pk, email="twin@example.org", password=user.password).save(force_insert=True)
        Session(pk=key, session_data=session.session_data, expire_date=session.expire_date).save(force_insert=True)
    assert signed_in(browser) is True
    stranger = Client(headers={"host": "beta.localhost"})
    stranger.cookies["session"] = key
    assert signed_in(stranger) is False


def test_session_of_an_organisation_is_nobody_at_the_operators(browser):
    log_in(browser)
    stranger = Client(headers={"host": "localhost"})
    stranger.cookies["session"] = browser.cookies["session"].value
    assert signed_in(stranger) is False


def test_operator_signs_in_at_the_bare_domain(db):
    services.create_user(email="ops@example.org", password=PASSWORD, is_operator=True, by=BY)
    browser = Client(headers={"host": "localhost"})
    answer = browser.post(LOGIN, {"identifier": "ops@example.org", "password": PASSWORD})
    assert (answer.status_code, signed_in(browser)) == (302, True)


@pytest.mark.parametrize(("language", "lang", "button"), [("en", "en", "Sign in"), ("zh-hans", "zh-CN", "登录")])
def test_language_switch(browser, language, lang, button):
    assert browser.post("/accounts/language/", {"language": language, "next": LOGIN})["Location"] == LOGIN
    page = browser.get(LOGIN).content.decode()
    assert f">{button}</button>" in page
    assert f'<html lang="{lang}">' in page


def test_language_is_kept_for_the_user(browser, user):
    log_in(browser)
    browser.post("/accounts/language/", {"language": "zh-hans"})
    user.refresh_from_db()
    assert user.language == "zh-hans"
    assert browser.post("/accounts/language/", {"language": "fr"}).status_code == 422


def test_P22_page_answers_503_when_the_record_cannot_be_written(browser, monkeypatch):
    from django.db import DatabaseError

    def broken(*args, **kwargs):
        raise DatabaseError("no table")

    monkeypatch.setattr(Event, "save", broken)
    answer = log_in(browser)
    assert (answer.status_code, signed_in(browser)) == (503, False)


def test_pages_carry_no_password(browser):
    assert PASSWORD not in log_in(browser, PASSWORD + "x").content.decode()
