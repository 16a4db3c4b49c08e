"""Reference ranges as the findings statement takes them."""

import json
from functools import cache

from healthmgmt.records import catalogue


@cache
def reference_ranges() -> str:
    """JSON text: sex -> indicator code -> [low, high], either may be null. Numbers only; canonical units."""
    ranges = {"m": {}, "f": {}}
    for indicator in catalogue.load().values():
        if indicator.value_type != "num":
            continue
        for sex, low, high in (("m", indicator.ref_low_m, indicator.ref_high_m), ("f", indicator.ref_low_f, indicator.ref_high_f)):
            if low is not None or high is not None:
                ranges[sex][indicator.code] = [low, high]
    return json.dumps(ranges)
