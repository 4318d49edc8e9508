"""A real LTI 1.3 tool, made with PyLTI1p3: it shows who launched it, gives a score, lets an author choose.

    python tests/lti/tool.py PORT '{"issuer": …, "client_id": …, "private": PEM, "public": PEM}'

A launch with the custom value `score` sends that score, of `most`, back at once. What it was told, and what
the platform answered, stands as JSON in its page.
"""

import json
import socket
import sys
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"
PORT, KNOWN = int(sys.argv[1]), json.loads(sys.argv[2])
HERE = f"http://localhost:{PORT}"

_look_up = socket.getaddrinfo


def _local(host: Any, *rest: Any, **more: Any) -> Any:
    """Names below `localhost` are this machine (RFC 6761), whatever the system makes of them."""
    name = "127.0.0.1" if str(host).endswith(".localhost") else host
    return _look_up(name, *rest, **more)


socket.getaddrinfo = _local  # for the whole process

settings.configure(
    ALLOWED_HOSTS=["localhost"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="a tool of the tests",
    MIDDLEWARE=[],
)
django.setup()

# The library has no types that mypy would take; its part for Django needs the settings first.
lti: Any = import_module("pylti1p3.contrib.django")
ToolConfDict: Any = import_module("pylti1p3.tool_config").ToolConfDict
DeepLinkResource: Any = import_module("pylti1p3.deep_link_resource").DeepLinkResource
Grade: Any = import_module("pylti1p3.grade").Grade


def configuration() -> Any:
    """What the tool knows of the platform."""
    platform = KNOWN["issuer"]
    made: Any = ToolConfDict(
        {
            KNOWN["issuer"]: {
                "client_id": KNOWN["client_id"],
                "auth_login_url": f"{platform}/lti/authorize/",
                "auth_token_url": f"{platform}/lti/token/",
                "key_set_url": f"{platform}/lti/keys/",
                "deployment_ids": ["1"],
            }
        }
    )
    made.set_private_key(KNOWN["issuer"], KNOWN["private"])
    made.set_public_key(KNOWN["issuer"], KNOWN["public"])
    return made


def login(request: HttpRequest) -> HttpResponse:
    """Where a launch begins."""
    flow: Any = lti.DjangoOIDCLogin(
        request, configuration(), launch_data_storage=lti.DjangoCacheDataStorage()
    )
    response: HttpResponse = flow.redirect(request.GET["target_link_uri"])
    return response


def launch(request: HttpRequest) -> HttpResponse:
    """Where the signed message arrives; PyLTI1p3 checks all of it."""
    message: Any = lti.DjangoMessageLaunch(
        request, configuration(), launch_data_storage=lti.DjangoCacheDataStorage()
    )
    claims = message.get_launch_data()
    if message.is_deep_link_launch():
        return choose(message, claims.get(CUSTOM, {}))
    custom = claims.get(CUSTOM, {})
    told = {"claims": claims, "answer": score(message, custom) if "score" in custom else None}
    return HttpResponse(f"<title>The tool</title><h1>Hello</h1><pre>{escape(json.dumps(told))}</pre>")


def score(message: Any, custom: dict[str, str]) -> Any:
    """Send a score; what the platform says about it, and the results that it has then."""
    grade = (
        Grade()
        .set_score_given(float(custom["score"]))
        .set_score_maximum(float(custom.get("most", "100")))
        .set_timestamp(datetime.now(UTC).isoformat())
        .set_activity_progress("Completed")
        .set_grading_progress("FullyGraded")
        .set_user_id(message.get_launch_data()["sub"])
    )
    services = message.get_ags()
    sent = services.put_grade(grade)
    return {
        "body": sent["body"],
        "item": json.loads(services.get_lineitem().get_value()),
        "results": services.get_grades(),
    }


def choose(message: Any, custom: dict[str, str]) -> HttpResponse:
    """An author comes to choose; there is one thing to be had."""
    item = DeepLinkResource()
    item.set_url(f"{HERE}/launch/?exercise=7").set_title("Exercise 7").set_custom_params(
        {"score": "8", "most": "10"}
    )
    return HttpResponse(message.get_deep_link().output_response_form([item]))


def keys(request: HttpRequest) -> HttpResponse:
    """The tool's public keys."""
    return JsonResponse(configuration().get_jwks())


urlpatterns = [path("login/", login), path("launch/", launch), path("keys/", keys)]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Errors are in the answers."""


class _Server(ThreadingMixIn, WSGIServer):
    """Shows its keys while a launch waits for the platform, which asks for them."""

    daemon_threads = True


if __name__ == "__main__":
    with make_server("127.0.0.1", PORT, get_wsgi_application(), _Server, _Quiet) as server:
        sys.stdout.write(f"{HERE}/\n")
        sys.stdout.flush()
        server.serve_forever()
