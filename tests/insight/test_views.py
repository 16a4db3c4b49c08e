"""Unit board, group page, departments and definitions over HTTP: who sees what, and that nobody sees a person."""

import io
import re
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.core.actors import Actor
from healthmgmt.insight import figures, lighting, selectors, services
from healthmgmt.insight.models import PublishedRow
from healthmgmt.organization import periods
from healthmgmt.organization.models import Membership, Period
from healthmgmt.organization.selectors import today as current_day
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from tests import cast as casting
from tests.insight import crowds, making
from tests.isolation.addresses import URLS

PAGES = ("/board/", "/group/", "/group/departments/", "/group/definitions/")
BY = Actor(label="system:test")


@pytest.fixture
def crowd(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    return cast


@pytest.fixture
def read(sign_in):
    """`read(user, path)` gives the words of a page, with single blanks."""

    def of(user, path: str) -> str:
        answer = sign_in(user).get(path)
        assert answer.status_code == 200
        return words_of(answer.content.decode())

    return of


def words_of(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


# Who sees what


def test_leader_sees_four_questions_with_counts_definitions_and_departments(crowd, read, sign_in):
    page = read(crowd.leader, "/group/")
    for question in ("Covered?", "Urgent queue being closed?", "Getting better?", "Can the numbers be trusted?"):
        assert question in page
    # 97 of A1, of A2 and of B1, and the three of A3; the four of the cast were not examined.
    assert "88% 294 of 336 people" in page
    assert "Numerator people due who have at least one examination with a value in the period" in page
    rows = sign_in(crowd.leader).get("/group/").context["departments"]
    assert [(row.name, row.covered.part, row.covered.whole) for row in rows] == [("A", 197, 226), ("B", 97, 110)]


def test_office_sees_its_units_worst_first(crowd, read):
    page = read(crowd.office_a, "/board/")
    assert page.index("A2") < page.index("A1")
    assert "Help A2 first today." in page and "B1" not in page
    assert "19 of 116 people have no examination yet." in page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["liaison_a1", "employee", "case_manager", "physician", "exam_centre", "steward", "admin"])
def test_others_are_refused(crowd, sign_in, path, name):
    assert sign_in(getattr(crowd, name)).get(path).status_code == 403


def test_leader_has_no_board_since_work_is_the_offices(crowd, sign_in):
    assert sign_in(crowd.leader).get("/board/").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_one_signs_in(crowd, sign_in, path):
    answer = sign_in().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("path", PAGES[:3])
def test_unit_outside_of_the_scope_is_not_found(crowd, sign_in, path):
    client = sign_in(crowd.office_a)
    assert client.get(path, {"unit": crowd.a1.pk}).status_code == 200
    for unit in (crowd.b.pk, crowd.b1.pk, crowd.root.pk, 10**30, "x", "-1"):
        assert client.get(path, {"unit": unit}).status_code == 404, unit


def test_unit_with_a_role_that_has_no_board_is_forbidden(crowd, sign_in):
    Membership.objects.create(user=crowd.office_a, unit=crowd.b1, role="liaison")
    assert sign_in(crowd.office_a).get("/board/", {"unit": crowd.b1.pk}).status_code == 403


@pytest.mark.parametrize("period", [10**30, "x", 0])
def test_unknown_period_is_not_found(crowd, sign_in, period):
    assert sign_in(crowd.leader).get("/group/", {"period": period}).status_code == 404


def test_office_of_several_units_chooses(crowd, read, sign_in):
    Membership.objects.create(user=crowd.office_a, unit=crowd.b, role="health_office")
    assert "Which one? A B" in read(crowd.office_a, "/board/")
    assert f'href="?unit={crowd.b.pk}"' in sign_in(crowd.office_a).get("/board/").content.decode()
    assert "Help B1 first today." in read(crowd.office_a, f"/board/?unit={crowd.b.pk}")


def test_without_a_publication_the_page_says_so(cast, read):
    assert "There are no numbers yet." in read(cast.leader, "/group/")


def test_organisation_of_few_people_shows_no_number(cast, read):
    services.count_period(cast.period, today=crowds.TODAY)
    assert "too few people" in read(cast.leader, "/group/")
    assert "too few people" in read(cast.office_a, "/board/")
    assert "Hidden" in read(cast.leader, "/group/departments/")


# Hidden cells


def test_hidden_cell_says_why_and_is_never_zero_or_blank(crowd, sign_in):
    rows = {row.unit.name: row for row in PublishedRow.objects.filter(period=crowd.period)}
    context = sign_in(crowd.leader).get("/group/departments/").context
    seen = 0
    for row in context["rows"]:
        stored = rows[row.name.partition(" + ")[0]]
        for column, cell in row.cells:
            if stored.cells[column.slug]["hidden"]:
                seen += 1
                assert (cell.percent, cell.part, cell.whole, bool(cell.why)) == ("", None, None, True)
            else:
                assert (cell.part, cell.why) == (stored.cells[column.slug]["numerator"], "")
    assert seen > 3


def test_page_with_hidden_cells_explains_them(crowd, read):
    assert "Hidden for privacy" in read(crowd.leader, "/group/")
    assert "fewer than 10 people" in read(crowd.leader, "/group/")


def test_small_unit_stands_with_a_sibling_and_no_group_is_smaller_than_ten(crowd, sign_in, read):
    page = read(crowd.leader, "/group/departments/")
    assert re.search(r"A\d \+ A\d", page) and not re.search(r"(?<!\+ )A3 3 ", page)
    rows = sign_in(crowd.leader).get("/group/departments/").context["rows"]
    assert len(rows) == 6 and min(row.people for row in rows) >= 10
    assert "Shown together: one of them is small" in read(crowd.office_a, "/board/")


def test_hidden_colours_are_shown_together(cast, sign_in):
    crowds.fill(cast)
    crowds.populate(cast, cast.a1, {"grey": 4})
    crowds.publish(cast)
    parts = sign_in(cast.leader).get("/group/").context["colours"]
    hidden = [part.colour for part in parts if part.shown.why]
    assert "grey" in hidden and len(hidden) == 2
    assert (parts[-1].colour, parts[-1].shown.part) == ("", 4 + 37)


# The four questions


def test_improvement_has_four_parts_that_add_up(crowd, sign_in):
    tile = sign_in(crowd.leader).get("/group/").context["tiles"][2]
    expected = making.recount_improvement(crowd.period, crowd.before, crowds.TODAY)[crowd.root.pk]
    parts = {part.name: part.shown.part for part in tile.parts}
    assert parts == {
        "Improved": expected["improved"],
        "Unchanged": expected["unchanged"],
        "Worsened": expected["worsened"],
        "No follow-up": expected["no_follow_up"],
    }
    assert {part.shown.whole for part in tile.parts} == {sum(parts.values())} and min(parts.values()) >= 10


def test_alerts_with_an_outcome_and_those_without(cast, read):
    crowds.fill(cast)
    for number, person in enumerate(Person.objects.filter(assessments__colour="red", assessments__is_current=True)[:30]):
        crowds.alert(person, closed=number < 18)
    crowds.publish(cast)
    page = read(cast.leader, "/group/")
    assert "60% 18 of 30 people with an alert have an outcome" in page
    assert "12 people have an open alert" in page
    assert "60% of the people with an alert have an outcome." in page


def test_trust_says_what_is_checked(crowd, read):
    crowds.waiting_row(crowd.upload, None, 3)
    page = read(crowd.leader, "/group/")
    assert "mandatory items are there" in page and "0 of 2 periods are closed" in page and "3 rows wait for repair" in page


def test_trend_is_against_the_period_before(crowd, read):
    assert "points below 2025" in read(crowd.leader, "/group/")
    assert "There is no earlier period to compare with." in read(crowd.leader, f"/group/?period={crowd.before.pk}")


def test_definitions_hold_every_metric(crowd, read):
    from healthmgmt.insight import metrics

    page = read(crowd.office_a, "/group/definitions/")
    for metric in metrics.load().metrics:
        assert metric.words["en"]["numerator"] in page, metric.slug


def test_pages_are_in_the_language_of_their_reader(crowd, read):
    crowd.leader.language = "zh-hans"
    crowd.leader.save()
    page = read(crowd.leader, "/group/")
    assert "体检覆盖 88%。" in page and "为保护隐私已隐藏" in page
    assert not re.search(r"[A-Za-z]{4,}", page.replace("Root", ""))


# The board


def test_board_shows_how_work_stands_by_the_unit_of_the_person(crowd, read, sign_in):
    crowds.waiting_row(crowd.upload, crowd.ben, 1)
    crowds.waiting_row(crowd.upload, crowd.anna, 2)
    crowds.waiting_row(crowd.upload, crowd.bella, 3)
    context = sign_in(crowd.office_a).get("/board/").context
    assert [(line.name, line.work.waiting) for line in context["lines"]] == [("A2", 0), ("A1 + A3", 2)]
    assert context["total"].work.waiting == 2
    page = read(crowd.office_a, "/board/")
    assert "2 rows since today" in page and "The last file came on" in page


def test_board_shows_participation_signals_and_what_closing_would_fix(crowd, read, sign_in):
    crowds.waiting_row(crowd.upload, crowd.ben, 1)
    context = sign_in(crowd.office_a).get("/board/").context
    told = selectors.card(crowd.a, crowd.period, None)
    assert context["total"].took_part == figures.of(told.row, "took_part")
    page = read(crowd.office_a, "/board/")
    assert "Participation" in page and "not looked through yet" in page
    assert "What closing would fix Of 226 people due, 29 would count as not covered. Rows that wait for repair and would not count: 1." in page
    lighting.look(crowd.period, now=timezone.now(), by=BY)
    assert "no signal" in read(crowd.office_a, "/board/")


def test_board_leads_one_level_down_where_something_is_published_there(crowd, sign_in):
    leader_office = casting.user("office_root", "health_office", crowd.root)
    page = sign_in(leader_office).get("/board/").content.decode()
    assert f'href="?unit={crowd.a.pk}&amp;period={crowd.period.pk}"' in page
    lower = sign_in(leader_office).get("/board/", {"unit": crowd.a.pk}).content.decode()
    assert f"unit={crowd.a1.pk}&" not in lower


def test_board_of_a_unit_where_everybody_is_examined(cast, read):
    cast.before = Period.objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    cast.upload = crowds.Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    for unit in (cast.a1, cast.b1):
        crowds.populate(cast, unit, {"green": 30})
    crowds.assess(cast, [cast.bella], crowds.date(2026, 3, 3), ["green"])
    services.count_period(cast.period, today=crowds.TODAY)
    page = read(cast.office_b, "/board/")
    assert "Everybody who is due has been examined." in page and "Needs help most" not in page


# Frozen


def test_pages_of_a_closed_period_stay_as_they_were_published(crowd, read, sign_in):
    periods.close_period(crowd.period, by=BY)
    work.drain(kinds=["insight.settle"])
    # Closed the day before: numbers of an open period would be published again today.
    day = timedelta(days=1)
    Period.objects.filter(pk=crowd.period.pk).update(closed_at=F("closed_at") - day)
    PublishedRow.objects.filter(period=crowd.period).update(published_at=F("published_at") - day)
    pages = [(crowd.leader, "/group/"), (crowd.leader, "/group/departments/"), (crowd.office_a, "/board/")]
    before = [read(user, path) for user, path in pages]
    crowds.populate(crowd, crowd.a1, {"red": 30})
    crowds.waiting_row(crowd.upload, crowd.anna, 1)
    work.submit("insight.count", key="late", payload={})
    work.drain(kinds=["insight.count"])
    # And a count that had begun with the period while it was open.
    services.count_period(crowd.period, today=current_day())
    assert [read(user, path) for user, path in pages] == before
    assert "2026 is closed: 87% were covered." in before[2] and "Repair queue" not in before[2]


# Nobody


def words_in(answer) -> str:
    """A page, or what stands in the cells of a workbook."""
    if answer.headers["Content-Type"].startswith("text/html"):
        return answer.content.decode()
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)


