"""An installation for one measurement: embedded servers and data in a folder of its own, erased at the end."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REAL_SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@contextmanager
def installation() -> Iterator[Path]:
    """Django with migrated servers; gives the folder. Whatever the environment names, no other data is touched.

    Modules that need settings can be imported only inside.
    """
    folder = Path(tempfile.mkdtemp(prefix="healthmgmt-bench-"))
    # The database's own user passes through to its closed folder.
    folder.chmod(0o711)
    for name in REAL_SERVERS:
        os.environ.pop(name, None)
    os.environ |= {"HEALTHMGMT_DATA_DIR": str(folder), "HEALTHMGMT_PROCESS": "command", "DJANGO_SETTINGS_MODULE": "healthmgmt.settings"}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Asked to stop."))
    from healthmgmt import embedded

    try:
        import django

        django.setup()
        from tenants import provisioning

        provisioning.migrate(verbosity=0)
        yield folder
    finally:
        _let_go()
        embedded.release()
        embedded.erase(folder)


def organisation(slug: str) -> str:
    """A new, empty organisation placed in Beijing; returns its schema name."""
    from django.core.management import call_command

    from healthmgmt.core import organisations

    with open(os.devnull, "w") as nowhere:
        call_command("create_org", slug, name=slug, place="北京", stdout=nowhere)
    return organisations.schema_of_slug(slug)


def _let_go() -> None:
    from django.apps import apps

    if apps.ready:
        from django.db import connections

        connections.close_all()
