"""Japan's see-a-doctor results taken together: in how many groups, and whether the range of diabetes is newly found.

Inputs (any shape), flags: is there a see-a-doctor value of blood_pressure, lipids, glucose, liver, kidney, haemoglobin;
diabetes_range (a fasting or casual glucose, or an HbA1c, at the see-a-doctor limit); known_diabetes (diagnosed or treated;
not answered counts as not known). Outputs: `groups` 0-6; `diabetes` none, known or newly_found. Errors: a group that is
left out has no value and a reason.
Source: Ministry of Health, Labour and Welfare, standard programme of health check-ups and guidance, FY2024; the groups are
those of its table of limits.
"""

import numpy as np

from ..model import Calculator, Flag, Output

Array = np.ndarray
GROUPS = ("blood_pressure", "lipids", "glucose", "liver", "kidney", "haemoglobin")
DIABETES = ("none", "known", "newly_found")


def _formula(*, diabetes_range: Array, known_diabetes: Array, **groups: Array) -> dict[str, Array]:
    found = np.where(known_diabetes == 1, 1, 2) * (diabetes_range == 1)
    return {"groups": np.sum([groups[name] for name in GROUPS], axis=0), "diabetes": np.array(DIABETES, dtype=object)[found]}


CALCULATOR = Calculator(
    name="jp_consultation",
    title="See-a-doctor groups of the specific health check-up (Japan, FY2024)",
    formula=_formula,
    inputs=(
        *(Flag(name) for name in GROUPS),
        Flag("diabetes_range"),
        Flag("known_diabetes", required=False, default=0.0),
    ),
    outputs=(Output("groups", "{group}"), Output("diabetes", words=DIABETES)),
    citation="Ministry of Health, Labour and Welfare (Japan), standard programme FY2024",
)
