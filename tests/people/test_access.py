"""P05: outside the scope 404, inside without the permission 403, leadership nobody."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from healthmgmt.core.permissions import Permission
from healthmgmt.people.access import get_person_or_404
from healthmgmt.people.models import Person

SEEN = {
    ("office_a", "roster.view"): ["E1001", "E1002", "E2001"],
    ("office_b", "roster.view"): ["E3001"],
    ("liaison_a1", "roster.view"): ["E1001", "E1002"],
    ("liaison_a1", "roster.edit"): ["E1001", "E1002"],
    ("liaison_b1", "roster.view"): ["E3001"],
    ("admin", "roster.view"): ["E1001", "E1002", "E2001", "E3001"],
    ("employee", "own_record.view"): ["E1001"],
    ("case_manager", "record.view"): ["E1001", "E1002"],
    ("physician", "record.view"): ["E1001", "E1002", "E2001", "E3001"],
    ("admin", "record.view"): [],
    ("office_a", "record.view"): [],
    ("liaison_a1", "record.view"): [],
    ("employee", "roster.view"): [],
    ("leader", "roster.view"): [],
    ("leader", "record.view"): [],
    ("steward", "roster.view"): [],
    ("exam_centre", "roster.view"): [],
}


@pytest.mark.parametrize(("name", "permission"), list(SEEN))
def test_P05_visible_to(cast, name, permission):
    found = Person.objects.visible_to(getattr(cast, name), permission).values_list("emp_no", flat=True)
    assert list(found) == SEEN[name, permission]


@pytest.mark.parametrize(
    ("name", "person", "permission", "error"),
    [
        ("liaison_a1", "anna", Permission.ROSTER_VIEW, None),
        ("liaison_a1", "anna", Permission.RECORD_VIEW, PermissionDenied),
        ("liaison_a1", "bella", Permission.ROSTER_VIEW, Http404),
        ("liaison_a1", "bella", Permission.RECORD_VIEW, Http404),
        ("office_b", "anna", Permission.ROSTER_VIEW, Http404),
        ("leader", "anna", Permission.ROSTER_VIEW, Http404),
        ("leader", "anna", Permission.RECORD_VIEW, Http404),
        ("employee", "anna", Permission.OWN_RECORD_VIEW, None),
        ("employee", "anna", Permission.ROSTER_VIEW, PermissionDenied),
        ("employee", "ben", Permission.OWN_RECORD_VIEW, Http404),
        ("employee", "ben", Permission.ROSTER_VIEW, Http404),
        ("case_manager", "ben", Permission.RECORD_VIEW, None),
        ("case_manager", "amos", Permission.RECORD_VIEW, Http404),
    ],
)
def test_P05_get_person_or_404(cast, name, person, permission, error):
    wanted = getattr(cast, person)
    if error is None:
        assert get_person_or_404(getattr(cast, name), wanted.uuid, permission) == wanted
        return
    with pytest.raises(error):
        get_person_or_404(getattr(cast, name), wanted.uuid, permission)


def test_unknown_person_is_404(cast):
    with pytest.raises(Http404):
        get_person_or_404(cast.admin, uuid.uuid4(), Permission.ROSTER_VIEW)


def test_person_of_another_organisation_is_404(cast, org_b):
    from tenants import current
    from tests import cast as casting

    with current.use(org_b):
        other = casting.make()
        foreign = other.anna.uuid
    with pytest.raises(Http404):
        get_person_or_404(cast.admin, foreign, Permission.ROSTER_VIEW)