def test_P04_no_link_of_the_leader_leads_to_a_person(crowd, sign_in):
    client, seen, waiting = sign_in(crowd.leader), set(), ["/"]
    names = [person.name for person in Person.objects.all()] + [person.emp_no for person in Person.objects.all()]
    while waiting:
        path = waiting.pop()
        answer = client.get(path, follow=True)
        seen.add(path)
        assert answer.status_code == 200, path
        page = words_in(answer)
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", page)] == [], path
        at = answer.request["PATH_INFO"]
        links = {at + href if href.startswith("?") else href for href in map(unescape, re.findall(r'<a [^>]*href="([^"#]+)"', page))}
        waiting += [link for link in links if link.startswith("/") and link not in seen and link not in waiting]
    assert any(path.startswith("/group/departments/?") for path in seen) and len(seen) >= 6
    assert [path for path in seen if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|/people|/persons?/", path)] == []


def test_P04_leader_is_refused_by_every_address_of_a_person_or_a_file(crowd, sign_in):
    client, asked = sign_in(crowd.leader), 0
    objects = {"person": crowd.anna.uuid, "upload": crowd.upload.uuid}
    for route, rule in URLS.items():
        if rule.objects and rule.kind in objects:
            path = "/" + re.sub(r"<\w+:\w+>", str(objects[rule.kind]), route)
            assert client.get(path).status_code in (403, 404, 405), route
            assert client.post(path).status_code in (403, 404), route
            asked += 1
    assert asked > 0


# Costs


@pytest.mark.parametrize(("path", "most"), [("/group/", 12), ("/group/departments/", 12), ("/board/", 12)])
def test_page_asks_as_often_for_three_units_as_for_one(cast, sign_in, path, most):
    cast.before = Period.objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    cast.upload = crowds.Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=cast.root)
    client, counts = sign_in(cast.office_a if path == "/board/" else cast.leader), []
    for units in ([cast.a1], [casting.unit("A8", cast.a), casting.unit("A9", cast.a)]):
        for unit in units:
            crowds.populate(cast, unit, {"orange": 15, "green": 15})
        for period in (cast.before, cast.period):
            services.publish(period, by=BY)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len([one for one in queries.captured_queries if one["sql"].startswith(("SELECT", "--"))]))
    assert counts[0] == counts[1] <= most
