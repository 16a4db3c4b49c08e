"""Qinghai criteria of chronic mountain sickness: a high haemoglobin together with the Qinghai score.

Inputs (any shape): sex, hb_g_l 20-350 g/L, score 0-24 of `qinghai_cms`. Output `range`: absent, or mild, moderate, severe by the
score where haemoglobin is at 210 g/L (men) / 190 g/L (women) or more as well. Errors: outside the range no value and a reason.
Source: Leon-Velarde F et al., High Alt Med Biol 2005;6:147-157.
"""

import numpy as np

from ..model import SEX, Calculator, Number, Output, Unit

Array = np.ndarray
RANGES = ("absent", "mild", "moderate", "severe")
SCORES = (6, 11, 15)


def _formula(*, sex: Array, hb_g_l: Array, score: Array) -> dict[str, Array]:
    is_high = hb_g_l >= np.where(sex == 1, 190, 210)
    return {"range": np.array(RANGES, dtype=object)[np.searchsorted(SCORES, score, side="right") * is_high]}


CALCULATOR = Calculator(
    name="qinghai_criteria",
    title="Qinghai criteria of chronic mountain sickness",
    formula=_formula,
    inputs=(SEX, Number("hb_g_l", (Unit("g/L", 1, 20, 350),)), Number("score", (Unit("{score}", 1, 0, 24),))),
    outputs=(Output("range", words=RANGES),),
    citation="Leon-Velarde F et al., High Alt Med Biol 2005;6:147-157",
)
