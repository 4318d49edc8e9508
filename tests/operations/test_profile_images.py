"""Profile images: what is accepted, and what becomes of the old and the new one."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import Event, Organisation, StoredFile, User
from stepwell.operations import files, groups, people, profile_images
from stepwell.operations.person_batch import Outcome, Status, Wish
from stepwell.problems import InvalidInput, PermissionDenied
from tests import makers
from tests.pictures import GIF, HTML_IN_PNG, JPEG, SVG, WEBP, data_url, png

type Commit = Callable[[], Any]


@pytest.fixture(autouse=True)
def _storage(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"default": folder(tmp_path)}


def folder(tmp_path: Any, backend: str = "django.core.files.storage.FileSystemStorage") -> Mapping[str, Any]:
    return {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Commit:
    """`with commit():` what is to happen after the commit happens at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def ann(organisation: Organisation) -> User:
    return makers.user("Ann")


def give(user: User, image: bytes, by: Actor, **more: Any) -> User:
    return people.update(user, {"profile_image": data_url(image), **more}, by=by)


def content(key: str) -> bytes:
    with default_storage.open(key) as opened:
        found: bytes = opened.read()
        return found


def kept() -> set[bytes]:
    """The content of everything in the storage of the organisation."""
    return {
        content(f"{root}/{day}/{name}")
        for root in default_storage.listdir("")[0]
        for day in default_storage.listdir(root)[0]
        for name in default_storage.listdir(f"{root}/{day}")[1]
    }


def shown(user: User) -> bytes | None:
    """What the person is shown with."""
    row = User.objects.select_related("profile_image").get(pk=user.pk).profile_image
    return content(row.key) if row else None


def told() -> list[tuple[str, Any]]:
    events = Event.objects.order_by("sequence").values_list("type", "payload")
    return [(type, json.loads(payload).get("changed")) for type, payload in events]


def state() -> list[Any]:
    return [
        *User.objects.order_by("pk").values(),
        *StoredFile.objects.order_by("pk").values(),
        *told(),
        kept(),
    ]


# ---------------------------------------------------------------- what is accepted


@pytest.mark.parametrize(
    ("given", "content_type", "name"),
    [
        (png(), "image/png", "profile-image.png"),
        (JPEG, "image/jpeg", "profile-image.jpg"),
        (WEBP, "image/webp", "profile-image.webp"),
        (GIF, "image/gif", "profile-image.gif"),
        (HTML_IN_PNG, "image/png", "profile-image.png"),
    ],
    ids=["PNG", "JPEG", "WebP", "GIF", "HTML in PNG"],
)
def test_an_image_is_what_its_content_says(
    ann: User, client_actor: Actor, given: bytes, content_type: str, name: str
) -> None:
    people.update(ann, {"profile_image": data_url(given, claimed="text/html")}, by=client_actor)
    row = StoredFile.objects.get()
    assert (row.content_type, row.name, row.size) == (content_type, name, len(given))
    assert shown(ann) == given


def test_an_image_of_exactly_two_megabytes_is_accepted(ann: User, client_actor: Actor) -> None:
    given = png().ljust(2 * 1024 * 1024, b"\0")
    give(ann, given, client_actor)
    assert shown(ann) == given


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        (data_url(SVG, claimed="image/svg+xml"), "This is not an image of an allowed type."),
        (data_url(SVG, claimed="image/png"), "This is not an image of an allowed type."),
        (data_url(b"<html>", claimed="image/png"), "This is not an image of an allowed type."),
        (data_url(b"", claimed="image/png"), "This is not an image of an allowed type."),
        (data_url(png())[:-3], "The base64 text is damaged or cut off."),
        ("https://example.com/ann.png", "This is not a data: URL in base64"),
        ("data:image/png;base64", "This is not a data: URL in base64"),
        (data_url(png().ljust(2 * 1024 * 1024 + 1, b"\0")), "The image has 2097153 bytes."),
        (data_url(png().ljust(7 * 1024 * 1024, b"\0")), "The image has 7340032 bytes."),
    ],
    ids=[
        "SVG",
        "SVG called PNG",
        "HTML",
        "nothing",
        "cut off",
        "an address",
        "no comma",
        "a byte too much",
        "huge",
    ],
)
def test_anything_else_is_refused(ann: User, client_actor: Actor, given: str, begins: str) -> None:
    give(ann, png(), client_actor)
    before = state()
    with pytest.raises(InvalidInput) as caught:
        people.update(ann, {"profile_image": given, "name": "Another"}, by=client_actor)
    assert caught.value.field == "user.profileImage"
    assert caught.value.message.startswith(begins)
    assert caught.value.message.endswith(profile_images.ALLOWED)
    assert len(caught.value.message) < 400, "what was sent is not sent back"
    assert state() == before


