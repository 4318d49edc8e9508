"""Where people reach an organisation."""

import pytest
from pytest_django import Settings

from stepwell import public_url


def test_the_public_url_comes_first(settings: Settings) -> None:
    settings.STEPWELL_PUBLIC_URL = "https://learn.example.com/"
    with public_url.asked_at("http://10.0.0.5:8000"):
        assert public_url.of("academy") == "https://learn.example.com"


def test_the_public_url_may_name_the_organisation(settings: Settings) -> None:
    settings.STEPWELL_PUBLIC_URL = "https://{organisation}.example.com/learn"
    assert public_url.of("academy") == "https://academy.example.com/learn"


def test_without_one_it_is_where_the_request_was_asked() -> None:
    with public_url.asked_at("http://localhost:8123"):
        assert public_url.of("academy") == "http://localhost:8123"
    assert public_url.of("academy") == "http://academy.localhost:8000"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ([".example.com"], "https://academy.example.com"),
        (["*", "learn.example.com", ".example.com"], "https://learn.example.com"),
        (["*"], "https://localhost"),
    ],
)
def test_without_a_request_it_is_the_first_host_that_is_allowed(
    settings: Settings, allowed: list[str], expected: str
) -> None:
    settings.DEVELOPMENT = False
    settings.ALLOWED_HOSTS = allowed
    assert public_url.of("academy") == expected
