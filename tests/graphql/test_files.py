"""Files in the API: what is said of one, where it is, and who is told."""

import re
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from stepwell import public_url, tenancy
from stepwell.actors import Actor
from stepwell.models import Organisation, StoredFile, User
from tests import makers
from tests.asking import ask, refused
from tests.pictures import SVG, data_url, png

IMAGE = "profileImage { url name size contentType }"
USER = f"query ($id: UUID!) {{ user(id: $id) {{ {IMAGE} }} }}"
UPDATE = f"""mutation ($id: UUID!, $image: String) {{
  updateUser(id: $id, user: {{profileImage: $image}}) {{ user {{ {IMAGE} }} }}
}}"""
ADDRESS = re.compile(r"(.+)/files/([0-9a-f-]{36})/([A-Za-z0-9]+\.[A-Za-z0-9_-]{43})/(.+)")


@pytest.fixture
def ann(organisation: Organisation) -> User:
    """Somebody with an image."""
    return makers.user("Ann", profile_image=image())


def image(name: str = "profile-image.png") -> StoredFile:
    return makers.stored_file(png(), name=name, content_type="image/png")


def url_of(user: User, actor: Actor) -> str:
    url: str = ask(actor, USER, id=str(user.pk))["user"]["profileImage"]["url"]
    return url


# ---------------------------------------------------------------- what is said


def test_a_file_is_shown_with_what_is_known_of_it(ann: User, manager: Actor) -> None:
    shown = ask(manager, USER, id=str(ann.pk))["user"]["profileImage"]
    assert shown == {
        "url": shown["url"],
        "name": "profile-image.png",
        "size": len(png()),
        "contentType": "image/png",
    }
    match = ADDRESS.fullmatch(shown["url"])
    assert match
    assert match[2] == str(ann.profile_image_id)
    assert match[4] == "profile-image.png"


def test_nobody_without_an_image_is_shown_with_one(organisation: Organisation, manager: Actor) -> None:
    ben = makers.user("Ben")
    assert ask(manager, USER, id=str(ben.pk)) == {"user": {"profileImage": None}}


def test_a_list_of_people_asks_once_for_all_images(
    organisation: Organisation, manager: Actor, django_assert_num_queries: Any
) -> None:
    document = f"{{ paginatedUsers {{ edges {{ node {{ name {IMAGE} }} }} }} }}"
    people = [makers.user(f"P{number}") for number in range(12)]
    for person in people[:9]:
        person.profile_image = image(f"{person.name}.png")
        person.save(update_fields=["profile_image"])
    with django_assert_num_queries(1):
        edges = ask(manager, document)["paginatedUsers"]["edges"]
    names = {edge["node"]["name"]: (edge["node"]["profileImage"] or {}).get("name") for edge in edges}
    assert names == {person.name: f"{person.name}.png" for person in people[:9]} | {
        person.name: None for person in [*people[9:], User.objects.get(pk=manager.user_id)]
    }


def test_an_image_needs_the_scope_of_people(ann: User, trainer: Actor, group_manager: Actor) -> None:
    makers.group("Hers", members=[ann], managers=[User.objects.get(pk=group_manager.user_id)])
    assert url_of(ann, group_manager)
    assert ask(trainer, USER, id=str(ann.pk)) == {"user": None}


# ---------------------------------------------------------------- where it is


def test_an_address_stays_the_same_for_an_hour(ann: User, manager: Actor) -> None:
    with time_machine.travel("2026-03-01T09:00:01Z", tick=False):
        first = url_of(ann, manager)
    with time_machine.travel("2026-03-01T09:59:59Z", tick=False):
        assert url_of(ann, manager) == first
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        assert url_of(ann, manager) != first


def test_an_address_is_where_the_caller_asked(ann: User, manager: Actor, settings: Settings) -> None:
    with public_url.asked_at("https://learn.example.org:8443"):
        assert url_of(ann, manager).startswith("https://learn.example.org:8443/files/")
        settings.STEPWELL_PUBLIC_URL = "https://{organisation}.example.com/"
        assert url_of(ann, manager).startswith("https://academy.example.com/files/")


def test_a_name_is_written_as_addresses_are(organisation: Organisation, manager: Actor) -> None:
    name = "Ünï cöde? #1 100%.png"
    ann = makers.user("Ann", profile_image=image(name))
    url = url_of(ann, manager)
    assert url.isascii()
    assert url.endswith("/%C3%9Cn%C3%AF%20c%C3%B6de%3F%20%231%20100%25.png")


# ---------------------------------------------------------------- given


def test_an_image_is_given_and_taken_away(organisation: Organisation, client_actor: Actor) -> None:
    ann = makers.user("Ann")
    given = ask(client_actor, UPDATE, id=str(ann.pk), image=data_url(png()))
    assert given["updateUser"]["user"]["profileImage"]["size"] == len(png())
    left = ask(client_actor, UPDATE, id=str(ann.pk), image=None)
    assert left["updateUser"]["user"]["profileImage"]["size"] == len(png())
    taken = ask(client_actor, UPDATE, id=str(ann.pk), image="")
    assert taken["updateUser"]["user"]["profileImage"] is None


def test_what_is_no_image_is_refused(ann: User, client_actor: Actor) -> None:
    refusal = refused(client_actor, UPDATE, id=str(ann.pk), image=data_url(SVG, claimed="image/svg+xml"))
    assert (refusal.code, refusal.field) == ("InvalidInput", "user.profileImage")
    assert User.objects.get(pk=ann.pk).profile_image_id == ann.profile_image_id
    assert StoredFile.objects.count() == 1


def test_a_new_person_and_many_people_get_images(client_actor: Actor) -> None:
    create = f"""mutation ($user: CreateUserInput!) {{
      createUser(user: $user, sendInvite: false) {{ user {{ {IMAGE} }} }}
    }}"""
    user = {"name": "Ann", "email": "ann@example.com", "profileImage": data_url(png(1))}
    made = ask(client_actor, create, user=user)
    assert made["createUser"]["user"]["profileImage"]["name"] == "profile-image.png"
    upsert = """mutation ($users: [BulkUserInput!]!) {
      updateOrCreateUsers(users: $users) { results { status user { profileImage { size } } error { field } } }
    }"""
    rows = [user, {"email": "ben@example.com", "name": "Ben", "profileImage": data_url(png(2))}]
    rows.append({"email": "cas@example.com", "name": "Cas", "profileImage": "ann.png"})
    results = ask(client_actor, upsert, users=rows)["updateOrCreateUsers"]["results"]
    assert [result["status"] for result in results] == ["UNCHANGED", "CREATED", "FAILED"]
    assert results[1]["user"]["profileImage"]["size"] == len(png(2))
    assert results[2] == {"status": "FAILED", "user": None, "error": {"field": "user.profileImage"}}


def test_another_organisation_sees_no_file(ann: User, stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        assert ask(stranger, USER, id=str(ann.pk)) == {"user": None}
        assert refused(stranger, UPDATE, id=str(ann.pk), image="").code == "NotFound"
        assert not StoredFile.objects.exists()
    assert User.objects.get(pk=ann.pk).profile_image_id == ann.profile_image_id
