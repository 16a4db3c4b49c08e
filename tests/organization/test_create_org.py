"""`create_org`: a working organisation or nothing."""

import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from healthmgmt.core import organisations
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services
from healthmgmt.organization.management.commands.create_org import default_admin
from healthmgmt.organization.models import Membership, Settings, Unit
from tenants import directory, provisioning


@pytest.fixture
def slug(django_db_setup, django_db_blocker):
    name = f"n{uuid.uuid4().hex[:10]}"
    with django_db_blocker.unblock():
        yield name
        if schema := directory.schema_of(name):
            connections["default"].close()
            provisioning.remove(schema)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("create_org", *words, stdout=out)
    return out.getvalue()


def test_create_org_makes_a_working_organisation(slug):
    made = json.loads(run(slug, "--name", "沧澜航运", "--place", "Shanghai", "--timezone", "Asia/Shanghai", "--json"))
    assert (made["org"], made["host"], made["schema"]) == (slug, f"{slug}.localhost", directory.schema_of(slug))
    with organisations.entered(made["schema"]):
        root = Unit.objects.get()
        membership = Membership.objects.get()
        assert (root.name, root.place, membership.role, membership.unit) == ("沧澜航运", "上海", "org_admin", root)
        assert membership.user.check_password(made["password"]) is True
        assert Settings.objects.get().country == "cn"


def test_create_org_twice_is_refused_and_harms_nothing(slug):
    run(slug, "--name", "One")
    with pytest.raises(CommandError, match="already"):
        run(slug, "--name", "Two")
    with organisations.entered(directory.schema_of(slug)):
        assert Unit.objects.get().name == "One"


@pytest.mark.parametrize(
    "words", [["--place", "火星"], ["--timezone", "Mars/North"], ["--admin", "no address"], ["--name", "a/b"]], ids=lambda words: words[0]
)
def test_create_org_with_a_fault_leaves_nothing(slug, words):
    with pytest.raises(CommandError):
        run(slug, "--name", "X", *words)
    assert directory.schema_of(slug) is None


@pytest.mark.parametrize("bad", ["X", "-abc", "abc-", "a b", "a_b", "a.b"])
def test_create_org_refuses_slugs_that_are_no_host_names(slug, bad):
    with pytest.raises(CommandError):
        run("--name", "X", "--", bad)


def test_create_org_that_breaks_off_is_taken_back(slug, monkeypatch):
    def breaks(**given):
        raise Rejected("no")

    monkeypatch.setattr(services, "establish", breaks)
    with pytest.raises(CommandError):
        run(slug, "--name", "X")
    assert directory.schema_of(slug) is None


def test_default_admin_is_an_address(settings):
    assert default_admin("acme") == "admin@acme.example"
    settings.ORGANISATION_DOMAIN = "health.example.org"
    assert default_admin("acme") == "admin@acme.health.example.org"
