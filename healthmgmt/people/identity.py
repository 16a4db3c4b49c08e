"""Identity numbers of employees: one form to compare, one to show. Pure but for the keyed hash."""

from healthmgmt.core import resident_id
from healthmgmt.core.encryption import keyed_hash

SHOWN_FIRST, SHOWN_LAST = 6, 4


def canonical(text: str) -> str:
    """18 digits with an upper X; the older 15 digits get their century and check digit. Blank stays blank."""
    number = resident_id.normalise(text)
    if resident_id.SHORT.fullmatch(number):
        longer = f"{number[:6]}19{number[6:]}"
        return longer + resident_id.check_digit(longer)
    return number


def id_hash(text: str) -> str:
    """By what a person is found whose number is known; blank for no number."""
    number = canonical(text)
    return keyed_hash(number) if number else ""


def masked(number: str) -> str:
    """As screens show it: `760101********0988`. Anything too short to hide a part of is hidden whole."""
    hidden = len(number) - SHOWN_FIRST - SHOWN_LAST
    if hidden < SHOWN_LAST:
        return "*" * len(number)
    return number[:SHOWN_FIRST] + "*" * hidden + number[-SHOWN_LAST:]
