"""What a launch says."""

from dataclasses import replace
from datetime import UTC, datetime

from stepwell.kernel import lti

PLATFORM = "https://academy.example.com"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LAUNCH = lti.Launch(
    issuer=PLATFORM,
    client_id="client",
    deployment_id="1",
    nonce="n1",
    target="https://tool.example.com/x",
    person=lti.Person("u1", language="nl"),
    context_id="t1",
    context_title="Safety",
    return_url=f"{PLATFORM}/back",
)


def test_a_launch_says_who_what_and_where_scores_go() -> None:
    message = lti.resource_link(LAUNCH, now=NOW, link_id="m1", link_title="Quiz", line_item="https://x/1")
    assert (message["iss"], message["sub"], message["aud"]) == (PLATFORM, "u1", "client")
    assert (message["nonce"], message["exp"] - message["iat"]) == ("n1", 300)
    assert message[f"{lti.CLAIM}roles"] == [lti.LEARNER]
    assert message[f"{lti.CLAIM}target_link_uri"] == LAUNCH.target
    assert message[f"{lti.CLAIM}resource_link"] == {"id": "m1", "title": "Quiz"}
    assert message[lti.GRADES]["lineitem"] == "https://x/1"
    presentation = message[f"{lti.CLAIM}launch_presentation"]
    assert presentation == {"document_target": "window", "return_url": f"{PLATFORM}/back", "locale": "nl"}


def test_a_tool_is_told_only_what_it_is_to_know() -> None:
    message = lti.resource_link(LAUNCH, now=NOW, link_id="m1", link_title="Quiz", line_item="https://x/1")
    assert not {"name", "email", f"{lti.CLAIM}custom"} & message.keys()
    more = replace(LAUNCH, person=lti.Person("u1", "Ann", "ann@example.com", teaches=True), custom={"a": "1"})
    message = lti.resource_link(more, now=NOW, link_id="m1", link_title="Quiz", line_item="https://x/1")
    assert (message["name"], message["email"]) == ("Ann", "ann@example.com")
    assert message[f"{lti.CLAIM}roles"] == [lti.INSTRUCTOR]
    assert message[f"{lti.CLAIM}custom"] == {"a": "1"}
    assert "locale" not in message


def test_a_choice_says_where_it_goes_and_gives_no_line_item() -> None:
    message = lti.deep_linking(LAUNCH, now=NOW, choice_url="https://x/2", data="signed")
    settings = message[f"{lti.DEEP_LINKING}deep_linking_settings"]
    assert (settings["deep_link_return_url"], settings["data"]) == ("https://x/2", "signed")
    assert (settings["accept_types"], settings["accept_multiple"]) == (["ltiResourceLink"], False)
    assert lti.GRADES not in message


def test_the_login_keeps_what_the_address_asks_already() -> None:
    url = lti.login_url(
        "https://tool.example.com/login?x=1#part", issuer=PLATFORM, launch_hint="h", login_hint="u",
        target="https://tool.example.com/?a=b&c=d", client_id="c", deployment_id="1",
    )  # fmt: skip
    assert url.startswith("https://tool.example.com/login?x=1&iss=https%3A%2F%2Facademy.example.com&")
    assert "target_link_uri=https%3A%2F%2Ftool.example.com%2F%3Fa%3Db%26c%3Dd" in url
    assert "#" not in url
