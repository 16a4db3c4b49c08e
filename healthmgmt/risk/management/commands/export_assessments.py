"""`manage.py export_assessments`: everybody's present colour with its reasons, as JSON lines."""

import json
from typing import Any

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.commands import OrganisationCommand
from healthmgmt.risk import selectors


class Command(OrganisationCommand):
    help = "Print the current assessments as JSON lines."
    json_output = False

    def work(self, **options: Any) -> None:
        audit.record("risk.exported", by=Actor.system())
        for line in selectors.exported():
            self.stdout.write(json.dumps(line, ensure_ascii=False))
