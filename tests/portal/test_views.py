"""The home page and the pages that machines read."""

import pytest

from tests.exams.road import ground, text, upload


def test_home_greets_and_lists_roles_in_both_languages(cast, sign_in, org_a):
    from tenants import current

    browser = sign_in(cast.liaison_a1)
    assert "Health liaison · A1" in browser.get("/").content.decode()
    with current.use(org_a):
        cast.liaison_a1.language = "zh-hans"
        cast.liaison_a1.save()
    assert "健康联络员" in browser.get("/").content.decode()


def test_home_shows_uploads_to_those_who_follow_them_only(cast, sign_in, org_a):
    upload(text([[cast.anna.emp_no, cast.anna.name, "2026-03-02", 120, 80, 5.0, 5.2]]), unit=cast.a1, name="march.csv")
    seen = {who: "march.csv" in sign_in(getattr(cast, who)).get("/").content.decode() for who in ("liaison_a1", "office_a", "liaison_b1", "leader", "employee")}
    assert seen == {"liaison_a1": True, "office_a": True, "liaison_b1": False, "leader": False, "employee": False}


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
