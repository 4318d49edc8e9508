"""Launches of external tools, with Stepwell as the LTI 1.3 platform.

1. `begin` gives the address of the tool's login, with a signed hint that says who launches what.
2. The tool sends the browser back, and `answer` gives it the signed message for the person of the session.

What an author chooses in a tool is in `lti_choices.py`, what tools score in `lti_scores.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.kernel import lti
from stepwell.kernel import lti_tokens as tokens
from stepwell.kernel.lti import LtiError, Message
from stepwell.models import LtiTool, Module, User
from stepwell.operations import learning, lti_keys, lti_modules, lti_tokens
from stepwell.operations.base import operation
from stepwell.problems import NotFound, PermissionDenied

LAUNCH_WITHIN = 600  # seconds from the click to the message
LONGEST_NONCE = 2_000
ASKED = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}


@dataclass(frozen=True)
class Answer:
    """The form that the browser posts to the tool."""

    url: str
    fields: Mapping[str, str]
    tool: str


@operation("learning.write", least=Reach.OWN)
def begin(module: Module, message: Message, *, base: str, by: Actor) -> str:
    """Begin to launch the tool of a module; out: the address to which the browser goes.

    In: `base`, the address of the organisation. A participant opens the module by it; authors, trainers and
    managers who do not take part look at it as instructors; who may change the training chooses its content.
    Raises `NotFound`, `lti_modules.ToolIsGone`, `PermissionDenied`, and `learning.ModuleIsClosed`.
    """
    module = lti_modules.module_with(module.pk)
    tool = lti_modules.tool_of(module)
    _require_allowed(module, tool, message, by)
    if message is Message.RESOURCE_LINK and lti_modules.takes_part(module, by):
        learning.open_module(module, by=by)
    user = str(by.user_id)
    hint = lti_tokens.hint({"module": str(module.pk), "user": user, "message": message.name}, "launch")
    return lti.login_url(
        tool.login_url,
        issuer=base,
        launch_hint=hint,
        login_hint=user,
        target=_target(message, module, tool),
        client_id=tool.client_id,
        deployment_id=tool.deployment_id,
    )


def answer(asked: Mapping[str, str], *, base: str, by: Actor) -> Answer:
    """The signed message for the person of the session (Security Framework 5.1.1.2, 5.1.1.3).

    In: the parameters with which the tool sent the browser back; each launch is answered once. Raises
    `LtiError` for a request that is not as it should be, and as `begin`.
    """
    for name, value in ASKED.items():
        if asked.get(name) != value:
            raise LtiError(f"`{name}` must be `{value}`.")
    hint = lti_tokens.read_hint(asked.get("lti_message_hint", ""), "launch", within=LAUNCH_WITHIN)
    if hint["user"] != str(by.user_id) or asked.get("login_hint") != hint["user"]:
        raise LtiError("Somebody else began this launch.")
    module, message = lti_modules.module_with(hint["module"]), Message[hint["message"]]
    tool = lti_modules.tool_of(module)
    redirect = _checked(asked, module, tool)
    _require_allowed(module, tool, message, by)
    lti_tokens.use_up(tool, f"launch:{hint['once']}", seconds=LAUNCH_WITHIN)
    claims = _claims(message, module, tool, asked["nonce"], base, by)
    fields = {"id_token": tokens.sign(claims, lti_keys.signing_key())}
    return Answer(redirect, fields | ({"state": asked["state"]} if "state" in asked else {}), tool.title)


def line_item_url(module: UUID, base: str) -> str:
    """Where a module's scores are sent; `/scores` and `/results` are put behind it (AGS 3.2.9)."""
    return f"{base}/lti/line-items/{module}"


# ---------------------------------------------------------------- what is checked


def _require_allowed(module: Module, tool: LtiTool, message: Message, by: Actor) -> None:
    if message is Message.DEEP_LINKING:
        if not lti_modules.may_change(module, by):
            raise PermissionDenied("You may choose content for the trainings that you may change.")
        if tool.deep_link_url is None:
            raise lti_modules.ToolIsGone(
                f"{tool.title} offers nothing to choose from: it has no deepLinkUrl."
            )
    elif lti_modules.takes_part(module, by):
        learning.require_open(module, by)
    elif not lti_modules.may_look(module, by):
        raise NotFound("There is no such module.", field="moduleId")


def _checked(asked: Mapping[str, str], module: Module, tool: LtiTool) -> str:
    """Where the message goes: what was registered, or exactly what the module shows, at the tool's host."""
    if asked.get("client_id") != tool.client_id:
        raise LtiError("The client is not the one of this launch.")
    if not 1 <= len(asked.get("nonce", "")) <= LONGEST_NONCE:
        raise LtiError(f"A `nonce` of 1 to {LONGEST_NONCE:,} characters is needed.")
    redirect, shown = asked.get("redirect_uri", ""), lti_modules.launch_url(module, tool)
    if redirect in lti_modules.addresses(tool) or (redirect == shown and lti_modules.is_at(tool, shown)):
        return redirect
    raise LtiError("The `redirect_uri` is not one of the tool's.")


# ---------------------------------------------------------------- what is said


def _target(message: Message, module: Module, tool: LtiTool) -> str:
    if message is Message.DEEP_LINKING and tool.deep_link_url:
        return tool.deep_link_url
    return lti_modules.launch_url(module, tool)


def _claims(
    message: Message, module: Module, tool: LtiTool, nonce: str, base: str, by: Actor
) -> dict[str, Any]:
    training, now = module.module_group.training, timezone.now()
    launch = lti.Launch(
        issuer=base,
        client_id=tool.client_id,
        deployment_id=tool.deployment_id,
        nonce=nonce,
        target=_target(message, module, tool),
        person=_person(module, tool, message, by),
        context_id=str(training.pk),
        context_title=training.title,
        return_url=f"{base}/lti/modules/{module.pk}/back/",
        custom=lti_modules.custom(module, tool),
    )
    if message is Message.DEEP_LINKING:
        data = lti_tokens.hint({"module": str(module.pk), "user": str(by.user_id)}, "choice")
        return lti.deep_linking(launch, now=now, choice_url=f"{base}/lti/choices/{tool.pk}/", data=data)
    address = line_item_url(module.pk, base)
    return lti.resource_link(
        launch, now=now, link_id=str(module.pk), link_title=module.title, line_item=address
    )


def _person(module: Module, tool: LtiTool, message: Message, by: Actor) -> lti.Person:
    user = User.objects.get(pk=by.user_id)
    return lti.Person(
        id=str(user.pk),
        name=user.name if tool.sends_name else None,
        email=user.email if tool.sends_email else None,
        language=user.language.lower(),
        teaches=message is Message.DEEP_LINKING or not lti_modules.takes_part(module, by),
    )
