import re
import smtplib
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django import Settings

from stepwell import tenancy
from stepwell.models import Organisation, OutgoingMail, User
from stepwell.operations import invitations
from stepwell.worker import mail, mail_messages
from tests import makers
from tests.worker.scenes import in_threads, people, system, wait_until, working

LINK = re.compile(r"https?://\S+")


class Refusing(BaseEmailBackend):
    """A mail server that says no in the way that the test asks for."""

    error: Exception = OSError("The mail server is away.")

    def send_messages(self, messages: Any) -> int:
        raise self.error


class Away(BaseEmailBackend):
    """A mail server that cannot be reached."""

    opened = 0

    def open(self) -> bool:
        Away.opened += 1
        raise ConnectionRefusedError("Nobody listens there.")


def use(settings: Settings, backend: type[BaseEmailBackend]) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{backend.__module__}.{backend.__qualname__}"}}


def letter(kind: str = "invitation", *, person: User | None = None, **context: str) -> OutgoingMail:
    row: OutgoingMail = OutgoingMail.objects.create(
        user=person or makers.user("Ada Lovelace"), kind=kind, context=context
    )
    return row


def send_due() -> list[OutgoingMail]:
    """What one round of the worker does with mail, and the rows after it."""
    wake = threading.Event()
    mailer = mail.Mailer(wake)
    mailer.dispatch()
    wait_until(lambda: mailer.store() == set() and mailer.is_idle)
    return list(OutgoingMail.objects.order_by("created_at"))


@pytest.mark.parametrize(
    ("language", "subject", "greeting", "expires"),
    [
        ("EN", "Your account at Academy", "Hello Ada Lovelace,", "for 24 hours"),
        ("NL", "Je account bij Academy", "Hallo Ada Lovelace,", "24 uur lang"),
        ("FR", "Your account at Academy", "Hello Ada Lovelace,", "for 24 hours"),
    ],
)
def test_an_invitation_in_the_persons_language(
    organisation: Organisation,
    mailoutbox: list[Any],
    language: str,
    subject: str,
    greeting: str,
    expires: str,
) -> None:
    person = makers.user("Ada Lovelace", language=language)
    row = letter(person=person)
    (sent,) = send_due()
    (message,) = mailoutbox
    assert (message.to, message.subject) == (["ada.lovelace@example.com"], subject)
    assert message.extra_headers["Message-ID"] == f"<{row.pk}@localhost>"
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    for text in (message.body, html):
        assert greeting in text
        assert expires in text
        assert "{{" not in text
        assert "{%" not in text
    (link,) = LINK.findall(message.body)
    assert f'href="{link}"' in html
    path = re.fullmatch(r"http://academy\.localhost:8000/accept/([^/]+)/([^/]+)/", link)
    assert path
    assert invitations.user_of(UUID(path[1]), path[2]) == person
    assert sent.sent_at is not None
    assert (sent.attempt_count, sent.claimed_until, sent.failed_at, sent.last_error) == (1, None, None, "")
    assert send_due() == [sent]
    assert len(mailoutbox) == 1


def test_the_organisations_language_when_the_persons_is_not_spoken(organisation: Organisation) -> None:
    organisation.language = "NL"
    row = letter(person=makers.user("Zoë", language="FR"))
    assert mail_messages.message(row, organisation).subject == "Je account bij Academy"


@pytest.mark.parametrize(("language", "word"), [("EN", "new password"), ("NL", "nieuw wachtwoord")])
def test_a_password_mail(organisation: Organisation, language: str, word: str) -> None:
    row = letter("password", person=makers.user("Ada", language=language))
    message = mail_messages.message(row, organisation)
    assert word in message.subject
    assert f"/accept/{row.user.pk}/" in str(message.body)


@pytest.mark.parametrize(
    ("language", "since"), [("EN", "1 March 2026, 10:30"), ("NL", "1 maart 2026, 10:30")]
)
def test_a_warning_of_a_failing_webhook(organisation: Organisation, language: str, since: str) -> None:
    context = {
        "subscription": "1234",
        "url": "https://hr.example.com/<hook>",
        "since": "2026-03-01T09:30:00+00:00",
    }
    row = letter("webhook_failing", person=makers.user("Ada", language=language), **context)
    message = mail_messages.message(row, organisation)
    html = str(message.alternatives[0][0])
    assert since in str(message.body)
    assert since in html
    assert "https://hr.example.com/<hook>" in str(message.body)
    assert "https://hr.example.com/&lt;hook&gt;" in html
    assert "http://academy.localhost:8000/webhooks/1234/" in str(message.body)


def test_every_kind_has_both_languages_and_both_forms() -> None:
    for kind in mail_messages.KINDS:
        for language in mail_messages.LANGUAGES:
            for form in ("txt", "html"):
                mail_messages._engine.get_template(f"{kind}.{language}.{form}")


def test_names_cannot_break_out_of_the_mail(organisation: Organisation) -> None:
    organisation.name = 'A & B <script>"x"</script>\nBcc: everybody@example.com'
    message = mail_messages.message(letter(person=makers.user("<b>Eve</b>")), organisation)
    html = str(message.alternatives[0][0])
    assert "<script>" not in html
    assert "&lt;b&gt;Eve&lt;/b&gt;" in html
    assert "<b>Eve</b>" in str(message.body)
    assert "\n" not in message.subject
    assert message.message()["Bcc"] is None


def test_the_sender_is_the_organisation(organisation: Organisation) -> None:
    organisation.mail_from = "learn@academy.example"
    organisation.name = "Académie"
    row = letter()
    message = mail_messages.message(row, organisation)
    header = message.message()["From"]
    assert str(header) == "Académie <learn@academy.example>"
    assert message.extra_headers["Message-ID"] == f"<{row.pk}@academy.example>"


