"""Activation codes: short enough to type from paper, long enough not to be guessed. Pure but for the keyed digest."""

import secrets

from healthmgmt.core.encryption import keyed_hash

# Without characters that are mistaken for one another: 31 ^ 12 codes are 59 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, GROUP_LENGTH = 3, 4
VALID_DAYS = 30


def new_code() -> str:
    """A code such as `7KQ4-M2PX-9RTD`."""
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP_LENGTH)]
    return "-".join("".join(letters[start : start + GROUP_LENGTH]) for start in range(0, len(letters), GROUP_LENGTH))


def code_digest(code: str) -> str:
    """What is stored of a code, however it was typed: small letters, blanks and hyphens make no difference."""
    bare = "".join(letter for letter in code.upper() if letter.isalnum())
    return keyed_hash(f"activation code {bare}")
