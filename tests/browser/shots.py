"""`make shots`: a picture of every page of every role, in both languages, on desk and phone, of the demonstration's organisation.

Written into shots/<role>/<page>-<language>-<width>.png; the last line counts them. With names as arguments only those roles.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "shots"


def main(chosen: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthmgmt.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from tests.browser.site import Site, browser, chromium

    if chromium() is None:
        print("There is no chromium here; `make test` as root installs it.", file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0)
    with _demonstration() as (port, slug, logins), browser() as started:
        count = sum(_photograph(Site(port, started), login, slug) for login in logins if not chosen or login.role in chosen)
    print(f"{count} shots in {FOLDER.relative_to(ROOT)}/")
    return 0


def _demonstration():
    """A context: port of the demonstration's site, slug of its first organisation, one login a role there."""
    from contextlib import contextmanager

    from django.conf import settings

    from healthmgmt.portal.demonstration import Demonstration, Login
    from tests.browser.site import serving

    @contextmanager
    def running() -> Iterator[tuple[int, str, list[Login]]]:
        folder = Path(settings.DATA_DIR) / "demonstration"
        shared = Path(os.environ["SHARED"]) if os.environ.get("SHARED") else None
        with serving(folder) as processes:
            demonstration = Demonstration(folder, shared=shared, today=date.today(), port=processes.port, say=print)
            reports = list(demonstration.run())
            first = {login.role: login for login in reversed(reports[0].logins)}
            yield processes.port, reports[0].slug, [*first.values(), demonstration.operator()]

    return running()


def _photograph(site, login, slug: str) -> int:
    """All pages of one login; how many pictures."""
    from tests.browser.site import LANGUAGES, WIDTHS

    count = 0
    for language in LANGUAGES:
        for width in WIDTHS:
            visitor = site.signed_in(login.organisation, login.identifier, login.password, width=width, language=language)
            for page in _pages(login, slug):
                response = visitor.go(page.path)
                visitor.page.wait_for_timeout(150)
                if response.status != 200 or visitor.sideways() > 0:
                    print(f"{login.role} {page.path} {language} {width}: answers {response.status}, sideways {visitor.sideways()} px")
                target = FOLDER / login.role / f"{page.name}-{language}-{width}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                visitor.photograph(target)
                count += 1
            visitor.close()
    return count


def _pages(login, slug: str) -> list:
    from healthmgmt.accounts.models import User
    from healthmgmt.core import organisations
    from tests.browser.walking import pages_of, pages_of_nobody, pages_of_operators

    if login.role == "operator":
        return list(pages_of_operators(slug))
    with organisations.entered(organisations.schema_of_slug(login.organisation)):
        found = list(pages_of(login.role, User.objects.get(email=login.identifier)))
    # What anybody sees is taken once, by the role that stands for everybody.
    return [*found, *pages_of_nobody()] if login.role == "employee" else found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
