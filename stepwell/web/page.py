"""A page is a GraphQL document and a template of the same name, rendered by the one view in here.

`people/list.graphql` says what the page knows, `people/list.html` how it looks. The document's variables
come from the address: the parts that the URL pattern names, then the query string. `$me` is the signed-in
person's own id.

A visitor is sent to sign in; who may not see the page gets 403; what is not there, or not visible, 404.
"""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stepwell.actors import Actor, Reach
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.web import actors, query

HERE = Path(__file__).parent

type View = Callable[..., HttpResponse]


class BrokenPage(Exception):
    """A page whose document failed for a reason of ours; the log has it."""


def page(name: str, *, least: tuple[str, Reach] | None = None, **more: Any) -> View:
    """The view of one page. `least`: a scope and how far it has to reach, where the document does not say.

    `more` is for the template, beside what the document answers.
    """

    @require_safe
    @for_people(least)
    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        return show(request, name, values, **more)

    return view


def for_people(least: tuple[str, Reach] | None = None) -> Callable[[View], View]:
    """Let a view be seen by signed-in people only, and of those by whom `least` allows."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
            actor = actors.of(request)
            if actor is None:
                return redirect_to_login(request.get_full_path())
            if least and actor.reach(least[0]) < least[1]:
                raise PermissionDenied
            response = view(request, **values)
            # Back and forward ask again, so that nothing is seen after signing out.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            return response

        return guarded

    return decorate


def show(
    request: HttpRequest,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Render a page with what its document answers, and `more`. Raises as `ask`."""
    data = ask(actors.signed_in(request), name, values or {}, request)
    return render(request, f"{name}.html", {**data, **more}, status=status)


def ask(actor: Actor, name: str, values: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What the page's document answers; nothing for a page that has none, because it only holds a form.

    Raises `Http404` when something at its root is not there, `PermissionDenied`, `BadRequest` for an
    address with a value that is not allowed, `BrokenPage` for anything else.
    """
    text = document(name)
    if text is None:
        return {}
    operation = execution.documents.read(text).operation(None)
    variables = query.variables(operation.node, {"me": actor.user_id, **values}, request.GET)
    result = execution.run(text, variables, None, Context(actor=actor, request=request))
    for error in result.errors or ():
        _refuse(str((error.extensions or {}).get("code")), error.message)
    data = result.data or {}
    if any(value is None for value in data.values()):
        raise Http404
    return data


@cache
def document(name: str) -> str | None:
    """The text of a page's document; None when there is none of its name."""
    path = HERE / f"{name}.graphql"
    return path.read_text() if path.exists() else None


def _refuse(code: str, message: str) -> None:
    match code:
        case "MissingScope" | "PermissionDenied":
            raise PermissionDenied
        case "NotFound":
            raise Http404
        case "InvalidInput":
            raise BadRequest(message)
        case _:
            raise BrokenPage(message)
