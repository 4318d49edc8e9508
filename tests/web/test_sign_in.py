"""Signing in and out: who is let in, who is not, and what an attacker learns or can do."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from stepwell import tenancy
from stepwell.events import EventType
from stepwell.models import Event, Organisation, OutgoingMail, User
from stepwell.operations import invitations
from stepwell.web.sign_in import attempts
from tests import makers
from tests.web.conftest import HOST, browser

PASSWORD = "three quiet herons"


@pytest.fixture
def ann(organisation: Organisation) -> User:
    return makers.user("Ann de Vries", email="Ann@Example.org", password=make_password(PASSWORD))


def try_to_sign_in(client: Client, email: str, password: str, **more: Any) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password} | more)


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


# ---------------------------------------------------------------- in


@pytest.mark.parametrize("email", ["Ann@Example.org", " ann@example.ORG "])
def test_the_right_password_lets_in_and_is_an_event(visitor: Client, ann: User, email: str) -> None:
    answer = try_to_sign_in(visitor, email, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(visitor)
    event = Event.objects.get()
    assert (event.type, event.subject_id, event.actor_id) == (EventType.USER_SIGNED_IN, ann.pk, ann.pk)
    ann.refresh_from_db()
    assert ann.last_login is not None
    assert timezone.now() - ann.last_login < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.org", "three quiet heron"),
        ("ann@example.org", PASSWORD.upper()),
        ("nobody@example.org", PASSWORD),
        ("", PASSWORD),
        ("ann@example.org", ""),
        ("ann@example.org", "x" * 5000),
        ("ann@example.org\0", PASSWORD),
    ],
)
def test_anything_else_does_not(visitor: Client, ann: User, email: str, password: str) -> None:
    answer = try_to_sign_in(visitor, email, password)
    assert answer.status_code == 200
    assert b'role="alert"' in answer.content
    assert not is_signed_in(visitor)
    assert not Event.objects.exists()
    assert not Session.objects.exists()


def test_wrong_and_unknown_are_told_the_same(visitor: Client, ann: User) -> None:
    def told(email: str) -> str:
        text = try_to_sign_in(visitor, email, "wrong").content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text).replace(email, "")

    assert told("ann@example.org") == told("eve@example.org")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"archived_at": timezone.now()},
        {"is_active": False},
        {"email": None},
        {"password": "!unusable"},
    ],
    ids=["active", "archived", "inactive", "unknown", "invited"],
)
def test_every_attempt_costs_one_hash(
    visitor: Client, organisation: Organisation, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(*args: Any) -> str:
        hashed.append(1)
        return encode(*args)

    makers.user("Ann", **({"email": "ann@example.org", "password": make_password(PASSWORD)} | fields))
    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    try_to_sign_in(visitor, "ann@example.org", "wrong")
    assert len(hashed) == 1


@pytest.mark.parametrize("fields", [{"archived_at": timezone.now()}, {"is_active": False}])
def test_who_is_archived_or_not_active_is_not_let_in_and_signed_out_at_once(
    visitor: Client, ann: User, fields: dict[str, Any]
) -> None:
    elsewhere = browser()
    for client in (visitor, elsewhere):
        try_to_sign_in(client, "ann@example.org", PASSWORD)
        assert is_signed_in(client)
    User.objects.filter(pk=ann.pk).update(**fields)
    assert not is_signed_in(visitor)
    assert not is_signed_in(elsewhere)
    answer = try_to_sign_in(visitor, "ann@example.org", PASSWORD)
    assert b'role="alert"' in answer.content
    assert Event.objects.count() == 2


def test_a_person_and_a_session_are_of_one_organisation(
    visitor: Client, ann: User, other_organisation: Organisation
) -> None:
    stranger = browser(host="elsewhere.localhost")
    try_to_sign_in(stranger, "ann@example.org", PASSWORD)
    assert not is_signed_in(stranger)
    try_to_sign_in(visitor, "ann@example.org", PASSWORD)
    stranger.cookies = visitor.cookies
    assert not is_signed_in(stranger)
    with tenancy.inside(other_organisation.pk):
        assert not Event.objects.exists()


def test_a_session_that_was_there_before_gets_a_new_key(visitor: Client, ann: User) -> None:
    session = visitor.session
    session["seen"] = "before"
    session.save()
    try_to_sign_in(visitor, "ann@example.org", PASSWORD)
    assert visitor.session.session_key != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_the_form_is_protected_against_forgery(organisation: Organisation, ann: User) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": HOST})
    answer = try_to_sign_in(strict, "ann@example.org", PASSWORD)
    assert answer.status_code == 403
    assert b"could not be checked" in answer.content
    assert not Event.objects.exists()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', strict.get("/sign-in/").content.decode())
    assert token
    assert (
        try_to_sign_in(strict, "ann@example.org", PASSWORD, csrfmiddlewaretoken=token[1]).status_code == 302
    )


# ---------------------------------------------------------------- where to go on


@pytest.mark.parametrize("path", ["/people/?q=ann&archived=true", "/"])
def test_after_signing_in_the_page_that_was_asked_for_comes(visitor: Client, ann: User, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 302
    sign_in = answer["Location"]
    assert visitor.post(sign_in, {"email": ann.email, "password": PASSWORD})["Location"] == path
    assert visitor.get(sign_in)["Location"] == path


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example/",
        "///evil.example",
        "http:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "https://academy.localhost@evil.example/",
    ],
)
@pytest.mark.parametrize("where", ["query", "form"])
def test_it_never_leads_to_another_site(visitor: Client, ann: User, target: str, where: str) -> None:
    given = {"email": ann.email, "password": PASSWORD}
    if where == "query":
        answer = visitor.post("/sign-in/", given, query_params={"next": target})
    else:
        answer = visitor.post("/sign-in/", given | {"next": target})
    assert answer["Location"] == "/"


# ---------------------------------------------------------------- out


def test_signing_out_ends_the_session(visitor: Client, ann: User) -> None:
    try_to_sign_in(visitor, "ann@example.org", PASSWORD)
    assert visitor.get("/sign-out/").status_code == 405
    assert is_signed_in(visitor)
    assert visitor.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_signed_in(visitor)
    assert not Session.objects.exists()


# ---------------------------------------------------------------- too many attempts


def test_after_ten_wrong_passwords_the_right_one_has_to_wait(
    visitor: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        assert try_to_sign_in(visitor, "ann@example.org", "wrong").status_code == 200
    answer = try_to_sign_in(visitor, "ANN@example.org", PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert b"Too many attempts. Try again in 15 minutes." in answer.content
    assert not is_signed_in(visitor)
    # Neither another person nor another network is locked out, and time heals.
    makers.user("Bob", email="bob@example.org", password=make_password(PASSWORD))
    assert try_to_sign_in(browser(), "bob@example.org", PASSWORD).status_code == 302
    far = Client(headers={"host": HOST}, REMOTE_ADDR="192.0.2.7")
    assert try_to_sign_in(far, "ann@example.org", PASSWORD).status_code == 302
    later = attempts.signing_in.one.clock() + 901
    monkeypatch.setattr(attempts.signing_in.one, "clock", lambda: later)
    assert try_to_sign_in(visitor, "ann@example.org", PASSWORD).status_code == 302


def test_who_gets_in_begins_anew(visitor: Client, ann: User) -> None:
    for _ in range(3):
        for _ in range(9):
            try_to_sign_in(visitor, "ann@example.org", "wrong")
        assert try_to_sign_in(visitor, "ann@example.org", PASSWORD).status_code == 302
        visitor.post("/sign-out/")


def test_one_network_cannot_try_everybody(visitor: Client, ann: User) -> None:
    for n in range(attempts.signing_in.all.limit):
        assert try_to_sign_in(visitor, f"person{n}@example.org", "wrong").status_code == 200
    assert try_to_sign_in(visitor, "ann@example.org", PASSWORD).status_code == 429


def test_who_succeeds_does_not_use_up_the_attempts_of_the_network(
    visitor: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.signing_in.all, "limit", 3)
    for _ in range(5):
        assert try_to_sign_in(browser(), "ann@example.org", PASSWORD).status_code == 302
    for status in (200, 200, 200, 429):
        assert try_to_sign_in(visitor, "bob@example.org", "wrong").status_code == status


@pytest.mark.parametrize(
    ("behind_proxy", "address", "forwarded", "network"),
    [
        (False, "192.0.2.7", "203.0.113.9", "192.0.2.7"),
        (True, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (True, "127.0.0.1", "10.9.8.7, 203.0.113.9", "203.0.113.9"),
        (True, "192.0.2.7", "", "192.0.2.7"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (False, "::ffff:192.0.2.7", "", "192.0.2.7"),
        (False, "", "", ""),
    ],
)
def test_where_a_request_comes_from(
    rf: Any, settings: Any, behind_proxy: bool, address: str, forwarded: str, network: str
) -> None:
    settings.STEPWELL_BEHIND_PROXY = behind_proxy
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert attempts.network_of(rf.get("/", headers=headers, REMOTE_ADDR=address)) == network


def test_the_memory_of_attempts_is_bounded() -> None:
    counter = attempts.Counter(limit=1, seconds=60, size=3)
    assert [counter.add(key) for key in "abcd"] == [0, 0, 0, 0]
    assert counter.add("a") == 0  # forgotten, as the oldest
    assert counter.add("d") > 0


# ---------------------------------------------------------------- a password by a link


def link(user: User) -> str:
    return f"/accept/{user.pk}/{invitations.token_for(user)}/"


def choose(client: Client, path: str, password: str = PASSWORD, again: str = "") -> Any:
    return client.post(path, {"password": password, "again": again or password})


@pytest.fixture
def new(organisation: Organisation) -> User:
    return makers.user("New Person", email="new@example.org", password="!")


def test_an_invited_person_chooses_a_password_and_is_in(visitor: Client, new: User) -> None:
    path = link(new)
    page = visitor.get(path)
    assert page.status_code == 200
    assert b"new@example.org" in page.content
    assert choose(visitor, path)["Location"] == "/"
    assert is_signed_in(visitor)
    assert [event.type for event in Event.objects.all()] == [EventType.USER_SIGNED_IN]
    # Once: the link has been used up.
    again = choose(browser(), path, "another good password")
    assert again.status_code == 410
    new.refresh_from_db()
    assert new.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", "short", "too short"),
        ("1234567890", "1234567890", "too common"),
        ("new@example.org", "new@example.org", "too similar"),
        (PASSWORD, PASSWORD + "!", "differ"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(
    visitor: Client, new: User, password: str, again: str, sentence: str
) -> None:
    answer = choose(visitor, link(new), password, again)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    new.refresh_from_db()
    assert not new.has_usable_password()
    assert not is_signed_in(visitor)


def test_choosing_a_password_ends_the_sessions_of_the_old_one(visitor: Client, ann: User) -> None:
    try_to_sign_in(visitor, "ann@example.org", PASSWORD)
    ann.refresh_from_db()
    assert choose(browser(), link(ann), "four loud herons").status_code == 302
    assert not is_signed_in(visitor)


def test_a_link_works_for_24_hours(visitor: Client, new: User) -> None:
    path = link(new)
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert visitor.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        page = visitor.get(path)
        assert page.status_code == 410
        assert f'action="/accept/{new.pk}/new/"'.encode() in page.content
        assert choose(visitor, path).status_code == 410
    new.refresh_from_db()
    assert not new.has_usable_password()


@pytest.mark.parametrize("fields", [{"archived_at": timezone.now()}, {"is_active": False}])
def test_a_link_is_nothing_to_who_may_not_sign_in(visitor: Client, new: User, fields: dict[str, Any]) -> None:
    path = link(new)
    User.objects.filter(pk=new.pk).update(**fields)
    assert choose(visitor, path).status_code == 410
    assert not is_signed_in(visitor)


def test_an_expired_link_is_replaced_on_the_spot(visitor: Client, new: User, ann: User) -> None:
    assert visitor.post(f"/accept/{new.pk}/new/").status_code == 200
    visitor.post(f"/accept/{ann.pk}/new/")
    mails = OutgoingMail.objects.values_list("user__email", "kind")
    assert set(mails) == {("new@example.org", "invitation"), ("Ann@Example.org", "password")}
    assert [event.type for event in Event.objects.all()] == [EventType.USER_INVITED]


# ---------------------------------------------------------------- forgotten


def test_who_forgot_the_password_gets_a_mail(visitor: Client, ann: User) -> None:
    assert visitor.post("/forgotten/", {"email": "ANN@example.org"}).status_code == 200
    mail = OutgoingMail.objects.get()
    assert (mail.user_id, mail.kind) == (ann.pk, "password")


@pytest.mark.parametrize("fields", [{"archived_at": timezone.now()}, {"is_active": False}, {"email": None}])
def test_the_answer_is_the_same_when_nobody_gets_one(
    visitor: Client, ann: User, organisation: Organisation, fields: dict[str, Any]
) -> None:
    known = visitor.post("/forgotten/", {"email": "ann@example.org"}).content
    makers.user("Bob", **({"email": "bob@example.org"} | fields))
    unknown = visitor.post("/forgotten/", {"email": "bob@example.org"}).content
    strip = re.compile(rb'value="\w{64}"')
    assert strip.sub(b"", known) == strip.sub(b"", unknown)
    assert OutgoingMail.objects.count() == 1


def test_nobody_can_be_flooded_with_mail(visitor: Client, ann: User) -> None:
    statuses = [visitor.post("/forgotten/", {"email": "ann@example.org"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert OutgoingMail.objects.count() == 3
