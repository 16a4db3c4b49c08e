"""The home page and the pages that machines read."""

import pytest

from tests import cast as casting
from tests.exams.road import ground


def test_home_of_who_has_no_role_says_what_to_do(org_a, sign_in):
    page = sign_in(casting.user("nobody")).get("/").content.decode()
    assert "has no role yet" in page and "administrator" in page


def test_home_without_a_session_asks_to_sign_in(sign_in):
    answer = sign_in().get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/")


def test_home_is_never_cached_and_has_a_strict_policy(cast, sign_in):
    headers = sign_in(cast.leader).get("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert "unsafe" not in headers["Content-Security-Policy"] and "default-src 'none'" in headers["Content-Security-Policy"]


def test_healthz_is_in_order_and_needs_no_session(sign_in):
    answer = sign_in().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "faults": []})


def test_healthz_names_the_fault(sign_in, monkeypatch):
    from healthmgmt.work import selectors

    monkeypatch.setattr(selectors, "faults", lambda: ["the broker does not answer"])
    answer = sign_in().get("/healthz")
    assert (answer.status_code, answer.json()["faults"]) == (503, ["the broker does not answer"])


def test_schema_describes_the_uploads(cast, sign_in):
    answer = sign_in(cast.liaison_a1).get("/api/schema/")
    assert answer.status_code == 200
    assert b"/api/v1/uploads/" in answer.content


def test_unknown_organisation_is_not_found(db):
    from django.test import Client

    assert Client(headers={"host": "nobody.localhost"}).get("/").status_code == 404


@pytest.fixture(autouse=True)
def _ground(org_a):
    ground()
