"""The operators' pages: who needs somebody, what was given up and why, and nothing of what it is about."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current, views
from tests.signing import sign_in

BY = Actor(label="system:test")
PAGE, ALPHA = "/organisations/", "/organisations/alpha/"
PLACE = "SMTPServerDisconnected in accounts/resets.py:76"


@pytest.fixture
def operator(db) -> User:
    return accounts.create_user(email="ops@example.org", name="Mei Tan", password="a long enough phrase", is_operator=True, language="en", by=BY)


@pytest.fixture
def browser(operator) -> Client:
    client = Client(headers={"host": "localhost"})
    sign_in(client, operator)
    return client


@pytest.fixture
def given_up(org_b, django_db_setup):
    """`given_up(slug, error, ...)` is a job of the organisation that was given up."""

    def make(slug: str, error: str = PLACE, key: str = "k", attempts: int = 5) -> Job:
        with current.use(django_db_setup[slug]):
            job = work.submit("accounts.mail_reset", key, {"user": 0})
            Job.objects.filter(pk=job.pk).update(state="failed", error=error, attempts=attempts, finished_at=Now() - timedelta(minutes=14))
        return job

    return make


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_bare_domain_leads_an_operator_to_the_organisations(browser):
    assert browser.get("/")["Location"] == PAGE


def test_organisations_in_order(browser):
    page = text(browser.get(PAGE))
    assert [words for words in ("All organisations are in order.", "alpha.localhost", "beta.localhost", "nothing to try again") if words not in page] == []


def test_organisations_stand_worst_first_and_the_sentence_names_the_trouble(browser, given_up):
    given_up("beta")
    answer = browser.get(PAGE)
    assert [row.standing.organisation.slug for row in answer.context["rows"]][0] == "beta"
    assert "One organisation needs you now: 1 of its jobs was given up." in text(answer)


def test_organisations_run_the_same_queries_for_one_row_and_for_more(browser, monkeypatch, given_up):
    given_up("alpha")
    given_up("beta")
    counts = []
    for rows in (1, 50):
        monkeypatch.setattr(views, "PER_PAGE", rows)
        with CaptureQueriesContext(connection) as queries:
            shown = browser.get(PAGE).context["rows"]
        counts.append((len(shown), len(queries)))
    assert counts[0][0] == 1 < counts[1][0]
    assert counts[0][1] == counts[1][1] <= 10


def test_pages_speak_chinese(browser, operator, given_up):
    User.objects.filter(pk=operator.pk).update(language="zh-hans")
    for key in ("one", "two"):
        given_up("alpha", key=key)
    assert "有 2 个任务被放弃。" in text(browser.get(PAGE))
    assert "有 2 个任务被放弃。" in text(browser.get(ALPHA))


def test_organisation_lists_failed_jobs_without_their_content(browser, given_up):
    given_up("alpha", "“王伟” stands twice in secret.xlsx", key="Wang Wei", attempts=1)
    place = given_up("alpha", key="other")
    page = text(browser.get(ALPHA))
    assert [word for word in ("王伟", "secret.xlsx", "Wang Wei") if word in page] == []
    assert [word for word in (PLACE, "accounts.mail_reset", f">{place.pk}<", "14 min", "the sentence is the organisation’s") if word not in page] == []


def test_organisation_shows_no_job_of_another(browser, given_up):
    given_up("beta")
    page = text(browser.get(ALPHA))
    assert ("no job was given up." in page, "accounts.mail_reset" in page) == (True, False)


def test_retry_queues_the_job_and_is_on_the_organisations_record(browser, operator, given_up, django_db_setup):
    job = given_up("alpha")
    answer = browser.post(f"{ALPHA}jobs/{job.pk}/retry/")
    assert (answer.status_code, answer["Location"]) == (302, ALPHA)
    assert f"Job {job.pk} is tried again." in text(browser.get(ALPHA))
    with current.use(django_db_setup["alpha"]):
        job.refresh_from_db()
        event = Event.objects.latest("id")
    # A number of a user of the public schema would be somebody else's inside.
    assert (job.state, event.action, event.actor, event.actor_id, event.subject_id) == (
        "queued", "job.retried", f"operator:{operator.pk}", None, str(job.pk),
    )  # fmt: skip


def test_retry_twice_answers_calmly_and_does_nothing_more(browser, given_up, django_db_setup):
    job = given_up("alpha")
    browser.post(f"{ALPHA}jobs/{job.pk}/retry/")
    browser.get(ALPHA)
    assert browser.post(f"{ALPHA}jobs/{job.pk}/retry/")["Location"] == ALPHA
    assert "Only a failed job can be tried again." in text(browser.get(ALPHA))
    with current.use(django_db_setup["alpha"]):
        assert Event.objects.filter(action="job.retried").count() == 1


def test_retry_of_another_organisations_job_is_not_found(browser, given_up, django_db_setup):
    job = given_up("beta")
    assert browser.post(f"{ALPHA}jobs/{job.pk}/retry/").status_code == 404
    with current.use(django_db_setup["beta"]):
        assert Job.objects.get(pk=job.pk).state == "failed"


def test_retry_asks_for_a_post(browser, given_up):
    assert browser.get(f"{ALPHA}jobs/{given_up('alpha').pk}/retry/").status_code == 405


@pytest.mark.parametrize("path", ["/organisations/nobody/", "/organisations/nobody/jobs/1/retry/"])
def test_unknown_organisations_are_not_found(browser, path):
    assert (browser.post if "retry" in path else browser.get)(path).status_code == 404


def test_pages_are_the_operators_alone(db, sign_in, cast):
    anonymous = Client(headers={"host": "localhost"})
    assert anonymous.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    # No such addresses on an organisation's own host, whoever asks.
    assert sign_in(cast.admin).get(PAGE).status_code == 404

