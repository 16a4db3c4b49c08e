"""The key of a row in a downloaded file: `<upload>.<number>.<version>.<seal>`. Only this installation can make the seal."""

import hmac
import re
from typing import NamedTuple
from uuid import UUID

from healthmgmt.core.encryption import keyed_hash

SEAL_DIGITS = 24
WRITTEN = re.compile(r"'?([0-9a-f]{32})\.([0-9]{1,9})\.([0-9]{1,5})\.([0-9a-f]{24})")


class Key(NamedTuple):
    """Which row of which upload a line is about, and how often the row had been changed when it was downloaded."""

    upload: UUID
    number: int
    version: int


def written(upload: UUID, number: int, version: int) -> str:
    """The key of a row as it stands in the file."""
    return f"{upload.hex}.{number}.{version}.{_seal(upload.hex, str(number), str(version))}"


def read(text: str) -> Key | None:
    """The row that a key names; None for a text that is no key of this installation."""
    match = WRITTEN.fullmatch(text.strip())
    if match is None or not hmac.compare_digest(match.group(4), _seal(*match.groups()[:3])):
        return None
    return Key(UUID(match.group(1)), int(match.group(2)), int(match.group(3)))


def _seal(*parts: str) -> str:
    return keyed_hash("row-key:" + ".".join(parts))[:SEAL_DIGITS]
