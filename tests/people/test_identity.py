"""GB 11643 numbers in one form; masked on screens."""

import pytest

from healthmgmt.core.resident_id import valid_resident_id
from healthmgmt.people.identity import canonical, id_hash, masked


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        (" 1101 0519 4912 3100 2X ", True),
        ("１１０１０５１９４９１２３１００２Ｘ", True),
        ("110105194912310021", False),
        ("110105194913310020", False),
        ("1101051949123100", False),
        ("", False),
        ("440524188001010014", True),
        ("110105491231002", True),
        ("110105490231002", False),
    ],
)
def test_gb_11643_cases(text, valid):
    assert valid_resident_id(canonical(text)) is valid


def test_old_and_new_form_are_one_person():
    assert canonical("110105491231002") == "11010519491231002X"
    assert id_hash("110105491231002") == id_hash("11010519491231002x") == id_hash(" 11010519491231002X")


def test_hash_of_nothing_is_nothing():
    assert id_hash("  ") == ""


@pytest.mark.parametrize(
    ("number", "shown"), [("760101199303130988", "760101********0988"), ("110105491231002", "110105*****1002"), ("12345", "*****"), ("", "")]
)
def test_masked(number, shown):
    assert masked(number) == shown
