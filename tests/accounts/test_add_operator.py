"""`add_operator`: the platform's staff, in the public schema only."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.accounts.models import User
from tenants import current


def test_add_operator_in_the_public_schema(org_b):
    out = io.StringIO()
    call_command("add_operator", email="ops@example.org", json=True, stdout=out)
    told = json.loads(out.getvalue())
    user = User.objects.get(email="ops@example.org")
    assert (user.is_operator, user.check_password(told["password"]), user.can("operate"), user.can("roster.view")) == (True, True, True, False)
    with current.use(org_b):
        assert User.objects.filter(email="ops@example.org").exists() is False


@pytest.mark.parametrize("given", [{"email": "no address"}, {"password": "short"}])
def test_add_operator_errors(db, given):
    with pytest.raises(CommandError):
        call_command("add_operator", **{"email": "ops@example.org"} | given)
    assert User.objects.filter(email="ops@example.org").exists() is False
