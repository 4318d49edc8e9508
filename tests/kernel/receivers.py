"""Real local servers that answer as a test wants, well or badly."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

type Behaviour = Callable[[socket.socket], None]


def answer(head: str, body: bytes = b"") -> Behaviour:
    """Answer with this status line and headers, and keep the connection open."""

    def behave(connection: socket.socket) -> None:
        lines = f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(lines.encode() + body)

    return behave


def raw(data: bytes) -> Behaviour:
    """Send these bytes and close."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.close()

    return behave


def drip(start: bytes, *, piece: bytes, pause: float = 0.05) -> Behaviour:
    """Send `start`, then one piece after each pause for as long as somebody listens."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(400):
            time.sleep(pause)
            connection.sendall(piece)

    return behave


def silence(connection: socket.socket) -> None:
    """Never answer."""
    connection.recv(1)


class Receiver:
    """A server on a free port of 127.0.0.1; remembers requests, connections and TLS server names."""

    def __init__(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.server_names: list[str] = []
        self._behaviour = behaviour
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        if tls:
            tls.sni_callback = lambda _socket, name, _context: self.server_names.append(name)

    def url(self, *, host: str = "127.0.0.1", scheme: str = "http", path: str = "/hook") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while request := _read_request(connection):
                self.requests.append(request)
                self._behaviour(connection)
        except OSError:
            connection.close()


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += (chunk := connection.recv(65_536))
        if not chunk:
            return b""
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    ]
    while len(body) < int(lengths[0]):
        body += (chunk := connection.recv(65_536))
        if not chunk:
            return b""
    return head + b"\r\n\r\n" + body
