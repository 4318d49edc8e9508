"""Choices and scores that tools send."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from stepwell.kernel import lti, lti_answers

ITEM = {"type": "ltiResourceLink", "url": "https://t/1", "title": "One", "custom": {"a": 1}}


def message(**changed: Any) -> dict[str, Any]:
    """A deep linking response; the names of claims without their beginnings."""
    said = {"message_type": "LtiDeepLinkingResponse", "deployment_id": "1", "version": "1.3.0"}
    items = changed.pop("content_items", [ITEM])
    claims = {f"{lti.CLAIM}{name}": value for name, value in (said | changed).items()}
    return claims | {f"{lti.DEEP_LINKING}content_items": items}


def test_of_what_was_chosen_the_first_link_counts() -> None:
    first = lti_answers.ContentItem("https://t/1", "One", {"a": "1"})
    other = {"type": "ltiResourceLink", "url": "https://t/2"}
    for items in ([ITEM], [ITEM, other], [{"type": "html"}, ITEM]):
        assert lti_answers.chosen(message(content_items=items), deployment_id="1") == first
    assert lti_answers.chosen(message(content_items=[]), deployment_id="1") is None
    assert lti_answers.chosen(message(content_items=None), deployment_id="1") is None
    bare = lti_answers.chosen(message(content_items=[{"type": "ltiResourceLink"}]), deployment_id="1")
    assert bare == lti_answers.ContentItem(None, None, {})


@pytest.mark.parametrize(
    "changed",
    [
        {"deployment_id": "2"},
        {"version": "1.1"},
        {"message_type": "LtiResourceLinkRequest"},
        {"content_items": {"type": "ltiResourceLink"}},
        {"content_items": ["ltiResourceLink"]},
        {"content_items": [{"type": "html"}]},
        {"content_items": [ITEM | {"url": 1}]},
        {"content_items": [ITEM | {"title": []}]},
        {"content_items": [ITEM | {"custom": ["a"]}]},
        {"content_items": [ITEM | {"custom": {"a": "x" * 2_001}}]},
        {"content_items": [ITEM | {"custom": {str(at): "" for at in range(51)}}]},
    ],
)
def test_a_choice_that_is_not_as_it_should_be_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(lti.LtiError):
        lti_answers.chosen(message(**changed), deployment_id="1")


def score(**changed: Any) -> bytes:
    """A score as a tool sends it."""
    body = {
        "userId": "u1",
        "scoreGiven": 83,
        "scoreMaximum": 100,
        "timestamp": "2026-03-01T09:30:00.123Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    return json.dumps(body | changed).encode()


@pytest.mark.parametrize(
    ("changed", "hundredths"),
    [
        ({}, 8_300),
        ({"scoreGiven": 1, "scoreMaximum": 3}, 3_333),
        ({"scoreGiven": 2, "scoreMaximum": 3}, 6_667),
        ({"scoreGiven": 0.1 + 0.2, "scoreMaximum": 1}, 3_000),
        ({"scoreGiven": 12, "scoreMaximum": 10}, 10_000),
        ({"scoreGiven": 0}, 0),
        ({"scoreGiven": None}, None),
    ],
)
def test_a_score_is_kept_in_hundredths_of_a_percent(changed: dict[str, Any], hundredths: int | None) -> None:
    read = lti_answers.read_score(score(**changed))
    assert (read.hundredths, read.is_done, read.is_final) == (hundredths, True, True)
    assert read.at == datetime(2026, 3, 1, 9, 30, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"userId": 7},
        {"scoreGiven": -1},
        {"scoreMaximum": 0},
        {"scoreMaximum": None},
        {"scoreGiven": "83"},
        {"scoreGiven": True},
        {"scoreGiven": 1e300},
        {"scoreMaximum": 1e-300},
        {"scoreGiven": None, "timestamp": "٢٠٢٦-03-01T09:30:00Z"},
        {"timestamp": "2026-03-01"},
        {"timestamp": "2026-03-01T09:30:00"},
        {"timestamp": "2026-02-30T09:30:00Z"},
        {"activityProgress": "Done"},
        {"gradingProgress": None},
    ],
)
def test_a_score_that_says_nothing_sensible_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(lti.LtiError):
        lti_answers.read_score(score(**changed))
    for body in (b"", b"[]", b"\xff", b'{"userId": "x"', b"NaN", b"[" * 50_000):
        with pytest.raises(lti.LtiError):
            lti_answers.read_score(body)


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "NaN", "Infinity", "-0.1"])
def test_a_number_of_no_ordinary_size_is_refused(number: str) -> None:
    for name in ("scoreGiven", "scoreMaximum"):
        body = score(**{name: "HERE"}).replace(b'"HERE"', number.encode())
        with pytest.raises(lti.LtiError):
            lti_answers.read_score(body)
