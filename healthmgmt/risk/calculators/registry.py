"""Every calculator by name."""

from importlib import import_module

from .model import Calculator

MODULES = (
    "absi",
    "audit_c",
    "bmi",
    "bri",
    "bsa_mosteller",
    "cha2ds2_vasc",
    "china_par",
    "ckd_epi_2021",
    "fib4",
    "gad7",
    "homa_ir",
    "ideal_body_weight_devine",
    "kdigo_albuminuria",
    "ldl_friedewald",
    "mdrd",
    "mean_arterial_pressure",
    "phq9",
    "qtc_bazett",
    "stop_bang",
    "tyg",
)


def load() -> dict[str, Calculator]:
    """Calculators by the name that vectors, packs and the `calculate` command use."""
    found = (import_module(f"{__package__}.{module}").CALCULATOR for module in MODULES)
    return {calculator.name: calculator for calculator in found}
