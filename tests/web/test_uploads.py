"""Uploads: one file by HTTP, of any size, for who may use it, once."""

import io
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import set_token_value
from pytest_django import Settings

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.graphql.callers import Caller
from stepwell.kernel import file_types
from stepwell.models import AccessToken, Client, Organisation, StoredFile, User
from stepwell.models.files import path_of
from stepwell.operations import files, uploads
from stepwell.problems import InvalidInput, LimitExceeded, MissingScope
from stepwell.web import uploads as view
from tests import makers
from tests.pictures import HTML_IN_PNG, JPEG, SVG, png

HOST = "academy.localhost"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41" + bytes(64)


def post(
    browser: Browser, content: bytes = b"Hello", name: str = "a.txt", *, field: str = "file", **headers: str
) -> Any:
    file = SimpleUploadedFile(name, content, content_type="video/mp4")
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return browser.post("/uploads/", {field: file}, headers={"host": HOST} | sent)


@pytest.fixture
def session(participant: Actor, user_of: Callable[[Actor], User]) -> Callable[..., Any]:
    """A signed-in participant's browser, which proves that the request is its own."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user_of(participant))
    browser.cookies["csrftoken"] = "a" * 32
    return lambda *args, **more: post(browser, *args, **{"x_csrftoken": "a" * 32} | more)


@pytest.fixture
def token_of(api_client: Client) -> Callable[..., str]:
    def make(*scopes: str) -> str:
        value = f"token-{'-'.join(scopes)}"
        expires = timezone.now() + timedelta(seconds=60)
        row = AccessToken(application=api_client, scope=" ".join(scopes), expires=expires)
        set_token_value(row, value)
        row.save(force_insert=True)
        return value

    return make


def offered(by: Actor, content: bytes = b"Hello", name: str = "a.txt") -> str:
    return uploads.id_of(uploads.receive(ContentFile(content), name=name, by=by), by)


def content_of(row: StoredFile) -> bytes:
    with default_storage.open(row.key) as file:
        content: bytes = file.read()
    return content


def nothing_kept() -> bool:
    return not StoredFile.objects.exists() and not files.days()


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        }
    }
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)


# ---------------------------------------------------------------- taken


def test_a_person_uploads_a_file(session: Any, participant: Actor) -> None:
    response = session(MP4, "Film.mp4")
    assert response.status_code == 201
    answer = response.json()
    assert {key: answer[key] for key in ("name", "size", "contentType")} == {
        "name": "Film.mp4",
        "size": len(MP4),
        "contentType": "video/mp4",
    }
    [row] = StoredFile.objects.all()
    assert (row.offered_to, row.size) == (participant.user_id, len(MP4))
    assert content_of(row) == MP4
    upload = uploads.read({"upload": answer["upload"]}, "file", by=participant)
    assert (upload.name, upload.sha256, upload.read()) == ("Film.mp4", row.sha256, MP4)


def test_a_client_uploads_a_file(token_of: Callable[..., str], client_actor: Actor) -> None:
    response = post(Browser(enforce_csrf_checks=True), authorization=f"Bearer {token_of('trainings.write')}")
    assert response.status_code == 201
    assert uploads.read({"upload": response.json()["upload"]}, "file", by=client_actor).size == 5


def test_the_type_is_what_the_content_says(session: Any) -> None:
    kinds = {
        b"<html><script>": file_types.UNKNOWN,
        SVG: file_types.UNKNOWN,
        HTML_IN_PNG: "image/png",
        b"%PDF-1.7": "application/pdf",
        b"ID3\x04": "audio/mpeg",
        b"RIFF\x24\x00\x00\x00WAVEfmt ": "audio/wav",
        b"\x00\x00\x00\x18ftypM4A \x00": "audio/mp4",
        b"\x00\x00\x00\x18ftypheic\x00": file_types.UNKNOWN,
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm": "video/webm",
    }
    for content, kind in kinds.items():
        assert session(content, "film.mp4").json()["contentType"] == kind


def test_a_temporary_file_is_left_nowhere(session: Any, tmp_path: Any) -> None:
    session(b"x" * 100_000)
    assert {entry.name for entry in tmp_path.iterdir()} == {"files"}


def test_memory_stays_flat(participant: Actor) -> None:
    size = 48 * 1024 * 1024
    request: Any = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=B",
            "CONTENT_LENGTH": str(size + 200),
            "wsgi.input": Body(size),
            "HTTP_HOST": HOST,
            "PATH_INFO": "/uploads/",
        }
    )
    request.caller = lambda: Caller(participant)
    tracemalloc.start()
    response = view.take(request)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 201
    assert StoredFile.objects.get().size == size
    assert peak < 6 * 1024 * 1024


class Body(io.RawIOBase):
    """A form with one file, made while it is read."""

    def __init__(self, size: int) -> None:
        head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        self.parts = [head, *[b"x" * 65_536] * (size // 65_536), b"\r\n--B--\r\n"]

    def read(self, size: int = -1) -> bytes:
        if not self.parts:
            return b""
        part = self.parts.pop(0)
        if 0 <= size < len(part):
            self.parts.insert(0, part[size:])
        return part[:size] if size >= 0 else part


# ---------------------------------------------------------------- refused


def test_nobody_uploads_nothing(organisation: Organisation) -> None:
    response = post(Browser())
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="Stepwell"')
    assert post(Browser(), authorization="Bearer nobody").status_code == 401
    assert nothing_kept()


def test_a_form_of_another_site_is_refused(session: Any) -> None:
    assert session(x_csrftoken="").status_code == 403
    assert session(x_csrftoken="b" * 32).status_code == 403
    assert session(origin="https://evil.example").status_code == 403
    assert nothing_kept()


def test_a_client_that_only_reads_is_refused(token_of: Callable[..., str]) -> None:
    token = token_of("trainings.read", "users.write")
    response = post(Browser(), authorization=f"Bearer {token}")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "MissingScope")
    assert nothing_kept()


def test_one_file_in_its_field(session: Any, participant: Actor, user_of: Any) -> None:
    assert session(field="other").status_code == 400
    assert session(b"").status_code == 400
    browser = Browser()
    browser.force_login(user_of(participant))
    sent = {"host": HOST}
    for data in ({}, {"file": "no file"}, {"file": [ContentFile(b"a", "a"), ContentFile(b"b", "b")]}):
        browser.cookies["csrftoken"] = "a" * 32
        response = browser.post("/uploads/", data, headers=sent | {"x-csrftoken": "a" * 32})
        assert response.status_code == 400, data
    assert nothing_kept()


def test_only_by_post(session: Any, visitor_at: Callable[[str], Any]) -> None:
    response = visitor_at("/uploads/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.fixture
def visitor_at(organisation: Organisation) -> Callable[[str], Any]:
    return lambda path: Browser(headers={"host": HOST}).get(path)


@pytest.mark.parametrize("over", [1, 200_000])
def test_too_large_a_file_is_refused(session: Any, settings: Settings, tmp_path: Any, over: int) -> None:
    """Whether its length is seen beforehand or while it comes in."""
    settings.STEPWELL_UPLOAD_MEGABYTES = 1
    response = session(b"x" * (1024 * 1024 + over))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["field"]) == (413, "file")
    assert nothing_kept()
    assert not list(tmp_path.glob("*.upload*"))
    assert session(b"x" * (1024 * 1024)).status_code == 201


def test_nobody_fills_the_disk_with_what_is_not_used(session: Any, settings: Settings) -> None:
    settings.STEPWELL_UPLOAD_MEGABYTES = 1
    for _ in range(uploads.MOST_WAITING_UPLOADS_OF_FULL_SIZE):
        assert session(b"x" * (1024 * 1024)).status_code == 201
    response = session()
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert StoredFile.objects.count() == 5


def test_the_number_that_waits_is_limited(participant: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 1)
    offered(participant)
    with pytest.raises(LimitExceeded):
        offered(participant)


def test_who_may_not_write_keeps_nothing(api_client: Client) -> None:
    with pytest.raises(MissingScope):
        offered(permissions.of_client(api_client, ["trainings.read"]))
    assert nothing_kept()


# ---------------------------------------------------------------- used


def test_an_upload_is_used_once(participant: Actor) -> None:
    given = {"upload": offered(participant), "name": "Report/2026.txt"}
    upload = uploads.read(given, "file", by=participant)
    id = uuid4()
    files.store({id: upload})
    row = StoredFile.objects.get()
    assert (row.pk, row.name, row.offered_to) == (id, "Report_2026.txt", None)
    assert content_of(row) == b"Hello"
    with pytest.raises(InvalidInput) as refused:
        uploads.read(given, "file", by=participant)
    assert refused.value.field == "file.upload"
    with pytest.raises(files.UploadIsUsed):  # read before it was used
        files.store({uuid4(): upload})
    assert StoredFile.objects.get().pk == id


@pytest.mark.django_db
def test_twice_in_one_call_is_refused(participant: Actor) -> None:
    upload = uploads.read({"upload": offered(participant)}, "file", by=participant)
    with pytest.raises(files.UploadIsUsed):
        files.store({uuid4(): upload, uuid4(): upload})


def test_many_are_taken_in_as_many_statements(participant: Actor, django_assert_num_queries: Any) -> None:
    given = [uploads.read({"upload": offered(participant)}, "file", by=participant) for _ in range(5)]
    with django_assert_num_queries(1):
        files.store({uuid4(): upload for upload in given})


def test_an_upload_is_its_owners(
    participant: Actor, manager: Actor, client_actor: Actor, stranger: Actor
) -> None:
    id = offered(participant)
    for other in (manager, client_actor):
        with pytest.raises(InvalidInput):
            uploads.read({"upload": id}, "file", by=other)
    with pytest.raises(InvalidInput):
        uploads.read({"upload": id}, "file")
    with tenancy.inside(stranger.organisation_id), pytest.raises(InvalidInput):
        uploads.read({"upload": id}, "file", by=stranger)
    assert uploads.read({"upload": id}, "file", by=participant).name == "a.txt"


def test_a_forged_id_is_refused(participant: Actor, manager: Actor) -> None:
    mine, theirs = offered(participant), offered(manager)
    shown = makers.stored_file(b"secret")
    own = mine.removeprefix(uploads.PREFIX).partition(".")
    for forged in (
        f"upload:{shown.pk}.{own[2]}",
        f"upload:{theirs.removeprefix('upload:').partition('.')[0]}.{own[2]}",
        mine[:-1] + ("A" if mine[-1] != "A" else "B"),
        "upload:",
        "upload:x.y.z",
        f"upload:{shown.pk}",
        f"upload:{shown.pk}.é",
    ):
        with pytest.raises(InvalidInput):
            uploads.read({"upload": forged}, "file", by=participant)
        with pytest.raises(InvalidInput):
            uploads.read({"name": "a", "content": forged}, "file", by=participant)


def test_an_upload_expires_before_it_is_cleared_away(participant: Actor, organisation: Organisation) -> None:
    with time_machine.travel("2026-03-01T09:30:00Z", tick=False) as clock:
        id = offered(participant)
        clock.shift(timedelta(hours=11, minutes=59))
        assert uploads.read({"upload": id}, "file", by=participant).size == 5
        clock.shift(timedelta(minutes=2))
        with pytest.raises(InvalidInput):
            uploads.read({"upload": id}, "file", by=participant)
    system = permissions.of_system(organisation)
    assert files.clear_orphans(older_than=timezone.now() + timedelta(days=1), days=files.days(), by=system)
    assert not StoredFile.objects.exists()


def test_content_and_upload_are_either_or(participant: Actor) -> None:
    id = offered(participant)
    for given in ({}, {"name": "a"}, {"name": "a", "content": "data:;base64,YQ==", "upload": id}):
        with pytest.raises(InvalidInput):
            uploads.read(given, "file", by=participant)
    assert uploads.read({"name": "a", "content": "data:;base64,YQ=="}, "file").size == 1
    assert uploads.read({"name": "b", "content": id}, "file", by=participant).name == "b"


def test_an_upload_is_a_picture_too(participant: Actor) -> None:
    image = uploads.read_image(offered(participant, png(), "x.png"), "image", by=participant)
    assert image
    assert (image.content_type, image.name) == ("image/png", "picture.png")
    with pytest.raises(InvalidInput):
        uploads.read_image(offered(participant, SVG, "x.png"), "image", by=participant)


def test_a_copy_has_a_file_of_its_own(organisation: Organisation) -> None:
    row = makers.stored_file(JPEG, content_type="image/jpeg")
    made = uploads.copy(row.pk)
    copied = StoredFile.objects.get(pk=made)
    assert copied.key != row.key
    assert content_of(copied) == JPEG
    assert (copied.sha256, copied.size, copied.offered_to) == (row.sha256, row.size, None)


# ---------------------------------------------------------------- shown


def test_a_film_is_played_in_place_from_anywhere(visitor: Browser, session: Any) -> None:
    session(MP4, "Film.html")
    row = StoredFile.objects.get()
    response = visitor.get(path_of(row.pk, row.name), headers={"range": "bytes=4-11"})
    assert (response.status_code, response.getvalue()) == (206, b"ftypisom")
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", SVG, b"%PDF-1.7", b"<?xml?>", b"GI<"]
)
def test_what_could_run_is_downloaded_whatever_it_is_called(
    visitor: Browser, session: Any, content: bytes
) -> None:
    session(content, "holiday.png")
    row = StoredFile.objects.get()
    response = visitor.get(path_of(row.pk, row.name))
    assert response.getvalue() == content
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] in (file_types.UNKNOWN, "application/pdf")
