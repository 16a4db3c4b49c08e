"""`manage.py demo`: the whole job on two organisations, then the site, until Ctrl-C."""

import os
import signal
import time
import unicodedata
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from healthmgmt.core.exceptions import Rejected
from healthmgmt.portal.delivery import DeliveryFault
from healthmgmt.portal.demonstration import Demonstration, Login, Report
from healthmgmt.portal.processes import ProcessFault, Processes, free_port


class Command(BaseCommand):
    help = "Make two demonstration organisations over the road that customers take, print the summary, and serve."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after the summary")
        parser.add_argument("--port", type=int, default=8000, help="preferred port of the site (default: 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        shared = Path(os.environ["SHARED"]) if os.environ.get("SHARED") else None
        if shared and not shared.is_dir():
            raise CommandError(f"{shared} is no folder; leave SHARED out to see drawn people.")
        folder = Path(settings.DATA_DIR) / "demonstration"
        call_command("migrate", verbosity=0, stdout=self.stdout)
        processes = Processes(free_port(options["port"]), folder / "logs", reloads=settings.DEBUG)
        # Asked to end in any way, the processes go with it.
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGINT, _interrupt)
        try:
            processes.start()
            demonstration = Demonstration(folder, shared=shared, today=date.today(), port=processes.port, say=self._say)
            reports = list(demonstration.run())
            for report in reports:
                self._print(report)
            self._print_addresses(reports, demonstration.operator(), processes.port)
            self.stdout.write(f"\nDone in {time.monotonic() - started:.1f} s.")
            if not options["once"]:
                self.stdout.write("Serving until Ctrl-C.")
                processes.watch()
        except (ProcessFault, DeliveryFault, Rejected) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            processes.stop()

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()

    def _print(self, report: Report) -> None:
        self.stdout.write(f"\n{report.slug}  {report.name}")
        self.stdout.write(f"  {_padded('file', 44)} {_padded('centre', 30)} received = accepted + unchanged + waiting + refused")
        for upload in report.deliveries:
            counts = (upload.received, upload.accepted, upload.unchanged, upload.waiting, upload.refused)
            if counts[0] != sum(counts[1:]):
                raise CommandError(f"{upload.file_name}: the receipt does not add up.")
            sum_of_rows = f"{counts[0]:8} = {counts[1]:8} + {counts[2]:9} + {counts[3]:7} + {counts[4]:7}"
            self.stdout.write(f"  {_padded(upload.file_name, 44)} {_padded(upload.centre.name, 30)} {sum_of_rows}")
        counts = dict(report.counts)
        colours = counts.pop("colours")
        self.stdout.write("  colours: " + ", ".join(f"{colour} {count}" for colour, count in colours.items()))
        self.stdout.write("  " + ", ".join(f"{name} {count}" for name, count in counts.items()))

    def _print_addresses(self, reports: list[Report], operator: Login, port: int) -> None:
        self.stdout.write(f"\nSign in:\n  http://{settings.ORGANISATION_DOMAIN}:{port}/")
        self._print_login(operator)
        for report in reports:
            self.stdout.write(f"  http://{report.slug}.{settings.ORGANISATION_DOMAIN}:{port}/")
            for login in report.logins:
                self._print_login(login)

    def _print_login(self, login: Login) -> None:
        self.stdout.write(f"    {login.role:14} {login.identifier:38} {login.password}")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _padded(text: str, width: int) -> str:
    """The text filled up with blanks to a width on a terminal, where Chinese characters take two places."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(width - taken, 0)
