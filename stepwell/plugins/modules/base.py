"""What every kind of module says of itself: its settings, what it shows, and what progress has to know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.conf import settings

from stepwell.kernel import rich_text
from stepwell.problems import InvalidInput

LONGEST_TEXT = 200_000
LONGEST_URL = 2_000
REQUIRED_SHARE = 90  # percent of a video that has to be seen, where nothing else is said

# As stored and as the API says it: `{"requiredShare": 80}`. What was not given is not there.
type Settings = Mapping[str, Any]
type Reader = Callable[[Any, str], Any]  # the given value and its path → the stored value


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in the API, and how a given value is read. Null takes it away."""

    name: str
    read: Reader
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What a module has beside its settings."""

    file: bool = False
    course: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What of the settings decides on progress. A change of it recomputes everybody in the training.

    `seconds_needed` of a video; `pass_mark` in percent, of a score; whether a submission `is_scored`, or
    only passed and failed.
    """

    seconds_needed: int | None = None
    pass_mark: int | None = None
    is_scored: bool = True


def _nothing(found: Settings, held: Held, field: str) -> None:
    """Nothing has to fit together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of module. `part` is where the API has its settings: `module.video`.

    `check(settings, held, field)` raises `InvalidInput` for what does not fit together.
    """

    part: str
    settings: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    shows_file: bool = False
    shows_course: bool = False
    check: Callable[[Settings, Held, str], None] = _nothing
    counts: Callable[[Settings], Counts] = lambda found: Counts()

    def read(self, given: Mapping[str, Any], before: Settings, field: str) -> dict[str, Any]:
        """The settings after these were given, by their Python names; null takes one away.

        Raises `InvalidInput` naming the setting.
        """
        found = dict(before)
        for name, setting in self.settings.items():
            if name not in given:
                continue
            value = given[name]
            read = None if value is None else setting.read(value, f"{field}.{setting.name}")
            if read is None:
                found.pop(setting.name, None)
            else:
                found[setting.name] = read
        for setting in self.settings.values():
            if setting.is_needed and setting.name not in found:
                raise InvalidInput(f"{setting.name} is needed.", field=f"{field}.{setting.name}")
        return found


# ---------------------------------------------------------------- how values are read


def html(value: Any, field: str) -> str | None:
    """Rich text: cleaned; nothing is None."""
    if len(value) > LONGEST_TEXT:
        raise InvalidInput(f"This has more than {LONGEST_TEXT:,} characters.", field=field)
    return rich_text.clean(value.replace("\x00", "")) or None


def embeddable(value: Any, field: str) -> str | None:
    """An address of which a page may show a frame: of the hosts in STEPWELL_EMBED_HOSTS."""
    if not value.strip():
        return None
    if len(value) > LONGEST_URL:
        raise InvalidInput(f"An address has at most {LONGEST_URL:,} characters.", field=field)
    try:
        return rich_text.embeddable(value, settings.STEPWELL_EMBED_HOSTS)
    except rich_text.NotAllowed as problem:
        raise InvalidInput(str(problem), field=field) from None


def whole(least: int, most: int) -> Reader:
    """A whole number between bounds."""

    def read(value: Any, field: str) -> int:
        if not least <= value <= most:
            raise InvalidInput(f"This is a number from {least} to {most:,}.", field=field)
        return int(value)

    return read


def boolean(value: Any, field: str) -> bool:
    """Yes or no."""
    return bool(value)


def one_of(names: type[StrEnum]) -> Reader:
    """One of some names."""

    def read(value: Any, field: str) -> str:
        name = str(getattr(value, "value", value))
        if name not in set(names):
            raise InvalidInput(f"This is one of {', '.join(names)}.", field=field)
        return name

    return read
