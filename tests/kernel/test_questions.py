"""Questions: what is kept, what a body may say, and what is refused with its path."""

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from stepwell.kernel import questions

AREA = {"shape": "RECTANGLE", "corners": [{"x": 10, "y": 10}, {"x": 20, "y": 20}]}
GOOD: dict[str, dict[str, Any]] = {
    "SINGLE_CHOICE": {"options": [{"text": "A", "points": Decimal(1)}, {"text": "B", "feedback": "No"}]},
    "MULTIPLE_CHOICE": {
        "options": [{"text": "A", "points": Decimal("0.5")}, {"text": "B", "points": Decimal(-1)}]
    },
    "TRUE_FALSE": {
        "is_true": False,
        "points": Decimal(2),
        "wrong_points": Decimal(-1),
        "true_feedback": "No",
    },
    "FILL_IN": {"blanks": [{"text": "capital", "accepted": [{"texts": ["Paris", "paree"]}]}]},
    "NUMBER": {"numbers": [{"value": Decimal("3.50"), "tolerance": Decimal("0.1")}], "unit": "kg"},
    "MATCHING": {"pairs": [{"left": "NL", "right": "Amsterdam"}, {"left": "FR", "right": "Paris"}]},
    "ORDERING": {"items": [{"text": "one"}, {"text": "two"}, {"text": "three"}]},
    "HOTSPOT": {"areas": [AREA]},
    "OPEN": {"points": Decimal(5), "guidance": "Look for the word."},
}


def ids(order: str = "zyxwvutsrqponmlkjihgfedcba") -> Callable[[], str]:
    """Ids in this order: against the alphabet, so that sorting by id is seen."""
    numbers = count()
    return lambda: f"{order[next(numbers)]}"


def read(kind: str, given: dict[str, Any], **more: Any) -> questions.Content:
    return questions.read(kind, given, **({"new_id": ids()} | more))


@pytest.mark.parametrize("kind", GOOD)
def test_a_question_is_plain_json_and_says_nothing_of_its_solution(kind: str) -> None:
    content = read(kind, GOOD[kind])
    body, solution = json.loads(json.dumps(content.body)), json.loads(json.dumps(content.solution))
    assert body == content.body
    assert solution == content.solution
    told = json.dumps(body)
    for word in ("points", "feedback", "accepted", "Paree", "3.5", "corners", "guidance", "is_true", "wrong"):
        assert word not in told


def test_what_is_matched_and_ordered_stands_in_the_order_of_its_ids() -> None:
    matching = read("MATCHING", GOOD["MATCHING"])
    assert [one["text"] for one in matching.body["right"]] == ["Paris", "Amsterdam"]
    assert [(one["left"], one["right"]) for one in matching.solution["answers"]] == [("z", "x"), ("y", "w")]
    ordering = read("ORDERING", GOOD["ORDERING"])
    assert [one["text"] for one in ordering.body["items"]] == ["three", "two", "one"]
    assert [one["item"] for one in ordering.solution["answers"]] == ["z", "y", "x"]


def test_what_stands_in_a_solution() -> None:
    assert read("TRUE_FALSE", GOOD["TRUE_FALSE"]).solution == {
        "answers": [
            {"value": True, "points": "-1", "feedback": "No"},
            {"value": False, "points": "2", "feedback": None},
        ],
        "feedback": None,
    }
    assert read("NUMBER", GOOD["NUMBER"]).solution == {
        "answers": [{"value": "3.5", "tolerance": "0.1", "points": "1", "feedback": None}],
        "wrong": "0",
        "feedback": None,
    }
    assert read("HOTSPOT", GOOD["HOTSPOT"]).solution["answers"][0]["corners"] == [[1000, 1000], [2000, 2000]]


def test_ids_stay_by_id_and_by_text_and_new_ones_are_new() -> None:
    old = {"options": [{"id": "z", "text": "A"}, {"id": "y", "text": "B"}, {"id": "x", "text": "C"}]}
    given = [
        {"text": "B"},
        {"id": "z", "text": "A, better"},
        {"text": "A", "points": Decimal(1)},
        {"text": "B"},
    ]
    body = read("SINGLE_CHOICE", {"options": given}, old=old, new_id=ids("zyxwv")).body
    assert body["options"] == [
        {"id": "y", "text": "B"},
        {"id": "z", "text": "A, better"},
        {"id": "w", "text": "A"},
        {"id": "v", "text": "B"},
    ]


def test_one_right_side_may_fit_several_left_sides() -> None:
    pairs = [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}]
    body = read("MATCHING", {"pairs": pairs, "distractors": ["y", "x"]}).body
    assert sorted(one["text"] for one in body["right"]) == ["x", "y"]


