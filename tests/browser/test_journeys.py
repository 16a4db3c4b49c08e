"""What people come to do, from the first page to the last, as they do it: in both languages, at a desk and on a phone."""

import re
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest

from healthmgmt.care.models import Alert
from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person
from tests.browser import town as towns
from tests.browser.site import Site, Visitor
from tests.browser.town import Town
from tests.not_run import ROOT

BADFILES = ROOT / "tests" / "files" / "badfiles"
DIRTY, STRANGERS, TWICE = BADFILES / "b05_order_and_range.xlsx", BADFILES / "b08_people.xlsx", BADFILES / "b02_twice_tc.xlsx"
# Every language and every width once; the other pairs with the long tests.
LOOKS = [("zh", 390), ("en", 1280), pytest.param("zh", 1280, marks=pytest.mark.long), pytest.param("en", 390, marks=pytest.mark.long)]
SECONDS = 60_000  # milliseconds; workers share two processors with the browser

looks = pytest.mark.parametrize(("language", "width"), LOOKS)


@pytest.fixture(autouse=True)
def _database(django_db_blocker):
    """The journeys look into the town's committed data; the processes of the site write it."""
    with django_db_blocker.unblock():
        yield
        from django.db import connections

        connections["default"].close()


def sign_in(site: Site, town: Town, who: str, language: str, width: int) -> Visitor:
    return site.signed_in(town.slug, town.logins[who], towns.PASSWORD, language=language, width=width)


