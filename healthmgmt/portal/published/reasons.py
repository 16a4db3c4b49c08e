"""Why a model gave no value, or what to heed with it, in the language of the page.

Models give their reasons in English, as the command `calculate` writes them; here each part becomes a sentence.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from healthmgmt.portal.published.shown import input_name, range_text
from healthmgmt.risk.calculators.model import UNDEFINED

Found = re.Match[str]


def _between(found: Found, unit: str = "") -> dict[str, str]:
    low, high = float(found["low"]), float(found["high"])
    return {"name": input_name(found["key"]), "range": range_text(low, high, unit)}


def _missing(found: Found) -> str:
    return _("Missing: %(names)s.") % {"names": _(" or ").join(dict.fromkeys(map(input_name, found["key"].split(" or "))))}


# The narrower pattern first.
SENTENCES: list[tuple[re.Pattern[str], Callable[[Found], str]]] = [
    (re.compile(r"missing (?P<key>\w+(?: or \w+)*)"), _missing),
    (re.compile(r"cannot read (?P<key>\w+)"), lambda found: _("%(name)s cannot be read.") % {"name": input_name(found["key"])}),
    (
        re.compile(r"unit of (?P<key>\w+) missing or unknown"),
        lambda found: _("The unit is missing: %(name)s.") % {"name": input_name(found["key"])},
    ),
    (
        re.compile(r"(?P<key>\w+) outside the usual (?P<low>\S+) to (?P<high>\S+)"),
        lambda found: _("%(name)s is outside %(range)s, for which the model was made.") % _between(found),
    ),
    (
        re.compile(r"(?P<key>\w+) outside (?P<low>\S+) to (?P<high>\S+)(?: (?P<unit>.+))?"),
        lambda found: _("%(name)s is outside the range of %(range)s.") % _between(found, found["unit"] or ""),
    ),
    (
        re.compile(r"only for (?P<key>\w+) (?P<low>\S+) to (?P<high>\S+)"),
        lambda found: _("Only for %(name)s %(range)s.") % _between(found),
    ),
    (re.compile(re.escape(UNDEFINED)), lambda found: _("Not defined for these inputs.")),
]


def in_words(reason: str) -> list[str]:
    """A sentence for each part of a reason. Raises ValueError for one that no model gives."""
    return [_sentence(part) for part in reason.split("; ") if part]


def _sentence(part: str) -> str:
    for pattern, words in SENTENCES:
        if found := pattern.fullmatch(part):
            return words(found)
    raise ValueError(part)
