"""What an author chooses in an external tool (Deep Linking 2.0), brought into the module."""

import json
from typing import Any
from uuid import UUID

from stepwell.actors import Actor, Reach
from stepwell.kernel import lti, lti_answers
from stepwell.kernel.lti import LtiError
from stepwell.models import LtiTool, Module
from stepwell.operations import authoring, lti_modules, lti_tokens, modules
from stepwell.operations.base import operation
from stepwell.problems import NotFound

CHOOSE_WITHIN = 7_200  # seconds from the launch to the choice


def accept(tool_id: UUID, token: str, *, base: str, by: Actor) -> Module:
    """Let a module show what its author chose in the tool; out: the module, as it is now.

    In: the JWT of a deep linking response, and the person of the session, who has to be the one who went
    there. A message is good once, and so is a visit to the tool. Raises `LtiError`, `NotFound`,
    `lti_modules.ToolIsGone`, and as `choose`.
    """
    tool: LtiTool | None = LtiTool.objects.filter(pk=tool_id, archived_at=None).first()
    if tool is None:
        raise NotFound("There is no such tool.", field="id")
    claims = lti_tokens.verified(tool, token, [base])
    if claims.get("iss") != tool.client_id:
        raise LtiError("The message is of somebody else: its `iss` is not the tool's client id.")
    item = lti_answers.chosen(claims, deployment_id=tool.deployment_id)
    data = claims.get(f"{lti.DEEP_LINKING}data")
    hint = lti_tokens.read_hint(data if isinstance(data, str) else "", "choice", within=CHOOSE_WITHIN)
    if hint["user"] != str(by.user_id):
        raise LtiError("Somebody else went to choose this.")
    module = lti_modules.module_with(hint["module"])
    if lti_modules.tool_of(module).pk != tool.pk:
        raise LtiError("The module shows another tool by now.")
    lti_tokens.use_up_token(tool, claims, "nonce")
    lti_tokens.use_up(tool, f"choice:{hint['once']}", seconds=CHOOSE_WITHIN)
    return choose(module, item, by=by) if item else module


@operation("trainings.write", least=Reach.OWN)
def choose(module: Module, item: lti_answers.ContentItem, *, by: Actor) -> Module:
    """Let the module show what was chosen, as an author does who changes it. Out: as it is now.

    Raises `PermissionDenied`, `InvalidInput`, and `LtiError` for what is not at the tool's own host.
    """
    authoring.lock_training(module.module_group.training_id, by)
    row = lti_modules.module_with(module.pk)
    if item.url is not None and not lti_modules.is_at(lti_modules.tool_of(row), item.url):
        raise LtiError("What is chosen must be at one of the tool's own addresses.")
    given: dict[str, Any] = {"lti": {"url": item.url, "custom": json.dumps(dict(item.custom))}}
    if item.title:
        given["title"] = item.title[: authoring.LONGEST_TITLE]
    return modules.update(row, given, by=by)
