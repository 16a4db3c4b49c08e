"""How the servers are found again: `servers.json`, and the addresses made of it."""

import json
import os
import random
import secrets
import socket
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
DATABASE = "healthmgmt"
SUPERUSER = "postgres"
# Below the range from which Linux takes the ports of outgoing connections, so that a port is still free at the next start.
PORTS = range(20_000, 32_000)
ASIDE = "healthmgmt-"
READY, BUSY, GONE = "ready", "busy", "gone"


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be had; the message is one sentence that says why."""


class Servers(NamedTuple):
    """Addresses of the running servers, passwords included."""

    database_url: str
    database_owner_url: str
    redis_url: str
    superuser_url: str


class Record(NamedTuple):
    """What `servers.json` holds. `home` is the folder of both servers' own files, empty until it is chosen.

    `folder` is the data folder it was written for; `aside` names the folder of what cannot lie in it (places.py).
    """

    home: str
    postgres_port: int
    redis_port: int
    superuser_password: str
    owner_password: str
    login_password: str
    redis_password: str
    folder: str
    aside: str

    def url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{quote(password)}@{LOOPBACK}:{self.postgres_port}/{database}"

    def servers(self) -> Servers:
        return Servers(
            database_url=self.url("app_login", self.login_password, DATABASE),
            database_owner_url=self.url("app_owner", self.owner_password, DATABASE),
            redis_url=f"redis://:{quote(self.redis_password)}@{LOOPBACK}:{self.redis_port}/0",
            superuser_url=self.url(SUPERUSER, self.superuser_password, DATABASE),
        )


def name_aside() -> str:
    return ASIDE + secrets.token_hex(8)


def is_aside(home: Path) -> bool:
    """Whether this home lies outside its data folder (places.py)."""
    return home.parent.name.startswith(ASIDE)


def read(data_dir: Path) -> Record | None:
    """The record of this folder; of a folder that was moved or copied since, without what is not its own."""
    path = data_dir / "servers.json"
    if not path.exists():
        return None
    try:
        # A record made before places aside had names gets one when it is next written.
        record = Record(**{"aside": name_aside(), **json.loads(path.read_text())})
    except (ValueError, TypeError) as error:
        raise EmbeddedError(f"{path} is damaged; without its passwords the database beside it cannot be used.") from error
    if record.folder == str(data_dir):
        return record
    # Moved: what lies aside is ours still. Copied: the first folder goes on using it.
    if Path(record.folder).exists():
        return record._replace(folder=str(data_dir), home="", aside=name_aside())
    return record._replace(folder=str(data_dir), home=record.home if is_aside(Path(record.home)) else "")


def write(data_dir: Path, record: Record) -> Record:
    part = data_dir / "servers.json.part"
    part.unlink(missing_ok=True)
    owner = data_dir.stat()
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(record._asdict(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    give(part, owner.st_uid, owner.st_gid)
    part.replace(data_dir / "servers.json")
    return record


def free_port(taken: int = 0) -> int:
    for port in random.sample(PORTS, 200):
        if port != taken and is_free(port):
            return port
    raise EmbeddedError("No free port was found on the loopback address.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def give(path: Path | int, uid: int, gid: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, uid, gid)


def explain_log(name: str, said: str, log: Path) -> NoReturn:
    if "No space left on device" in said:
        raise EmbeddedError(f"The disk of {log.parent} is full, so {name} cannot start.")
    lines = [line for line in said.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error", "rror:"))] or said.splitlines()
    raise EmbeddedError(f"{name} did not start: {lines[-1].strip() if lines else 'it said nothing'} (see {log}).")
