"""`stepwell encrypt-anew`, and what `stepwell check` says of secrets that no key opens."""

import argparse

import pytest
from cryptography.fernet import InvalidToken
from pytest_django import Settings

from stepwell.cli import encryption, safety
from stepwell.cli.refusals import Refusal
from stepwell.models import LtiKey, Organisation, WebhookSubscription

pytestmark = pytest.mark.django_db

NEW_KEY = "a-new-key-that-is-as-long-as-it-has-to-be-0123456789-Xq3z7"


def secrets() -> tuple[str, str | None, str]:
    row = WebhookSubscription.objects.get()
    return row.secret, row.previous_secret, LtiKey.objects.get().private


@pytest.fixture
def stored(organisation: Organisation) -> tuple[str, str | None, str]:
    """Secrets that the old key encrypted."""
    WebhookSubscription.objects.create(url="https://example.com/", secret="now", previous_secret="before")
    LtiKey.objects.create(private="a key")
    return secrets()


def test_after_it_the_old_key_is_needed_no_more(
    stored: tuple[str, str | None, str], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [old]
    encryption.encrypt_anew(argparse.Namespace())
    assert capsys.readouterr().out == "2 rows with secrets are encrypted with STEPWELL_SECRET_KEY.\n"
    settings.SECRET_KEY_FALLBACKS = []
    assert secrets() == stored == ("now", "before", "a key")


def test_without_the_old_key_it_is_refused_and_the_check_says_so(
    stored: tuple[str, str | None, str], organisation: Organisation, settings: Settings
) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, []
    with pytest.raises(InvalidToken):
        secrets()
    said = encryption.unreadable(organisation.slug)
    with pytest.raises(Refusal, match=r"^Secrets of the organisation academy are encrypted with a key"):
        encryption.encrypt_anew(argparse.Namespace())
    assert list(encryption.unreadable_everywhere()) == [said]
    settings.SECRET_KEY_FALLBACKS = [old]
    assert list(encryption.unreadable_everywhere()) == []
    assert secrets() == stored


def test_the_check_asks_for_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("settings_at_fault", "database_at_fault"):
        monkeypatch.setattr(safety, name, lambda: iter(()))
    monkeypatch.setattr(safety, "leave_no_connection", lambda: None)
    monkeypatch.setattr(safety, "unreadable_everywhere", lambda: iter(["Secrets are lost."]))
    assert safety.check(argparse.Namespace(quiet=False)) == 1
    assert capsys.readouterr().out.splitlines()[0] == "Secrets are lost."