@pytest.mark.parametrize(
    ("public_url", "development", "hosts", "base"),
    [
        ("https://{organisation}.learn.example/", True, [], "https://academy.learn.example/accept/"),
        ("https://learn.example", False, [], "https://learn.example/accept/"),
        ("", False, [".learn.example"], "https://academy.learn.example/accept/"),
        ("", False, ["*", "learn.example"], "https://learn.example/accept/"),
    ],
)
def test_where_links_lead(
    organisation: Organisation,
    settings: Settings,
    public_url: str,
    development: bool,
    hosts: list[str],
    base: str,
) -> None:
    settings.STEPWELL_PUBLIC_URL = public_url
    settings.DEVELOPMENT = development
    settings.ALLOWED_HOSTS = hosts
    assert base in str(mail_messages.message(letter(), organisation).body)


@pytest.mark.parametrize(
    "fields",
    [{"email": None}, {"archived_at": datetime(2026, 1, 2, tzinfo=UTC)}, {"is_active": False}],
    ids=str,
)
def test_who_cannot_be_mailed_is_not(
    organisation: Organisation, mailoutbox: list[Any], fields: dict[str, Any]
) -> None:
    letter(person=makers.user("Ada", **fields))
    letter("of no kind that there is", person=makers.user("Bob"))
    rows = send_due()
    assert mailoutbox == []
    assert all(row.failed_at and row.last_error and not row.sent_at for row in rows)


def test_a_mail_that_fails_is_tried_again_for_three_days(
    organisation: Organisation, settings: Settings
) -> None:
    use(settings, Refusing)
    letter()
    (row,) = send_due()
    assert (row.sent_at, row.failed_at, row.attempt_count, row.claimed_until) == (None, None, 1, None)
    assert "The mail server is away." in row.last_error
    assert timedelta(seconds=2) < row.due_at - timezone.now() < timedelta(seconds=8)
    three_days_ago = timezone.now() - timedelta(days=3)
    OutgoingMail.objects.update(created_at=three_days_ago, due_at=three_days_ago)
    (row,) = send_due()
    assert row.failed_at is not None
    assert (row.sent_at, row.attempt_count) == (None, 2)


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"No such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"Greylisted")}), False),
        (smtplib.SMTPSenderRefused(550, b"You may not", "a@example.com"), False),
        (smtplib.SMTPServerDisconnected("Bye"), False),
        (ValueError("This address cannot be written."), True),
    ],
    ids=str,
)
def test_only_what_cannot_get_better_fails_at_once(
    organisation: Organisation,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    permanent: bool,
) -> None:
    use(settings, Refusing)
    monkeypatch.setattr(Refusing, "error", error)
    letter()
    (row,) = send_due()
    assert (row.failed_at is not None) is permanent
    assert row.last_error


def test_a_server_that_is_away_is_asked_once_for_a_batch(
    organisation: Organisation, settings: Settings
) -> None:
    use(settings, Away)
    for person in people(3):
        letter(person=person)
    before = Away.opened
    rows = send_due()
    assert Away.opened == before + 1
    assert [row.attempt_count for row in rows] == [1, 1, 1]
    assert all(row.due_at > timezone.now() and not row.failed_at for row in rows)


def test_a_lapsed_lease_is_taken_over(organisation: Organisation, mailoutbox: list[Any]) -> None:
    letter()
    assert len(mail.claim()) == 1
    assert mail.claim() == []
    OutgoingMail.objects.update(claimed_until=timezone.now())
    (row,) = send_due()
    assert row.sent_at is not None
    assert len(mailoutbox) == 1


def test_who_lost_the_lease_does_not_say_that_it_failed(organisation: Organisation) -> None:
    letter()
    (old,) = mail.claim()
    OutgoingMail.objects.update(claimed_until=timezone.now())
    (new,) = mail.claim()
    mail.store(mail.Sent(old, error="Too late."))
    row = OutgoingMail.objects.get()
    assert (row.claimed_until, row.attempt_count, row.last_error) == (new.lease, 0, "")


def test_a_lease_that_is_nearly_over_is_given_back(
    organisation: Organisation, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LEASE", mail.TIME_NEEDED - timedelta(seconds=1))
    letter()
    (row,) = send_due()
    assert mailoutbox == []
    assert (row.sent_at, row.claimed_until, row.attempt_count) == (None, None, 0)


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_mail_of_every_organisation(
    organisation: Organisation, other_organisation: Organisation, mailoutbox: list[Any]
) -> None:
    persons = people(mail.BATCH + 5)
    invitations.send(persons, by=system())
    with tenancy.inside(other_organisation.pk):
        invitations.send([makers.user("Else Where")], by=system())
    with working():
        wait_until(lambda: len(mailoutbox) == mail.BATCH + 6)
        wait_until(lambda: not OutgoingMail.objects.filter(sent_at=None).exists())
    addresses = [address for message in mailoutbox for address in message.to]
    assert sorted(addresses) == sorted([*(str(person.email) for person in persons), "else.where@example.com"])
    assert len({message.extra_headers["Message-ID"] for message in mailoutbox}) == len(mailoutbox)


@pytest.mark.django_db(transaction=True)
def test_many_workers_claim_no_mail_twice(organisation: Organisation) -> None:
    for person in people(60):
        letter(person=person)
    claimed: list[mail.Letter] = []
    in_threads(4, lambda: claimed.extend(mail.claim()))
    claimed += mail.claim() + mail.claim() + mail.claim()
    assert len({one.mail_id for one in claimed}) == len(claimed) == 60
