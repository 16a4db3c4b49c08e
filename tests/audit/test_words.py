"""Every act that the product records has words for the people who read the log."""

import ast
from pathlib import Path

from healthmgmt.audit.models import Event
from healthmgmt.audit.words import WORDS, in_words

PRODUCT = Path(__file__).resolve().parents[2] / "healthmgmt"
# Acts whose names are put together or handed on before they are recorded.
NAMED_ELSEWHERE = {"person.created", "person.updated", "person.left", "audit.marked", "care.planned", "care.plans_withdrawn",
                   "care.steps_fired", "care.steps_lapsed", "step.done", "step.skipped", "step.declined", "upload.row_left_out",
                   "upload.value_left_out", "activity.cancelled", "activity.ended", "activity.joined", "activity.way_chosen", "reward.declined",
                   "reward.withdrawn"}


def recorded() -> set[str]:
    """The names given to audit.record, record_each and record_people as plain texts."""
    found = set()
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("record"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value:
                    found.add(first.value)
    return found


def test_words_cover_every_act():
    assert sorted(recorded() - set(WORDS)) == []


def test_words_name_acts_that_exist():
    assert sorted(set(WORDS) - recorded() - NAMED_ELSEWHERE) == []


def test_in_words_of_an_unknown_act_is_its_name():
    assert in_words(Event(action="later.thing")) == "later.thing"
