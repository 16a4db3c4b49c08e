"""Assessing one person after the other in plain Python: what one writes before thinking of columns, and with care.

It judges exact values in canonical units, of people who are not pregnant and work under no hazard, as those of bench.crowd are: less
than the product does. It reads with one query and saves by the thousand, but announces nothing and cannot be resumed.
"""

import operator
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import exp, log
from typing import Any

COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq}
RANGES = {"sbp": (70, 200), "tc": (2, 11), "hdl": (0.5, 4), "waist": (50, 130)}
ASKED = ("smoking", "treatment:bp", "family:ascvd", "condition:diabetes")
ADULT, CURRENT_SMOKER, BATCH = 18, 2, 1000
Values = Mapping[str, float]


@dataclass(frozen=True)
class Judged:
    colour: str
    reasons: list[dict[str, Any]]
    scores: dict[str, float]
    missing: list[str]


class Plain:
    """`uppers`: indicator to the upper reference limits (men, women); everybody works at one place."""

    def __init__(self, pack: Any, uppers: Mapping[str, Sequence[float | None]], north: bool, urban: bool) -> None:
        self._pack, self._uppers, self._north, self._urban = pack, uppers, north, urban
        self._ranks = {colour: rank for rank, colour in enumerate(("green", "blue", "yellow", "orange", "red"))}

    def judge(self, sex: str, birth: date, values: Values, days: Mapping[str, date]) -> Judged:
        values, scores = dict(values), {}
        self._body(values, scores)
        self._kidney(sex, birth, values, days, scores)
        self._heart(sex, birth, values, days, scores)
        colour, reasons = "green", []
        for line in self._pack.lines:
            value, limit = values.get(line.indicator), line.limit
            if value is None or line.sex and line.sex != sex:
                continue
            if line.times_upper:
                upper = self._uppers.get(line.indicator, (None, None))[sex == "f"]
                if upper is None:
                    continue
                limit *= upper
            if COMPARE[line.op](value, limit):
                day = days.get(line.indicator) or max(days.values())
                said = {"value": value, "unit": line.unit, "limit": limit, "on": day.isoformat()}
                reasons.append({"code": line.reason, "line": line.number, "indicator": line.indicator, **said})
                colour = max(colour, line.colour, key=self._ranks.__getitem__)
        known = values.keys() | {"sex", "age"}
        missing = [part.name for part in self._pack.minimum if not any(code in known for code in part.any_of)]
        return Judged("grey" if missing and not reasons else colour, reasons, scores, missing)

    def _body(self, values: dict[str, float], scores: dict[str, float]) -> None:
        if "height" in values and "weight" in values:
            bmi = values["weight"] / (values["height"] / 100) ** 2
            if "bmi" not in values or abs(values["bmi"] - bmi) > self._pack.bmi_tolerance:
                values["bmi"] = scores["bmi"] = bmi

    def _kidney(self, sex: str, birth: date, values: dict[str, float], days: Mapping[str, date], scores: dict[str, float]) -> None:
        age = _age(birth, days["creatinine"]) if "creatinine" in values else 0
        if age >= ADULT:
            knee, power, factor = (0.7, -0.241, 1.012) if sex == "f" else (0.9, -0.302, 1.0)
            ratio = values["creatinine"] / 88.42 / knee
            rate = 142 * min(ratio, 1) ** power * max(ratio, 1) ** -1.2 * 0.9938**age * factor
            scores["ckd_epi_2021"] = rate
            values.setdefault("egfr", rate)

    def _heart(self, sex: str, birth: date, values: dict[str, float], days: Mapping[str, date], scores: dict[str, float]) -> None:
        from healthmgmt.risk.calculators.china_par import MEN, MG_DL_PER_MMOL_L, WOMEN

        rule = self._pack.china_par
        if any(code not in values for code in (*RANGES, *ASKED)) or values.get(rule.excluded_by) == 1:
            return
        age = _age(birth, max(days[code] for code in RANGES))
        if not rule.ages[0] <= age <= rule.ages[1] or any(not low <= values[code] <= high for code, (low, high) in RANGES.items()):
            return
        c, ln_age = WOMEN if sex == "f" else MEN, log(age)
        diabetes = values["condition:diabetes"] == 1 or any(
            line.indicator in values and COMPARE[line.op](values[line.indicator], line.limit) for line in rule.diabetes
        )
        treated = values["treatment:bp"] == 1
        pressure = c.ln_sbp_treated + c.ln_age_sbp_treated * ln_age if treated else c.ln_sbp_untreated + c.ln_age_sbp_untreated * ln_age
        total = (
            c.ln_age * ln_age + pressure * log(values["sbp"]) + c.ln_waist * log(values["waist"])
            + c.ln_tc * log(values["tc"] * MG_DL_PER_MMOL_L) + c.ln_hdl * log(values["hdl"] * MG_DL_PER_MMOL_L)
            + (c.smoker + c.ln_age_smoker * ln_age) * (values["smoking"] == CURRENT_SMOKER) + c.diabetes * diabetes
            + c.north * self._north + c.urban * self._urban
            + (c.family_history + c.ln_age_family_history * ln_age) * values["family:ascvd"]
        )  # fmt: skip
        values["china_par_10y"] = scores["china_par"] = 100 * (1 - c.survival ** exp(total - c.mean))


def assess(plain: Plain, pack: Any, people: int, since: date, today: date) -> tuple[dict[int, str], float]:
    """The first `people` of the organisation, read, judged and saved; their colours, and the seconds of judging alone."""
    from healthmgmt.exams.models import Exam
    from healthmgmt.people.models import Person
    from healthmgmt.risk.models import Assessment

    last = Person.objects.order_by("id").values_list("pk", flat=True)[people - 1]
    exams = Exam.objects.filter(person_id__lte=last, state="current", taken_on__gt=since, taken_on__lte=today)
    ordered = exams.select_related("person").order_by("person_id", "taken_on", "id").iterator(BATCH)
    told, judging, waiting = {}, 0.0, []
    for person, theirs in groupby(ordered, lambda exam: exam.person):
        values, days, read = {}, {}, []
        for exam in theirs:
            values |= exam.results
            days |= dict.fromkeys(exam.results, exam.taken_on)
            read.append(exam.pk)
        started = time.perf_counter()
        judged = plain.judge(person.sex, person.birth, values, days)
        judging += time.perf_counter() - started
        told[person.pk] = judged.colour
        waiting.append(
            Assessment(
                person_id=person.pk, assessed_on=today, colour=judged.colour, reasons=judged.reasons, scores=judged.scores,
                missing={"minimum": judged.missing}, exams=read, pack=pack.name, edition=pack.edition, is_current=False,
            )
        )  # fmt: skip
        if len(waiting) == BATCH:
            Assessment.objects.bulk_create(waiting)
            waiting = []
    Assessment.objects.bulk_create(waiting)
    return told, judging


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
