"""Start, use and stop of the embedded servers, and every way of being killed."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from healthmgmt.embedded import record as records
from healthmgmt.embedded import servers, valkey
from healthmgmt.embedded.record import READY, EmbeddedError
from tests.embedded.conftest import ROOT, clean_environ, kill_all, pids, postmaster, wait_for


def run(url: str, command: str) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(command)
        return cursor.fetchall() if cursor.description else []


def test_ensure_starts_both_on_loopback_only(data_dir, use):
    login, owner, redis, superuser = use().urls()

    assert run(login, "SELECT current_user, current_database()") == [("app_login", "healthmgmt")]
    assert run(owner, "SELECT current_user, current_database()") == [("app_owner", "healthmgmt")]
    assert run(superuser, "SELECT current_user, current_database()") == [("postgres", "healthmgmt")]
    assert run(superuser, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert run(superuser, "SHOW unix_socket_directories") == [("",)]
    assert [run(superuser, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == [[("on",)]] * 3
    assert redis.endswith(f"@127.0.0.1:{servers.status(data_dir)['redis']}/0")
    assert (data_dir / "servers.json").stat().st_mode & 0o777 == 0o600


def test_ensure_wrong_password_is_refused(data_dir, use):
    use().urls()
    record = records.read(data_dir)

    assert valkey.state(record._replace(redis_password="wrong")) == "gone"
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(record._replace(login_password="wrong").servers().database_url)


def test_last_user_stops_the_servers_and_a_second_start_keeps_addresses_and_data(data_dir, use):
    first, second = use(), use()
    urls = first.urls()
    assert second.urls() == urls
    run(urls[1], "CREATE TABLE kept AS SELECT 1 AS n")

    assert first.let_go() == ""
    assert sorted(servers.status(data_dir)) == ["postgresql", "redis"]
    assert second.let_go() == ""
    assert servers.status(data_dir) == {}
    wait_for(lambda: pids(data_dir) == [])

    again = use().urls()
    assert again == urls
    assert run(again[1], "SELECT n FROM kept") == [(1,)]


def test_ensure_four_at_once_start_one_pair(data_dir, use):
    users = [use() for _ in range(4)]

    assert len({tuple(user.urls()) for user in users}) == 1
    wait_for(lambda: len(guards(data_dir)) == 1)


def guards(data_dir: Path) -> list[int]:
    return [pid for pid in pids(data_dir) if b"guard" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_killed_user_leaves_no_servers(data_dir, use):
    user = use()
    user.urls()

    user.kill()

    wait_for(lambda: pids(data_dir) == [])
    assert servers.status(data_dir) == {}


def test_kill_of_everything_is_survived(data_dir, use):
    user = use()
    urls = user.urls()
    run(urls[1], "CREATE TABLE kept AS SELECT 1 AS n")

    user.kill()
    kill_all(data_dir)

    assert use().urls() == urls
    assert run(urls[1], "SELECT n FROM kept") == [(1,)]


def test_servers_without_users_are_found_by_connecting(data_dir, use):
    user = use()
    urls, pid = user.urls(), postmaster(data_dir)
    for guard in guards(data_dir):
        os.kill(guard, signal.SIGKILL)
    user.kill()

    following = use()

    assert following.urls() == urls
    assert postmaster(data_dir) == pid
    wait_for(lambda: len(guards(data_dir)) == 1)
    following.let_go()
    assert servers.status(data_dir) == {}


@pytest.mark.long  # A cluster of its own.
def test_stale_process_number_of_a_living_stranger(data_dir, use):
    user = use()
    urls = user.urls()
    owner = (Path(records.read(data_dir).home) / "postgres").stat().st_uid
    user.kill()
    kill_all(data_dir)
    options = {"user": owner} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **options)
    path = Path(records.read(data_dir).home) / "postgres/postmaster.pid"
    path.write_text("\n".join([str(stranger.pid), *path.read_text().split("\n")[1:]]))

    assert use().urls() == urls

    stranger.kill()
    stranger.wait()


@pytest.mark.long  # A cluster of its own.
def test_half_done_first_start_is_made_again(data_dir, use):
    user = use()
    user.urls()
    user.let_go()
    home = Path(records.read(data_dir).home)
    (home / "postgres").rename(home / "postgres.part-1")
    (home / "postgres.part-1/global/pg_control").unlink()
    (home / "postgres.part-1.password").write_text("half")
    (data_dir / "servers.json.part").write_text('{"home": "/ha')

    following = use()

    assert run(following.urls()[0], "SELECT 1") == [(1,)]
    assert sorted(path.name for path in home.iterdir()) == ["postgres", "postgres.log", "redis.log"]


@pytest.mark.long  # A cluster of its own.
def test_port_taken_meanwhile_is_replaced(data_dir, use):
    user = use()
    before = user.urls()
    user.let_go()
    record = records.read(data_dir)

    with listening(record.postgres_port), listening(record.redis_port):
        after = use().urls()

    assert [old == new for old, new in zip(before, after)] == [False] * 4
    assert run(after[0], "SELECT 1") == [(1,)]


class Rude(socketserver.TCPServer):
    allow_reuse_address = True


@contextmanager
def listening(port: int) -> Iterator[None]:
    """Somebody else's server there, who hangs up on everyone."""
    with Rude(("127.0.0.1", port), socketserver.BaseRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield
        server.shutdown()
        thread.join()


RESTART = """
import os, sys
from pathlib import Path
from healthmgmt import embedded
first = embedded.ensure(Path(sys.argv[1]))
if os.fork() == 0:
    sys.exit(0)
os.wait()
print(sorted(embedded.status(Path(sys.argv[1]))))
embedded.stop(Path(sys.argv[1]), force=True)
print(sorted(embedded.status(Path(sys.argv[1]))))
print(embedded.ensure(Path(sys.argv[1])) == first)
print(sorted(embedded.status(Path(sys.argv[1]))))
"""


def test_ensure_again_revives_and_a_forked_child_stops_nothing(data_dir):
    done = subprocess.run(
        [sys.executable, "-c", RESTART, str(data_dir)], cwd=ROOT, env=clean_environ(), capture_output=True, text=True
    )

    both = "['postgresql', 'redis']"
    assert (done.stdout.splitlines(), done.stderr) == ([both, "[]", "True", both], "")
    assert servers.status(data_dir) == {}


def test_stop_refuses_while_in_use(data_dir, use):
    use().urls()

    with pytest.raises(EmbeddedError, match="are in use"):
        servers.stop(data_dir)
    assert sorted(servers.status(data_dir)) == ["postgresql", "redis"]


@pytest.mark.long  # A cluster of its own.
def test_copied_folder_does_not_take_the_servers_of_the_first(data_dir, use):
    first = use()
    urls = first.urls()
    first.let_go()
    copy = data_dir.parent / "copy"
    subprocess.run(["cp", "-a", str(data_dir), str(copy)], check=True)
    use().urls()

    assert servers.status(copy) == {}
    other = use(copy)
    assert [old == new for old, new in zip(urls, other.urls())] == [False] * 4

    other.let_go()
    assert sorted(servers.status(data_dir)) == ["postgresql", "redis"]


@pytest.mark.long  # A cluster of its own.
def test_moved_folder_keeps_its_data(data_dir, use):
    user = use()
    urls = user.urls()
    run(urls[1], "CREATE TABLE kept AS SELECT 1 AS n")
    user.let_go()
    moved = data_dir.rename(data_dir.parent / "moved")

    assert use(moved).urls() == urls
    assert run(urls[1], "SELECT n FROM kept") == [(1,)]
    assert records.read(moved).home == str(moved / "servers")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"HEALTHMGMT_PG_BIN": "/nowhere"}, "There is no server at /nowhere/postgres"),
        ({"HEALTHMGMT_REDIS_SERVER": "/nowhere/redis-server"}, "There is no server at /nowhere/redis-server"),
    ],
)
def test_start_missing_binary_is_one_sentence(data_dir, environ, sentence):
    done = command(data_dir, "start", **environ)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def command(data_dir: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "healthmgmt.embedded", "--data-dir", str(data_dir), *words],
        cwd=ROOT, env=clean_environ() | environ, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.long  # A cluster of its own.
