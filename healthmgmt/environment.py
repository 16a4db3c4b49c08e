"""The process environment, read strictly: an unknown word or a bad value stops the start.

Pure: no Django.
"""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PREFIX = "HEALTHMGMT_"
PROCESSES = ("command", "web", "worker", "beat")
SERVERS = ("database_url", "database_owner_url", "redis_url")  # without the prefix: names that hosting platforms set
# Read by `embedded`, which must work before there are settings.
KNOWN_ELSEWHERE = {"HEALTHMGMT_PG_BIN", "HEALTHMGMT_REDIS_SERVER"}


class EnvironmentFault(RuntimeError):
    """An environment variable that cannot be used; the message names it."""


class Environment(NamedTuple):
    """What the platform takes from its environment."""

    process: str
    debug: bool
    secret_key: str
    identity_key: str
    data_dir: str
    domain: str
    port: str
    https: bool
    database_url: str
    database_owner_url: str
    redis_url: str
    email_url: str


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The checked environment. Raises EnvironmentFault naming the variable at fault."""
    names = {PREFIX + name.upper() for name in Environment._fields if name not in SERVERS} | KNOWN_ELSEWHERE
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in names)
    if unknown:
        raise EnvironmentFault(f"{', '.join(unknown)}: no such setting; known are {', '.join(sorted(names))}.")

    def text(name: str, default: str = "") -> str:
        return environ.get(PREFIX + name, default)

    def flag(name: str, default: str) -> bool:
        value = text(name, default).lower()
        if value not in ("0", "1", "true", "false"):
            raise EnvironmentFault(f"{PREFIX}{name} is {value!r}; use 1 or 0.")
        return value in ("1", "true")

    process = text("PROCESS", "command")
    if process not in PROCESSES:
        raise EnvironmentFault(f"{PREFIX}PROCESS is {process!r}; use one of {', '.join(PROCESSES)}.")
    owner = environ.get("DATABASE_OWNER_URL", "")
    if owner and process != "command":
        raise EnvironmentFault("DATABASE_OWNER_URL is in the environment of a serving process; only migrations and provisioning may have it.")
    return Environment(
        process=process,
        debug=flag("DEBUG", "0"),
        secret_key=text("SECRET_KEY"),
        identity_key=text("IDENTITY_KEY"),
        data_dir=text("DATA_DIR"),
        domain=text("DOMAIN", "localhost"),
        port=text("PORT", "8000"),
        https=flag("HTTPS", "0"),
        database_url=environ.get("DATABASE_URL", ""),
        database_owner_url=owner,
        redis_url=environ.get("REDIS_URL", ""),
        email_url=text("EMAIL_URL", "console://"),
    )


def database(url: str, name: str) -> dict[str, str]:
    """Django's connection settings of a `postgresql://user:password@host:port/name` address."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.path.strip("/"):
        raise EnvironmentFault(f"{name} is not a postgresql://user:password@host:port/database address.")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
    }


def local_keys(data_dir: Path) -> dict[str, str]:
    """The two keys of an installation that runs on the embedded servers, made once and kept beside their data.

    Real servers get theirs from the environment; there, nothing is invented.
    """
    path = data_dir / "keys.json"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two first processes, one makes the keys and the other reads them.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return json.loads(path.read_text())
    keys = {"secret_key": secrets.token_urlsafe(48), "identity_key": secrets.token_hex(32)}
    with os.fdopen(handle, "w") as file:
        json.dump(keys, file)
    return keys
