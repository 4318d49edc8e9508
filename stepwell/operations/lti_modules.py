"""Modules that show an external tool: which tool, what of it, and who looks at it as what."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from stepwell.actors import Actor
from stepwell.models import LtiTool, Module, ModuleKind, Training, TrainingRole, TrainingUser
from stepwell.plugins import modules as kinds
from stepwell.problems import Conflict, NotFound


class ToolIsGone(Conflict):
    """The module names no tool, or one that is archived or cannot do what is asked."""


def module_with(id: UUID | str) -> Module:
    """A module that is not archived, neither itself nor what it is in. Raises `NotFound`."""
    rows = Module.objects.select_related("module_group__training").filter(
        archived_at=None, module_group__archived_at=None, module_group__training__archived_at=None
    )
    module: Module | None = rows.filter(pk=id).first()
    if module is None:
        raise NotFound("There is no such module.", field="moduleId")
    return module


def tool_of(module: Module) -> LtiTool:
    """The tool that a module shows. Raises `NotFound` for another kind of module, and `ToolIsGone`."""
    if module.kind != ModuleKind.LTI:
        raise NotFound("This module shows no external tool.", field="moduleId")
    rows = LtiTool.objects.filter(pk=kinds.settings_of(module).get("toolId"), archived_at=None)
    tool: LtiTool | None = rows.first()
    if tool is None:
        raise ToolIsGone("The external tool of this module is not there any more.")
    return tool


def launch_url(module: Module, tool: LtiTool) -> str:
    """What the module shows of the tool."""
    return str(kinds.settings_of(module).get("url") or tool.launch_url)


def custom(module: Module, tool: LtiTool) -> Mapping[str, str]:
    """The texts that go with a launch: those of the tool, and those of the module before them."""
    own: Mapping[str, str] = kinds.settings_of(module).get("custom") or {}
    return {**json.loads(tool.custom), **own}


def addresses(tool: LtiTool) -> set[str]:
    """Where a tool may have messages sent."""
    return {tool.launch_url, *json.loads(tool.redirect_urls), *filter(None, [tool.deep_link_url])}


def is_at(tool: LtiTool, url: str) -> bool:
    """Whether an address is at one of the tool's own hosts."""
    return _origin(url) in map(_origin, addresses(tool))


def _origin(url: str) -> tuple[str, str]:
    """Scheme and host with port, as browsers compare them."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


# ---------------------------------------------------------------- who looks


def takes_part(module: Module, by: Actor) -> bool:
    """Whether the person learns in the training of the module."""
    return bool(_links(module, by).participants().exists())


def may_look(module: Module, by: Actor) -> bool:
    """Whether the person looks at the module as one who teaches or builds."""
    return may_change(module, by) or _links(module, by).exclude(role=TrainingRole.PARTICIPANT).exists()


def may_change(module: Module, by: Actor) -> bool:
    """Whether the person builds the training of the module."""
    rows: Any = Training.objects.editable_by(by).filter(pk=module.module_group.training_id)
    return bool(rows.exists())


def _links(module: Module, by: Actor) -> Any:
    return TrainingUser.objects.current().filter(training=module.module_group.training_id, user=by.user_id)
