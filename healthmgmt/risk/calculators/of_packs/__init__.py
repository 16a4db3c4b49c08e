"""What rule packs put together, beside the published models: counts and conjunctions of results, values adjusted for a place."""

from ..model import Calculator
from . import altitude_haemoglobin, jp_consultation, qinghai_criteria


def load() -> dict[str, Calculator]:
    """Calculators by the name that packs use."""
    found = (module.CALCULATOR for module in (altitude_haemoglobin, jp_consultation, qinghai_criteria))
    return {calculator.name: calculator for calculator in found}
