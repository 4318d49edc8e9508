"""Refusals: what a caller did wrong, with a code for programs and a sentence for people.

Every other exception is our fault: it is logged with a request id and answered as `Internal`.
The codes are a promise (api.md, "Errors"): a code contains `Auth` if and only if a new token is needed.
"""


class Problem(Exception):
    """A refusal. `code` is for programs, the message for people, `field` the path of the wrong input."""

    code = "InvalidInput"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(Problem):
    """A value that is not allowed; the message says what is."""


class AuthenticationRequired(Problem):
    """No credentials, or ones that nobody knows."""

    code = "AuthenticationRequired"


class AuthenticationExpired(Problem):
    """A token that was good once."""

    code = "AuthenticationExpired"


class MissingScope(Problem):
    """The token (or the person's roles) does not carry a scope that the document needs."""

    code = "MissingScope"


class PermissionDenied(Problem):
    """The scope is there, but it does not go over this object."""

    code = "PermissionDenied"


class NotFound(Problem):
    """What a mutation should work on is not there (or in another organisation)."""

    code = "NotFound"


class AlreadyExists(Problem):
    """Something with this id, ref or e-mail is there already."""

    code = "AlreadyExists"


class Conflict(Problem):
    """Well-formed, but at odds with what is stored."""

    code = "Conflict"


class LimitExceeded(Problem):
    """The budget is spent; `retry_after` seconds from now there is some again."""

    code = "LimitExceeded"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueryTooComplex(Problem):
    """A document over the limits of depth, tokens, aliases or cost."""

    code = "QueryTooComplex"
