#!/usr/bin/env python3
"""Receive Stepwell's webhooks: verify both signatures, store each event once, answer quickly.

Answers: 204 stored, now or earlier (by webhook-id); 401 a signature or the time is not right; 400 the body is
no JSON; 411 or 413 the body has no length or is too long; 500 the event could not be stored, so that Stepwell
sends it again. GET answers the counts as JSON.

The store is a file of JSON lines {"webhook-id", "received_at", "payload"} in order of arrival. It is read at
the start: a receiver that was restarted still knows what it has.
"""

import argparse
import base64
import binascii
import collections
import datetime as dt
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import sys
import threading
import time
from email.message import Message
from typing import Any

LARGEST_BODY = 10_000_000


class BadSignature(Exception):
    """The request does not prove that it comes from Stepwell; the message says what is wrong."""


def signing_key(secret: str) -> bytes:
    """The key for Standard Webhooks: what follows `whsec_`, decoded, or the text. Raises ValueError."""
    prefix, _, encoded = secret.partition("whsec_")
    if prefix or not encoded:
        return secret.encode()
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError("The secret begins with whsec_, but what follows is not base64.") from None


def verify(headers: Message, body: bytes, *, secrets: list[str], now: float, tolerance: int) -> None:
    """Raises BadSignature unless both signatures are right under one of the secrets, and the time is near.

    `body` is what came over the wire, before any parsing: the same JSON written again may differ in bytes.
    There are two secrets while one is being replaced.
    """
    if not headers.get("webhook-id"):
        raise BadSignature("webhook-id is missing.")
    _check_time(headers.get("webhook-timestamp", ""), now=now, tolerance=tolerance)
    if not any(_is_standard_signature(headers, body, secret=secret) for secret in secrets):
        raise BadSignature("webhook-signature is missing or does not match.")
    if not any(_is_x_signature(headers, body, secret=secret) for secret in secrets):
        raise BadSignature("X-Signature is missing or does not match.")


def _check_time(timestamp: str, *, now: float, tolerance: int) -> None:
    """An old request may be a recording that somebody plays again."""
    seconds = _number(timestamp)
    if seconds is None:
        raise BadSignature("webhook-timestamp is missing or not a number of seconds.")
    if abs(now - seconds) > tolerance:
        raise BadSignature(f"webhook-timestamp is more than {tolerance} seconds away from this clock.")


def _number(text: str) -> int | None:
    """The whole number in a header, of a sensible length."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


def _is_standard_signature(headers: Message, body: bytes, *, secret: str) -> bool:
    """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, in base64; several during a rotation."""
    start = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}."
    digest = hmac.digest(signing_key(secret), start.encode() + body, "sha256")
    expected = b"v1," + base64.b64encode(digest)
    given = headers.get("webhook-signature", "").split()
    matches = [hmac.compare_digest(signature.encode(), expected) for signature in given]
    return any(matches)


def _is_x_signature(headers: Message, body: bytes, *, secret: str) -> bool:
    """X-Signature: HMAC-SHA1, its key the SHA-1 digest of salt + secret, in either alphabet of base64."""
    salted = headers.get("X-Signature-Salt", "") + secret
    key = hashlib.sha1(salted.encode()).digest()  # noqa: S324  (what the header promises)
    digest = hmac.digest(key, body, "sha1")
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    given = headers.get("X-Signature", "").replace("+", "-").replace("/", "_").rstrip("=")
    return hmac.compare_digest(given.encode(), expected)


class Store:
    """The events that were received, each once, in a file. Safe to use from several threads."""

    def __init__(self, path: str, *, fsync: bool) -> None:
        """Raises OSError, or NotEvents when the file holds something else."""
        self.path = pathlib.Path(path)
        self.fsync = fsync
        self.counts = collections.Counter(stored=0, duplicates=0, refused=0)
        self.lock = threading.Lock()
        self.file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self.known = self._read()

    def add(self, identifier: str, payload: Any) -> bool:
        """Whether the event was new. Raises OSError when it could not be written; then it is not stored."""
        received = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        event = {"webhook-id": identifier, "received_at": received.replace("+00:00", "Z"), "payload": payload}
        line = json.dumps(event).encode() + b"\n"
        with self.lock:
            new = identifier not in self.known
            if new:
                self._append(line)
                self.known.add(identifier)
            self.counts["stored" if new else "duplicates"] += 1
        return new

    def refuse(self) -> None:
        """Counts a request that was refused."""
        with self.lock:
            self.counts["refused"] += 1

    def _append(self, line: bytes) -> None:
        """Writes the whole line or nothing. When it returns, no crash of this program can lose the line."""
        end = os.fstat(self.file).st_size
        try:
            if os.write(self.file, line) < len(line):
                raise OSError("the disk took only a part of it")
            if self.fsync:
                os.fsync(self.file)
        except OSError:
            os.ftruncate(self.file, end)
            raise

    def _read(self) -> set[str]:
        """The ids in the file. A last line that a crash cut off was never confirmed, and is taken away."""
        known = set()
        whole = 0
        with self.path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    known.add(_identifier(line, path=self.path))
                    whole += len(line)
                elif not line.startswith(b'{"webhook-id":'[: len(line)]):
                    raise NotEvents(self.path)
        os.ftruncate(self.file, whole)
        return known


class NotEvents(ValueError):
    """The file that was named as the store holds something else."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"{path} holds lines that are no events; name another --store.")