# ---------------------------------------------------------------- given, replaced, taken away


def test_a_new_person_has_the_image(client_actor: Actor) -> None:
    given = {"name": "Ann", "email": "ann@example.com", "profile_image": data_url(png())}
    user = people.create(given, send_invite=False, by=client_actor)
    assert shown(user) == png()
    assert told() == [("USER_CREATED", None)]


def test_an_image_is_replaced_and_the_old_one_removed(ann: User, client_actor: Actor, commit: Commit) -> None:
    with commit():
        give(ann, png(1), client_actor)
    with commit():
        give(ann, png(2), client_actor)
    assert shown(ann) == png(2)
    assert StoredFile.objects.count() == 1
    assert kept() == {png(2)}
    assert told() == [("USER_UPDATED", ["profileImage"])] * 2


def test_the_same_image_again_changes_nothing(ann: User, client_actor: Actor, commit: Commit) -> None:
    give(ann, png(), client_actor)
    before = state()
    with commit():
        give(ann, png(), client_actor)
        people.update(ann, {"profile_image": data_url(png(), claimed="image/gif")}, by=client_actor)
    assert state() == before


def test_an_empty_text_takes_the_image_away(ann: User, client_actor: Actor, commit: Commit) -> None:
    give(ann, png(), client_actor)
    with commit():
        people.update(ann, {"profile_image": ""}, by=client_actor)
    assert shown(ann) is None
    assert not StoredFile.objects.exists()
    assert kept() == set()
    assert told() == [("USER_UPDATED", ["profileImage"])] * 2
    before = state()
    people.update(ann, {"profile_image": " "}, by=client_actor)
    assert state() == before


def test_null_leaves_the_image(ann: User, client_actor: Actor) -> None:
    give(ann, png(), client_actor)
    people.update(ann, {"profile_image": None, "name": "Ann Other"}, by=client_actor)
    assert shown(ann) == png()
    assert told()[-1] == ("USER_UPDATED", ["name"])


def test_two_people_with_one_image_have_files_of_their_own(
    ann: User, client_actor: Actor, commit: Commit
) -> None:
    ben = makers.user("Ben")
    give(ann, png(), client_actor)
    give(ben, png(), client_actor)
    with commit():
        people.update(ann, {"profile_image": ""}, by=client_actor)
    assert shown(ben) == png()


def test_a_group_manager_may_not_give_images(group_manager: Actor) -> None:
    lena = User.objects.get(name="Lena Led")
    before = state()
    with pytest.raises(PermissionDenied):
        give(lena, png(), group_manager)
    assert state() == before


# ---------------------------------------------------------------- many at once


def wish(ref: str, picture: bytes | None = None, **given: Any) -> Wish:
    image = {} if picture is None else {"profile_image": data_url(picture)}
    return Wish({"ref": ref}, {"name": ref, "email": f"{ref}@example.com"} | image | given)


def upsert(*wishes: Wish, by: Actor) -> list[Outcome]:
    return people.upsert_many(wishes, by=by)


