"""The services that external tools call: a token for who proves itself, and scores into the learning log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.kernel import lti, lti_answers
from stepwell.kernel import lti_tokens as tokens
from stepwell.kernel.lti import LtiError
from stepwell.models import FactKind, LearningFact, LtiTool, Module, ModuleKind, ModuleProgress, TrainingUser
from stepwell.operations import facts_log, lti_modules, lti_tokens
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.plugins import modules as kinds
from stepwell.problems import AuthenticationRequired, MissingScope, NotFound

TOKEN_LASTS = 3_600
ACCESS = "stepwell.lti.access"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MOST_FUTURE = timedelta(minutes=5)


class NoToken(Exception):
    """A token was refused: `code` as in RFC 6749 5.2, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# ---------------------------------------------------------------- tokens


def token(form: Mapping[str, str], *, audiences: Sequence[str]) -> dict[str, Any]:
    """A token for the services, for a tool that proves who it is by a signed assertion (RFC 7523).

    Raises `NoToken`.
    """
    if form.get("grant_type") != "client_credentials":
        raise NoToken("unsupported_grant_type", "The one grant type here is client_credentials.")
    if form.get("client_assertion_type") != ASSERTION:
        raise NoToken("invalid_request", f"client_assertion_type must be {ASSERTION}.")
    asked = [scope for scope in lti.SCOPES if scope in form.get("scope", "").split()]
    if not asked:
        raise NoToken("invalid_scope", f"Ask for some of {' '.join(lti.SCOPES)}.")
    tool = _proven(form.get("client_assertion", ""), audiences)
    said = {"tool": str(tool.pk), "scope": asked, "organisation": str(tenancy.active())}
    return {
        "access_token": signing.dumps(said, salt=ACCESS),
        "token_type": "Bearer",
        "expires_in": TOKEN_LASTS,
        "scope": " ".join(asked),
    }


def _proven(assertion: str, audiences: Sequence[str]) -> LtiTool:
    """The tool that signed the assertion, which is good once. Whom it speaks of is `sub`; `iss` may be
    another name of the tool (Security Framework 4.1)."""
    rows = LtiTool.objects.filter(client_id=tokens.unverified_subject(assertion), archived_at=None)
    tool: LtiTool | None = rows.first()
    if tool is None:
        raise NoToken("invalid_client", "There is no such tool.")
    try:
        claims = lti_tokens.verified(tool, assertion, audiences)
        if claims.get("sub") != tool.client_id or not isinstance(claims.get("iss"), str):
            raise LtiError("`sub` must be the client id, and `iss` say who signed.")
        lti_tokens.use_up_token(tool, claims, "jti")
    except LtiError as error:
        raise NoToken("invalid_client", str(error)) from None
    return tool


def bearer(access: str, scope: str) -> LtiTool:
    """The tool whose token this is. Raises `AuthenticationRequired`, and `MissingScope` for another scope."""
    try:
        said = signing.loads(access, salt=ACCESS, max_age=TOKEN_LASTS)
    except signing.BadSignature:
        raise AuthenticationRequired("The token is not known, or has expired.") from None
    tool: LtiTool | None = LtiTool.objects.filter(pk=said["tool"], archived_at=None).first()
    if said["organisation"] != str(tenancy.active()) or tool is None:
        raise AuthenticationRequired("The token is not known here.")
    if scope not in said["scope"]:
        raise MissingScope(f"The token is not good for {scope}.")
    return tool


# ---------------------------------------------------------------- line items


def module_of(tool: LtiTool, id: UUID) -> Module:
    """A module that shows the tool. Raises `NotFound`."""
    module = lti_modules.module_with(id)
    if module.kind != ModuleKind.LTI or kinds.settings_of(module).get("toolId") != str(tool.pk):
        raise NotFound("This line item is not one of the tool.")
    return module


@operation("learning.write")
def record(module: Module, score: lti_answers.Score, *, by: Actor) -> None:
    """Write a score of the tool into the learning log, when it is final and the person is done.

    The same score again changes nothing; of several the latest by its own time counts. Raises `LtiError` for
    a time in the future, and `NotFound` for somebody who does not take part.
    """
    if score.at > timezone.now() + MOST_FUTURE:
        raise LtiError("`timestamp` is in the future.")
    learner = _participant(module, score.user_id)
    if not (score.is_final and score.is_done):
        return
    has_pass_mark = kinds.counts_of(module).pass_mark is not None
    passed = True if score.hundredths is None and not has_pass_mark else None
    said = f"{score.at.astimezone(UTC).isoformat()}:{score.hundredths}:{passed}"
    fact = NewFact(
        FactKind.GRADED,
        module.pk,
        f"lti:{module.pk}:{said}",
        occurred_at=_in_order(learner, module, min(score.at, timezone.now())),
        score_hundredths=score.hundredths,
        passed=passed,
    )
    facts_log.add(learner, [fact], by=by)


def _participant(module: Module, user_id: str) -> TrainingUser:
    try:
        user = UUID(user_id)
    except ValueError:
        raise NotFound("There is no such participant.") from None
    rows = TrainingUser.objects.current().participants()
    learner: TrainingUser | None = rows.filter(training=module.module_group.training_id, user=user).first()
    if learner is None:
        raise NotFound("There is no such participant.")
    return learner


def _in_order(learner: TrainingUser, module: Module, at: datetime) -> datetime:
    """The moment, or just after what was graded at the same one: of those the last to arrive counts."""
    facts_log.lock_person(learner.user_id)
    graded = LearningFact.objects.filter(user=learner.user_id, module=module, kind=FactKind.GRADED)
    same = graded.filter(occurred_at__gte=at, occurred_at__lt=at + timedelta(milliseconds=1))
    last = same.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    return at if last is None else last + timedelta(microseconds=1)


def results(module: Module, *, user_id: str | None, after: str | None, limit: int) -> list[tuple[UUID, int]]:
    """The scores that count, by person, in hundredths of a percent: of everybody, or of one. `after`: the
    person after whom to go on. Ids that are none find nobody."""
    rows = ModuleProgress.objects.filter(module=module, score_hundredths__isnull=False)
    try:
        rows = rows.filter(user=UUID(user_id)) if user_id else rows
        rows = rows.filter(user__gt=UUID(after)) if after else rows
    except ValueError:
        return []
    return list(rows.order_by("user_id").values_list("user_id", "score_hundredths")[:limit])
