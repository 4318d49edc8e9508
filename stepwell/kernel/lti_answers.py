"""What LTI tools send: what somebody chose in them (Deep Linking 2.0), and scores (AGS 2.0)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from stepwell.kernel.lti import CLAIM, DEEP_LINKING, VERSION, LtiError

MOST_CUSTOM = 50
LONGEST_TEXT = 2_000
LARGEST_NUMBER = 10**9

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")


# ---------------------------------------------------------------- what was chosen


@dataclass(frozen=True)
class ContentItem:
    """What somebody chose in a tool: the address to launch, and what is sent along."""

    url: str | None
    title: str | None
    custom: Mapping[str, str]


def chosen(claims: Mapping[str, Any], *, deployment_id: str) -> ContentItem | None:
    """What a deep linking response says was chosen; None when nothing was. Raises `LtiError`."""
    if claims.get(f"{CLAIM}message_type") != "LtiDeepLinkingResponse":
        raise LtiError("The message must be an LtiDeepLinkingResponse.")
    if claims.get(f"{CLAIM}version") != VERSION:
        raise LtiError(f"The message must be of LTI {VERSION}.")
    if claims.get(f"{CLAIM}deployment_id") != deployment_id:
        raise LtiError("The message is of another deployment.")
    items = claims.get(f"{DEEP_LINKING}content_items") or []
    if not isinstance(items, list) or any(not isinstance(item, dict) for item in items):
        raise LtiError("`content_items` must be a list of objects.")
    links = [item for item in items if item.get("type") == "ltiResourceLink"]
    if items and not links:
        raise LtiError("Only items of the type ltiResourceLink can be chosen.")
    return _item(links[0]) if links else None


def _item(item: Mapping[str, Any]) -> ContentItem:
    url, title, custom = item.get("url"), item.get("title"), item.get("custom") or {}
    if not isinstance(url, str | None) or not isinstance(title, str | None) or not isinstance(custom, dict):
        raise LtiError("An item has a `url` and a `title` that are text, and `custom` values.")
    texts = {str(name): str(value) for name, value in custom.items()}
    if len(texts) > MOST_CUSTOM or any(len(text) > LONGEST_TEXT for text in (*texts, *texts.values())):
        raise LtiError(
            f"An item has at most {MOST_CUSTOM} `custom` values, of at most {LONGEST_TEXT:,} characters."
        )
    return ContentItem(url or None, title or None, texts)


# ---------------------------------------------------------------- what was scored


@dataclass(frozen=True)
class Score:
    """One score of one person (AGS 3.4.1). `hundredths` of a percent, None when nothing was scored;
    `is_done`: the person has completed the activity or handed it in."""

    user_id: str
    at: datetime
    hundredths: int | None
    is_done: bool
    is_final: bool


def read_score(body: bytes) -> Score:
    """A score as a tool sends it. Raises `LtiError`."""
    try:
        given = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise LtiError("The body must be JSON.") from None
    if not isinstance(given, dict) or not isinstance(given.get("userId"), str):
        raise LtiError("A score needs a `userId`.")
    activity, grading = given.get("activityProgress"), given.get("gradingProgress")
    if activity not in ACTIVITY or grading not in GRADING:
        raise LtiError(
            f"`activityProgress` must be one of {', '.join(ACTIVITY)}, "
            f"`gradingProgress` one of {', '.join(GRADING)}."
        )
    is_done = activity in ("Submitted", "Completed")
    return Score(given["userId"], _moment(given), _hundredths(given), is_done, grading == "FullyGraded")


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def _moment(given: Mapping[str, Any]) -> datetime:
    text = given.get("timestamp")
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise LtiError("`timestamp` must be an ISO 8601 time with its zone, as 2026-03-01T09:30:00.000Z.")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise LtiError("`timestamp` is not a time that exists.") from None


def _hundredths(given: Mapping[str, Any]) -> int | None:
    if given.get("scoreGiven") is None:
        return None
    score = _number(given["scoreGiven"], "scoreGiven")
    most = _number(given.get("scoreMaximum"), "scoreMaximum")
    if score < 0 or most <= 0:
        raise LtiError("`scoreGiven` must be 0 or more, and `scoreMaximum` more than 0.")
    share = min(score / most, Decimal(1))  # extra credit is no more than all (AGS 3.4.4)
    return int((share * 10_000).to_integral_value(ROUND_HALF_UP))


def _number(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise LtiError(f"`{name}` must be a number.")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise LtiError(f"`{name}` must be a number.") from None
    size = number.copy_abs() if number.is_finite() else Decimal("Infinity")
    if size > LARGEST_NUMBER or (size and size * LARGEST_NUMBER < 1):
        raise LtiError(f"`{name}` must be a number of an ordinary size.")
    return number
