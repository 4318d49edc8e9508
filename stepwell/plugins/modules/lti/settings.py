"""The settings of an external tool: which tool, what of it, what it is told, and when its score is enough."""

from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from stepwell.kernel import safe_http
from stepwell.models import LtiTool
from stepwell.plugins.modules.base import Counts, Held, Setting, Settings, whole
from stepwell.problems import InvalidInput

LONGEST_CUSTOM = 10_000


def _tool(value: Any, field: str) -> str:
    return str(UUID(str(value)))


def _address(value: Any, field: str) -> str | None:
    if not value.strip():
        return None
    try:
        safe_http.check_url(value.strip(), allow_loopback=settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS)
    except safe_http.UnsafeUrl as problem:
        raise InvalidInput(str(problem), field=field) from None
    return str(value.strip())


def _custom(value: Any, field: str) -> dict[str, str] | None:
    found = orjson.loads(value)
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise InvalidInput('custom is an object of texts, such as {"chapter": "3"}.', field=field)
    if len(value) > LONGEST_CUSTOM:
        raise InvalidInput(f"custom has at most {LONGEST_CUSTOM:,} characters.", field=field)
    return found or None


SETTINGS = {
    "tool_id": Setting("toolId", _tool, is_needed=True),
    "url": Setting("url", _address),
    "custom": Setting("custom", _custom),
    "pass_mark": Setting("passMark", whole(0, 100)),
}


def check(found: Settings, held: Held, field: str) -> None:
    """The tool is there."""
    if not LtiTool.objects.filter(pk=found["toolId"]).exists():
        raise InvalidInput(f"There is no tool {found['toolId']}.", field=f"{field}.toolId")


def counts(found: Settings) -> Counts:
    """The pass mark; without one any final score will do."""
    return Counts(pass_mark=found.get("passMark"))
