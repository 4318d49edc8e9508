"""What holds for every page: who may see it, what it costs, how its language is chosen, what is not there."""

import re
from contextvars import Context
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.models import Group, Organisation, User
from stepwell.web import organisations, page
from tests import makers
from tests.web import learning_scene, scene
from tests.web.conftest import SignedIn, browser
from tests.web.scene import ABOUT, FOR_VISITORS, NO_PAGES, Scene

HERE = Path(page.__file__).parent
DOCUMENTS = sorted(str(path.relative_to(HERE).with_suffix("")) for path in HERE.rglob("*.graphql"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_and_has_its_template(name: str) -> None:
    text = page.document(name)
    assert text
    assert not execution.documents.read(text).operation(None).is_mutation
    get_template(f"{name}.html")


# ---------------------------------------------------------------- who may see what

SEEN_BY: dict[str, set[str]] = {
    "/": {"manager", "owner", "trainer", "author", "participant", "group_manager"},
    "/trainings/": {"manager", "owner", "trainer", "author", "participant", "group_manager"},
    "/assess/": {"manager", "owner", "trainer"},
    "/people/": {"manager", "owner", "group_manager"},
    "/groups/": {"manager", "owner", "group_manager"},
    "/webhooks/": {"manager", "owner"},
    "/webhooks/new/": {"manager", "owner"},
    "/webhooks/verify/": {"manager", "owner"},
}
EVERYBODY = ("manager", "owner", "trainer", "author", "participant", "group_manager")


@pytest.mark.parametrize("path", SEEN_BY)
@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_see_a_page_sees_it_and_all_others_get_403(
    request: pytest.FixtureRequest, signed_in: SignedIn, path: str, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    answer = client.get(path)
    assert answer.status_code == (200 if who in SEEN_BY[path] else 403)
    assert ("This is not open to you" in answer.content.decode()) is (answer.status_code == 403)
    # The navigation offers what is open, and nothing else.
    offered = set(re.findall(r'<li><a href="(/[a-z]*/?)"', client.get("/").content.decode()))
    entry = "/" + path.split("/")[1] + "/" * (path != "/")
    assert (entry in offered) is (answer.status_code == 200)


def test_every_page_is_in_the_table() -> None:
    """What the tests below do to every page is done to a new one too."""
    pages = {name.partition(":")[0] for name in ABOUT}
    assert scene.known_addresses() == pages | FOR_VISITORS | NO_PAGES


# One scene for all pages: it takes ten times as long to make as a page of it takes to show.


def test_a_visitor_is_sent_to_sign_in(visitor: Client, manager: Actor) -> None:
    made = Scene(manager)
    paths = {name: made.path(name) for name in ABOUT}
    sent = {name: visitor.get(path)["Location"] for name, path in paths.items()}
    assert sent == {name: f"/sign-in/?next={path}" for name, path in paths.items()}


def test_what_is_elsewhere_is_not_there(signed_in: SignedIn, manager: Actor, stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        elsewhere = Scene(stranger)
    made, client = Scene(manager), signed_in(manager)
    names = [name for name, about in ABOUT.items() if about]
    there = {name for name in names if client.get(elsewhere.path(name)).status_code != 404}
    nowhere = {name for name in names if client.get(made.path(name, UUID(int=1))).status_code != 404}
    assert (there, nowhere) == (set(), set())
    assert len(names) > 20


def test_a_participant_sees_no_page_but_their_own(
    signed_in: SignedIn, participant: Actor, manager: Actor
) -> None:
    made, client = Scene(manager), signed_in(participant)
    names = ABOUT.keys() - {"home", "person", "trainings"}
    # Of trainings that one is not in, nobody says whether they are there.
    hidden = learning_scene.ABOUT.keys() - {"assess"}
    found = {name: client.get(made.path(name)).status_code for name in names}
    assert found == {name: 404 if name in hidden else 403 for name in names}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_page_speaks_both_languages(signed_in: SignedIn, manager: Actor, language: str) -> None:
    made = Scene(manager)
    made.add(1)
    client = signed_in(manager)
    client.cookies["django_language"] = language
    for name in ABOUT.keys() - {"webhook-test"}:
        text = client.get(made.path(name)).content.decode()
        assert f'<html lang="{language}">' in text, name
        assert ("Uitloggen" in text) is (language == "nl"), name


def test_a_page_costs_as_many_statements_with_three_rows_as_with_one(
    signed_in: SignedIn, manager: Actor
) -> None:
    made = Scene(manager)
    client = signed_in(manager)

    def statements(name: str) -> list[str]:
        organisations.remembered.clear()  # whatever the clock says
        with CaptureQueriesContext(connection) as captured:
            assert client.get(made.path(name)).status_code in (200, 302), name
        return [query["sql"] for query in captured]

    made.add(1)
    for name in ABOUT:
        client.get(made.path(name))  # what is parsed once is parsed now
    one = {name: statements(name) for name in ABOUT}
    made.add(2)
    made.add(3)
    for name in ABOUT:
        three = statements(name)
        assert len(three) == len(one[name]), "\n".join([name, *three])
        assert len(three) < 21, name


def test_a_person_sees_themselves_and_nobody_else(
    signed_in: SignedIn, participant: Actor, manager: Actor
) -> None:
    client = signed_in(participant)
    assert client.get(f"/people/{participant.user_id}/").status_code == 200
    assert client.get(f"/people/{manager.user_id}/").status_code == 404


def test_a_group_manager_sees_the_people_and_groups_that_are_led(
    signed_in: SignedIn, group_manager: Actor, manager: Actor
) -> None:
    client = signed_in(group_manager)
    makers.group("Not led")
    people = client.get("/people/").content.decode()
    assert "Lena Led" in people
    assert "Mara Manager" not in people
    assert "Not led" not in client.get("/groups/").content.decode()
    led, hidden = Group.objects.get(name="Led"), Group.objects.get(name="Not led")
    assert "Lena Led" in client.get(f"/groups/{led.pk}/").content.decode()
    assert client.get(f"/groups/{hidden.pk}/").status_code == 404
    lena = User.objects.get(name="Lena Led")
    assert client.get(f"/people/{lena.pk}/").status_code == 200
    assert client.get(f"/people/{manager.user_id}/").status_code == 404


# ---------------------------------------------------------------- lists


def names(answer: Any) -> list[str]:
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', answer.content.decode())


def test_a_list_is_paged_forth_and_back_by_links(signed_in: SignedIn, manager: Actor) -> None:
    for n in range(120):
        makers.user(f"Person {n:03}")
    client = signed_in(manager)

    def follow(answer: Any, rel: str) -> Any:
        link = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
        assert link
        return client.get("/people/" + link[1].replace("&amp;", "&"))

    first = client.get("/people/?q=person")
    second = follow(first, "next")
    third = follow(second, "next")
    pages = [names(first), names(second), names(third)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [*pages[0], *pages[1], *pages[2]] == [f"Person {n:03}" for n in range(120)]
    assert 'rel="next"' not in third.content.decode()
    assert 'rel="prev"' not in first.content.decode()
    assert names(follow(third, "prev")) == pages[1]
    assert names(follow(follow(third, "prev"), "prev")) == pages[0]
    assert "120 people" in third.content.decode()


def test_people_are_searched_and_filtered(signed_in: SignedIn, manager: Actor) -> None:
    makers.user("José Ñúñez")
    makers.user("Gone Girl", archived_at="2026-01-01T00:00:00Z")
    client = signed_in(manager)
    assert names(client.get("/people/?q=jose+NUNEZ")) == ["José Ñúñez"]
    assert names(client.get("/people/?userRoles=MANAGER")) == ["Mara Manager"]
    assert names(client.get("/people/?archived=true")) == ["Gone Girl"]
    assert names(client.get("/people/?q=&userRoles=&archived=")) == ["José Ñúñez", "Mara Manager"]
    assert "Nobody fits" in client.get("/people/?q=zzz").content.decode()


@pytest.mark.parametrize("query", ["userRoles=BOSS", "after=x", "before=%00", "q=%00", "q=a%00&q=b"])
def test_an_address_that_is_not_right_is_told(signed_in: SignedIn, manager: Actor, query: str) -> None:
    answer = signed_in(manager).get(f"/people/?{query}")
    assert answer.status_code == 400
    assert "This address is not right" in answer.content.decode()


def test_what_people_are_called_is_text_and_nothing_more(signed_in: SignedIn, manager: Actor) -> None:
    name = "<script>alert('x')</script>"
    person = makers.user(name, ref="x", email='"><img@example.com')
    group = makers.group(name, members=[person], managers=[person])
    client = signed_in(manager)
    for path in (
        "/people/",
        f"/people/{person.pk}/",
        "/groups/",
        f"/groups/{group.pk}/",
        f"/people/?q={name}",
    ):
        text = client.get(path).content.decode()
        assert "&lt;script&gt;" in text
        assert "<script>alert" not in text
        assert "<img@" not in text


# ---------------------------------------------------------------- errors and languages


def test_an_address_without_its_slash_leads_to_the_page(visitor: Client) -> None:
    answer = visitor.get("/people?q=a")
    assert (answer.status_code, answer["Location"]) == (301, "/people/?q=a")
    assert visitor.get("/nothing").status_code == 404
    assert visitor.post("/sign-out").status_code == 404


def test_a_static_file_that_is_not_there_is_for_no_organisation(signed_in: SignedIn, manager: Actor) -> None:
    # As on a server: outside of every organisation until the middleware enters one.
    answer = Context().run(signed_in(manager).get, "/static/nothing.css")
    assert answer.status_code == 404
    assert "Mara" not in answer.content.decode()


def test_a_fault_of_ours_is_a_calm_page_that_tells_nothing(
    signed_in: SignedIn, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(manager)
    client.raise_request_exception = False
    monkeypatch.setattr(page, "ask", lambda *args: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "The fault is ours" in answer.content.decode()
    assert answer["X-Request-Id"] in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_what_is_only_looked_at_takes_no_post(signed_in: SignedIn, manager: Actor) -> None:
    client = signed_in(manager)
    for path in ("/", "/people/", "/webhooks/"):
        assert client.post(path, {"q": "x"}).status_code == 405
    assert client.put("/webhooks/new/").status_code == 405


def test_pages_are_not_kept_where_others_could_read_them(signed_in: SignedIn, manager: Actor) -> None:
    client = signed_in(manager)
    for path in ("/", "/people/"):
        assert client.get(path)["Cache-Control"] == "private, no-cache"
    assert "no-store" in browser().get("/sign-in/")["Cache-Control"]


@pytest.mark.parametrize("path", ["/sign-in/", "/nothing/"])
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    text = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://", text)


def told(client: Client, **headers: str) -> str:
    """The language of a page."""
    found = re.search(r'<html lang="(\w+)"', client.get("/", follow=True, headers=headers).content.decode())
    assert found
    return found[1]


def test_the_language_is_the_chosen_one_then_the_persons_then_the_browsers(
    signed_in: SignedIn, manager: Actor, organisation: Organisation
) -> None:
    visitor = Client(headers={"host": "academy.localhost"})
    assert told(visitor) == "en"
    assert told(visitor, **{"accept-language": "nl-BE,nl;q=0.9,en;q=0.5"}) == "nl"
    assert told(visitor, **{"accept-language": "fr,de;q=0.5"}) == "en"
    Organisation.objects.update(language="NL")
    organisations.remembered.clear()
    assert told(visitor, **{"accept-language": "fr,de;q=0.5"}) == "nl"
    User.objects.update(language="NL")
    person = signed_in(manager)
    assert told(person, **{"accept-language": "en"}) == "nl"
    answer = person.post("/language/", {"language": "en", "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert told(person) == "en"
    assert person.post("/language/", {"language": "en", "next": "//evil.example"})["Location"] == "/"


def test_a_client_of_the_api_costs_no_statement_for_its_language(visitor: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        visitor.get("/nothing/")
    assert [q["sql"] for q in captured if "session" in q["sql"] or "stepwell_user" in q["sql"]] == []


def test_times_are_those_of_the_organisation(signed_in: SignedIn, manager: Actor) -> None:
    User.objects.update(created_at="2026-06-30T22:30:00Z")
    text = signed_in(manager).get(f"/people/{manager.user_id}/").content.decode()
    assert '<time datetime="2026-06-30T22:30:00.000Z">1 Jul 2026</time>' in text


def test_the_settings_of_django_have_nothing_to_say(organisation: Organisation) -> None:
    call_command("check", fail_level="WARNING")
