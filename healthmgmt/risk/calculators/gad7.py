"""GAD-7, anxiety screen over the last two weeks: seven answers of 0-3.

Input: items, seven whole numbers 0-3 (a list, or an array of shape (n, 7)). Outputs: `score` 0-21; `severity` minimal,
mild (5), moderate (10), severe (15); `positive_screen_ge10`. Errors: an incomplete form has no value and a reason.
Source: Spitzer RL et al., Arch Intern Med 2006;166:1092-1097.
"""

import numpy as np

from .model import Calculator, Items, Output

FLOORS = np.array([5, 10, 15])
SEVERITIES = np.array(["minimal", "mild", "moderate", "severe"], dtype=object)


def _formula(items: np.ndarray) -> dict[str, np.ndarray]:
    score = items.sum(axis=1)
    return {
        "score": score,
        "severity": SEVERITIES[np.searchsorted(FLOORS, score, side="right") % len(SEVERITIES)],
        "positive_screen_ge10": score >= 10,
    }


CALCULATOR = Calculator(
    name="gad7",
    title="GAD-7",
    subject="questionnaire",
    formula=_formula,
    inputs=(Items("items", 7, 0, 3),),
    outputs=(Output("score", "{score}"), Output("severity", words=tuple(SEVERITIES)), Output("positive_screen_ge10", is_flag=True)),
    citation="Spitzer RL et al., Arch Intern Med 2006;166:1092-1097",
)
