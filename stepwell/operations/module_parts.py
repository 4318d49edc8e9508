"""What a module shows, by its kind: the settings, the file, the course. Given in the part of that name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from stepwell.actors import Actor
from stepwell.models import Course, Module, StoredFile
from stepwell.operations import uploads
from stepwell.operations.authoring import Given
from stepwell.operations.files import Upload
from stepwell.plugins import modules as kinds
from stepwell.plugins.modules.base import Held
from stepwell.problems import InvalidInput

PARTS = frozenset(kind.part for kind in kinds.KINDS.values())


@dataclass(frozen=True)
class Shown:
    """What a module is to show: columns, and a file to store."""

    columns: Mapping[str, Any]
    upload: Upload | None = None


def read(module: Module, given: Given, by: Actor) -> Shown | None:
    """What is given for the part of the module's kind, checked with what it shows already; None for nothing.

    A new module is checked in any case. Raises `InvalidInput` naming the setting, or a part that the kind
    does not have.
    """
    kind = kinds.kind_of(module)
    for other in sorted(PARTS - {kind.part}):
        if given.get(other) is not None:
            raise InvalidInput(f"{module.kind} has no {other}, but {kind.part}.", field=f"module.{other}")
    part, field = given.get(kind.part), f"module.{kind.part}"
    if part is None and not module._state.adding:
        return None
    return _read(module, part or {}, field, by)


def _read(module: Module, part: Given, field: str, by: Actor) -> Shown:
    kind, upload = kinds.kind_of(module), None
    columns: dict[str, Any] = {}
    settings = kind.read(part, kinds.settings_of(module), field)
    if kind.shows_course and any(part.get(name) for name in ("id", "ref")):
        columns["course_id"] = _course(part, field, by).pk
    if kind.shows_file and part.get("file") is not None:
        upload = uploads.read(part["file"], field if kind.part == "file" else f"{field}.file", by=by)
        if not part.get("url"):  # a file in the place of the address
            settings.pop("url", None)
    elif kind.shows_file and (part.get("url") or ("file" in part and part["file"] is None)):
        columns["file_id"] = None
    held = Held(
        file=upload is not None or columns.get("file_id", module.file_id) is not None,
        course=columns.get("course_id", module.course_id) is not None,
    )
    kind.check(settings, held, field)
    if settings != kinds.settings_of(module):
        columns["settings"] = orjson.dumps(settings).decode()
    if upload and _is_shown(module, upload):
        upload = None
    return Shown(columns, upload)


def _course(part: Given, field: str, by: Actor) -> Course:
    """The course that is named by id or ref, of those that the actor sees."""
    named = {"pk" if name == "id" else name: part[name] for name in ("id", "ref") if part.get(name)}
    if len(named) != 1:
        raise InvalidInput("Name a course by its id or its ref, one of them.", field=field)
    found: Course | None = Course.objects.visible_to(by).filter(archived_at=None, **named).first()
    if found is None:
        raise InvalidInput("There is no such course.", field=field)
    return found


def _is_shown(module: Module, upload: Upload) -> bool:
    same = StoredFile.objects.filter(pk=module.file_id, sha256=upload.sha256, name=upload.name)
    return module.file_id is not None and same.exists()
