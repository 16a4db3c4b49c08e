"""What the two Framingham general cardiovascular models of 2008 share: 1 - S0 ^ exp(sum - mean), natural logarithms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Coefficients:
    """`logs`: of ln age and the model's other logarithms, in the order they are given."""

    logs: tuple[float, ...]
    sbp_untreated: float
    sbp_treated: float
    smoker: float
    diabetes: float
    mean: float
    survival: float


def risk_pct(c: Coefficients, logs: Sequence[Array], sbp: Array, treated: Array, smoker: Array, diabetes: Array) -> Array:
    """Ten-year risk in per cent. `logs` are the raw values whose logarithms count; flags are 1.0 / 0.0."""
    total = sum(weight * np.log(values) for weight, values in zip(c.logs, logs, strict=True))
    total = total + np.where(treated == 1, c.sbp_treated, c.sbp_untreated) * np.log(sbp)
    total = total + c.smoker * smoker + c.diabetes * diabetes
    return 100 * (1 - c.survival ** np.exp(total - c.mean))
