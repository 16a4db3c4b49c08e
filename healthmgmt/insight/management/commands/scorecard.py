"""`manage.py scorecard`: the published numbers of a unit and those below it, as one user sees them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from healthmgmt.accounts.models import User
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.insight import access, presenters, selectors
from healthmgmt.organization.models import Period
from healthmgmt.work import services as work


class Command(OrganisationCommand):
    help = "Print the metrics of a unit and its children with their definitions, suppressed for small groups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="whose view it is")
        parser.add_argument("--unit", default="", metavar="PATH", help="names from the root joined by /, or one unique name")
        parser.add_argument("--period", default="", metavar="NAME", help="a period, else the newest")

    def work(self, **options: Any) -> dict[str, Any]:
        viewer = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if viewer is None:
            raise CommandError(f"There is no user {options['by']!r} in this organisation.")
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
