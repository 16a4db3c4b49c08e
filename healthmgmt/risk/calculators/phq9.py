"""PHQ-9, depression screen over the last two weeks: nine answers of 0-3.

Input: items, nine whole numbers 0-3 (a list, or an array of shape (n, 9)). Outputs: `score` 0-27; `severity` minimal,
mild (5), moderate (10), moderately_severe (15), severe (20); `positive_screen_ge10`; `item9_flag` true when the answer on
self-harm is above 0: a human reviews it whatever the total. Errors: an incomplete form has no value and a reason.
Source: Kroenke K et al., J Gen Intern Med 2001;16:606-613.
"""

import numpy as np

from .model import Calculator, Items, Output

FLOORS = np.array([5, 10, 15, 20])
SEVERITIES = np.array(["minimal", "mild", "moderate", "moderately_severe", "severe"], dtype=object)


def _formula(items: np.ndarray) -> dict[str, np.ndarray]:
    score = items.sum(axis=1)
    return {
        "score": score,
        "severity": SEVERITIES[np.searchsorted(FLOORS, score, side="right") % len(SEVERITIES)],
        "positive_screen_ge10": score >= 10,
        "item9_flag": items[:, 8] > 0,
    }


CALCULATOR = Calculator(
    name="phq9",
    title="PHQ-9",
    subject="questionnaire",
    formula=_formula,
    inputs=(Items("items", 9, 0, 3),),
    outputs=(
        Output("score", "{score}"),
        Output("severity", words=tuple(SEVERITIES)),
        Output("positive_screen_ge10", is_flag=True),
        Output("item9_flag", is_flag=True),
    ),
    citation="Kroenke K et al., J Gen Intern Med 2001;16:606-613",
)