def _identifier(line: bytes, *, path: pathlib.Path) -> str:
    try:
        return str(json.loads(line)["webhook-id"])
    except (ValueError, KeyError, TypeError):
        raise NotEvents(path) from None


class Receiver(http.server.ThreadingHTTPServer):
    """The HTTP server, with what its requests share."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], *, store: Store, secrets: list[str], tolerance: int) -> None:
        super().__init__(address, Handler)
        self.store = store
        self.secrets = secrets
        self.tolerance = tolerance

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that went away in the middle is nothing to report: it sends the event again."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Refusal(Exception):
    """A request that is not taken: HTTP status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection; it is kept open for further requests."""

    server: Receiver
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_POST(self) -> None:
        """Takes one event."""
        try:
            self._take()
        except Refusal as refusal:
            self.server.store.refuse()
            self._answer(refusal.status, {"error": str(refusal)})
        else:
            self._answer(204, None)

    def do_GET(self) -> None:
        """Answers the counts since the start, and how many events the store knows."""
        store = self.server.store
        with store.lock:
            counts = {**store.counts, "known": len(store.known)}
        self._answer(200, counts)

    def _take(self) -> None:
        """Reads, verifies, stores. Raises Refusal."""
        body = self._body()
        server = self.server
        try:
            verify(self.headers, body, secrets=server.secrets, now=time.time(), tolerance=server.tolerance)
            payload = json.loads(body)
            server.store.add(self.headers["webhook-id"], payload)
        except BadSignature as error:
            raise Refusal(401, str(error)) from error
        except ValueError as error:
            raise Refusal(400, "The body is not JSON in UTF-8.") from error
        except OSError as error:
            print(f"An event could not be stored: {error}", file=sys.stderr, flush=True)
            raise Refusal(500, "The event could not be stored; send it again.") from error

    def _body(self) -> bytes:
        """The bytes as sent. Raises Refusal when there is no telling how many, or too many.

        Raises ConnectionError when the sender went away in the middle.
        """
        length = _number(self.headers.get("Content-Length", ""))
        if length is not None and length <= LARGEST_BODY:
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionAbortedError("The body ended too early.")
            return body
        self.close_connection = True  # the body is not read, so the next request could not be found
        if length is None:
            raise Refusal(411, "The request needs a Content-Length.")
        raise Refusal(413, f"The body is longer than {LARGEST_BODY} bytes.")

    def _answer(self, status: int, body: Any) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: a line per event would bury what matters. Refused requests are counted and answered."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit code: 0 stopped by a signal, 2 could not start.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=9000, help="port to listen on, 0 for any free one (default: %(default)s)")
    text = "the subscription's secret; twice while it is being replaced (default: $STEPWELL_WEBHOOK_SECRET)"
    add("--secret", action="append", help=text)
    add("--store", default="events.jsonl", help="file of the events (default: %(default)s)")
    add(
        "--fsync",
        action="store_true",
        help="answer only when the disk has the event: safe against power failure",
    )
    add(
        "--tolerance", type=int, default=300, help="seconds that the clocks may differ (default: %(default)s)"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Listens until SIGINT or SIGTERM; prints the address at the start and the counts at the end."""
    options = parser().parse_args(arguments)
    secrets = options.secret or [os.environ.get("STEPWELL_WEBHOOK_SECRET", "")]
    try:
        if not all(signing_key(secret) for secret in secrets):
            raise ValueError("Give --secret, or set STEPWELL_WEBHOOK_SECRET; an empty secret proves nothing.")
        store = Store(options.store, fsync=options.fsync)
        address = (options.host, options.port)
        receiver = Receiver(address, store=store, secrets=secrets, tolerance=options.tolerance)
    except (ValueError, OSError, OverflowError) as error:
        print(f"The receiver cannot start: {error}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with receiver:
            print(
                f"Listening on http://{options.host}:{receiver.server_port}/, storing in {options.store}",
                flush=True,
            )
            receiver.serve_forever()
    except KeyboardInterrupt:
        print(json.dumps(store.counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
