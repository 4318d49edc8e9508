"""A course module has no settings, but a course."""

from stepwell.plugins.modules.base import Held, Setting, Settings
from stepwell.problems import InvalidInput

SETTINGS: dict[str, Setting] = {}


def check(found: Settings, held: Held, field: str) -> None:
    """A course is needed."""
    if not held.course:
        raise InvalidInput("This kind of module needs a course.", field=field)