def numbers(text: str) -> list[int]:
    return [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", text)]


def deliver(visitor: Visitor, file) -> None:
    """Hand a file over and wait until the site has read it."""
    visitor.go("/uploads/")
    visitor.page.set_input_files("input[name=file]", file)
    # A file that came before is asked about, also when it was undone since.
    visitor.page.wait_for_selector("input[name=again], form[action$='/apply/']", state="attached", timeout=SECONDS)
    if visitor.page.locator("input[name=again]").count():
        # The page that asks answers 409, which the browser notes.
        visitor.complaints = [one for one in visitor.complaints if "409" not in one]
        visitor.page.set_input_files("input[name=file]", file)
    visitor.page.wait_for_selector("form[action$='/apply/']", timeout=SECONDS)


def let_in(visitor: Visitor) -> None:
    """Let the good rows in and wait for the receipt."""
    visitor.page.click("form[action$='/apply/'] button.btn-p")
    visitor.page.wait_for_selector("body.receipt table.sum", timeout=SECONDS)


def receipt(visitor: Visitor) -> list[int]:
    """The rows of the receipt: received, its parts, all of them together."""
    return [numbers(one.inner_text())[0] for one in visitor.page.locator("table.sum tr td:nth-child(2)").all()]


@looks
def test_liaison_mends_a_dirty_file_reads_a_receipt_that_adds_up_and_undoes_it(site, town, language, width):
    visitor = sign_in(site, town, "liaison", language, width)
    deliver(visitor, DIRTY)
    waiting = visitor.page.locator("article.prob")
    assert waiting.count() == 2
    # A height of 17 cm: the value is done without, and the rest of its row goes in.
    visitor.page.locator("form[action$='/leave/']:has(input[name=what][value=values]):has(input[name=reason][value=range]) button").first.click()
    visitor.page.wait_for_load_state()
    assert visitor.page.locator("article.prob").count() == 1
    let_in(visitor)
    received, *parts, together = receipt(visitor)
    assert (received, sum(parts), together) == (8, 8, 8)
    upload = _newest(town, DIRTY.name)
    assert (upload.accepted + upload.unchanged, upload.waiting) == (7, 1)

    visitor.page.click("a[href='undo/']")
    visitor.page.wait_for_load_state()
    assert str(upload.accepted) in visitor.page.inner_text("h1.lead1")
    visitor.page.fill("[name=reason]", "exam centre sends it again")
    visitor.page.click("form:has([name=reason]) button")
    visitor.page.wait_for_load_state()
    with town.entered():
        upload.refresh_from_db()
        assert (upload.state, upload.exams.filter(state="current").count()) == ("withdrawn", 0)
    assert visitor.taken_complaints() == []
    visitor.close()


@looks
def test_liaison_types_an_identity_number_anew_and_leaves_a_stranger_out(site, town, language, width):
    visitor = sign_in(site, town, "liaison", language, width)
    deliver(visitor, STRANGERS)
    path = urlsplit(visitor.page.url).path
    causes = visitor.page.locator("article.prob")
    wrong_number, stranger = (causes.filter(has=visitor.page.locator(f"input[value={code}]")) for code in ("id-number", "unknown-employee"))
    seen = [(one.locator("header .n").inner_text(), one.locator(".cell").all_inner_texts()) for one in (wrong_number, stranger)]
    assert (causes.count(), seen) == (2, [("1", ["C3"]), ("1", ["A7"])])
    assert [one.locator(".rowno span").inner_text() for one in (wrong_number, stranger)] == ["3", "7"]

    # The last sign is typed anew; somebody whom nobody here knows is left out.
    wrong_number.locator("input[name=text]").fill("760101197308181160")
    with visitor.page.expect_navigation():
        wrong_number.locator("td.typed button").click()
    visitor.go(path)
    assert causes.count() == 1
    with visitor.page.expect_navigation():
        stranger.locator("button[name=what][value=rows]").click()
    assert causes.count() == 0

    let_in(visitor)
    received, *parts, together = receipt(visitor)
    assert (received, sum(parts), together) == (8, 8, 8)
    upload = _newest(town, STRANGERS.name)
    assert (upload.accepted + upload.unchanged, upload.waiting, upload.refused) == (7, 0, 1)
    assert visitor.taken_complaints() == []
    visitor.close()


@looks
def test_liaison_reads_why_nothing_of_a_file_was_kept(site, town, language, width):
    visitor = sign_in(site, town, "liaison", language, width)
    visitor.go("/uploads/")
    visitor.page.set_input_files("input[name=file]", TWICE)
    why = {"zh": "有两列是同一项目", "en": "Two columns hold the same item"}[language]
    told = visitor.page.locator("section[role=alert]", has_text=why)
    # The second one who brings it is told that it was refused before, which the browser notes as an answer 409.
    told.wait_for(timeout=SECONDS)
    upload = _newest(town, TWICE.name)
    assert (upload.state, upload.reason, upload.received, upload.refused) == ("refused", "duplicate-heading", 8, 8)
    visitor.go(f"/uploads/{upload.uuid}/")
    assert 8 in numbers(told.inner_text())
    assert [one for one in visitor.taken_complaints() if "409" not in one] == []
    visitor.close()


@looks
def test_employee_sees_sentence_colour_and_plan_and_another_colour_after_a_corrected_file(site, town, language, width):
    employee = sign_in(site, town, "employee", language, width)
    employee.go("/today/")
    before = _colour(employee)
    assert employee.page.inner_text("h1.lead1").strip()
    assert employee.page.locator(".steps1 li").count() > 0
    after = "yellow" if before != "yellow" else "orange"
    with town.entered():
        person = Person.objects.get(user__email=town.logins["employee"])
    liaison = sign_in(site, town, "liaison", language, width)
    corrected = towns.exam_file(town, [towns.row(person, town.exam_day, after)])
    deliver(liaison, {"name": f"更正_{language}_{width}.csv", "mimeType": "text/csv", "buffer": corrected})
    let_in(liaison)
    for _second in range(60):
        employee.page.reload()
        if _colour(employee) != before:
            break
        employee.page.wait_for_timeout(1000)
    assert _colour(employee) == after
    employee.go("/privacy/")
    assert employee.taken_complaints() + liaison.taken_complaints() == []
    employee.close()
    liaison.close()


@looks
def test_case_manager_calls_and_closes_a_red_alert_with_an_outcome(site, town, language, width):
    visitor = sign_in(site, town, "case_manager", language, width)
    visitor.go("/care/")
    sentence = visitor.page.inner_text("h1.lead1")
    first = visitor.page.locator("a.wl").first
    name = first.locator(".nm").inner_text()
    assert name in sentence and first.locator(".mk-red").count() == 1 and first.locator(".clock").count() == 1
    visitor.go("/care/" + first.get_attribute("href"))
    visitor.page.check("form[action*='/contact/'] input[value=will_be_seen_today]")
    visitor.page.click("form[action*='/contact/'] button.btn-p")
    visitor.page.wait_for_load_state()
    with town.entered():
        alert = Alert.objects.get(closed_at=None, person__name=name, contacts__ending="will_be_seen_today")
    visitor.go(f"/care/alerts/{alert.uuid}/")
    visitor.page.check("form[action$='/close/'] input[value=confirmed]")
    visitor.page.click("form[action$='/close/'] button")
    visitor.page.wait_for_load_state()
    with town.entered():
        alert.refresh_from_db()
    assert alert.closed_at is not None and alert.outcome == "confirmed"
    assert visitor.page.locator("form[action$='/close/']").count() == 0
    assert visitor.taken_complaints() == []
    visitor.close()


@looks
def test_red_alert_goes_from_the_upload_to_a_closed_outcome(site, town, language, width):
    day = town.today - timedelta(days=1)
    with town.entered():
        calm = Person.objects.employed().exclude(alerts__closed_at=None, alerts__isnull=False).exclude(emp_no="D0001").order_by("-emp_no")
        person = calm[LOOKS_BY_VALUE.index((language, width))]
    liaison = sign_in(site, town, "liaison", language, width)
    content = towns.exam_file(town, [towns.row(person, day, "red")])
    deliver(liaison, {"name": f"急_{language}_{width}.csv", "mimeType": "text/csv", "buffer": content})
    let_in(liaison)
    manager = sign_in(site, town, "case_manager", language, width)
    opened = Alert.objects.filter(person=person, measured_on=day, closed_at=None)
    for _second in range(60):
        with town.entered():
            alert = opened.first()
        if alert:
            break
        manager.page.wait_for_timeout(1000)
    assert alert is not None

    path = f"/care/alerts/{alert.uuid}/"
    manager.go("/care/alerts/")
    manager.page.locator(f"a[href='{path}']").first.click()
    manager.page.wait_for_url(re.compile(f"{path}$"))
    assert person.name in manager.page.inner_text("main") and "186" in manager.page.inner_text("section.state-red")
    manager.page.click("a[href$='/contact/']")
    manager.page.check("form[action*='/contact/'] input[value=in_treatment]")
    with manager.page.expect_navigation():
        manager.page.click("form[action*='/contact/'] button.btn-p")
    manager.go(path)
    manager.page.check("form[action$='/close/'] input[value=confirmed]")
    with manager.page.expect_navigation():
        manager.page.click("form[action$='/close/'] button")
    with town.entered():
        alert.refresh_from_db()
    assert (alert.outcome, alert.closed_at is not None) == ("confirmed", True)
    assert manager.page.locator("form[action$='/close/']").count() == 0
    assert manager.taken_complaints() + liaison.taken_complaints() == []
    manager.close()
    liaison.close()


@looks
def test_case_manager_chooses_from_the_worklist_without_leaving_it(site, town, language, width):
    visitor = sign_in(site, town, "case_manager", language, width)
    visitor.go("/care/")
    line = visitor.page.locator("a.wl").nth(2)
    name = line.locator(".nm").inner_text()
    assert visitor.page.locator("#panel-name").text_content() != name
    with visitor.page.expect_response(lambda answer: "/contact/" in answer.url):
        line.click()
    visitor.page.wait_for_function("name => document.querySelector('#panel-name').textContent === name", arg=name)
    assert urlsplit(visitor.page.url).path == "/care/"
    assert visitor.page.locator("#panel").count() == 1
    assert visitor.page.locator("a.wl[aria-current=true] .nm").all_inner_texts() == [name]
    visitor.page.locator("#panel").locator("h2").scroll_into_view_if_needed()
    assert visitor.page.locator("#panel-name").is_visible()
    visitor.page.locator("#panel input[name=ending]").first.check()
    assert visitor.taken_complaints() == []
    visitor.close()


@looks
def test_leader_reads_the_group_page_and_no_link_leads_to_a_person(site, town, language, width):
    visitor = sign_in(site, town, "group_leader", language, width)
    visitor.go("/")
    assert urlsplit(visitor.page.url).path == "/group/"
    assert visitor.page.locator("section.tile").count() == 4
    assert visitor.page.locator(".hid").count() > 0, "a small group is hidden, and says so"
    with town.entered():
        # A bare number may be a count; a name or a number with a letter is somebody.
        people = {word for pair in Person.objects.values_list("name", "emp_no") for word in pair if not word.isdigit()}
    seen, waiting = set(), [urlsplit(visitor.page.url).path]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        status, shown = visitor.page.evaluate("path => fetch(path).then(async (answer) => [answer.status, await answer.text()])", path)
        assert status == 200, path
        assert [word for word in people if word in shown] == [], path
        for href in re.findall(r'href="([^"#]+)"', shown):
            target = urlsplit(urljoin(visitor.base + path, href))
            there = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == urlsplit(visitor.base).netloc and "/static/" not in there and there not in seen and there not in waiting:
                waiting.append(there)
    assert {"/group/", "/group/departments/", "/group/definitions/"} <= seen
    assert visitor.taken_complaints() == []
    visitor.close()


@looks
def test_admin_moves_a_unit_and_the_liaisons_scope_follows(site, town, language, width):
    with town.entered():
        workshop = Unit.objects.get(name=towns.WORKSHOPS[LOOKS_BY_VALUE.index((language, width))])
        person = Person.objects.filter(unit=workshop).first()
        logistics = Unit.objects.get(name="物流部")
    liaison = site.signed_in(town.slug, town.logins["liaison of logistics"], towns.PASSWORD, language=language, width=width)
    assert not _is_on_roster(liaison, person)

    admin = sign_in(site, town, "org_admin", language, width)
    admin.go(f"/admin/units/{workshop.pk}/move/")
    admin.page.fill("form[method=get] [name=unit]", logistics.name)
    admin.page.click("form[method=get] button")
    admin.page.click("form[method=post]:has(input[name=unit]) button.btn-p")
    admin.page.wait_for_url(re.compile(rf"/admin/units/{workshop.pk}/$"))

    assert _is_on_roster(liaison, person)
    assert admin.taken_complaints() + liaison.taken_complaints() == []
    admin.close()
    liaison.close()


@looks
def test_session_that_ended_comes_back_to_the_page_after_sign_in(site, town, language, width):
    visitor = site.visitor(town.slug, width=width)
    visitor.go("/privacy/")
    visitor.speak(language)
    visitor.page.fill("input[name=identifier]", "D0001")
    visitor.page.fill("input[name=password]", towns.PASSWORD)
    visitor.page.press("input[name=password]", "Enter")
    visitor.page.wait_for_url(re.compile("/privacy/$"))
    assert visitor.page.locator("nav a[aria-current=page][href='/privacy/']").count() > 0
    visitor.close()


LOOKS_BY_VALUE = [("zh", 390), ("en", 1280), ("zh", 1280), ("en", 390)]


def _newest(town: Town, name: str) -> Upload:
    with town.entered():
        return Upload.objects.filter(file_name=name).order_by("-id")[0]


def _colour(visitor: Visitor) -> str:
    found = re.search(r"state-(\w+)", visitor.page.locator("section.state").first.get_attribute("class"))
    return found.group(1)


def _is_on_roster(visitor: Visitor, person: Person) -> bool:
    visitor.go(f"/roster/?q={person.emp_no}")
    return visitor.page.locator("table.table tbody tr").count() > 0 and person.emp_no in visitor.page.inner_text("table.table")
