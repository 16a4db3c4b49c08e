"""One-time links: one file, until a day, by whoever holds the secret; and nothing of a person comes back."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import links, services
from healthmgmt.exams.models import Upload, UploadLink
from healthmgmt.insight import services as insight
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import BY, text
from tests.isolation.calling import listening

URL, DAY = "/deliver/", "2026-03-02"


def rows(cast) -> bytes:
    return text([[cast.anna.emp_no, cast.anna.name, DAY, 120, 80, 5.0, 5.2], ["X9", "Somebody Unknown", DAY, 120, 80, 5.0, 5.2]])


def a_file(content: bytes, name: str = "march.csv") -> dict:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.fixture
def made(cast, org_a) -> tuple[UploadLink, str]:
    return links.make(unit=cast.a1, centre="Harbour clinic", by=BY, user=cast.liaison_a1)


@pytest.fixture
def nobody(sign_in):
    """A browser without an account that asks for English."""

    def make() -> Client:
        browser = sign_in()
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return make


@pytest.fixture
def holder(nobody, made) -> Client:
    """Somebody without an account who opened the link."""
    browser = nobody()
    browser.get(f"{URL}{made[1]}/")
    return browser


def content(answer) -> str:
    return answer.content.decode()


def test_link_takes_one_file_as_delivered_by_the_centre(cast, made, holder, org_a):
    asked = content(holder.get(URL))
    assert all(part in asked for part in ("Harbour clinic", "A1", "Root", 'type="file"'))
    answer = holder.post(URL, a_file(rows(cast)))
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    with current.use(org_a):
        work.drain()
        upload = Upload.objects.get()
        assert (upload.centre.name, upload.unit, upload.uploaded_by, upload.state) == ("Harbour clinic", cast.a1, None, "checked")
        assert UploadLink.objects.get().upload == upload
        assert set(Event.objects.filter(action__in=("upload.received", "upload_link.used")).values_list("actor", flat=True)) == {f"link:{made[0].pk}"}
    receipt = content(holder.get(URL))
    assert "1 row needs a look." in receipt and "Nobody in the roster has this number." in receipt
    assert 'type="file"' not in receipt and made[1] not in receipt
    # In what is read; a token in a tag may hold two such signs by chance.
    told = re.sub(r"<[^>]+>", " ", receipt)
    assert not any(secret in told for secret in (cast.anna.emp_no, cast.anna.name, "Somebody", "X9", "5.2"))


ARRIVED = "Rows: 2, of which wait: 1."


def test_who_made_the_link_is_told_on_their_pages_what_came_by_it(cast, made, sign_in, org_a):
    link = links.deliver(made[0], io.BytesIO(rows(cast)), name="a.csv", address="")
    browser = sign_in(cast.liaison_a1)
    assert "by your link for Harbour clinic. It is being read." in content(browser.get("/liaison/"))
    with current.use(org_a):
        work.drain()
    for path in ("/liaison/", "/uploads/"):
        told = content(browser.get(path))
        assert ARRIVED in told and f"/uploads/{link.upload.uuid}/" in told
        assert cast.anna.name not in told
    for user, path in ((cast.office_a, "/uploads/"), (cast.liaison_b1, "/uploads/"), (cast.admin, "/admin/"), (cast.office_a, "/board/")):
        assert ARRIVED not in content(sign_in(user).get(path))
    with current.use(org_a):
        Upload.objects.update(uploaded_at=timezone.now() - timedelta(days=15))
    assert ARRIVED not in content(browser.get("/uploads/"))


def test_office_and_administrator_are_told_of_their_own_links(cast, sign_in, org_a):
    with current.use(org_a):
        insight.count_period(cast.period, today=timezone.localdate())
        for user in (cast.office_a, cast.admin):
            link, _token = links.make(unit=cast.a1, centre="Harbour clinic", by=BY, user=user)
            links.deliver(link, io.BytesIO(rows(cast)), name="a.csv", address="")
            work.drain()
    told = {name: content(sign_in(getattr(cast, name)).get(path)) for name, path in (("office_a", "/board/"), ("admin", "/admin/"))}
    assert [told[name].count(ARRIVED) for name in told] == [1, 1]
    # An administrator sees no files.
    assert "To the file" in told["office_a"] and "To the file" not in told["admin"] and "To the links" in told["admin"]


def test_link_is_good_for_one_file_only(cast, made, holder, org_a):
    holder.post(URL, a_file(rows(cast)))
    again = holder.post(URL, a_file(text([[cast.ben.emp_no, cast.ben.name, DAY, 1, 2, 3, 4]])))
    assert "You need not send it again" in content(again)
    with current.use(org_a):
        assert Upload.objects.count() == 1
        with pytest.raises(Rejected):
            links.revoke(made[0], by=BY)


def test_second_file_at_the_same_moment_is_not_taken(cast, made, org_a):
    """Both were asked for the form before either sent a file."""
    first = links.deliver(made[0], io.BytesIO(rows(cast)), name="a.csv", address="")
    second = links.deliver(made[0], io.BytesIO(b"x"), name="b.csv", address="")
    assert (first.upload, Upload.objects.count()) == (second.upload, 1)


def ended(made, how: str) -> str:
    link, token = made
    if how == "wrong":
        return token[:-1] + ("A" if token[-1] != "A" else "B")
    if how == "expired":
        UploadLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        links.revoke(link, by=BY)
    return token


def bare(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content(answer))


@pytest.mark.parametrize("how", ["wrong", "expired", "revoked"])
def test_link_that_is_none_looks_like_any_other(made, nobody, org_a, how):
    browser = nobody()
    nothing = bare(browser.get(URL))
    with current.use(org_a):
        token = ended(made, how)
    opened = browser.get(f"{URL}{token}/")
    assert (opened.status_code, opened.headers["Location"]) == (302, URL)
    answer = browser.get(URL)
    assert (answer.status_code, bare(answer)) == (404, nothing)
    assert "This link cannot be used." in nothing and "Harbour" not in nothing


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_link_that_ended_while_its_page_was_open_takes_nothing(cast, made, holder, org_a, how):
    with current.use(org_a):
        ended(made, how)
    assert holder.post(URL, a_file(rows(cast))).status_code == 404
    with current.use(org_a), pytest.raises(Rejected, match="ended meanwhile"):
        links.deliver(made[0], io.BytesIO(b"x"), name="b.csv", address="")
    with current.use(org_a):
        assert (Upload.objects.count(), list((Path(settings.UPLOAD_ROOT) / org_a).glob("*.part"))) == (0, [])


def test_wrong_link_after_a_right_one_forgets_the_right_one(made, holder):
    holder.get(f"{URL}{'x' * 43}/")
    assert holder.get(URL).status_code == 404


def test_guessing_is_slowed_as_at_signing_in(made, nobody):
    browser = nobody()
    for number in range(5):
        browser.get(f"{URL}guess-{number}/")
    slowed = content(browser.get(f"{URL}{made[1]}/", follow=True))
    assert "too often" in slowed and "This link cannot be used." in slowed


def test_secret_is_in_no_log_no_table_and_no_address_beyond_the_first(cast, made, sign_in, org_a):
    browser, token = sign_in(), made[1]
    with listening() as log:
        opened = browser.get(f"{URL}{token}/")
        browser.get(URL)
        browser.post(f"{URL}{token}/", a_file(rows(cast)))
        browser.post(URL, a_file(rows(cast)))
    assert opened.headers["Referrer-Policy"] == "no-referrer" and "no-store" in opened.headers["Cache-Control"]
    assert token not in "\n".join(log.lines)
    assert token not in opened.headers["Location"] and token not in str(dict(browser.session))
    with current.use(org_a):
        assert token not in str([list(UploadLink.objects.values()), list(Event.objects.values())])


def test_page_of_a_link_speaks_the_browser_s_language_and_can_be_switched(made, holder):
    assert "一份文件" in content(holder.get(URL, headers={"accept-language": "zh-CN"}))
    assert "as one file" in content(holder.get(URL, headers={"accept-language": "en"}))
    holder.post("/accounts/language/", {"language": "zh-hans", "next": URL})
    assert "一份文件" in content(holder.get(URL, headers={"accept-language": "en"}))


@pytest.mark.parametrize(("given", "words"), [({}, "Please choose a file."), ({"file": SimpleUploadedFile("e.csv", b"")}, "This file is empty.")])
def test_file_at_fault_does_not_use_the_link_up(holder, org_a, given, words):
    answer = holder.post(URL, given)
    assert (answer.status_code, words in content(answer)) == (422, True)
    with current.use(org_a):
        assert UploadLink.objects.get().upload is None


def test_file_over_the_limit_does_not_use_the_link_up(holder, org_a, monkeypatch):
    monkeypatch.setitem(settings.UPLOAD_LIMITS, "file_bytes", 1000)
    answer = holder.post(URL, a_file(b"x" * 3_000))
    assert (answer.status_code, "larger than" in content(answer)) == (422, True)
    with current.use(org_a):
        assert (UploadLink.objects.get().upload, Upload.objects.count()) == (None, 0)


def test_file_that_cannot_be_stored_does_not_use_the_link_up(cast, made, org_a, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("the record cannot be written")

    before = set((Path(settings.UPLOAD_ROOT) / org_a).glob("*"))
    monkeypatch.setattr(links.audit, "record", broken)
    with pytest.raises(RuntimeError):
        links.deliver(made[0], io.BytesIO(rows(cast)), name="a.csv", address="")
    assert UploadLink.objects.get().upload is None and set((Path(settings.UPLOAD_ROOT) / org_a).glob("*")) == before


def test_form_of_a_link_is_guarded_against_forgery(cast, made, holder, org_a):
    holder.handler.enforce_csrf_checks = True
    assert holder.post(URL, a_file(rows(cast))).status_code == 403
    holder.get(URL)
    assert holder.post(URL, a_file(rows(cast)) | {"csrfmiddlewaretoken": holder.cookies["csrf"].value}).status_code == 302


def test_refused_file_is_told_and_a_new_link_asked_for(made, holder, org_a):
    holder.post(URL, a_file(b"%PDF-1.7 nothing", "notes.pdf"))
    with current.use(org_a):
        work.drain()
    told = content(holder.get(URL))
    assert "could not be used" in told and "ask whoever sent it for a new one" in told


def test_link_is_made_shown_once_listed_and_revoked(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post("/uploads/links/", {"centre": "Harbour clinic", "days": 7, "note": "spring round"})
    token = re.search(r"/deliver/([\w-]{43})/", content(answer)).group(1)
    listed = content(browser.get("/uploads/links/"))
    assert token not in listed and all(part in listed for part in ("Harbour clinic", "spring round", "Still good", "Liaison A1"))
    with current.use(org_a):
        link = UploadLink.objects.get()
        assert (link.unit, timedelta(days=7) - (link.expires_at - timezone.now()) < timedelta(minutes=1)) == (cast.a1, True)
    assert "links still good: 1" in content(browser.get("/uploads/"))
    assert "is revoked" in content(browser.post(f"/uploads/links/{link.uuid}/revoke/", follow=True))
    stranger = sign_in()
    assert stranger.get(f"{URL}{token}/", follow=True).status_code == 404


def test_used_link_leads_its_maker_to_the_file_and_an_administrator_to_none(cast, made, sign_in, org_a):
    with current.use(org_a):
        links.deliver(made[0], io.BytesIO(rows(cast)), name="a.csv", address="")
        work.drain()
        url = f"/uploads/{Upload.objects.get().uuid}/"
    browser = sign_in(cast.liaison_a1)
    assert url in content(browser.get("/uploads/links/"))
    listed = content(browser.get("/uploads/"))
    assert "by a one-time link" in listed and browser.get(url).status_code == 200
    administrator = sign_in(cast.admin)
    shown = content(administrator.get("/uploads/links/"))
    assert "Used" in shown and url not in shown and administrator.get(url).status_code == 403


def test_unit_out_of_reach_gets_no_link(cast, sign_in, org_a):
    given = {"centre": "Harbour clinic", "days": 7, "unit": cast.b1.pk}
    assert sign_in(cast.office_a).post("/uploads/links/", given).status_code == 422
    with current.use(org_a):
        assert UploadLink.objects.count() == 0


@pytest.mark.parametrize(("given", "field"), [({"days": 0}, "days"), ({"days": 91}, "days"), ({"centre": " "}, "centre")])
def test_link_that_cannot_be_is_not_made(cast, org_a, given, field):
    with pytest.raises(Rejected) as error:
        links.make(**{"unit": cast.a1, "centre": "Harbour", "by": BY} | given)
    assert error.value.field == field


def test_link_for_a_unit_that_was_merged_delivers_to_the_other(cast, made, org_a):
    services.hand_over_uploads(cast.a1.pk, into=cast.a2.pk, by=BY)
    assert links.deliver(made[0], io.BytesIO(rows(cast)), name="a.csv", address="").upload.unit == cast.a2
