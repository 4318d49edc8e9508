"""The settings of an assignment: what is asked, what can be handed in, by whom, and how it is assessed.

The file of the module is the one with instructions.
"""

from enum import StrEnum

from stepwell.plugins.modules.base import Counts, Held, Setting, Settings, boolean, html, one_of, whole
from stepwell.problems import InvalidInput


class Assessment(StrEnum):
    """How an assignment is assessed: by a score in percent, or as passed or failed."""

    SCORE = "SCORE"
    PASSED = "PASSED"


SETTINGS = {
    "instructions": Setting("instructions", html),
    "assessment": Setting("assessment", one_of(Assessment)),
    "pass_mark": Setting("passMark", whole(0, 100)),
    "is_for_groups": Setting("isForGroups", boolean),
    "accepts_files": Setting("acceptsFiles", boolean),
    "accepts_text": Setting("acceptsText", boolean),
}


def check(found: Settings, held: Held, field: str) -> None:
    """Something can be handed in; only a score has a pass mark."""
    if not found.get("acceptsFiles", True) and not found.get("acceptsText", True):
        raise InvalidInput("An assignment accepts files, text or both.", field=f"{field}.acceptsFiles")
    if "passMark" in found and not _is_scored(found):
        raise InvalidInput(
            "Only an assignment that is assessed by a SCORE has a passMark.", field=f"{field}.passMark"
        )


def counts(found: Settings) -> Counts:
    """The pass mark, where there is a score."""
    return Counts(pass_mark=found.get("passMark"), is_scored=_is_scored(found))


def _is_scored(found: Settings) -> bool:
    return bool(found.get("assessment", Assessment.SCORE) == Assessment.SCORE)
