"""`manage.py jobs`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.core import organisations
from healthmgmt.work import services
from healthmgmt.work.models import Job


@pytest.fixture
def failed(org_a, handle) -> Job:
    """One failed job of A, and one that waits; outside of all organisations."""
    handle("test.nothing", lambda run: None)
    services.submit("test.nothing", "waits", {})
    job = services.submit("test.nothing", "failed", {})
    Job.objects.filter(pk=job.pk).update(state="failed", attempts=5, error="ValueError in care/services.py:41")
    with organisations.entered(organisations.PUBLIC):
        yield job


def call(*args: str) -> str:
    out = StringIO()
    call_command("jobs", *args, stdout=out)
    return out.getvalue()


def test_jobs_as_json(failed):
    found = json.loads(call("--org", "alpha", "--failed", "--json"))
    assert [(row["org"], row["id"], row["state"], row["error"]) for row in found] == [
        ("alpha", failed.pk, "failed", "ValueError in care/services.py:41")
    ]


def test_jobs_of_all_organisations(failed):
    assert call("--all").endswith("2 jobs.\n")
    assert call("--org", "beta") == "0 jobs.\n"


def test_jobs_retry(org_a, failed):
    call("--org", "alpha", "--retry", str(failed.pk))
    with organisations.entered(org_a):
        assert Job.objects.values_list("state", "attempts").get(pk=failed.pk) == ("queued", 0)


@pytest.mark.parametrize(
    "args, sentence",
    [
        (["--org", "nowhere"], "There is no organisation 'nowhere'."),
        (["--org", "alpha", "--retry", "999999"], "There is no job 999999 in this organisation."),
        (["--all", "--retry", "1"], "--retry needs --org"),
    ],
)
def test_jobs_errors(failed, args, sentence):
    with pytest.raises(CommandError, match=sentence):
        call(*args)


def test_jobs_retry_of_another_organisations_job(failed):
    with pytest.raises(CommandError, match="There is no job"):
        call("--org", "beta", "--retry", str(failed.pk))
