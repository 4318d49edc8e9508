"""Files, sent to whoever has a signed address, and to nobody else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Organisation, StoredFile
from stepwell.models.files import path_of
from stepwell.operations import files, people
from tests import makers
from tests.pictures import HTML_IN_PNG, JPEG, SVG, data_url, png

MORNING = "2026-03-01T09:30:00Z"


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def image(organisation: Organisation) -> StoredFile:
    return makers.stored_file(png(), content_type="image/png", name="profile-image.png")


def path(row: StoredFile) -> str:
    return path_of(row.pk, row.name)


def body(response: Any) -> bytes:
    content: bytes = response.getvalue()  # reading it to the end closes it
    return content


def answered(visitor: Client, address: str) -> int:
    response = visitor.get(address)
    if response.streaming:
        body(response)
    return response.status_code


# ---------------------------------------------------------------- sent


def test_an_image_is_shown_in_place(visitor: Client, image: StoredFile) -> None:
    response = visitor.get(path(image))
    assert response.status_code == 200
    assert body(response) == png()
    expected = {
        "Content-Type": "image/png",
        "Content-Length": str(len(png())),
        "Content-Disposition": 'inline; filename="profile-image.png"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=7200, immutable",
        "Accept-Ranges": "bytes",
    }
    assert {name: response.get(name) for name in expected} == expected
    assert not response.cookies


def test_a_page_in_an_image_stays_an_image(visitor: Client, organisation: Organisation) -> None:
    response = visitor.get(path(makers.stored_file(HTML_IN_PNG, content_type="image/png", name="a.html")))
    assert body(response) == HTML_IN_PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(SVG, "image/svg+xml"), (b"<html>", "text/html"), (b"%PDF-1.7", "application/pdf")],
    ids=["SVG", "HTML", "PDF"],
)
def test_anything_else_is_downloaded(
    visitor: Client, organisation: Organisation, content: bytes, content_type: str
) -> None:
    response = visitor.get(
        path(makers.stored_file(content, content_type=content_type, name="Jaar “verslag”.x"))
    )
    assert body(response) == content
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Jaar%20")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_larger_than_a_block_is_sent_whole(visitor: Client, organisation: Organisation) -> None:
    content = JPEG + bytes(range(256)) * 1000
    response = visitor.get(path(makers.stored_file(content, content_type="image/jpeg", name="a.jpg")))
    assert body(response) == content
    assert response["Content-Length"] == str(len(content))


def test_a_profile_image_is_sent(visitor: Client, client_actor: Actor) -> None:
    given = {"name": "Ann", "email": "ann@example.com", "profile_image": data_url(png())}
    image = people.create(given, send_invite=False, by=client_actor).profile_image
    assert image
    assert body(visitor.get(path(image))) == png()


def test_only_the_head_is_sent_for_head(visitor: Client, image: StoredFile) -> None:
    response = visitor.head(path(image))
    assert (response.status_code, response["Content-Length"]) == (200, str(len(png())))
    assert body(response) == b""


def test_what_a_browser_has_is_not_sent_again(visitor: Client, image: StoredFile) -> None:
    first = visitor.get(path(image))
    body(first)
    again = visitor.get(path(image), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    other = visitor.get(path(image), headers={"if-none-match": '"another"'})
    assert body(other) == png()


# ---------------------------------------------------------------- parts


def test_a_part_is_sent(visitor: Client, image: StoredFile) -> None:
    response = visitor.get(path(image), headers={"range": "bytes=4-9"})
    assert response.status_code == 206
    assert body(response) == png()[4:10]
    assert response["Content-Range"] == f"bytes 4-9/{len(png())}"
    assert response["Content-Length"] == "6"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_part_of_what_it_was_before_is_sent_whole(visitor: Client, image: StoredFile) -> None:
    etag = f'"{image.sha256}"'
    same = visitor.get(path(image), headers={"range": "bytes=0-3", "if-range": etag})
    assert (same.status_code, body(same)) == (206, png()[:4])
    other = visitor.get(path(image), headers={"range": "bytes=0-3", "if-range": '"another"'})
    assert (other.status_code, body(other)) == (200, png())


def test_a_part_behind_the_end_is_refused(visitor: Client, image: StoredFile) -> None:
    response = visitor.get(path(image), headers={"range": "bytes=5000-"})
    assert (response.status_code, response.content) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(png())}"


# ---------------------------------------------------------------- refused


def changed(address: str) -> dict[str, str]:
    """Addresses that are nearly right."""
    _, files, id, signature, name = address.split("/")
    hour, mac = signature.split(".")
    last = "A" if mac[-2] != "A" else "B"
    return {
        "another name": f"/{files}/{id}/{signature}/other.png",
        "another file": f"/{files}/{UUID(int=UUID(id).int ^ 1)}/{signature}/{name}",
        "another hour": f"/{files}/{id}/{hour[:-1]}{'a' if hour[-1] != 'a' else 'b'}.{mac}/{name}",
        "another signature": f"/{files}/{id}/{hour}.{mac[:-2]}{last}{mac[-1]}/{name}",
        "no signature": f"/{files}/{id}/{hour}./{name}",
        "one word": f"/{files}/{id}/{hour}{mac}/{name}",
        "not ASCII": f"/{files}/{id}/{quote('é.é')}/{name}",
        "the id again": f"/{files}/{id}/{id}.{signature}/{name}",
        "no name": f"/{files}/{id}/{signature}/",
        "a name more": f"/{files}/{id}/{signature}/{name}/{name}",
    }


def test_an_address_that_is_not_right_is_not_there(visitor: Client, image: StoredFile) -> None:
    for what, address in changed(path(image)).items():
        response = visitor.get(address)
        assert (what, response.status_code) == (what, 404)
        assert png() not in response.content


def test_an_address_expires(visitor: Client, image: StoredFile) -> None:
    address = path(image)
    with time_machine.travel("2026-03-01T10:59:59Z", tick=False):
        assert body(visitor.get(address)) == png()
    with time_machine.travel("2026-03-01T11:00:01Z", tick=False):
        assert visitor.get(address).status_code == 404
        assert visitor.get(address, headers={"if-none-match": f'"{image.sha256}"'}).status_code == 404
        assert body(visitor.get(path(image))) == png()


def test_another_organisations_file_is_not_there(
    visitor: Client, image: StoredFile, other_organisation: Organisation
) -> None:
    with tenancy.inside(other_organisation.pk):
        theirs = makers.stored_file(JPEG, content_type="image/jpeg", name="theirs.jpg")
        address = path(theirs)
        # Even a signature of theirs over a file of ours opens nothing there.
        ours_signed_by_them = path(image)
    assert visitor.get(address).status_code == 404
    assert visitor.get(path(theirs)).status_code == 404, "signed by us, but not our file"
    assert visitor.get(ours_signed_by_them).status_code == 404
    elsewhere = Client(headers={"host": "elsewhere.localhost"})
    assert elsewhere.get(ours_signed_by_them).status_code == 404
    assert elsewhere.get(path(image)).status_code == 404
    assert body(elsewhere.get(address)) == JPEG


def test_a_removed_file_is_not_there(visitor: Client, image: StoredFile) -> None:
    address = path(image)
    files.remove([image.pk])
    assert visitor.get(address).status_code == 404


def test_a_row_whose_file_is_lost_is_not_there(visitor: Client, image: StoredFile) -> None:
    default_storage.delete(image.key)
    assert visitor.get(path(image)).status_code == 404


def test_files_are_only_read(visitor: Client, image: StoredFile) -> None:
    for method in (visitor.post, visitor.put, visitor.delete):
        assert method(path(image)).status_code == 405
    assert StoredFile.objects.filter(pk=image.pk).exists()


def test_an_address_that_a_webhook_tells_opens_the_file_for_as_long_as_it_is_delivered(
    visitor: Client, organisation: Organisation
) -> None:
    with time_machine.travel(MORNING, tick=False):
        row = makers.stored_file()
        told, shown = path_of(row.pk, row.name, is_told=True), path_of(row.pk, row.name)
    assert told != shown
    for days, status in ((0, 200), (3, 200), (6, 200), (8, 404)):
        at = datetime.fromisoformat(MORNING) + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            assert answered(visitor, told) == status, days
            assert answered(visitor, shown) == (404 if days else 200)
