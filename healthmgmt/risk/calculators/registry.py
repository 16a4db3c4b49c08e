"""Every calculator by name."""

from importlib import import_module

from .model import Calculator

MODULES = ("bmi", "china_par", "ckd_epi_2021")


def load() -> dict[str, Calculator]:
    """Calculators by the name that vectors, packs and the `calculate` command use."""
    found = (import_module(f"{__package__}.{module}").CALCULATOR for module in MODULES)
    return {calculator.name: calculator for calculator in found}
