"""A file module has no settings, but a file."""

from stepwell.plugins.modules.base import Held, Setting, Settings
from stepwell.problems import InvalidInput

SETTINGS: dict[str, Setting] = {}


def check(found: Settings, held: Held, field: str) -> None:
    """A file is needed."""
    if not held.file:
        raise InvalidInput("This kind of module needs a file.", field=field)
