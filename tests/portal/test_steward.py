"""The data steward's pages: rules in force, protection of small groups, the seals, the log of acts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.audit import sealing
from healthmgmt.audit import services as audit
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Membership, Settings
from healthmgmt.portal.steward import log
from healthmgmt.portal.steward.home import verdict
from healthmgmt.portal.steward.pack import colours, sources
from healthmgmt.risk import packs

BY = Actor(label="system:test")
HOME, LOG, PACK, VERIFY = "/steward/", "/steward/access-log/", "/steward/pack/", "/steward/verify/"
LINES = "/rules/"


def shown(page) -> list[tuple[str, str, str]]:
    return [(entry.event.action, entry.actor, entry.person.emp_no if entry.person else "") for entry in page.context["page"].entries]


@pytest.fixture
def acts(cast) -> list[Event]:
    """Somebody's three acts and one of the system's."""
    office = Actor.of(cast.office_a, "10.0.0.7")
    return [
        audit.record("person.updated", by=office, person_id=cast.ben.pk),
        audit.record("upload.received", by=BY),
        audit.record("role.granted", by=office, subject=cast.leader, detail={"role": "liaison"}),
        audit.record("account.deactivated", by=office, subject=cast.leader, reason="moved away"),
    ]


def test_steward_comes_in_at_the_home(cast, sign_in):
    browser = sign_in(cast.steward)
    assert browser.get("/")["Location"] == HOME
    text = browser.get(HOME).content.decode()
    for words in ("China health examination strata, edition 2024", "1 January 2024", "The first seal is made by the second daily run."):
        assert words in text


@pytest.mark.parametrize("who", ["admin", "leader", "office_a", "liaison_a1", "case_manager", "physician", "exam_centre", "employee"])
def test_pages_are_the_stewards(cast, sign_in, who):
    browser = sign_in(getattr(cast, who))
    assert [browser.get(path).status_code for path in (HOME, LOG, PACK)] + [browser.post(VERIFY).status_code] == [403] * 4


def test_steward_below_the_top_reads_nothing(cast, sign_in):
    Membership.objects.filter(user=cast.steward).update(unit=cast.a)
    browser = sign_in(cast.steward)
    assert [browser.get(path).status_code for path in (HOME, LOG, PACK)] + [browser.post(VERIFY).status_code] == [403] * 4


def test_smallest_group_is_set(cast, sign_in):
    browser = sign_in(cast.steward)
    assert browser.post(HOME, {"smallest_group": "5"}).status_code == 302
    assert Settings.objects.get().smallest_group == 5
    for given in ("4", "", "many"):
        page = browser.post(HOME, {"smallest_group": given})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["smallest_group"])
    assert Settings.objects.get().smallest_group == 5


def test_newest_seals_are_compared(cast, sign_in, acts):
    sealing.seal(sealing.mark())
    browser = sign_in(cast.steward)
    page = browser.get(HOME).content.decode()
    assert "Compare the newest 10 seals now" in page
    assert browser.post(VERIFY).status_code == 302
    assert "stand as they were written" in browser.get(HOME).content.decode()
    assert Event.objects.get(action="audit.verified").detail == {"seals": 1, "faults": 0}


def test_comparing_the_newest_begins_behind_the_others(cast, acts):
    sealing.seal(sealing.mark())
    audit.record("upload.received", by=BY)
    sealing.seal(sealing.mark())
    whole, newest = sealing.verify(), sealing.verify(1)
    assert (whole.seals, newest.seals, newest.events, newest.head) == (2, 1, 1, whole.head)
    assert (whole.faults, newest.faults, sealing.verify(9)) == ([], [], whole)


@pytest.mark.parametrize(
    ("seals", "faults", "words"), [(0, [], "nothing to compare"), (2, [], "All 7 acts under the newest 2 seals"), (2, ["x", "y"], "2 differences were found")]
)
def test_verdict_says_what_was_found(seals, faults, words):
    assert words in verdict(sealing.Verification(7, seals, 0, "", faults))


def test_log_shows_who_did_what_to_whom(cast, sign_in, acts):
    page = sign_in(cast.steward).get(LOG)
    assert shown(page)[:4] == [
        ("account.deactivated", "Office A", ""),
        ("role.granted", "Office A", ""),
        ("upload.received", "System", ""),
        ("person.updated", "Office A", "E1002"),
    ]
    text = page.content.decode()
    assert all(words in text for words in ("Roster entry changed", "Name E1002", "10.0.0.7", "moved away", "Leader"))


def test_reading_the_log_is_recorded_for_who_is_named(cast, sign_in, acts):
    browser = sign_in(cast.steward)
    browser.get(LOG, {"emp_no": "E1002"})
    viewed = Event.objects.get(action="access_log.viewed")
    assert (viewed.actor_id, viewed.detail) == (cast.steward.pk, {"narrowed_by": ["emp_no"], "entries": 1})
    assert list(Event.objects.filter(action="access_log.person_shown").values_list("person_id", flat=True)) == [cast.ben.pk]
    # What reading leaves behind is there when asked for, and does not push out the rest.
    assert ("access_log.viewed", "Steward", "") not in shown(browser.get(LOG))
    assert ("access_log.viewed", "Steward", "") in shown(browser.get(LOG, {"action": "access_log.viewed"}))


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"action": "upload.received"}, ["upload.received"]),
        ({"actor": "office a"}, ["account.deactivated", "role.granted", "person.updated"]),
        ({"actor": "system"}, ["upload.received"]),
        ({"emp_no": "E1002"}, ["person.updated"]),
        ({"emp_no": "E9"}, []),
        ({"actor": "nobody of this name"}, []),
    ],
)
def test_log_is_narrowed(cast, sign_in, acts, query, actions):
    assert [action for action, _actor, _person in shown(sign_in(cast.steward).get(LOG, query))] == actions


def test_log_is_narrowed_by_local_days(cast, acts):
    now = timezone.now()
    day = timezone.localtime(now, timezone=timezone.get_fixed_timezone(8 * 60)).date()
    assert len(log.read(log.Narrowing(since=day, until=day)).entries) == 4
    assert log.read(log.Narrowing(until=day - timedelta(days=1))).entries == []
    assert log.read(log.Narrowing(since=day + timedelta(days=1))).entries == []


def test_log_goes_on_where_the_page_ended(cast, sign_in, monkeypatch, acts):
    monkeypatch.setattr(log, "PAGE_SIZE", 2)
    browser = sign_in(cast.steward)
    first = browser.get(LOG, {"actor": "office a"})
    assert [action for action, *_ in shown(first)] == ["account.deactivated", "role.granted"]
    second = browser.get(LOG, {"actor": "office a", "before": first.context["page"].older})
    assert ([action for action, *_ in shown(second)], second.context["page"].older) == (["person.updated"], None)


def test_log_costs_the_same_for_more_rows(cast, sign_in, acts):
    browser = sign_in(cast.steward)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(LOG, {"action": "person.updated"})
        return len(found)

    one = cost()
    for person in (cast.anna, cast.amos):
        audit.record("person.updated", by=BY, person_id=person.pk)
    assert cost() == one


def test_nonsense_narrows_nothing_and_is_said(cast, sign_in, acts):
    page = sign_in(cast.steward).get(LOG, {"since": "x", "action": "no.such", "before": "y"})
    assert (page.status_code, set(page.context["form"].errors), len(shown(page))) == (200, {"since", "action", "before"}, 4)


def test_pack_is_shown_line_by_line_in_both_languages(cast, sign_in, org_a):
    browser = sign_in(cast.steward)
    page = browser.get(LINES)
    assert [group.colour for group in page.context["colours"]] == ["red", "orange", "yellow", "blue"]
    assert sum(group.lines for group in page.context["colours"]) == 83
    assert "systolic blood pressure" in page.content.decode()
    browser.post("/accounts/language/", {"language": "zh-hans"})
    text = browser.get(LINES).content.decode()
    assert ("收缩压" in text, "健康体检重要异常结果管理专家共识（2019）A 类" in text, "consensus" in text) == (True, True, False)


def test_pack_lines_say_limits_and_sources():
    pack = packs.load("cn")
    by_reason = {reason.code: reason.lines for group in colours(pack, "en") for reason in group.reasons}
    glucose, liver, known = by_reason["critical_glucose"][0], by_reason["critical_liver"][0], by_reason["known_ascvd"][0]
    assert (glucose.limit, glucose.conventional, glucose.op) == ("16.7 mmol/L", "300 mg/dL", "at or above")
    assert (liver.limit, liver.source) == ("15 times the upper limit", "Expert consensus on important abnormal results (2019), class A")
    assert (known.op, known.limit) == ("", "")
    assert len(sources(pack, "zh")) == 25


def test_log_does_not_tell_who_wrote_or_disputed(cast, sign_in):
    for action in ("message.sent", "message.read", "dispute.opened", "dispute.answered"):
        audit.record(action, by=Actor.of(cast.physician), subject=cast.anna, person_id=cast.anna.pk)
    page = sign_in(cast.steward).get(LOG)
    assert [words for words in shown(page) if words[0].startswith(("message.sent", "dispute.opened"))] == []
    text = page.content.decode()
    assert "Message" not in text and "Record opened" in text