MANY = [{"text": str(n), "points": Decimal(1)} for n in range(51)]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("SINGLE_CHOICE", {}, "options"),
    ("SINGLE_CHOICE", {"options": [{"text": "A", "points": Decimal(1)}]}, "options"),
    ("SINGLE_CHOICE", {"options": MANY}, "options"),
    ("SINGLE_CHOICE", {"options": [{"text": "A"}, {"text": "B"}]}, "options"),
    ("SINGLE_CHOICE", {"options": [{"text": " "}, {"text": "B"}]}, "options.0.text"),
    ("SINGLE_CHOICE", {"options": [{"text": "A"}, {"text": "x" * 2_001}]}, "options.1.text"),
    ("SINGLE_CHOICE", {"options": [{"text": "A", "id": "no"}, {"text": "B"}]}, "options.0.id"),
    ("MULTIPLE_CHOICE", {"options": [{"text": "A",
    "points": Decimal("0.001")}, {"text": "B"}]}, "options.0.points"),
    ("MULTIPLE_CHOICE", {"options": [{"text": "A",
    "points": Decimal(101)}, {"text": "B"}]}, "options.0.points"),
    ("MULTIPLE_CHOICE", {"options": [{"text": "A",
    "points": Decimal("NaN")}, {"text": "B"}]}, "options.0.points"),
    ("MULTIPLE_CHOICE", {"options": [{"text": "A",
    "points": Decimal("-Inf")}, {"text": "B"}]}, "options.0.points"),
    ("TRUE_FALSE", {}, "isTrue"),
    ("TRUE_FALSE", {"is_true": True, "points": Decimal(0)}, "points"),
    ("TRUE_FALSE", {"is_true": True, "wrong_points": Decimal(1)}, "wrongPoints"),
    ("FILL_IN", {"blanks": []}, "blanks"),
    ("FILL_IN", {"blanks": [{"accepted": []}]}, "blanks.0.accepted"),
    ("FILL_IN", {"blanks": [{"accepted": [{"texts": []}]}]}, "blanks.0.accepted.0.texts"),
    ("FILL_IN", {"blanks": [{"accepted": [{"texts": [" "]}]}]}, "blanks.0.accepted.0.texts.0"),
    ("NUMBER", {"numbers": []}, "numbers"),
    ("NUMBER", {"numbers": [{}]}, "numbers.0.value"),
    ("NUMBER", {"numbers": [{"value": Decimal("1e999999")}]}, "numbers.0.value"),
    ("NUMBER", {"numbers": [{"value": Decimal("NaN")}]}, "numbers.0.value"),
    ("NUMBER", {"numbers": [{"value": Decimal(1), "tolerance": Decimal(-1)}]}, "numbers.0.tolerance"),
    ("NUMBER", GOOD["NUMBER"] | {"wrong_points": Decimal(1)}, "wrongPoints"),
    ("MATCHING", {"pairs": [{"left": "a", "right": "b"}]}, "pairs"),
    ("MATCHING", {"pairs": [{"left": "a", "right": "b"}] * 2}, "pairs"),
    ("MATCHING", {"pairs": [{"left": "a", "right": ""}, {"left": "b", "right": "c"}]}, "pairs.0.right"),
    ("MATCHING", GOOD["MATCHING"] | {"distractors": ["x"] * 51}, "distractors"),
    ("ORDERING", {"items": [{"text": "one"}]}, "items"),
    ("HOTSPOT", {"areas": []}, "areas"),
    ("HOTSPOT", {"areas": [AREA], "clicks": -1}, "clicks"),
    ("HOTSPOT", {"areas": [{"shape": "STAR", "corners": AREA["corners"]}]}, "areas.0.corners"),
    ("HOTSPOT", {"areas": [{"shape": "RECTANGLE", "corners": [{"x": 1, "y": 1}]}]}, "areas.0.corners"),
    ("HOTSPOT", {"areas": [{"shape": "ELLIPSE", "corners": [{"x": 1, "y": 1}] * 2}]}, "areas.0.corners"),
    ("HOTSPOT", {"areas": [{"shape": "POLYGON",
    "corners": [{"x": n, "y": n} for n in range(4)]}]}, "areas.0.corners"),
    ("HOTSPOT", {"areas": [{"shape": "RECTANGLE",
    "corners": [{"x": 1, "y": 1}, {"x": 101, "y": 2}]}]}, "areas.0.corners"),
    ("OPEN", {"points": Decimal(0)}, "points"),
    ("OPEN", {"longest": 20_001}, "longest"),
    ("OPEN", {"guidance": "x" * 20_001}, "guidance"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "path"), WRONG)
def test_what_cannot_be_a_question(kind: str, given: dict[str, Any], path: str) -> None:
    with pytest.raises(questions.NotAllowed) as refusal:
        read(kind, given)
    assert refusal.value.path == path
