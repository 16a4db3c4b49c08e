"""`python -m bench.pages`: the time that the site takes for each page of each role, on the demonstration's first organisation.

The p95 of a page stands beside that of /healthz in the same run; the goal of a page is 150 ms. Measured as users find it: after the
database has looked at the files that were just let in, which its autovacuum does within half a minute.
"""

import argparse
import http.client
import os
import statistics
import time
from datetime import date
from pathlib import Path

from bench import measuring
from bench.installation import installation

GOAL_MS = 150
# Each of the two processes has to read the templates once.
WARM_UP = 6
SETTLED_WITHIN_SECONDS = 120
# Tables of which more has changed than autovacuum_analyze_threshold and _scale_factor leave alone.
UNSETTLED = "SELECT count(*) FROM pg_stat_user_tables WHERE schemaname = %s AND n_mod_since_analyze > 50 + 0.1 * n_live_tup"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=30, help="requests a page (default: 30)")
    parser.add_argument("--small", action="store_true", help="ten requests a page")
    given = parser.parse_args()
    times = 10 if given.small else given.times
    with installation() as folder:
        _measure(folder, times)


def _measure(folder: Path, times: int) -> None:
    from healthmgmt.portal.demonstration import Demonstration
    from healthmgmt.portal.processes import Processes, free_port

    shared = Path(os.environ.get("SHARED", "../shared"))
    processes = Processes(free_port(0), folder / "logs")
    try:
        processes.start()
        demonstration = Demonstration(
            folder / "demonstration", shared=shared if shared.is_dir() else None, today=date.today(), port=processes.port, say=print
        )
        report = next(demonstration.run())
        print(f"statistics of the database fresh after {_settled(report.slug):.0f} s")
        print(f"pages of {report.slug}, {report.counts['people']} people, {times} requests each; p95 in ms, goal {GOAL_MS}", flush=True)
        bare = _p95(processes.port, f"{report.slug}.localhost", "/healthz", "", times)
        measuring.line("healthz", bare, "ms")
        slowest = max((_role(processes.port, report.slug, login, times, bare) for login in report.logins), default=0.0)
        measuring.line("slowest page", slowest, "ms", f"{slowest / bare:.1f} x healthz", f"<= {GOAL_MS} ms")
    finally:
        processes.stop()


def _settled(slug: str) -> float:
    """Wait until the planner knows of every table that was filled; returns the seconds."""
    from django.db import connection

    from healthmgmt.core import organisations

    started = time.monotonic()
    while time.monotonic() - started < SETTLED_WITHIN_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(UNSETTLED, [organisations.schema_of_slug(slug)])
            if not cursor.fetchone()[0]:
                return time.monotonic() - started
        time.sleep(1)
    raise SystemExit(f"The database has not looked at its tables within {SETTLED_WITHIN_SECONDS} s.")


def _role(port: int, slug: str, login, times: int, bare: float) -> float:
    """Every page of a role; the slowest p95."""
    from django.test import Client

    from healthmgmt.accounts.models import User
    from healthmgmt.core import organisations
    from tests.browser.walking import pages_of

    host = f"{slug}.localhost"
    with organisations.entered(organisations.schema_of_slug(slug)):
        user = User.objects.get(email=login.identifier)
        pages = list(pages_of(login.role, user))
        client = Client(headers={"host": host})
        client.force_login(user)
    session = client.cookies["session"].value
    slowest = 0.0
    for page in pages:
        taken = _p95(port, host, page.path, session, times)
        slowest = max(slowest, taken)
        measuring.line(f"{login.role} {page.route or '/'}", taken, "ms", f"{taken / bare:.1f} x healthz", "" if taken <= GOAL_MS else "over the goal")
    return slowest


def _p95(port: int, host: str, path: str, session: str, times: int) -> float:
    taken = []
    for number in range(times + WARM_UP):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        started = time.perf_counter()
        connection.request("GET", path, headers={"Host": f"{host}:{port}", "Cookie": f"session={session}"})
        answer = connection.getresponse()
        answer.read()
        if number >= WARM_UP:
            taken.append(1000 * (time.perf_counter() - started))
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}.")
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main()
