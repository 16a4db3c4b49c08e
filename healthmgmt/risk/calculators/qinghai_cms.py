"""Qinghai score of chronic mountain sickness.

Inputs (any shape): sex, hb_g_l 20-350 g/L, and seven signs graded 0-3: breathlessness_palpitations, sleep_disturbance,
cyanosis, vein_dilatation, paraesthesia, headache, tinnitus. Haemoglobin of 210 g/L (men) / 190 g/L (women) or more adds 3.
Outputs: `score` 0-24; `severity` absent 0-5, mild 6-10, moderate 11-14, severe. Errors: outside the range no value and a
reason. Source: Leon-Velarde F et al., High Alt Med Biol 2005;6:147-157.
"""

import numpy as np

from .model import SEX, Calculator, Number, Output, Unit

SIGNS = (
    "breathlessness_palpitations", "sleep_disturbance", "cyanosis", "vein_dilatation", "paraesthesia", "headache", "tinnitus",
)  # fmt: skip


def _formula(*, sex: np.ndarray, hb_g_l: np.ndarray, **signs: np.ndarray) -> dict[str, np.ndarray]:
    score = np.sum([signs[name] for name in SIGNS], axis=0) + 3.0 * (hb_g_l >= np.where(sex == 1, 190, 210))
    severity = np.select([score < 6, score < 11, score < 15], ["absent", "mild", "moderate"], "severe")
    return {"score": score, "severity": severity}


CALCULATOR = Calculator(
    name="qinghai_cms",
    title="Qinghai score of chronic mountain sickness",
    subject="practice",
    formula=_formula,
    inputs=(
        SEX,
        Number("hb_g_l", (Unit("g/L", 1, 20, 350),)),
        *(Number(name, (Unit("{score}", 1, 0, 3),)) for name in SIGNS),
    ),
    outputs=(Output("score", "{score}"), Output("severity", words=("absent", "mild", "moderate", "severe"))),
    citation="Leon-Velarde F et al., High Alt Med Biol 2005;6:147-157",
)
