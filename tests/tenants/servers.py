"""Direct connections past Django, and a pooling proxy small enough to read."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from django.db import connections


@contextmanager
def direct(user: str = "default", role: str = "", autocommit: bool = True, **options: Any) -> Iterator[Any]:
    """A cursor of a connection of its own, as `app_login` or (`owner`) as `app_owner`, after SET ROLE where one is named."""
    parameters = connections[user].settings_dict
    given = {"host": parameters["HOST"], "port": parameters["PORT"], "user": parameters["USER"], "password": parameters["PASSWORD"]}
    with closing(psycopg2.connect(dbname=parameters["NAME"], **(given | options))) as raw:
        raw.autocommit = autocommit
        with raw.cursor() as cursor:
            if role:
                cursor.execute(f'SET ROLE "{role}"')
            yield cursor


class Proxy:
    """Stands between clients and PostgreSQL and gives each transaction the server that has waited longest (or shortest).

    Every client signs in through a new server connection, which then joins the pool while that is not full.
    With `by="session"` a client keeps its server, as session pooling does.
    """

    def __init__(self, host: str, port: int, by: str = "transaction", size: int = 9, newest_first: bool = False) -> None:
        self.target = (host, port)
        self.by, self.size, self.newest_first = by, size, newest_first
        self.pool: list[socket.socket] = []
        self.opened: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self.waiting = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._start(self._listen)

    def close(self) -> None:
        """Call when all clients are gone."""
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(timeout=10)
        for one in [self.listener, *self.opened]:
            one.close()

    def _start(self, target: Callable, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), client:
            server = self._sign_in(client)
            if self.by == "transaction":
                self._give_back(server)
                server = None
            while (message := receive(client))[:1] != b"X":
                server = server or self._take()
                server.sendall(message)
                status = self._relay(server, client)
                if self.by == "transaction" and status == b"I":
                    self._give_back(server)
                    server = None

    def _sign_in(self, client: socket.socket) -> socket.socket:
        server = socket.create_connection(self.target)
        self.opened.append(server)
        first = receive(client, has_kind=False)
        while first[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):
            # It asks for TLS or GSS encryption: not here.
            client.sendall(b"N")
            first = receive(client, has_kind=False)
        server.sendall(first)
        while True:
            message = receive(server)
            client.sendall(message)
            if message[:1] == b"Z":
                return server
            asks_for_more = message[:1] == b"R" and int.from_bytes(message[5:9], "big") not in (0, 12)
            if asks_for_more:
                server.sendall(receive(client))

    def _relay(self, server: socket.socket, client: socket.socket) -> bytes:
        while True:
            message = receive(server)
            client.sendall(message)
            if message[:1] == b"Z":
                return message[5:6]

    def _take(self) -> socket.socket:
        with self.waiting:
            self.waiting.wait_for(lambda: self.pool)
            return self.pool.pop(-1 if self.newest_first else 0)

    def _give_back(self, server: socket.socket) -> None:
        with self.waiting:
            if len(self.pool) < self.size:
                self.pool.append(server)
            else:
                server.close()
            self.waiting.notify()


def receive(connection: socket.socket, has_kind: bool = True) -> bytes:
    """One message of PostgreSQL's protocol. Raises EOFError at the end."""
    head = exactly(connection, 5 if has_kind else 4)
    return head + exactly(connection, int.from_bytes(head[-4:], "big") - 4)


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        block = connection.recv(count - len(data))
        if not block:
            raise EOFError
        data += block
    return data
