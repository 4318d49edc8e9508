"""examples/webhook_receiver.py as a running program: answers, duplicates, crashes."""

import concurrent.futures
import pathlib
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.examples.receiver_process import PROGRAM, SECRET, ReceiverProcess, signed


@pytest.fixture
def receiver(tmp_path: pathlib.Path) -> Iterator[ReceiverProcess]:
    process = ReceiverProcess(tmp_path / "events.jsonl")
    yield process
    process.stop()


def test_event_is_stored_as_it_came(receiver: ReceiverProcess) -> None:
    payload = {"event": "USER_UPDATED", "name": "Zoë 王 \u2028 \ud83d", "changed": ["name"]}

    response = receiver.post(payload, identifier="evt_1")
    assert (response.status_code, response.content) == (204, b"")
    (event,) = receiver.events()
    assert event["webhook-id"] == "evt_1"
    assert event["payload"] == payload
    assert event["received_at"].endswith("Z")


def test_duplicate_is_confirmed_and_not_stored_again(receiver: ReceiverProcess) -> None:
    for _ in range(3):
        assert receiver.post({"n": 1}, identifier="evt_1").status_code == 204
    receiver.post({"n": 2}, identifier="evt_2")

    assert [event["payload"] for event in receiver.events()] == [{"n": 1}, {"n": 2}]
    assert receiver.counts() == {"stored": 2, "duplicates": 2, "refused": 0, "known": 2}


def test_restarted_receiver_knows_what_it_has(receiver: ReceiverProcess) -> None:
    receiver.post({"n": 1}, identifier="evt_1")
    receiver.restart_after_kill()
    receiver.post({"n": 1}, identifier="evt_1")
    receiver.post({"n": 2}, identifier="evt_2")

    assert [event["webhook-id"] for event in receiver.events()] == ["evt_1", "evt_2"]
    assert receiver.counts() == {"stored": 1, "duplicates": 1, "refused": 0, "known": 2}


def test_line_that_a_crash_cut_off_is_taken_away(receiver: ReceiverProcess) -> None:
    receiver.post({"n": 1}, identifier="evt_1")
    with receiver.path.open("a") as file:
        file.write('{"webhook-id": "evt_2", "received_')
    receiver.restart_after_kill()

    assert receiver.post({"n": 2}, identifier="evt_2").status_code == 204
    assert [event["payload"] for event in receiver.events()] == [{"n": 1}, {"n": 2}]


def test_many_at_once_are_stored_once_each(receiver: ReceiverProcess) -> None:
    def send(number: int) -> int:
        return receiver.post({"n": number}, identifier=f"evt_{number}").status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, [*range(100), *range(100)]))
    assert set(statuses) == {204}
    assert sorted(event["payload"]["n"] for event in receiver.events()) == list(range(100))
    assert receiver.counts() == {"stored": 100, "duplicates": 100, "refused": 0, "known": 100}


@pytest.mark.parametrize("header", ["X-Signature", "webhook-signature"])
@pytest.mark.parametrize("value", ["v1,AAAA", ""])
def test_bad_signature_is_refused(receiver: ReceiverProcess, header: str, value: str) -> None:
    response = receiver.post({"n": 1}, identifier="evt_1", **{header: value})

    assert response.status_code == 401
    assert header in response.json()["error"]
    assert receiver.events() == []
    assert receiver.counts() == {"stored": 0, "duplicates": 0, "refused": 1, "known": 0}


def test_refused_event_is_not_known(receiver: ReceiverProcess) -> None:
    receiver.post({"n": 1}, identifier="evt_1", **{"X-Signature": "AAAA"})

    assert receiver.post({"n": 1}, identifier="evt_1").status_code == 204
    assert len(receiver.events()) == 1


def test_body_that_is_no_json_is_refused(receiver: ReceiverProcess) -> None:
    body = b"{not json"
    response = receiver.http.post("/", content=body, headers=signed(body, identifier="evt_1"))
    assert response.status_code == 400
    assert receiver.events() == []


def test_body_without_length_is_refused(receiver: ReceiverProcess) -> None:
    response = receiver.http.post("/", content=iter([b"{}"]))

    assert response.status_code == 411
    assert receiver.post({"n": 1}, identifier="evt_1").status_code == 204


def test_body_that_is_too_long_is_refused_before_it_is_read(receiver: ReceiverProcess) -> None:
    with socket.create_connection(("127.0.0.1", receiver.http.base_url.port or 0), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000001\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    assert receiver.events() == []


def test_sender_that_goes_away_in_the_middle_is_not_refused(receiver: ReceiverProcess) -> None:
    body = b'{"n": 1}'
    headers = signed(body, identifier="evt_1") | {"Host": "x", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", receiver.http.base_url.port or 0), timeout=10) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + body[:-1])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""

    assert receiver.counts() == {"stored": 0, "duplicates": 0, "refused": 0, "known": 0}
    assert receiver.stop()[2] == ""


def test_event_that_cannot_be_stored_is_asked_again(receiver: ReceiverProcess) -> None:
    receiver.post({"n": 1}, identifier="evt_1")
    receiver.limit_file_size(receiver.path.stat().st_size + 20)
    assert receiver.post({"n": 2}, identifier="evt_2").status_code == 500
    assert len(receiver.events()) == 1

    receiver.limit_file_size(-1)
    assert receiver.post({"n": 2}, identifier="evt_2").status_code == 204
    assert [event["payload"] for event in receiver.events()] == [{"n": 1}, {"n": 2}]
    assert receiver.counts() == {"stored": 2, "duplicates": 0, "refused": 1, "known": 2}


def test_fsync_and_two_secrets(tmp_path: pathlib.Path) -> None:
    receiver = ReceiverProcess(
        tmp_path / "store", "--fsync", "--secret", "the new secret", "--secret", SECRET
    )
    assert receiver.post({"n": 1}, identifier="evt_1").status_code == 204

    code, said, errors = receiver.stop()
    assert (code, errors) == (0, "")
    assert said == '{"stored": 1, "duplicates": 0, "refused": 0}\n'


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "an empty secret proves nothing"),
        (["--secret", "whsec_?"], "is not base64"),
        (["--secret", "s", "--store", "."], "Is a directory"),
        (["--secret", "s", "--store", "notes"], "notes holds lines that are no events"),
        (["--secret", "s", "--store", "line"], "line holds lines that are no events"),
        (["--secret", "s", "--port", "70000"], "port must be"),
    ],
)
def test_what_keeps_it_from_starting_is_said(
    options: list[str], sentence: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "notes").write_text("to do\nto do\n")
    (tmp_path / "line").write_text("a line without end")
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), "--port", "0", *options],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        timeout=10,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert (tmp_path / "notes").read_text() == "to do\nto do\n"
    assert (tmp_path / "line").read_text() == "a line without end"
