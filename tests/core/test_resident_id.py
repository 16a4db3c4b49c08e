from datetime import date

import pytest

from healthmgmt.core import resident_id

GOOD = "760101199303130988"


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (GOOD, True),
        ("76010119880905907X", True),
        ("76010119880905907x", True),
        (" 760101 19930313 0988 ", True),
        ("７６０１０１１９９３０３１３０９８８", True),
        ("'760101199303130988", True),
        ("760101930313098", True),  # 15 digits carry no check digit
        ("760101197308181163", False),  # wrong check digit
        ("760101199302300981", False),  # 30 February
        ("760101180001010980", False),  # born in 1800
        ("76010119930313098Y", False),
        ("760101930230098", False),
        ("76010119930313098", False),
        ("X60101199303130988", False),
        ("٧٦٠١٠١١٩٩٣٠٣١٣٠٩٨٨", False),  # digits of another script
        ("", False),
    ],
)
def test_valid_resident_id_forms(text, valid):
    assert resident_id.valid_resident_id(text) is valid


def test_check_digit_of_roster_numbers_agrees():
    assert [resident_id.check_digit(number[:17]) for number in (GOOD, "76010119880905907X")] == ["8", "X"]


def test_birth_date_and_sex_are_inside():
    assert resident_id.birth_date(GOOD) == date(1993, 3, 13)
    assert resident_id.sex(GOOD) == "f"
    assert resident_id.birth_date("760101930313098") == date(1993, 3, 13)
    assert resident_id.sex("760101930313097") == "m"
    assert resident_id.birth_date("760101199313130988") is None
    assert resident_id.sex("nonsense") is None


def test_a_single_wrong_digit_never_passes():
    wrong = [
        GOOD[:at] + digit + GOOD[at + 1 :]
        for at in range(17)
        for digit in "0123456789"
        if digit != GOOD[at]
    ]
    assert [number for number in wrong if resident_id.valid_resident_id(number)] == []
