"""The pages of a forgotten password over HTTP."""

import re

import pytest
from django.core import mail
from django.test import Client

from healthmgmt.accounts import resets, services
from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
from healthmgmt.work import services as work
from tests.isolation.calling import listening

BY = Actor(label="system:test")
PASSWORD, ANOTHER = "a long enough phrase", "another long phrase"
# Written differently into each page.
MASK = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
RESET, ASKED, CHOOSE = "/accounts/reset/", "/accounts/reset/asked/", "/accounts/reset/choose/"


@pytest.fixture
def user(cast) -> User:
    services.set_password(cast.office_a, password=PASSWORD, by=BY)
    return cast.office_a


@pytest.fixture
def browser(user) -> Client:
    return Client(headers={"host": "alpha.localhost", "accept-language": "en"})


def path_in_mail() -> str:
    (message,) = mail.outbox
    return "/accounts/reset/" + message.body.partition("/accounts/reset/")[2].split()[0]


def test_forgotten_password_from_the_sign_in_page_to_a_new_one(browser, user):
    other = Client(headers={"host": "alpha.localhost"})
    other.force_login(user)
    assert f'href="{RESET}"' in browser.get("/accounts/login/").content.decode()
    assert browser.post(RESET, {"identifier": "office_a@example.org"})["Location"] == ASKED
    work.drain()
    assert browser.get(path_in_mail())["Location"] == CHOOSE
    assert browser.get(CHOOSE).status_code == 200
    answer = browser.post(CHOOSE, {"password": ANOTHER, "repeated": ANOTHER})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "Please sign in with it." in browser.get("/accounts/login/").content.decode()
    assert other.get("/accounts/password/").status_code == 302
    assert browser.post("/accounts/login/", {"identifier": "office_a@example.org", "password": ANOTHER}).status_code == 302


def test_answer_is_the_same_whether_the_account_exists_or_not(browser, cast):
    User.objects.filter(pk=cast.leader.pk).update(email=None, mobile="13800000000")
    pages = []
    for identifier in ("office_a@example.org", "nobody@example.org", "13800000000"):
        answer = browser.post(RESET, {"identifier": identifier})
        pages.append((answer.status_code, answer["Location"], MASK.sub("", browser.get(answer["Location"]).content.decode())))
    assert (pages[0][:2], pages[1:]) == ((302, ASKED), [pages[0], pages[0]])
    assert "new activation code" in pages[0][2]


def test_asking_too_often_is_told_to_wait(browser):
    for number in range(5):
        browser.post(RESET, {"identifier": f"nobody {number}"})
    answer = browser.post(RESET, {"identifier": "office_a@example.org"})
    assert (answer.status_code, "wait 15 seconds" in answer.content.decode()) == (422, True)
    assert browser.post(RESET, {"identifier": ""}).status_code == 422


def test_link_is_good_for_one_use_and_says_so_afterwards(browser, user):
    resets.mail_link(user.pk)
    path = path_in_mail()
    browser.get(path)
    browser.post(CHOOSE, {"password": ANOTHER, "repeated": ANOTHER})
    again = browser.post(CHOOSE, {"password": PASSWORD, "repeated": PASSWORD})
    assert (again.status_code, browser.get(path)["Location"], browser.get(CHOOSE).status_code) == (410, CHOOSE, 410)
    user.refresh_from_db()
    assert user.check_password(ANOTHER) is True


def test_faults_stand_beside_their_fields_and_keep_the_link(browser, user):
    resets.mail_link(user.pk)
    browser.get(path_in_mail())
    for given, field in (({"password": "short", "repeated": "short"}, "password"), ({"password": ANOTHER, "repeated": "else"}, "repeated")):
        answer = browser.post(CHOOSE, given)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert browser.post(CHOOSE, {"password": ANOTHER, "repeated": ANOTHER}).status_code == 302


def test_link_works_in_the_browser_that_opened_it_only(browser, user):
    resets.mail_link(user.pk)
    browser.get(path_in_mail())
    assert Client(headers={"host": "alpha.localhost"}).get(CHOOSE).status_code == 410


def test_token_stands_in_no_log_and_no_page(browser, user):
    resets.mail_link(user.pk)
    path = path_in_mail()
    token = path.rstrip("/").rpartition("/")[2]
    with listening() as log:
        answers = [browser.get(path), browser.get(CHOOSE), browser.post(CHOOSE, {"password": "short", "repeated": "short"})]
        answers += [browser.post(CHOOSE, {"password": ANOTHER, "repeated": ANOTHER}), browser.get(path), browser.get(CHOOSE)]
    assert [answer.status_code for answer in answers] == [302, 200, 422, 302, 302, 410]
    assert [line for line in log.lines if token in line] == []
    assert [answer for answer in answers if token in answer.content.decode() + str(answer.headers)] == []


@pytest.mark.django_db
class TestOperators:
    """On the bare domain there are no jobs."""

    @pytest.fixture
    def operators(self, db) -> Client:
        services.create_user(email="ops@example.org", password=PASSWORD, is_operator=True, language="en", by=BY)
        return Client(headers={"host": "localhost", "accept-language": "en"})

    def test_mail_is_sent_at_once(self, operators):
        assert operators.post(RESET, {"identifier": "ops@example.org"})["Location"] == ASKED
        assert mail.outbox[0].body.count("http://localhost:8000/accounts/reset/") == 1
        assert operators.get(path_in_mail())["Location"] == CHOOSE
        assert operators.post(CHOOSE, {"password": ANOTHER, "repeated": ANOTHER}).status_code == 302
        assert operators.post("/accounts/login/", {"identifier": "ops@example.org", "password": ANOTHER}).status_code == 302

    def test_mail_server_that_is_down_does_not_tell_who_exists(self, operators, monkeypatch):
        def down(*args, **kwargs):
            raise ConnectionRefusedError("mail.example")

        monkeypatch.setattr(resets, "send_mail", down)
        with listening() as log:
            answers = [operators.post(RESET, {"identifier": who}) for who in ("ops@example.org", "nobody@example.org")]
        assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, ASKED)] * 2
        assert len([line for line in log.lines if "ConnectionRefusedError" in line]) == 1
        assert [line for line in log.lines if "ops@" in line] == []
