"""P05: a unit out of reach looks like one that does not exist."""

import pytest
from django.http import Http404

from healthmgmt.organization.access import get_unit_or_404


@pytest.mark.parametrize(("who", "unit"), [("liaison_a1", "a1"), ("office_a", "a2"), ("admin", "root")])
def test_P05_unit_within_reach(cast, who, unit):
    assert get_unit_or_404(getattr(cast, who), getattr(cast, unit).pk, "roster.view") == getattr(cast, unit)


@pytest.mark.parametrize(("who", "unit"), [("liaison_a1", "a"), ("liaison_a1", "b1"), ("office_a", "root"), ("leader", "a1")])
def test_P05_unit_out_of_reach(cast, who, unit):
    with pytest.raises(Http404):
        get_unit_or_404(getattr(cast, who), getattr(cast, unit).pk, "roster.view")


@pytest.mark.parametrize("pk", ["x", "", "-1", "99999999999999999999"])
def test_P05_unit_that_does_not_exist(cast, pk):
    with pytest.raises(Http404):
        get_unit_or_404(cast.admin, pk, "roster.view")
