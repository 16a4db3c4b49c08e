"""The embedded servers by hand, and the database's roles on a real server."""

import argparse
import os
import signal
import sys
from pathlib import Path

import psycopg2

from healthmgmt.embedded import EmbeddedError, ensure, erase, guard, roles, status, stop
from healthmgmt.embedded.record import DATABASE, LOOPBACK


def _hold(data_dir: Path) -> None:
    servers = ensure(data_dir)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for address in (servers.database_url, servers.redis_url):
        print("running at", address.rpartition("@")[2])
    print(f"passwords are in {data_dir / 'servers.json'}; Ctrl-C ends this use", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass


def _report(data_dir: Path) -> int:
    ports = status(data_dir)
    for name in ("postgresql", "redis"):
        print(f"{name}: {f'running at {LOOPBACK}:{ports[name]}' if name in ports else 'not running'}")
    return 0 if len(ports) == 2 else 1


def _bootstrap(url: str, database: str, dry: bool) -> None:
    if dry:
        server, inside = roles.plan(url, database)
        print("\n".join(f"{command};" for command in [*server, roles.create_database(database), f'\\c "{database}"', *inside]))
        return
    for role, password in roles.bootstrap(url, database).items():
        print(f"{role} has the new password {password}")
    print(f"{database} and its roles are as designed")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m healthmgmt.embedded", description="The embedded servers.")
    default = Path(os.environ.get("HEALTHMGMT_DATA_DIR") or Path(__file__).parents[2] / ".data")
    parser.add_argument("--data-dir", type=Path, default=default)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("start", "start the servers and use them until Ctrl-C"),
        ("status", "say whether they answer; exit 1 when not"),
        ("guard", "stop them when nobody uses them any more"),
        ("erase", "stop them and delete all their data"),
    ):
        commands.add_parser(name, help=words)
    commands.add_parser("stop", help="stop them, unless in use").add_argument("--force", action="store_true", help="even when in use")
    real = commands.add_parser("bootstrap", help="make database and roles on a real server; once, as its superuser")
    real.add_argument("url", help="postgresql://superuser:password@host:port/postgres")
    real.add_argument("--database", default=DATABASE)
    real.add_argument("--print", action="store_true", dest="dry", help="print the SQL, run nothing")
    options = parser.parse_args(arguments)
    data_dir = options.data_dir.resolve()
    try:
        if options.command == "status":
            return _report(data_dir)
        if options.command == "bootstrap":
            _bootstrap(options.url, options.database, options.dry)
        elif options.command == "stop":
            stop(data_dir, options.force)
        else:
            {"start": _hold, "guard": guard, "erase": erase}[options.command](data_dir)
    except (EmbeddedError, psycopg2.Error) as error:
        print(str(error).strip(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
