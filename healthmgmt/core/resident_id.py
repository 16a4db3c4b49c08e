"""Resident identity numbers of mainland China (GB 11643-1999), 18 digits and the older 15 digits.

Pure: nothing here knows people, forms or the clock. The place code is not checked against a list,
because places are renamed and dissolved while their old codes stay valid.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from math import nan
from operator import mul

DIGITS = re.compile(r"[0-9]+")
LONG = re.compile(r"[0-9]{17}[0-9X]")
SHORT = re.compile(r"[0-9]{15}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
OLDEST_YEAR = 1850
NEVER = nan  # what a part that no number has adds to the sum: then none is right


def normalise(text: str) -> str:
    """The number as stored and compared: half-width, no blanks, `X` in upper case."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).lstrip("'").upper()


def check_digit(first_17: str) -> str:
    """The last character that belongs to 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK_DIGITS[_weight(first_17, 0) % 11]


def _weight(digits: str, at: int) -> int:
    """What the digits from a place on add to the sum that the check digit comes of."""
    return sum(map(mul, WEIGHTS[at:], map(int, digits)))


def birth_date(text: str) -> date | None:
    """The birth date inside the number; None when the form or the date is impossible."""
    number = normalise(text)
    if LONG.fullmatch(number):
        return _day(number[6:14])
    if SHORT.fullmatch(number):
        return _day("19" + number[6:12])
    return None


@lru_cache(maxsize=40_000)  # a century of birth dates
def _day(digits: str) -> date | None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if day.year >= OLDEST_YEAR else None


def sex(text: str) -> str | None:
    """`m` or `f` from the sequence digit (odd: man); None when the form is impossible."""
    number = normalise(text)
    if LONG.fullmatch(number):
        digit = number[16]
    elif SHORT.fullmatch(number):
        digit = number[14]
    else:
        return None
    return "m" if int(digit) % 2 else "f"


def valid_resident_id(text: str) -> bool:
    """True for a number of the right form with a real date and, for 18 digits, the right check digit."""
    return is_valid(normalise(text))


def is_valid(number: str) -> bool:
    """The same of a number that is normalised."""
    if len(number) == len(WEIGHTS) + 1:
        return (_of_place(number[:6]) + _of_birth(number[6:14]) + _of_end(number[14:])) % 11 == 0
    return SHORT.fullmatch(number) is not None and _day("19" + number[6:12]) is not None


# Numbers are checked by the hundred thousand, and their parts repeat: what each part adds to the sum is worked out once.
@lru_cache(maxsize=40_000)
def _of_place(digits: str) -> float:
    return _weight(digits, 0) if DIGITS.fullmatch(digits) else NEVER


@lru_cache(maxsize=40_000)
def _of_birth(digits: str) -> float:
    return _weight(digits, 6) if DIGITS.fullmatch(digits) and _day(digits) else NEVER


@lru_cache(maxsize=11_000)  # all that there are
def _of_end(signs: str) -> float:
    if not DIGITS.fullmatch(signs[:3]) or signs[3] not in CHECK_DIGITS:
        return NEVER
    return _weight(signs[:3], 14) - CHECK_DIGITS.index(signs[3])
