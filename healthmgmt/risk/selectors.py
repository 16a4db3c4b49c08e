"""Reads over assessments."""

from collections.abc import Iterator
from typing import Any

from healthmgmt.core import sql
from healthmgmt.organization.selectors import organisation_settings, today
from healthmgmt.risk import editions, explanation, packs
from healthmgmt.risk.expiring import expired
from healthmgmt.risk.scoring import REPORTED_BMI

SCORE_DECIMALS = 1  # as the published calculators print them


def exported() -> Iterator[dict[str, Any]]:
    """Everybody's current assessment: reasons with their sentence in the organisation's language (`text`) and in both.

    `expired_on`: since when the colour does not count any more, because all its values are too old; None while it does. `computed` names the scores that were worked out; a body mass index that is not among them was reported.
    """
    day = today()
    window = editions.present_window(day)
    language = "zh" if organisation_settings().language.startswith("zh") else "en"
    for line in sql.dicts("risk/export_assessments"):
        pack = editions.load(line["pack"], line["edition"])
        missing, scores = line.pop("missing"), {name: _rounded(value) for name, value in line["scores"].items()}
        computed = sorted(scores.keys() - {REPORTED_BMI})
        if REPORTED_BMI in scores:
            scores = {"bmi": scores.pop(REPORTED_BMI)} | scores
        gone = expired(line["colour"], line["newest_on"], window_months=window, today=day)
        yield {
            "emp_no": line["emp_no"],
            "colour": line["colour"],
            "reasons": _reasons(pack, line["reasons"], language),
            "scores": scores,
            "computed": computed,
            "missing": sorted({name for purpose, names in missing.items() if not purpose.endswith("_out_of_range") for name in names}),
            "missing_for": missing,
            "pack": line["pack"],
            "edition": line["edition"],
            "assessed_on": line["assessed_on"].isoformat(),
            "expired_on": gone.since.isoformat() if gone else None,
        }


def _rounded(score: float | str) -> float | str:
    """A level, which some models give instead of a number, as it is."""
    return score if isinstance(score, str) else round(score, SCORE_DECIMALS)


def _reasons(pack: packs.Pack, reasons: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Each reason once, by the first of its alternatives that fired; `also` holds the others (diastolic beside systolic)."""
    ranked = sorted(reasons, key=lambda reason: -packs.COLOURS.index(pack.line(reason["line"]).colour))
    texts = {name: explanation.reason_texts(pack, reasons, name, clinical=True) for name in ("zh", "en")}
    told: dict[str, dict[str, Any]] = {}
    for place, reason in enumerate(ranked):
        one = {
            "code": reason["code"],
            "text": texts[language][place].text,
            "value": reason.get("value"),
            "limit": reason.get("limit"),
            "indicator": reason["indicator"],
            "unit": reason.get("unit", ""),
            "computed": reason.get("computed", False),
            "text_zh": texts["zh"][place].text,
            "text_en": texts["en"][place].text,
        }
        first = told.setdefault(reason["code"], one | {"also": []})
        if first["indicator"] != one["indicator"]:
            first["also"].append(one)
    return list(told.values())


def colour_history(person_id: int) -> list[dict[str, Any]]:
    """A person's colour in each period, oldest first: `name`, `colour`, `reasons`, `pack`, `edition`, `taken_on`."""
    return sql.dicts("risk/colour_history", {"person": person_id})
