"""External tools by LTI 1.3: registered once, shown by modules. Launches are pages, not part of the API."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import BulkPayload, Info, bulk, find, given, row
from stepwell.graphql.fields import Selector, by_key, column, derived, door, listed, reads, single
from stepwell.graphql.scalars import JSONString
from stepwell.operations import lti_keys, lti_tools
from stepwell.problems import InvalidInput

READ, WRITE = ("trainings.read", "trainings.write"), "trainings.write"
BY_ID = {"id": Selector(UUID, "pk")}


@reads(
    scope=READ,
    description="An external tool. To the tool, Stepwell is the platform whose issuer is the organisation's "
    "address, with /lti/keys/, /lti/authorize/ and /lti/token/.",
)
class LtiTool:
    id: UUID = column()
    title: str = column()
    client_id: str = column()
    deployment_id: str = column()
    login_url: str = column(description="The tool's login initiation.")
    launch_url: str = column(description="What is launched where a module says nothing else.")
    redirect_urls: list[str] = derived(
        json.loads, "redirect_urls", description="Where launches may go, beside launchUrl and deepLinkUrl."
    )
    deep_link_url: str | None = column(description="Where an author chooses what a module shows.")
    jwks_url: str | None = column(description="Where the tool's keys are.")
    custom: JSONString = column(description="Texts that are sent with every launch, as a JSON object.")
    sends_name: bool = column(description="Whether the tool is told people's names.")
    sends_email: bool = column(description="Whether the tool is told people's e-mail addresses.")
    archived_at: datetime | None = column()
    created_at: datetime = column()
    updated_at: datetime = column()


@strawberry.type
class Query:
    lti_tools: list[LtiTool] = listed(
        models.LtiTool, order=("title_key", "id"), scope=READ, description="At most 1,000, archived ones too."
    )
    lti_tool: LtiTool | None = single(models.LtiTool, BY_ID, scope=READ)


@strawberry.input(
    description="What is absent or null stays as it is; null clears deepLinkUrl. A new tool needs title, "
    "loginUrl, launchUrl, and jwksUrl or publicKey."
)
class LtiToolInput:
    title: str | None = UNSET
    client_id: str | None = strawberry.field(default=UNSET, description="Made for you when not given.")
    deployment_id: str | None = UNSET
    login_url: str | None = UNSET
    launch_url: str | None = UNSET
    redirect_urls: list[str] | None = UNSET
    deep_link_url: str | None = UNSET
    jwks_url: str | None = UNSET
    public_key: str | None = strawberry.field(
        default=UNSET, description="PEM, or a JSON Web Key Set, for a tool without a jwksUrl."
    )
    custom: JSONString | None = UNSET
    sends_name: bool | None = UNSET
    sends_email: bool | None = UNSET


@strawberry.type
class LtiToolPayload:
    lti_tool: LtiTool = by_key(models.LtiTool)


@strawberry.type
class ReplaceLtiKeysPayload:
    ok: bool


def _payload(tool: Any) -> LtiToolPayload:
    return LtiToolPayload(lti_tool=row(tool))


@strawberry.type
class Mutation:
    @door(WRITE)
    def create_lti_tool(self, info: Info, lti_tool: LtiToolInput) -> LtiToolPayload:
        return _payload(lti_tools.create(given(lti_tool), by=info.context.actor))

    @door(WRITE)
    def update_lti_tool(self, info: Info, id: UUID, lti_tool: LtiToolInput) -> LtiToolPayload:
        actor = info.context.actor
        return _payload(
            lti_tools.update(find(models.LtiTool, actor, BY_ID, id=id), given(lti_tool), by=actor)
        )

    @door(WRITE, description="An archived tool is launched no more, and its scores are refused.")
    def archive_lti_tools(self, info: Info, archive: bool, ids: list[UUID]) -> BulkPayload:
        actor = info.context.actor
        if not 0 < len(ids) <= lti_tools.MOST_TOOLS:
            raise InvalidInput(f"Give between 1 and {lti_tools.MOST_TOOLS:,} ids.", field="ids")
        found = models.LtiTool.objects.visible_to(actor).filter(pk__in=ids)
        done = {tool.pk for tool in lti_tools.archive(found, archive, by=actor)}
        each = dict.fromkeys(ids)
        return bulk([id for id in each if id in done], [id for id in each if id not in done])

    @door(
        WRITE,
        description="Sign what is sent to tools with a new key from now on, and publish the earlier ones no "
        "more: for when one may be known elsewhere. Keys are renewed by themselves every 90 days.",
    )
    def replace_lti_keys(self, info: Info) -> ReplaceLtiKeysPayload:
        lti_keys.replace(by=info.context.actor)
        return ReplaceLtiKeysPayload(ok=True)
