"""Notices on a user's page: told once, counted, read, followed, removed after their time; and never somebody else's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from healthmgmt.accounts import notice_kinds, notices
from healthmgmt.accounts.models import Notice, User
from healthmgmt.audit.models import Event
from healthmgmt.work import services as work
from healthmgmt.work.models import Job

FILE = """
keep_days = 5
[[notice]]
slug = "a"
icon = "bell"
mail = "never"
title_zh = "甲"
title_en = "A"
text_zh = "甲"
text_en = "A"
"""


def tell(user, kind="alert_assigned", key="1", link="/care/alerts/") -> None:
    notices.tell([user.pk], kind=kind, key=key, link=link)


def test_kinds_have_words_and_icons() -> None:
    from healthmgmt.core import icons

    for one in notice_kinds.load().by_slug.values():
        assert icons.drawing(one.icon) and all(one.titles.values()) and all(one.texts.values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (FILE + FILE.partition("5\n")[2], "stands twice"),
        (FILE.replace("never", "sometimes"), "mail of a"),
        (FILE.replace("keep_days = 5", "keep_days = 0"), "at least a day"),
    ],
)
def test_kinds_that_break_the_schema_are_refused(text, fault) -> None:
    with pytest.raises(ValueError, match=fault):
        notice_kinds.parse(text)


def test_same_key_is_told_once_and_each_user_apart(cast) -> None:
    for _time in range(2):
        notices.tell([cast.liaison_a1.pk, cast.leader.pk], kind="alert_assigned", key="1", link="/care/")
    tell(cast.leader, key="2")
    assert [notices.unread(user) for user in (cast.leader, cast.liaison_a1, cast.admin)] == [2, 1, 0]


def test_told_and_read_is_not_told_again(cast) -> None:
    tell(cast.leader)
    assert notices.read(notices.of_user(cast.leader)) == 1
    tell(cast.leader)
    assert (notices.unread(cast.leader), notices.read(notices.of_user(cast.leader))) == (0, 0)


def test_unknown_kind_and_a_link_elsewhere_are_errors(cast) -> None:
    with pytest.raises(KeyError):
        tell(cast.leader, kind="gossip")
    for link in ("https://example.org/", "//example.org/"):
        # What is not stored because of its key is no error; what may not be stored is.
        with pytest.raises(IntegrityError), transaction.atomic():
            tell(cast.leader, link=link)


def test_kind_that_is_mailed_is_announced_once_in_the_transaction(cast) -> None:
    for _time in range(2):
        tell(cast.leader, kind="message_waiting", key="7")
    tell(cast.leader, kind="alert_assigned", key="7")
    assert list(Job.objects.filter(kind="care.mail_notices").values_list("key", flat=True)) == ["message_waiting:7"]
    assert dict(Notice.objects.values_list("kind", "is_mail_due")) == {"message_waiting": True, "alert_assigned": False}


def test_counting_is_one_query_and_ends(cast, django_assert_num_queries, monkeypatch) -> None:
    monkeypatch.setattr(notices, "COUNTED", 2)
    for key in "abc":
        tell(cast.leader, key=key)
    with django_assert_num_queries(1):
        assert notices.unread(cast.leader) == 2


def test_old_notices_are_removed_read_or_not(cast) -> None:
    for key in "abc":
        tell(cast.leader, key=key)
    Notice.objects.exclude(key="c").update(told_at=timezone.now() - timedelta(days=notice_kinds.load().keep_days + 1))
    work.submit("accounts.purge_notices", "a day", {})
    work.drain()
    assert list(Notice.objects.values_list("key", flat=True)) == ["c"]


def test_page_lists_them_in_words_and_the_bell_counts(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    assert "You have read everything." in client.get("/notices/").content.decode()
    tell(cast.leader)
    page = client.get("/notices/").content.decode()
    assert "1 thing is new to you." in page and "An urgent task has come to you" in page and "1 notice not read" in page
    assert "An urgent task" not in sign_in(cast.liaison_a1).get("/notices/").content.decode()


def test_following_one_reads_it_and_goes_there(cast, sign_in) -> None:
    tell(cast.leader, link="/group/"), tell(cast.leader, key="2")
    found = Notice.objects.get(key="1")
    answer = sign_in(cast.leader).post(f"/notices/{found.uuid}/")
    assert (answer.status_code, answer.headers["Location"], notices.unread(cast.leader)) == (302, "/group/", 1)


def test_who_is_mailed_monthly_stops_it_and_has_it_again(cast, sign_in) -> None:
    office, employee = sign_in(cast.office_a), sign_in(cast.employee)
    assert "Stop this mail" in office.get("/notices/").content.decode()
    for wanted, offered, events in (("0", "Send it again", 1), ("0", "Send it again", 1), ("1", "Stop this mail", 2)):
        assert office.post("/notices/monthly-mail/", {"wanted": wanted}).headers["Location"] == "/notices/"
        cast.office_a.refresh_from_db()
        assert cast.office_a.wants_monthly_mail == (wanted == "1")
        assert offered in office.get("/notices/").content.decode()
        assert Event.objects.filter(action="account.monthly_mail_chosen").count() == events
    # Others get none and choose nothing.
    assert "monthly-mail" not in employee.get("/notices/").content.decode()
    assert employee.post("/notices/monthly-mail/", {"wanted": "0"}).status_code == 403
    assert User.objects.filter(wants_monthly_mail=False).count() == 0


def test_nobody_follows_or_reads_those_of_another(cast, sign_in) -> None:
    tell(cast.leader)
    other = sign_in(cast.liaison_a1)
    assert other.post(f"/notices/{Notice.objects.get().uuid}/").status_code == 404
    assert other.post("/notices/read/").status_code == 302
    assert notices.unread(cast.leader) == 1
    assert sign_in(cast.leader).post("/notices/read/").status_code == 302
    assert notices.unread(cast.leader) == 0
