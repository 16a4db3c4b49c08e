"""P22: where an act cannot be recorded it does not happen."""

import io

import pytest
from django.conf import settings

from healthmgmt.audit.services import AuditUnavailable
from healthmgmt.core.actors import Actor
from healthmgmt.exams import services
from healthmgmt.exams.models import Upload
from healthmgmt.work.models import Job
from tests.cast import unit
from tests.tenants.servers import direct


def test_P22_upload_that_cannot_be_recorded_is_not_taken(committed_org, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "UPLOAD_ROOT", tmp_path)
    root = unit("Root")
    with direct("owner") as cursor:
        cursor.execute(f'REVOKE INSERT ON "{committed_org}".audit_event FROM "{committed_org}"')
    with pytest.raises(AuditUnavailable):
        services.receive(io.BytesIO(b"x"), name="x.csv", unit=root, by=Actor.system())
    assert (Upload.objects.count(), Job.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, 0, [])


def test_P22_page_that_cannot_be_recorded_is_not_shown(committed_org, monkeypatch):
    """Whatever a view was about to show, the answer is 503 in words."""
    from django.test import Client

    from healthmgmt.portal import views

    def unavailable(*args) -> None:
        raise AuditUnavailable("test")

    monkeypatch.setattr(views.work, "faults", unavailable)
    response = Client().get("/healthz", headers={"host": "localhost"})
    assert (response.status_code, "put on record" in response.content.decode() or "记录" in response.content.decode()) == (503, True)
