"""The kinds of modules, each a slice of its own that knows no other: `KINDS` has them all.

A slice has `settings.py` (what its settings are and how they are checked) and says in `KIND` what it shows
and what progress has to know.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from stepwell.models import Module, ModuleKind
from stepwell.plugins.modules import (
    assignment,
    certificate,
    course,
    file,
    lti,
    quiz,
    session,
    theory,
    video,
)
from stepwell.plugins.modules.base import Counts, Kind

KINDS: Mapping[ModuleKind, Kind] = MappingProxyType(
    {
        ModuleKind.THEORY: theory.KIND,
        ModuleKind.VIDEO: video.KIND,
        ModuleKind.QUIZ: quiz.KIND,
        ModuleKind.ASSIGNMENT: assignment.KIND,
        ModuleKind.COURSE: course.KIND,
        ModuleKind.FILE: file.KIND,
        ModuleKind.SESSION: session.KIND,
        ModuleKind.CERTIFICATE: certificate.KIND,
        ModuleKind.LTI: lti.KIND,
    }
)


def kind_of(module: Module) -> Kind:
    """The kind that a module is of."""
    return KINDS[ModuleKind(module.kind)]


def settings_of(module: Module) -> dict[str, Any]:
    """The settings of a module, by the names that they have in the API."""
    found: dict[str, Any] = orjson.loads(module.settings)
    return found


def counts_of(module: Module) -> Counts:
    """What of a module's settings decides on progress."""
    return kind_of(module).counts(settings_of(module))