def test_each_row_has_its_image(client_actor: Actor, commit: Commit) -> None:
    upsert(wish("same", png(1)), wish("changed", png(2)), wish("cleared", png(3)), by=client_actor)
    with commit():
        outcomes = upsert(
            wish("same", png(1)),
            wish("changed", png(4)),
            wish("cleared", profile_image=""),
            wish("wrong", SVG),
            wish("new", png(5)),
            wish("without"),
            by=client_actor,
        )
    assert [str(outcome.status) for outcome in outcomes] == [
        "UNCHANGED", "UPDATED", "UPDATED", "FAILED", "CREATED", "CREATED",
    ]  # fmt: skip
    assert outcomes[3].problem
    assert outcomes[3].problem.field == "user.profileImage"
    images = {user.ref: shown(user) for user in User.objects.exclude(profile_image=None)}
    assert {ref: images[ref] for ref in ("same", "changed", "new")} == images == {
        "same": png(1), "changed": png(4), "new": png(5),
    }  # fmt: skip
    assert kept() == {png(1), png(4), png(5)}


def test_the_last_row_of_one_person_counts(client_actor: Actor, commit: Commit) -> None:
    upsert(wish("ann", png(1)), by=client_actor)
    with commit():
        outcomes = upsert(
            wish("ann", png(2)), wish("ann", png(3)), wish("ann", png(3)), wish("ben", png(4)),
            wish("ben", profile_image=""), by=client_actor,
        )  # fmt: skip
    assert [outcome.status for outcome in outcomes] == [
        Status.UPDATED, Status.UPDATED, Status.UNCHANGED, Status.CREATED, Status.UPDATED,
    ]  # fmt: skip
    assert shown(User.objects.get(ref="ann")) == png(3)
    assert shown(User.objects.get(ref="ben")) is None
    assert kept() == {png(3)}
    assert StoredFile.objects.count() == 1


def test_an_image_given_and_given_back_in_one_call_stays(client_actor: Actor, commit: Commit) -> None:
    upsert(wish("ann", png(1)), by=client_actor)
    with commit():
        upsert(wish("ann", png(2)), wish("ann", png(1)), by=client_actor)
    assert shown(User.objects.get(ref="ann")) == png(1)
    assert kept() == {png(1)}


def test_a_row_refused_while_writing_leaves_no_image(client_actor: Actor, commit: Commit) -> None:
    full = groups.create({"name": "Full", "ref": "full", "max_users": 1}, by=client_actor)
    upsert(wish("first", add_participant_group_refs=[full.ref]), by=client_actor)
    with commit():
        outcomes = upsert(
            wish("second", png(1), add_participant_group_refs=[full.ref]),
            wish("third", png(2)),
            by=client_actor,
        )
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.CREATED]
    assert kept() == {png(2)}
    assert StoredFile.objects.count() == 1


def test_statements_do_not_grow_with_the_images(client_actor: Actor) -> None:
    def statements(count: int, shade: int) -> int:
        wishes = [wish(f"p{number}", png(shade)) for number in range(count)]
        with CaptureQueriesContext(connection) as asked:
            upsert(*wishes, by=client_actor)
        return len(asked)

    statements(40, 0)
    assert statements(2, 1) == statements(40, 2)


# ---------------------------------------------------------------- when it goes wrong


def test_a_rolled_back_operation_leaves_the_old_image_and_no_file_for_ever(
    ann: User, client_actor: Actor, commit: Commit
) -> None:
    give(ann, png(1), client_actor)
    before = state()[:-1]
    with commit(), transaction.atomic():
        give(ann, png(2), client_actor)
        transaction.set_rollback(True)
    assert state()[:-1] == before
    assert shown(ann) == png(1)
    later = timezone.now() + timedelta(seconds=1)
    files.clear_orphans(older_than=later, days=files.days(), by=permissions.of_system(ann.organisation_id))
    assert kept() == {png(1)}


def test_a_storage_that_fails_changes_nothing(
    ann: User, client_actor: Actor, commit: Commit, settings: Settings, tmp_path: Any
) -> None:
    give(ann, png(1), client_actor)
    before = state()
    settings.STORAGES = settings.STORAGES | {"default": folder(tmp_path, f"{__name__}.Full")}
    with commit(), pytest.raises(OSError, match="No space left"):
        give(ann, png(2), client_actor, name="Another")
    assert state() == before


class Full(FileSystemStorage):
    """A storage without room."""

    def save(self, *args: Any, **kwargs: Any) -> str:
        raise OSError("No space left on device")
