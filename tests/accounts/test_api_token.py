"""`api_token`: a token of a user, shown once, and its end."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.accounts.models import ApiToken
from healthmgmt.audit.models import Event
from healthmgmt.core import organisations

ME = "/api/v1/people/"


def told(*arguments: str) -> dict:
    out = StringIO()
    call_command("api_token", "--org", organisations.slug(), "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_token_opens_what_its_user_may_until_it_is_revoked(cast, sign_in):
    given = ["--email", cast.liaison_a1.email, "--label", "payroll"]
    secret = told(*given)["token"]
    header = {"authorization": f"Token {secret}"}
    assert sign_in().get(ME, headers=header).status_code == 200
    assert told("--email", cast.liaison_b1.email, "--label", "payroll", "--revoke")["revoked"] == 0
    assert told(*given, "--revoke") == {"email": cast.liaison_a1.email, "label": "payroll", "revoked": 1}
    assert sign_in().get(ME, headers=header).status_code == 401
    assert list(Event.objects.filter(action__startswith="account.token_").order_by("id").values_list("action", flat=True)) == [
        "account.token_created", "account.token_revoked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [["--email", "nobody@example.org"], ["--email", ""], ["--label", " "], ["--label", "x" * 61], ["--days", "0"], ["--days", "366"]]
)
def test_api_token_errors(cast, wrong):
    with pytest.raises(CommandError):
        told("--email", cast.liaison_a1.email, "--label", "payroll", *wrong)
    assert not ApiToken.objects.exists()
