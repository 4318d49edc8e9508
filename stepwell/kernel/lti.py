"""LTI 1.3 as a platform speaks it: the messages that a launch carries.

After "LTI Core 1.3", "LTI Deep Linking 2.0" and "LTI Assignment and Grade Services 2.0" (AGS). What is signed
and checked is in `lti_tokens.py`, what tools send back in `lti_answers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
VERSION = "1.3.0"
MESSAGE_LASTS = 300  # seconds that a message of ours may be on its way

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPES = (SCORE, LINE_ITEM, RESULT)

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
COURSE = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"


class LtiError(ValueError):
    """Something that a tool sent is not as the specification has it; the message is a sentence."""


class Message(StrEnum):
    """What a launch is for."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True)
class Person:
    """Who launches. What a tool is not to know is None."""

    id: str
    name: str | None = None
    email: str | None = None
    language: str | None = None
    teaches: bool = False


@dataclass(frozen=True)
class Launch:
    """What is common to both messages. `return_url`: where the tool may send the person when done."""

    issuer: str
    client_id: str
    deployment_id: str
    nonce: str
    target: str
    person: Person
    context_id: str
    context_title: str
    return_url: str
    custom: Mapping[str, str] = field(default_factory=dict)


def login_url(login: str, *, issuer: str, launch_hint: str, login_hint: str, target: str, **tool: str) -> str:
    """Where the browser goes first: the tool's own login initiation (Security Framework 5.1.1.1).

    `tool`: `client_id` and `deployment_id`.
    """
    asked = {
        "iss": issuer,
        "login_hint": login_hint,
        "target_link_uri": target,
        "lti_message_hint": launch_hint,
        "client_id": tool["client_id"],
        "lti_deployment_id": tool["deployment_id"],
    }
    parts = urlsplit(login)
    query = f"{parts.query}&{urlencode(asked)}" if parts.query else urlencode(asked)
    return urlunsplit(parts._replace(query=query, fragment=""))


def resource_link(
    launch: Launch, *, now: datetime, link_id: str, link_title: str, line_item: str
) -> dict[str, Any]:
    """The claims of a launch of one module (LTI Core 5.3). `line_item`: where its score is to be sent."""
    return _message(launch, Message.RESOURCE_LINK, now) | {
        f"{CLAIM}resource_link": {"id": link_id, "title": link_title},
        GRADES: {"scope": list(SCOPES), "lineitem": line_item},
    }


def deep_linking(launch: Launch, *, now: datetime, choice_url: str, data: str) -> dict[str, Any]:
    """The claims of a request to choose what a module shows (Deep Linking 4.4).

    The choice is posted to `choice_url`, and `data` comes back with it.
    """
    return _message(launch, Message.DEEP_LINKING, now) | {
        f"{DEEP_LINKING}deep_linking_settings": {
            "deep_link_return_url": choice_url,
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["window"],
            "accept_multiple": False,
            "auto_create": True,
            "data": data,
        }
    }


def _message(launch: Launch, message: Message, now: datetime) -> dict[str, Any]:
    person, issued = launch.person, int(now.timestamp())
    names = {"name": person.name, "email": person.email, "locale": person.language}
    presentation = {"document_target": "window", "return_url": launch.return_url, "locale": person.language}
    claims: dict[str, Any] = {
        "iss": launch.issuer,
        "aud": launch.client_id,
        "sub": person.id,
        "iat": issued,
        "exp": issued + MESSAGE_LASTS,
        "nonce": launch.nonce,
        f"{CLAIM}message_type": str(message),
        f"{CLAIM}version": VERSION,
        f"{CLAIM}deployment_id": launch.deployment_id,
        f"{CLAIM}target_link_uri": launch.target,
        f"{CLAIM}roles": [INSTRUCTOR if person.teaches else LEARNER],
        f"{CLAIM}context": {"id": launch.context_id, "title": launch.context_title, "type": [COURSE]},
        f"{CLAIM}tool_platform": {"guid": launch.issuer, "product_family_code": "stepwell"},
        f"{CLAIM}launch_presentation": _known(presentation),
    }
    if launch.custom:
        claims[f"{CLAIM}custom"] = dict(launch.custom)
    return claims | _known(names)


def _known(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
