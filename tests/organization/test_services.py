"""Units, roles and the organisation itself: each change recorded, scopes follow, nothing half done."""

import pytest

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services
from healthmgmt.organization.models import Membership, Settings, Unit
from healthmgmt.organization.selectors import units_visible_to
from healthmgmt.work.models import Job

BY = Actor(label="system:test")


def shape() -> dict[str, tuple[str, int, str]]:
    """{name: (names from the root, level, tier)}"""
    names = dict(Unit.objects.values_list("pk", "name"))
    return {
        unit.name: ("/".join(names[int(pk)] for pk in unit.path.split(".") if pk), unit.level, unit.tier) for unit in Unit.objects.all()
    }


def acts() -> list[str]:
    return list(Event.objects.order_by("id").values_list("action", flat=True))


def test_establish_makes_root_settings_and_administrator(committed_org):
    founded = services.establish(name=" 沧澜  航运 ", admin_email="a@example.org", by=BY, place="上海市", timezone_name="Asia/Urumqi")
    assert (founded.root.name, founded.root.path, founded.root.level, founded.root.place) == ("沧澜 航运", f"{founded.root.pk}.", 0, "上海")
    assert Settings.objects.get().timezone == "Asia/Urumqi"
    assert (founded.admin.check_password(founded.password), founded.admin.can("users.manage", founded.root)) == (True, True)
    with pytest.raises(Rejected):
        services.establish(name="Again", admin_email="b@example.org", by=BY)
    assert acts()[-1] == "organisation.established"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"timezone_name": "Mars/North"}, "timezone"), ({"place": "火星"}, "place"), ({"name": "  "}, "name"), ({"admin_email": "x"}, "email")],
)
def test_establish_with_a_fault_leaves_nothing(committed_org, given, field):
    with pytest.raises(Rejected) as error:
        services.establish(**{"name": "X", "admin_email": "a@example.org", "by": BY} | given)
    assert error.value.field == field
    assert (Unit.objects.count(), Settings.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_create_unit_takes_tier_by_depth(cast):
    services.create_unit(cast.root, name="C", by=BY)
    deeper = services.create_unit(services.create_unit(cast.a1, name="A1a", by=BY), name="A1b", by=BY, place="大连市")
    assert shape()["C"] == ("Root/C", 1, "secondary")
    assert shape()["A1b"] == ("Root/A/A1/A1a/A1b", 4, "grassroots")
    assert (deeper.place, acts()) == ("大连", ["unit.created"] * 3)


@pytest.mark.parametrize(
    ("name", "place", "field"), [("a1", "", "name"), ("", "", "name"), ("x/y", "", "name"), ("n" * 121, "", "name"), ("N", "火星", "place")]
)
def test_create_unit_refuses(cast, name, place, field):
    with pytest.raises(Rejected) as error:
        services.create_unit(cast.a, name=name, place=place, by=BY)
    assert (error.value.field, Unit.objects.count(), acts()) == (field, 6, [])


def test_create_units_refuses_twins_in_one_call(cast):
    with pytest.raises(Rejected):
        services.create_units([(cast.a, "Twin", ""), (cast.a, "TWIN", "")], by=BY)
    assert Unit.objects.count() == 6


def test_rename_refuses_a_sisters_name(cast):
    with pytest.raises(Rejected):
        services.rename(cast.a1, name="a2", by=BY)
    services.rename(cast.a1, name="A one", by=BY)
    assert shape()["A one"][0] == "Root/A/A one"


def test_move_rewrites_the_whole_subtree(cast):
    services.create_unit(cast.a1, name="A1a", by=BY)
    services.move(cast.a, to=cast.b1, by=BY)
    assert shape() == {
        "Root": ("Root", 0, "group"),
        "B": ("Root/B", 1, "secondary"),
        "B1": ("Root/B/B1", 2, "grassroots"),
        "A": ("Root/B/B1/A", 3, "grassroots"),
        "A1": ("Root/B/B1/A/A1", 4, "grassroots"),
        "A1a": ("Root/B/B1/A/A1/A1a", 5, "grassroots"),
        "A2": ("Root/B/B1/A/A2", 4, "grassroots"),
    }
    assert Unit.objects.get(name="A").parent == cast.b1


def test_move_up_makes_a_secondary_unit(cast):
    services.move(cast.a1, to=cast.root, by=BY)
    assert shape()["A1"] == ("Root/A1", 1, "secondary")


def test_scope_follows_a_moved_unit(cast):
    services.move(cast.a1, to=cast.b, by=BY)
    names = lambda user: set(units_visible_to(user, "roster.view").values_list("name", flat=True))  # noqa: E731
    assert (names(cast.office_a), names(cast.office_b), names(cast.liaison_a1)) == ({"A", "A2"}, {"B", "B1", "A1"}, {"A1"})


def test_move_refuses_a_cycle_the_root_and_a_taken_name(cast):
    twin = services.create_unit(cast.b, name="A1", by=BY)
    for unit, to in ((cast.a, cast.a1), (cast.a, cast.a), (cast.root, cast.a), (cast.a1, cast.b)):
        with pytest.raises(Rejected):
            services.move(unit, to=to, by=BY)
    assert twin.path == f"{cast.b.path}{twin.pk}."
    assert shape()["A"][0] == "Root/A"


def test_too_deep_trees_are_refused(cast):
    unit = cast.a1
    with pytest.raises(Rejected, match="deep|深"):
        for number in range(100):
            unit = services.create_unit(unit, name=f"D{number}", by=BY)
    assert len(unit.path) <= 200


def test_close_refuses_the_root_and_units_above_open_ones(cast):
    for unit in (cast.root, cast.a):
        with pytest.raises(Rejected):
            services.close(unit, by=BY)
    closed = services.close(cast.a1, by=BY)
    assert closed.closed_on is not None
    with pytest.raises(Rejected):
        services.create_unit(cast.a1, name="Below", by=BY)
    assert services.create_unit(cast.a, name="A1", by=BY).name == "A1"


def test_grant_and_revoke_end_sessions_and_are_recorded(cast):
    membership = services.grant(cast.leader, unit=cast.a, role="health_office", by=BY)
    cast.leader.refresh_from_db()
    assert (cast.leader.session_epoch, cast.leader.can("roster.view", cast.a1)) == (1, True)
    services.revoke(membership, by=BY)
    cast.leader.refresh_from_db()
    assert (cast.leader.session_epoch, cast.leader.can("roster.view", cast.a1)) == (2, False)
    assert acts() == ["role.granted", "account.sessions_ended", "role.revoked", "account.sessions_ended"]


@pytest.mark.parametrize("role", ["operator", "king", "", "health_office"])
def test_grant_refuses(cast, role):
    with pytest.raises(Rejected) as error:
        services.grant(cast.office_a, unit=cast.a, role=role, by=BY)
    assert error.value.field == "role"


def test_last_administrator_stays(cast):
    only = Membership.objects.get(user=cast.admin)
    with pytest.raises(Rejected):
        services.revoke(only, by=BY)
    second = accounts.create_user(email="second@example.org", by=BY)
    services.grant(second, unit=cast.root, role="org_admin", by=BY)
    services.revoke(only, by=BY)
    assert list(Membership.objects.filter(role="org_admin").values_list("user", flat=True)) == [second.pk]


def test_moved_unit_is_announced(cast):
    services.move(cast.a1, to=cast.b, by=BY)
    assert Job.objects.filter(kind="insight.count").count() == 1


def test_grant_of_a_role_that_knows_no_units_is_for_the_top(cast):
    with pytest.raises(Rejected) as error:
        services.grant(cast.leader, unit=cast.a, role="data_steward", by=BY)
    assert error.value.field == "unit"
    assert services.grant(cast.leader, unit=cast.root, role="data_steward", by=BY).role == "data_steward"


def test_close_account_signs_out_and_keeps_the_roles(cast):
    services.close_account(cast.liaison_a1, reason=" left us ", by=BY)
    cast.liaison_a1.refresh_from_db()
    assert (cast.liaison_a1.is_active, cast.liaison_a1.session_epoch) == (False, 1)
    assert Membership.objects.filter(user=cast.liaison_a1).count() == 1
    assert Event.objects.get(action="account.deactivated").reason == "left us"
    before = Event.objects.count()
    services.close_account(cast.liaison_a1, reason="again", by=BY)
    assert Event.objects.count() == before


@pytest.mark.parametrize(("who", "reason", "field"), [("liaison_a1", "  ", "reason"), ("admin", "why", ""), ("office_a", "why", "")])
def test_close_account_refuses(cast, who, reason, field):
    by = Actor.of(cast.office_a)
    with pytest.raises(Rejected) as error:
        services.close_account(getattr(cast, who), reason=reason, by=by)
    assert (error.value.field, User.objects.filter(is_active=False).count()) == (field, 0)


def test_closed_administrator_is_no_administrator(cast):
    second = accounts.create_user(email="second@example.org", by=BY)
    services.grant(second, unit=cast.root, role="org_admin", by=BY)
    services.close_account(second, reason="left", by=BY)
    with pytest.raises(Rejected):
        services.revoke(Membership.objects.get(user=cast.admin), by=BY)
    accounts.reactivate(second, by=BY)
    services.revoke(Membership.objects.get(user=cast.admin), by=BY)
    assert acts()[-3:] == ["account.reopened", "role.revoked", "account.sessions_ended"]


def test_change_settings_records_what_changed_only(cast):
    given = {"timezone_name": "Asia/Shanghai", "language": "en", "file_retention_days": 30, "people_per_manager": 150, "answer_days": 2}
    services.change_settings(**given, by=BY)
    own = Settings.objects.get()
    assert (own.timezone, own.language, own.file_retention_days, own.people_per_manager) == ("Asia/Shanghai", "en", 30, 150)
    event = Event.objects.get(action="settings.changed")
    assert event.detail == {
        "language": {"from": "zh-hans", "to": "en"}, "file_retention_days": {"from": 90, "to": 30}, "people_per_manager": {"from": 180, "to": 150},
    }  # fmt: skip
    services.change_settings(**given, by=BY)
    assert Event.objects.filter(action="settings.changed").count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"timezone_name": "Mars/North"}, "timezone"), ({"language": "fr"}, "language"), ({"file_retention_days": 6}, "file_retention_days"),
        ({"people_per_manager": 9}, "people_per_manager"), ({"people_per_manager": 2001}, "people_per_manager"),
        ({"answer_days": 0}, "answer_days"), ({"answer_days": 11}, "answer_days"),
    ],  # fmt: skip
)
def test_change_settings_refuses(cast, given, field):
    with pytest.raises(Rejected) as error:
        services.change_settings(**{"timezone_name": "UTC", "language": "en", "file_retention_days": 30, "people_per_manager": 180, "answer_days": 2, "by": BY} | given)
    assert (error.value.field, Settings.objects.get().timezone) == (field, "Asia/Shanghai")


def test_smallest_group_has_a_floor_and_is_announced(cast):
    for size in (4, 0, 101):
        with pytest.raises(Rejected):
            services.set_smallest_group(size, by=BY)
    services.set_smallest_group(12, by=BY)
    assert (Settings.objects.get().smallest_group, Job.objects.filter(kind="insight.count").count()) == (12, 1)
