"""The process environment, read strictly: an unknown word or a bad value stops the start.

Pure: no Django.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PREFIX = "HEALTHMGMT_"
PROCESSES = ("command", "web", "worker", "beat")
SERVERS = ("database_url", "database_owner_url", "redis_url")  # without the prefix: names that hosting platforms set
# How a mail server is spoken to: without encryption, with it after STARTTLS, or from the first byte; each with its usual port.
MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
# Where mails go that no server takes: shown on standard error, or into the memory of a test.
MAIL_KEPT = {"console://": "console", "locmem://": "locmem"}
SENDER = re.compile(r"([^<>@\r\n]+ <[^<>@\s,]+@[^<>@\s,]+>|[^<>@\s,]+@[^<>@\s,]+)")
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
    mail_from: str


class Mail(NamedTuple):
    """Where mails go; `backend` is one of Django's."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False


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
        mail_from=_sender(text("MAIL_FROM", f"noreply@{text('DOMAIN', 'localhost')}")),
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


def mail(url: str, name: str) -> Mail:
    """Where mails go by a `smtp://user:password@host:port` address (`smtp+tls://`, `smtps://`), or by `console://`."""
    if url in MAIL_KEPT:
        return Mail(MAIL_KEPT[url])
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise EnvironmentFault(f"{name} has a port that is none.") from error
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname or has_more or port == 0:
        known = ", ".join([*(f"{scheme}://user:password@host:port" for scheme in MAIL_SCHEMES), *MAIL_KEPT])
        raise EnvironmentFault(f"{name} is no address of a mail server; use {known}.")
    if bool(parts.username) != bool(parts.password):
        raise EnvironmentFault(f"{name} needs a user and a password, or neither.")
    return Mail(
        "smtp",
        host=parts.hostname,
        port=port or MAIL_SCHEMES[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starts_tls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
    )


def _sender(text: str) -> str:
    if not SENDER.fullmatch(text):
        raise EnvironmentFault(f"{PREFIX}MAIL_FROM is {text!r}; use name@host or Name <name@host>.")
    return text


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
