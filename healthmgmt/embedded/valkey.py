"""The Redis-protocol server: Valkey, or Redis. Spoken to by a bare socket, as a client library would retry for seconds."""

import socket
import time
from pathlib import Path

from healthmgmt.embedded import record as records
from healthmgmt.embedded.places import Runner
from healthmgmt.embedded.record import GONE, LOOPBACK, READY, Record, explain_log


def _ask(record: Record, *commands: str) -> str:
    """What the server answers to these commands, after our password; empty when nobody listens."""
    lines = [f"AUTH {record.redis_password}", *commands, "QUIT"]
    answer = b""
    try:
        with socket.create_connection((LOOPBACK, record.redis_port), timeout=5) as connection:
            connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
            while part := connection.recv(4096):
                answer += part
    except OSError:
        # Not there, or gone in the middle of a word: what it said so far is its answer.
        pass
    return answer.decode(errors="replace")


def state(record: Record) -> str:
    if not record.redis_port:
        return GONE
    return READY if f"\r\n{record.home}\r\n" in _ask(record, "CONFIG GET dir") else GONE


def stop(record: Record) -> None:
    while state(record) == READY:
        _ask(record, "SHUTDOWN NOSAVE")


def start(data_dir: Path, record: Record, runner: Runner, server: Path) -> Record:
    log = Path(record.home) / "redis.log"
    for _ in range(3):
        if not record.redis_port or not records.is_free(record.redis_port):
            record = records.write(data_dir, record._replace(redis_port=records.free_port(record.postgres_port)))
        log.unlink(missing_ok=True)
        # By standard input: what stands on a command line, every user can read. Nothing is saved: the database is the truth.
        settings = {
            "port": record.redis_port, "bind": LOOPBACK, "requirepass": record.redis_password, "dir": f'"{record.home}"',
            "save": '""', "appendonly": "no", "maxmemory-policy": "noeviction", "daemonize": "yes", "logfile": f'"{log}"',
        }  # fmt: skip
        runner.run(
            [str(server), "-"], input="".join(f"{name} {value}\n" for name, value in settings.items()), capture_output=True
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if state(record) == READY:
                return record
            time.sleep(0.02)
    explain_log("The Redis-protocol server", log.read_text(errors="replace") if log.exists() else "", log)
