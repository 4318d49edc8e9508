import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _receivers_on_this_machine(settings: Settings) -> None:
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True
