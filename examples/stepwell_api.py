"""A small client for the GraphQL API of Stepwell: tokens, repeated calls, pages.

It needs only httpx. Copy it into your own integration.
"""

import dataclasses
import email.utils
import itertools
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

type Json = dict[str, Any]

PAGE = 1_000  # the largest page that the API gives
ATTEMPTS = 8  # of one call, with waits of 0.5, 1, 2 … 30 s in between: about a minute in all


class CannotRun(Exception):
    """The program cannot start or cannot go on; the message is a sentence for the operator."""


class Refused(Exception):
    """One thing was refused. `code` and `field` are as in `errors[].extensions` of an answer."""

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `body` is empty when it is no JSON object, such as a proxy's HTML page."""

    status: int
    body: Json
    retry_after: float

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        """Reads the answer once."""
        try:
            body = response.json()
        except ValueError:
            body = None
        wait = _seconds(response.headers.get("Retry-After", ""))
        return cls(response.status_code, body if isinstance(body, dict) else {}, wait)

    @property
    def error(self) -> Refused | None:
        """The first GraphQL error, or the HTTP status when that is one; None when the call succeeded."""
        status = f"HTTP {self.status}"
        for error in self.body.get("errors") or ():
            extensions = error.get("extensions") or {}
            message = error.get("message") or "The server gave no message."
            return Refused(
                message, code=extensions.get("code") or status, field=extensions.get("field") or ""
            )
        if self.status == 200 and isinstance(self.body.get("data"), dict):
            return None
        return Refused(f"The server answered {status} without a GraphQL answer.", code=status)

    @property
    def needs_token(self) -> bool:
        """A code contains `Auth` if and only if a new token is what is needed."""
        return self.status == 401 or (self.error is not None and "Auth" in self.error.code)

    @property
    def will_pass(self) -> bool:
        """Too many calls, or trouble at the server: the same call may well succeed in a moment."""
        if self.status == 429 or self.status >= 500:
            return True
        return self.error is not None and self.error.code == "Internal"


class Api:
    """The endpoint of one organisation. Calls are repeated after trouble: send only what may be repeated."""

    def __init__(self, http: httpx.Client, *, client_id: str, client_secret: str, scope: str) -> None:
        self.http = http
        self.client = {"client_id": client_id, "client_secret": client_secret, "scope": scope}
        self.token = ""

    def call(self, document: str, **variables: Any) -> Json:
        """The answer's `data`. Raises Refused; CannotRun when the server is not there or gives no token."""
        answer = self._authorized(document, variables)
        if answer.needs_token:
            self.token = ""
            answer = self._authorized(document, variables)
        if answer.error is None:
            return dict(answer.body["data"])
        if answer.needs_token:
            raise CannotRun(f"The server refused the token that it has just given: {answer.error}")
        raise answer.error

    def pages(self, document: str, **variables: Any) -> Iterator[Json]:
        """All nodes of the connection that the document calls `page`, asked for by `$first` and `$after`."""
        after = None
        while True:
            page = self.call(document, first=PAGE, after=after, **variables)["page"]
            yield from (edge["node"] for edge in page["edges"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def upload(self, name: str, content: bytes) -> str:
        """Uploads a file; what stands for it wherever an input takes a file. Raises as `call`."""
        self.token = self.token or self._new_token()
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self._post("/uploads/", headers=headers, files={"file": (name, content)})
        if "upload" in answer.body:
            return str(answer.body["upload"])
        raise answer.error or Refused("The file was not taken.", code=f"HTTP {answer.status}")

    def _authorized(self, document: str, variables: Json) -> Answer:
        self.token = self.token or self._new_token()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/graphql-response+json"}
        return self._post("/graphql/", headers=headers, json={"query": document, "variables": variables})

    def _new_token(self) -> str:
        """By client credentials (RFC 6749 4.4). Raises CannotRun when there is none to be had."""
        answer = self._post("/oauth/token/", data={"grant_type": "client_credentials", **self.client})
        if answer.status == 200 and answer.body.get("access_token"):
            return str(answer.body["access_token"])
        reason = answer.body.get("error_description") or answer.body.get("error") or "is the address right?"
        raise CannotRun(f"The server gave no token (HTTP {answer.status}): {reason}")

    def _post(self, path: str, **request: Any) -> Answer:
        """The first answer worth having, or the last of ATTEMPTS. Raises CannotRun when none came."""
        for attempt in itertools.count(1):
            # Chance keeps many clients from coming back at one moment.
            wait = min(30.0, 2.0 ** (attempt - 2)) * random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
            try:
                answer = Answer.of(self.http.post(path, **request))
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    raise CannotRun(f"{self.http.base_url} does not answer: {error!r}") from error
                trouble = repr(error)
            else:
                if attempt == ATTEMPTS or not answer.will_pass:
                    return answer
                wait = answer.retry_after or wait
                trouble = f"answered {answer.status}"
            note(f"{path} {trouble}; again in {wait:.1f} s")
            time.sleep(wait)
        raise AssertionError("count() has no end")


def note(text: str) -> None:
    """Tells the operator, beside the program's output."""
    print(text, file=sys.stderr, flush=True)


def _seconds(retry_after: str) -> float:
    """What the server asks us to wait: a number or a date (RFC 9110 10.2.3). 0 when it does not ask."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return 0.0
