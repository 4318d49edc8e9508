"""The settings of a video: where it is, how long it is, and how much of it has to be seen."""

from stepwell.plugins.modules.base import (
    REQUIRED_SHARE,
    Counts,
    Held,
    Setting,
    Settings,
    embeddable,
    whole,
)
from stepwell.problems import InvalidInput

LONGEST = 24 * 3600  # seconds

SETTINGS = {
    "url": Setting("url", embeddable),
    "duration_seconds": Setting("durationSeconds", whole(1, LONGEST), is_needed=True),
    "required_share": Setting("requiredShare", whole(1, 100)),
}


def check(found: Settings, held: Held, field: str) -> None:
    """A video has an address or a file, not both."""
    if held.file == ("url" in found):
        raise InvalidInput("A video has a url or a file, one of them.", field=f"{field}.url")


def counts(found: Settings) -> Counts:
    """How many seconds have to be seen: the required share, rounded up."""
    share = found.get("requiredShare", REQUIRED_SHARE)
    return Counts(seconds_needed=-(-found.get("durationSeconds", 0) * share // 100))
