"""People for tests of rule packs, with values in the unit that a laboratory wrote."""

import json
from collections.abc import Mapping
from datetime import date

from healthmgmt.risk.measures import Person
from healthmgmt.risk.packs import COLOURS
from healthmgmt.risk.stratification import Outcome

DAY = date(2024, 5, 1)
# Canonical = reported x factor, as the catalogue converts.
TO_CANONICAL = {
    "mg/dL": dict.fromkeys(("fpg", "random_glucose"), 0.0555) | dict.fromkeys(("tc", "hdl", "ldl", "non_hdl"), 0.02586) | {"tg": 0.01129},
    "g/dL": {"hgb": 10},
}
UPPERS = {"alt": (50, 40), "ast": (40, 35), "ggt": (60, 45), "tbil": (26, 21)}


def person(values: Mapping[str, float], **parts) -> Person:
    return Person(**{"sex": "m", "birth": date(1974, 5, 1), "day": DAY, "values": values} | parts)


def reporting(given: Mapping[str, float], unit: str = "mg/dL", **parts) -> Person:
    """A person whose laboratory wrote in `unit` what is measured in it; the other values are canonical."""
    factors = TO_CANONICAL[unit]
    values = {code: value * factors.get(code, 1) for code, value in given.items()}
    return person(values, reported={code: (value, unit) for code, value in given.items() if code in factors}, **parts)


def codes(outcome: Outcome, at: int = 0) -> set[str]:
    return {reason["code"] for reason in json.loads(outcome.reasons_json()[at])}


def colour(outcome: Outcome, at: int = 0) -> str:
    return COLOURS[outcome.colour[at]]


def missing(outcome: Outcome, at: int = 0) -> dict[str, list[str]]:
    return json.loads(outcome.missing_json()[at])
