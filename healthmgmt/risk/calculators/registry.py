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
    "critical_values_cn",
    "fib4",
    "findrisc",
    "framingham_bmi_2008",
    "framingham_cvd_2008",
    "gad7",
    "homa_ir",
    "ideal_body_weight_devine",
    "ipaq_short",
    "jp_tokutei",
    "kdigo_albuminuria",
    "ldl_friedewald",
    "mdrd",
    "mean_arterial_pressure",
    "metabolic_syndrome_cds",
    "metabolic_syndrome_harmonized",
    "ncdrs",
    "pce_2013",
    "pce_2018_yadlowsky",
    "phq9",
    "prevent_base",
    "qinghai_cms",
    "qtc_bazett",
    "score2",
    "score2_asia_pacific",
    "score2_op",
    "stop_bang",
    "thresholds_cn",
    "tyg",
    "unit_conversion",
)


def load() -> dict[str, Calculator]:
    """Calculators by the name that vectors, packs and the `calculate` command use."""
    found = (import_module(f"{__package__}.{module}").CALCULATOR for module in MODULES)
    return {calculator.name: calculator for calculator in found}
