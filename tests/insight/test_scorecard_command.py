"""`manage.py scorecard`, as an operator calls it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from healthmgmt.core import organisations
from healthmgmt.insight import services
from tests import cast as casting
from tests.insight.making import TODAY


@pytest.fixture
def scorecard(cast):
    """`scorecard(*arguments)` calls the command for organisation A and returns what it printed."""
    for number in range(20):
        casting.person(f"S{number}", cast.a1)
    services.count_period(cast.period, today=TODAY)

    def call(*arguments: str) -> str:
        out = StringIO()
        call_command("scorecard", "--org", organisations.slug(), *arguments, stdout=out)
        return out.getvalue()

    return call


def test_scorecard_prints_json_alone(scorecard) -> None:
    content = json.loads(scorecard("--by", "leader@example.org", "--json"))
    assert (content["unit"], content["period"]["name"], content["row"]["people"]) == ("Root", "2026", 24)
    assert content["row"]["cells"]["covered"] == {"numerator": 0, "denominator": 24, "percent": 0.0, "hidden": ""}
    assert content["row"]["cells"]["red"] == {"numerator": None, "denominator": 0, "percent": None, "hidden": "nobody"}


def test_scorecard_prints_definitions_and_counts_for_people(scorecard) -> None:
    text = scorecard("--by", "office_a@example.org", "--unit", "A/A1", "--period", "2026")
    assert text.startswith("A1, period 2026\n")
    assert "Coverage: people due who have at least one examination" in text
    assert "  Coverage: 0 / 24 = 0.0 %" in text
    assert "Nobody is counted here." in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--by", "nobody@example.org"], "There is no user"),
        (["--by", "office_a@example.org", "--unit", "B"], "There is no such unit."),
        (["--by", "employee@example.org"], "There is no user"),
        (["--by", "anna@example.org"], "do not include numbers"),
        (["--by", "leader@example.org", "--period", "1999"], "1999"),
    ],
)
def test_scorecard_refuses_with_a_sentence(scorecard, arguments, sentence) -> None:
    with pytest.raises(CommandError, match=sentence):
        scorecard(*arguments)
