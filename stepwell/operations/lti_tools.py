"""What is done with external tools: registered, changed, archived. Launches are in `lti.py`."""

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.kernel import lti_tokens, safe_http
from stepwell.kernel.lti import LtiError
from stepwell.models import LtiTool
from stepwell.models.people import searchable
from stepwell.operations import lti_tokens as proofs
from stepwell.operations import person_fields
from stepwell.operations.base import operation
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, NotFound

LONGEST_TITLE = 200
LONGEST_KEY = 255
MOST_TOOLS = 1_000
MOST_URLS = 20
MOST_CUSTOM = 50
LONGEST_CUSTOM = 20_000
CLEARABLE = ("deep_link_url",)

type Given = Mapping[str, Any]


class TooManyTools(Conflict):
    """An organisation has a bounded number of tools."""


@operation("trainings.write")
def create(given: Given, *, by: Actor) -> LtiTool:
    """Register a tool from the fields of `LtiToolInput`: title, login and launch URL, and its keys.

    Without a client id and a deployment id, new ones are made. Raises `InvalidInput`, `TooManyTools`, and
    `AlreadyExists` for a client id that another tool has.
    """
    fields = _clean(given)
    for name, said in (("title", "title"), ("login_url", "loginUrl"), ("launch_url", "launchUrl")):
        if name not in fields:
            raise InvalidInput(f"A new tool needs a {said}.", field=f"ltiTool.{said}")
    if not {"jwks_url", "keys"} & fields.keys():
        raise InvalidInput("A new tool needs a jwksUrl or a publicKey.", field="ltiTool.jwksUrl")
    if LtiTool.objects.count() >= MOST_TOOLS:
        raise TooManyTools(f"There are {MOST_TOOLS:,} tools already, and no more are allowed.")
    tool = LtiTool(**{"client_id": secrets.token_hex(16), "deployment_id": "1", **fields})
    _save(tool)
    return tool


@operation("trainings.write")
def update(tool: LtiTool, given: Given, *, by: Actor) -> LtiTool:
    """Change what is given, leave the rest; out: the tool as it is now. A key takes the place of a jwksUrl,
    and the other way round. Raises `InvalidInput`, `NotFound`, and `Conflict` for a taken client id.
    """
    row: LtiTool | None = LtiTool.objects.select_for_update(no_key=True).filter(pk=tool.pk).first()
    if row is None:
        raise NotFound("There is no such tool.", field="id")
    fields = _clean(given)
    if fields.get("jwks_url") == row.jwks_url and row.jwks_url:
        fields = {name: value for name, value in fields.items() if name not in KEYS}
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, fields[name])
        row.updated_at = timezone.now()
        _save(row)
        proofs.asked.forget(row.pk)
    return row


KEYS = ("jwks_url", "keys", "keys_fetched_at")


@operation("trainings.write")
def archive(tools: Iterable[LtiTool], archived: bool, *, by: Actor) -> Sequence[LtiTool]:
    """Archive tools, which ends their launches and scores, or bring them back. Out: those now as asked."""
    rows = LtiTool.objects.filter(pk__in=[tool.pk for tool in tools])
    now = timezone.now()
    other = rows.filter(archived_at__isnull=archived)
    other.update(archived_at=now if archived else None, updated_at=now)
    return list(rows.filter(archived_at__isnull=not archived))


def _save(tool: LtiTool) -> None:
    taken = AlreadyExists if tool._state.adding else Conflict
    tool.title_key = searchable(tool.title)
    try:
        with transaction.atomic():
            tool.save(force_insert=tool._state.adding)
    except IntegrityError:
        raise taken(f"Another tool has the client id {tool.client_id}.", field="ltiTool.clientId") from None


# ---------------------------------------------------------------- what is checked


def _clean(given: Given) -> dict[str, Any]:
    """What was given, as it is stored. Null clears what may be absent, and is as not given elsewhere."""
    if given.get("jwks_url") is not None and given.get("public_key") is not None:
        raise InvalidInput("Give a jwksUrl or a publicKey, not both.", field="ltiTool.publicKey")
    fields: dict[str, Any] = {}
    for name, clean in CLEANERS.items():
        if given.get(name) is not None:
            fields |= clean(given[name])
    return fields | {name: None for name in CLEARABLE if name in given and given[name] is None}


def _text(name: str, said: str, longest: int) -> Callable[[str], dict[str, Any]]:
    return lambda value: {name: person_fields.text(value, f"ltiTool.{said}", longest)}


def _url(name: str, said: str) -> Callable[[str], dict[str, Any]]:
    return lambda value: {name: checked_url(value, field=f"ltiTool.{said}")}


def checked_url(url: str, *, field: str) -> str:
    """An address at which a tool may be. Raises `InvalidInput`."""
    try:
        safe_http.check_url(url, allow_loopback=settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS)
    except safe_http.UnsafeUrl as error:
        raise InvalidInput(str(error), field=field) from None
    if not url.isprintable() or " " in url:
        raise InvalidInput("A URL has no spaces and no control characters.", field=field)
    return url


def _urls(value: Collection[str]) -> dict[str, Any]:
    if len(value) > MOST_URLS:
        raise InvalidInput(f"At most {MOST_URLS} redirectUrls.", field="ltiTool.redirectUrls")
    return {"redirect_urls": json.dumps([checked_url(url, field="ltiTool.redirectUrls") for url in value])}


def _jwks_url(value: str) -> dict[str, Any]:
    return {"jwks_url": checked_url(value, field="ltiTool.jwksUrl"), "keys": None, "keys_fetched_at": None}


def _public_key(value: str) -> dict[str, Any]:
    try:
        return {"jwks_url": None, "keys": lti_tokens.read_keys(value), "keys_fetched_at": None}
    except LtiError as error:
        raise InvalidInput(str(error), field="ltiTool.publicKey") from None


def _custom(value: str) -> dict[str, Any]:
    try:
        given = json.loads(value) if len(value) <= LONGEST_CUSTOM else None
    except (ValueError, RecursionError):
        given = None
    if (
        not isinstance(given, dict)
        or len(given) > MOST_CUSTOM
        or not all(isinstance(text, str) for text in given.values())
    ):
        raise InvalidInput(
            f"custom must be a JSON object of at most {MOST_CUSTOM} texts.", field="ltiTool.custom"
        )
    return {"custom": json.dumps(given)}


CLEANERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "title": _text("title", "title", LONGEST_TITLE),
    "client_id": _text("client_id", "clientId", LONGEST_KEY),
    "deployment_id": _text("deployment_id", "deploymentId", LONGEST_KEY),
    "login_url": _url("login_url", "loginUrl"),
    "launch_url": _url("launch_url", "launchUrl"),
    "redirect_urls": _urls,
    "deep_link_url": _url("deep_link_url", "deepLinkUrl"),
    "public_key": _public_key,
    "jwks_url": _jwks_url,
    "custom": _custom,
    "sends_name": lambda value: {"sends_name": bool(value)},
    "sends_email": lambda value: {"sends_email": bool(value)},
}