def test_start_with_a_cluster_of_another_version_is_one_sentence(data_dir, use):
    user = use()
    user.urls()
    user.let_go()
    (Path(records.read(data_dir).home) / "postgres/PG_VERSION").write_text("9\n")

    done = command(data_dir, "start")

    assert done.returncode == 1
    assert "was made by PostgreSQL 9, not" in done.stderr


def test_damaged_record_is_one_sentence(data_dir, use):
    data_dir.mkdir()
    (data_dir / "servers.json").write_text("{")

    done = command(data_dir, "start")
    (data_dir / "servers.json").unlink()

    assert done.returncode == 1
    assert done.stderr.startswith(f"{data_dir}/servers.json is damaged")


def test_explain_full_disk(data_dir):
    with pytest.raises(EmbeddedError, match="^The disk of .* is full"):
        servers._explain(OSError(28, "No space left on device"), data_dir)
    with pytest.raises(EmbeddedError, match="^The disk of .* is full, so PostgreSQL cannot start"):
        records.explain_log("PostgreSQL", "initdb: error: could not write: No space left on device", data_dir / "log")


def test_status_reports_and_exits_by_it(data_dir, use):
    assert (command(data_dir, "status").returncode, command(data_dir, "status").stdout) == (
        1,
        "postgresql: not running\nredis: not running\n",
    )
    use().urls()
    record = records.read(data_dir)

    done = command(data_dir, "status")

    assert (done.returncode, done.stdout) == (
        0,
        f"postgresql: running at 127.0.0.1:{record.postgres_port}\nredis: running at 127.0.0.1:{record.redis_port}\n",
    )
    assert valkey.state(record) == READY
