"""`manage.py recount`: what counting a closed period again would change, and why; its numbers stay as they were published."""

from argparse import ArgumentParser
from typing import Any

from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.insight import recounting
from healthmgmt.insight.recounting import Difference
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import paths_in_names, period_named

WHY = {
    "roster": "the roster has them elsewhere, or not at all, on the reference day",
    "withdrawn": "an examination was withdrawn after the closing",
    "corrected": "an examination was corrected after the closing",
    "delivered": "an examination was delivered after the closing",
    "judged": "judged anew after the closing",
    "other": "the record was changed in another way, or its rules were",
    "definition": "the metric is defined otherwise since",
}


class Command(OrganisationCommand):
    help = "Count a closed period again and explain each number that would differ; nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--period", default="", metavar="NAME", help="a closed period, else the one closed last")

    def work(self, **options: Any) -> dict[str, Any]:
        closed = Period.objects.exclude(state=Period.State.OPEN).order_by("-starts_on")
        period = period_named(options["period"]) if options["period"] else closed.first()
        if period is None:
            return {"period": "", "differences": []}
        found = recounting.differences(period)
        names = paths_in_names({one.unit for one in found})
        return {"period": period.name, "differences": [_as_json(one, names[one.unit.pk]) for one in found]}

    def describe(self, result: dict[str, Any]) -> None:
        if not result["period"]:
            self.stdout.write("No period has been closed yet.")
        elif not result["differences"]:
            self.stdout.write(f"{result['period']}: counted again, every number is the same.")
        for one in result["differences"]:
            numbers = f"stored {_share(one['stored'])}, now {_share(one['recounted'])}" if one["stored"] else "differs, without numbers: health content, or of few people"
            self.stdout.write(f"{one['unit']}: {one['metric']}: {numbers}")
            for reason, people in one["reasons"].items():
                self.stdout.write(f"    {WHY[reason]}{'' if people is None else f': {people}'}")


def _as_json(one: Difference, unit: str) -> dict[str, Any]:
    return {
        "unit": unit, "metric": one.metric, "stored": one.stored, "recounted": one.recounted, "versions": one.versions, "reasons": one.reasons,
    }  # fmt: skip


def _share(counts: tuple[int, int]) -> str:
    return f"{counts[0]:,} of {counts[1]:,}"
