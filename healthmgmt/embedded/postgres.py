"""PostgreSQL: its state, its start from whatever a kill left behind, its stop."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from healthmgmt.embedded import record as records
from healthmgmt.embedded.places import Runner
from healthmgmt.embedded.record import BUSY, GONE, LOOPBACK, READY, SUPERUSER, EmbeddedError, Record, explain_log, give

START_SECONDS = 120
NO_SUCH_PROCESS = 2**30
PART = "postgres.part-"


def _cluster(record: Record) -> Path:
    return Path(record.home) / "postgres"


def state(record: Record) -> str:
    try:
        with closing(psycopg2.connect(record.url(SUPERUSER, record.superuser_password, "postgres"), connect_timeout=5)) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SHOW data_directory")
                (folder,) = cursor.fetchone()
    except psycopg2.OperationalError as error:
        # "starting up", "shutting down", "in recovery mode", "sorry, too many clients already": there, but not now.
        return BUSY if "the database system is" in str(error) or "too many clients" in str(error) else GONE
    # Same password, other folder: our folder is a copy of the one that server has.
    return READY if Path(folder) == _cluster(record) else GONE


def settled(record: Record) -> str:
    """The state of PostgreSQL once it is neither starting nor stopping. Raises EmbeddedError when that takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while (now := state(record)) == BUSY or now == GONE and _postmaster_lives(record):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL in {record.home} runs but did not answer within {START_SECONDS} s; see postgres.log there.")
        time.sleep(0.1)
    return now


def _postmaster_lives(record: Record) -> bool:
    """Whether the process named in postmaster.pid is a live postmaster of this very folder.

    Only this keeps us from starting a second one beside a first that does not listen yet. A number that now belongs to
    another process, or to the remains of one, does not count (on systems without /proc it never does).
    """
    try:
        pid = (_cluster(record) / "postmaster.pid").read_text().split("\n")[0].strip()
        return pid.isdigit() and Path(f"/proc/{pid}/cwd").resolve(strict=True) == _cluster(record)
    except OSError:
        return False


def start(data_dir: Path, record: Record, runner: Runner, binaries: Path) -> Record:
    cluster = _cluster(record)
    if not cluster.is_dir():
        _init(record, runner, binaries)
    _clear_parts(Path(record.home))
    made_by = (cluster / "PG_VERSION").read_text().strip()
    version = runner.run([str(binaries / "postgres"), "--version"], capture_output=True).stdout.split()
    if len(version) < 3 or version[2].split(".")[0] != made_by:
        found = version[2] if len(version) > 2 else "one that runs here"
        raise EmbeddedError(f"The database in {cluster} was made by PostgreSQL {made_by}, not {found}; delete it or use other binaries.")
    log = Path(record.home) / "postgres.log"
    for _ in range(5):
        if not records.is_free(record.postgres_port):
            record = records.write(data_dir, record._replace(postgres_port=records.free_port(record.redis_port)))
        _forget_dead_postmaster(cluster)
        seen = log.stat().st_size if log.exists() else 0
        options = " ".join(f"-c {name}={value}" for name, value in _settings(record.postgres_port).items())
        command = ["pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", str(cluster), "-l", str(log), "-o", options]
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        runner.run([str(binaries / command[0]), *command[1:]], **silent)
        if settled(record) == READY:
            return record
        said = log.read_text(errors="replace")[seen:] if log.exists() else ""
        if "shared memory block" not in said and "Address already in use" not in said:
            break
        # Sessions of a killed postmaster end a moment after it.
        time.sleep(1)
    explain_log("PostgreSQL", said, log)


def _init(record: Record, runner: Runner, binaries: Path) -> None:
    """Make the cluster beside its place and move it there when whole, so that half of one is never taken for one."""
    home = Path(record.home)
    _clear_parts(home)
    # A name of its own: initdb goes on when we are killed, and must not meet the next one.
    part = home / f"{PART}{secrets.token_hex(4)}"
    words = part.with_suffix(".password")
    words.touch(0o600)
    words.write_text(record.superuser_password)
    give(words, runner.uid or 0, runner.gid)
    command = [str(binaries / "initdb"), "-D", str(part), "-U", SUPERUSER, f"--pwfile={words}", "--auth=scram-sha-256"]
    done = runner.run([*command, "--encoding=UTF8", "--locale=C", "--data-checksums"], capture_output=True, stdin=subprocess.DEVNULL)
    words.unlink()
    if done.returncode != 0:
        _clear_parts(home)
        explain_log("PostgreSQL", done.stdout + done.stderr, home / "postgres.log")
    # Our only door is the loopback address with a password.
    (part / "pg_hba.conf").write_text(f"host all all {LOOPBACK}/32 scram-sha-256\n")
    part.rename(home / "postgres")
    folder = os.open(home, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _clear_parts(home: Path) -> None:
    for path in home.glob(f"{PART}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _forget_dead_postmaster(cluster: Path) -> None:
    """Let PostgreSQL see that the process in postmaster.pid is not its own, even where the number was given to another.

    The file itself stays: by it PostgreSQL finds the shared memory of sessions that outlive their postmaster.
    """
    path = cluster / "postmaster.pid"
    if not path.exists():
        return
    first, _, rest = path.read_text().partition("\n")
    if not rest:
        path.unlink()
    elif Path("/proc/self").exists():
        path.write_text(f"{NO_SUCH_PROCESS}\n{rest}")


def stop(record: Record) -> None:
    """Fast shutdown: sessions are ended, transactions rolled back, everything written. Raises EmbeddedError when it does not end."""
    if settled(record) != READY:
        return
    os.kill(int((_cluster(record) / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    deadline = time.monotonic() + START_SECONDS
    while state(record) != GONE or _postmaster_lives(record):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL in {record.home} did not stop within {START_SECONDS} s.")
        time.sleep(0.02)


def _settings(port: int) -> dict[str, str]:
    """PostgreSQL's settings: safe on a small machine, good on two cores and 24 GiB. Everything durable stays on."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    shm = Path("/dev/shm")
    wide = shm.is_dir() and os.statvfs(shm).f_frsize * os.statvfs(shm).f_blocks >= 2**30
    return {
        "port": str(port),
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": f"{min(512, max(32, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(64, memory_mb // 2)}MB",
        "work_mem": f"{min(32, max(4, memory_mb // 256))}MB",
        "maintenance_work_mem": f"{min(256, max(32, memory_mb // 32))}MB",
        # Containers often have 64 MB there, too little for parallel queries.
        "dynamic_shared_memory_type": "posix" if wide else "mmap",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        # Statistics follow a file of many thousand rows before its pages are opened.
        "autovacuum_naptime": "15s",
        # A schema per organisation: dropping or dumping many takes a lock per table.
        "max_locks_per_transaction": "512",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Statements and the values in "Key (...) already exists" are people's data; logs are not the place for them.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
