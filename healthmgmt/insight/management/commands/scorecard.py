"""`manage.py scorecard`: the published numbers of a unit and those below it, as one user sees them."""

from argparse import ArgumentParser
from typing import Any

from healthmgmt.accounts.access import add_by_argument, user_named
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.insight import access, presenters, selectors
from healthmgmt.organization.models import Period
from healthmgmt.work import services as work


class Command(OrganisationCommand):
    help = "Print the metrics of a unit and its children with their definitions, suppressed for small groups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_by_argument(parser, required=True, words="whose view it is")
        parser.add_argument("--unit", default="", metavar="PATH", help="names from the root joined by /, or one unique name")
        parser.add_argument("--period", default="", metavar="NAME", help="a period, else the newest")

    def work(self, **options: Any) -> dict[str, Any]:
        viewer = user_named(options["by"])
        unit = access.unit_with_numbers(viewer, options["unit"])
        period = selectors.scorecard_period(options["period"])
        self._count_first(period)
        card = selectors.scorecard(viewer, unit, period)
        self.lines = presenters.as_text(card, "zh" if viewer.language.startswith("zh") else "en")
        return presenters.as_json(card)

    def describe(self, result: dict[str, Any]) -> None:
        for line in self.lines:
            self.stdout.write(line)

    def _count_first(self, period: Period) -> None:
        """A period opened after everything else happened has no numbers yet."""
        if period.state == Period.State.OPEN and not selectors.is_counted(period):
            work.submit("insight.count", key=f"period:{period.pk}", payload={"period": period.pk})
            work.drain(kinds=["insight.count"])
