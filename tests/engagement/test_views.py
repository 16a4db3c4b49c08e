"""Activities over HTTP: the employee's way through one, the office's page, the list by name, the administrator's rewards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.audit.models import Event
from healthmgmt.engagement import counting, ledger, rewards, taking_part
from healthmgmt.engagement.models import Act, Activity, Participation, RewardRequest
from healthmgmt.organization.selectors import today
from healthmgmt.work import services as work
from tests import cast as casting
from tests.engagement.making import BY, joined, part, running, walk
from tests.engagement.test_rewards import give, offer


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def employee(cast, sign_in):
    return sign_in(cast.employee)


def test_employee_joins_notes_a_day_and_reads_the_points(cast, employee):
    activity = running(cast.a)
    page = f"/activities/{activity.uuid}/"
    assert "1 activity is open to you." in text(employee.get("/activities/"))
    first = text(employee.get(page))
    assert ("Twenty days on foot" in first, "Exercise while seated" in first, "Not for me" in first) == (True, True, True)
    assert employee.post(page + "join/", {"way": "seated"}).status_code == 302
    assert employee.post(page + "acts/", {"done_on": today().isoformat(), "amount": "25"}).status_code == 302
    after = text(employee.get(page))
    assert ("1 of 20" in after, "25 minutes" in after) == (True, True)
    assert "You have 5 points." in text(employee.get("/activities/points/"))
    one = part(activity, cast.anna)
    assert (one.opened_at is not None, one.way) == (True, "seated")


def test_what_cannot_be_right_comes_back_with_what_was_typed(cast, employee):
    activity = running(cast.a)
    joined(activity, cast.anna)
    answer = employee.post(f"/activities/{activity.uuid}/acts/", {"done_on": today().isoformat(), "amount": "99999"})
    assert (answer.status_code, 'value="99999"' in text(answer), "cannot be right" in text(answer)) == (422, True, True)
    assert employee.post(f"/activities/{activity.uuid}/acts/", {"amount": "7000"}).status_code == 422


def test_declining_shows_on_the_own_page_and_nowhere_else(cast, employee, sign_in):
    activity = running(cast.a1)
    employee.post(f"/activities/{activity.uuid}/decline/")
    assert "Not for me" in text(employee.get("/activities/"))
    taking_part.put_off(part(activity, cast.ben), today=today(), by=BY)
    for viewer in (cast.liaison_a1, cast.office_a):
        listed = text(sign_in(viewer).get(f"/invited/{activity.uuid}/"))
        rows = [row for row in listed.split("<tr>") if "E100" in row]
        assert [row.count("Invited") for row in rows] == [1, 1]
        assert not any(word in listed for word in ("declin", "Not for me", "Put off"))
        # The two rows differ in name and number alone.
        assert len({row.partition("</tr>")[0].replace("E1001", "").replace("E1002", "") for row in rows}) == 1


def test_liaison_reads_who_took_part_and_never_what(cast, sign_in):
    activity = running(cast.a)
    walk(joined(activity, cast.anna, "seated"), 1, steps=25)
    client = sign_in(cast.liaison_a1)
    listed = text(client.get(f"/invited/{activity.uuid}/"))
    assert ("1 of 2 invited people took part." in listed, "E2001" in listed, "minutes" in listed, "point" in listed) == (True, False, False, False)
    assert sorted(Event.objects.filter(action="activity.invited_viewed").values_list("person_id", flat=True)) == [cast.anna.pk, cast.ben.pk]
    assert "Twenty days on foot" in text(client.get("/invited/"))


def test_P04_an_activity_that_tells_of_health_names_nobody_to_an_employer(cast, sign_in):
    activity = running(cast.a, "weight")
    for viewer in (cast.liaison_a1, cast.office_a):
        assert sign_in(viewer).get(f"/invited/{activity.uuid}/").status_code == 404
        assert "one's weight" not in text(sign_in(viewer).get("/invited/"))
    page = text(sign_in(cast.office_a).get(f"/campaigns/{activity.uuid}/"))
    assert not any(word in page for word in ("E1001", "E1002", "E2001", "attendance/"))


def test_office_prepares_starts_and_ends(cast, sign_in):
    client = sign_in(cast.office_a)
    made = client.post("/campaigns/new/", {"kind": "steps", "unit": cast.a1.pk, "starts_on": today(), "ends_on": today() + timedelta(days=6)})
    activity = Activity.objects.get()
    assert (made.url, activity.unit, activity.state) == (f"/campaigns/{activity.uuid}/", cast.a1, "draft")
    assert "Nobody is invited yet. 2 people will be." in text(client.get(made.url))
    client.post(made.url + "start/")
    work.drain(kinds=("engagement.invite",))
    assert Participation.objects.count() == 2
    client.post(made.url + "end/")
    activity.refresh_from_db()
    assert activity.state == "ended"
    assert client.post("/campaigns/new/", {"kind": "steps", "unit": cast.b1.pk, "starts_on": today(), "ends_on": today()}).status_code == 422


def test_P04_funnel_hides_small_groups_and_says_why(cast, sign_in):
    crowd = [casting.person(f"C{number}", cast.a1) for number in range(24)]
    activity = running(cast.a, "weight")
    for person in crowd[:4]:
        joined(activity, person, "plate")
    counting.publish(activity, today=today() + timedelta(days=1))
    page = text(sign_in(cast.office_a).get(f"/campaigns/{activity.uuid}/"))
    assert ("Hidden for privacy" in page, "Numbers of fewer than 10 people are not shown" in page) == (True, True)
    assert '<b class="b">14%</b>' not in page and ">4</span>" not in page


def test_office_takes_in_a_list_and_reads_which_rows_stayed_out(cast, sign_in):
    activity = running(cast.a)
    client = sign_in(cast.office_a)
    file = SimpleUploadedFile("list.csv", "工号,姓名\nE1001,Name E1001\nE1002,Somebody".encode())
    answer = client.post(f"/campaigns/{activity.uuid}/attendance/", {"held_on": today(), "file": file}, follow=True)
    assert ("1 person counted. 1 row stayed out." in text(answer), "row 3" in text(answer)) == (True, True)
    assert "Staff number and name do not agree." in text(answer)
    empty = SimpleUploadedFile("list.csv", b"a,b\n1,2")
    assert client.post(f"/campaigns/{activity.uuid}/attendance/", {"held_on": today(), "file": empty}).status_code == 422


def test_reward_from_the_wish_to_the_hand(cast, employee, sign_in):
    give(cast.anna, 120)
    reward = offer(cast.root, price=100)
    assert "A bottle" in text(employee.get("/activities/rewards/"))
    token = str(uuid4())
    for _twice in range(2):
        employee.post(f"/activities/rewards/{reward.uuid}/ask/", {"token": token})
    request, admin = RewardRequest.objects.get(), sign_in(cast.admin)
    waiting = text(admin.get("/rewards/"))
    assert ("1 request waits for you." in waiting, "Name E1001" in waiting, "steps" in waiting.lower()) == (True, True, False)
    for step, state in (("approve", "approved"), ("handed-over", "handed_over")):
        admin.post(f"/rewards/requests/{request.uuid}/{step}/")
        request.refresh_from_db()
        assert request.state == state
    assert ledger.balance(cast.anna) == 20
    assert Event.objects.filter(action="reward.requests_viewed", person_id=cast.anna.pk).exists()


def test_administrator_offers_and_changes_a_reward(cast, sign_in):
    admin = sign_in(cast.admin)
    given = {"name_zh": "水杯", "name_en": "A bottle", "price": "50", "stock": "3", "is_offered": "on", "unit": cast.root.pk}
    assert admin.post("/rewards/new/", given).status_code == 302
    reward = cast.root.rewards.get()
    assert admin.post(f"/rewards/{reward.uuid}/", given | {"price": "0"}).status_code == 422
    assert admin.post(f"/rewards/{reward.uuid}/", {**given, "stock": "9", "is_offered": ""}).status_code == 302
    reward.refresh_from_db()
    assert (reward.stock, reward.is_offered) == (9, False)


def test_a_lesson_of_the_activity_counts_when_its_questions_are_answered(cast, employee):
    activity = running(cast.a, "lessons")
    joined(activity, cast.anna, "reading")
    page = f"/activities/{activity.uuid}/lessons/sleep/"
    assert "Sleeping well" in text(employee.get(page))
    assert employee.post(page, {"question-0": "1"}).status_code == 422
    assert employee.post(page, {f"question-{number}": "0" for number in range(3)}).status_code == 302
    assert Act.objects.get().slot == "lesson sleep"
    assert employee.get(f"/activities/{activity.uuid}/lessons/urgent/").status_code == 404


@pytest.mark.parametrize("page", ["/activities/", "/activities/points/", "/campaigns/", "/invited/", "/rewards/"])
def test_lists_ask_as_often_for_three_as_for_one(cast, sign_in, page):
    viewer = sign_in({"/activities": cast.employee, "/campaigns": cast.office_a, "/invited": cast.liaison_a1, "/rewards": cast.admin}["/" + page.split("/")[1]])

    def fill(kind: str) -> None:
        way, amount = {"steps": ("steps", 8000), "stretching": ("stretching", 15), "sleep": ("rising", None)}[kind]
        walk(joined(running(cast.a1, kind), cast.anna, way), 1, steps=amount)
        give(cast.anna, 100)
        rewards.ask(cast.anna, offer(cast.a, price=10), token=uuid4(), by=BY)

    fill("steps")
    viewer.get(page)
    with CaptureQueriesContext(connection) as once:
        viewer.get(page)
    for kind in ("stretching", "sleep"):
        fill(kind)
    with CaptureQueriesContext(connection) as thrice:
        assert viewer.get(page).status_code == 200
    assert len(thrice) <= len(once)
