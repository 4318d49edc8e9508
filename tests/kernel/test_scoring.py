"""Points, scores and pass marks, as tables."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from stepwell.kernel import numbers, questions, responses, scoring
from tests.kernel.test_questions import ids

D = Decimal


def content(kind: str, **given: Any) -> questions.Content:
    return questions.read(kind, given, new_id=ids("abcdefghijklmnop"))


def points(kind: str, question: questions.Content, given: Any) -> str | None:
    response = responses.read(kind, question.body, {responses.FIELDS[kind]: given})
    marked = scoring.mark(kind, question.body, question.solution, response)
    return None if marked is None else numbers.write(marked.points)


def pairs(text: str) -> list[dict[str, str]]:
    """`ac bd` matches a with c and b with d."""
    return [{"left_id": pair[0], "right_id": pair[1]} for pair in text.split()]


def places(*given: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in given]


CHOICES = [
    {"text": "good", "points": D(2)},
    {"text": "fair", "points": D("0.5")},
    {"text": "none"},
    {"text": "bad", "points": D(-1)},
    {"text": "worst", "points": D(-100)},
]
SINGLE = content("SINGLE_CHOICE", options=CHOICES)
MULTIPLE = content("MULTIPLE_CHOICE", options=CHOICES)
TRUE = content("TRUE_FALSE", is_true=True, points=D(3), wrong_points=D(-1))
ACCEPTED = [{"texts": ["Café au lait", "Straße"], "points": D(2)}, {"texts": ["coffee"], "points": D("0.5")}]
FILL = content(
    "FILL_IN", blanks=[{"accepted": ACCEPTED}, {"accepted": [{"texts": ["it's"]}]}], wrong_points=D("-0.5")
)
CASED = content("FILL_IN", blanks=[{"accepted": [{"texts": ["NaCl"]}]}], matches_case=True)
NUMBER = content(
    "NUMBER",
    numbers=[
        {"value": D("3.14"), "tolerance": D("0.005"), "points": D(2)},
        {"value": D("3.14"), "tolerance": D("0.2"), "points": D(1)},
    ],
    wrong_points=D(-1),
)
# On the left a and b and c; on the right d (of a and c), e (of b) and f.
MATCHING = content(
    "MATCHING",
    pairs=[
        {"left": "1", "right": "x", "points": D(1)},
        {"left": "2", "right": "y", "points": D(2)},
        {"left": "3", "right": "x", "points": D("1.25")},
    ],
    distractors=["z"],
    wrong_points=D("-0.75"),
)
ORDERING = content("ORDERING", items=[{"text": text, "points": D(n)} for n, text in enumerate("wxyz", 1)])
STRICT = content("ORDERING", items=[{"text": text} for text in "xyz"], wrong_points=D(-1))
BOX = [{"x": 10, "y": 10}, {"x": 20, "y": 30}]
HOTSPOT = content(
    "HOTSPOT",
    areas=[
        {"shape": "RECTANGLE", "corners": BOX, "points": D(2)},
        {"shape": "ELLIPSE", "corners": [{"x": 40, "y": 40}, {"x": 60, "y": 50}], "points": D(3)},
        {
            "shape": "POLYGON",
            "corners": [{"x": 70, "y": 70}, {"x": 90, "y": 70}, {"x": 80, "y": 75}, {"x": 90, "y": 90}],
        },
        {"shape": "RECTANGLE", "corners": [{"x": 0, "y": 0}, {"x": 15, "y": 100}], "points": D(-1)},
    ],
    clicks=3,
    wrong_points=D("-0.5"),
)
OPEN = content("OPEN", points=D(5), longest=10)

PLACES: list[tuple[list[tuple[float, float]], str]] = [
    ([(15.01, 20)], "2"), ([(10, 10)], "2"), ([(20, 30)], "2"), ([(20.01, 30)], "0"),
    ([(9.99, 20)], "0"),
    ([(50, 45)], "3"), ([(40, 45)], "3"), ([(60, 45)], "3"), ([(40, 40)], "0"), ([(58.9, 49)], "0"),
    ([(80, 72)], "1"), ([(80, 75)], "1"), ([(70, 70)], "1"), ([(89, 75)], "0"), ([(86, 85)], "1"),
    ([(15.01, 20), (50, 45)], "5"), ([(15.01, 20), (15.02, 20)], "1.5"), ([(12, 20),
    (12, 20)], "1"),
    ([(50, 45), (5, 5)], "2"), ([(99, 99)] * 3, "0"), ([(15.01, 20), (50, 45), (80, 72)], "6"),
    ([], "0"),
]  # fmt: skip
ROWS: list[tuple[str, questions.Content, Any, str | None]] = [
    ("SINGLE_CHOICE", SINGLE, ["a"], "2"),
    ("SINGLE_CHOICE", SINGLE, ["b"], "0.5"),
    ("SINGLE_CHOICE", SINGLE, ["c"], "0"),
    ("SINGLE_CHOICE", SINGLE, ["d"], "0"),
    ("SINGLE_CHOICE", SINGLE, [], "0"),
    ("SINGLE_CHOICE", SINGLE, None, "0"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "b"], "2.5"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["b", "a", "c"], "2.5"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "d"], "1"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "b", "d"], "1.5"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["b", "d"], "0"),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "b", "c", "d", "e"], "0"),
    ("MULTIPLE_CHOICE", MULTIPLE, [], "0"),
    ("TRUE_FALSE", TRUE, True, "3"),
    ("TRUE_FALSE", TRUE, False, "0"),
    ("TRUE_FALSE", TRUE, None, "0"),
    *[
        ("FILL_IN", FILL, [{"id": "a", "text": text}], worth)
        for text, worth in [
            ("Café au lait", "2"), ("CAFÉ AU LAIT", "2"), ("cafe\u0301 au lait", "2"),
            ("  café   au\tlait ", "2"),
            ("caf\u00e9\u00a0au lait", "2"), ("ca\u00adfé au lait", "2"), ("\u200fcafé au lait\u200b", "2"),
            ("ｃａｆé au lait", "2"), ("STRASSE", "2"), ("straße", "2"), ("Coffee", "0.5"),
            ("cafe au lait", "0"),
            ("Café", "0"), ("", "0"), (" ", "0"), ("\x00", "0"), ("café au lait.", "0"), ("😀", "0"),
        ]
    ],
    ("FILL_IN", FILL, [{"id": "a", "text": "coffee"}, {"id": "b", "text": "it\u2019s"}], "1.5"),
    ("FILL_IN", FILL, [{"id": "b", "text": "IT'S"}, {"id": "a", "text": "x"}], "0.5"),
    ("FILL_IN", FILL, [{"id": "a", "text": "it's"}], "0"),
    ("FILL_IN", FILL, [], "0"),
    ("FILL_IN", CASED, [{"id": "a", "text": "NaCl"}], "1"),
    ("FILL_IN", CASED, [{"id": "a", "text": " NaCl\n"}], "1"),
    ("FILL_IN", CASED, [{"id": "a", "text": "NACL"}], "0"),
    *[
        ("NUMBER", NUMBER, text, worth)
        for text, worth in [
            ("3.14", "2"), ("3,14", "2"), ("3.145", "2"), ("3,135", "2"), ("3.1450000000000000000001", "1"),
            ("3.34", "1"), ("2.94", "1"), ("3.35", "0"), ("2,93", "0"), ("-3.14", "0"), ("314", "0"),
            ("", "0"),
            (" ", "0"), ("+3.140", "2"), ("\u0663\u066b\u0661\u0664", "2"),
        ]
    ],
    *[
        ("MATCHING", MATCHING, pairs(given), worth)
        for given, worth in [
            ("ad be cd", "4.25"), ("ad", "1"), ("be", "2"), ("ad be", "3"), ("ae bd cf", "0"),
            ("be cf", "1.25"),
            ("cd be ad", "4.25"), ("ad bf cf", "0"), ("", "0"), ("be ae", "1.25"),
        ]
    ],
    *[
        ("ORDERING", ORDERING, list(given), worth)
        for given, worth in [("abcd", "10"), ("dcba", "0"), ("bacd", "7"), ("abdc", "3"),
        ("bcda", "0"), ("", "0")]
    ],
    *[
        ("ORDERING", STRICT, list(given), worth)
        for given, worth in [("abc", "3"), ("bac", "0"), ("acb", "0"), ("cab", "0"), ("", "0")]
    ],
    *[
        ("HOTSPOT", HOTSPOT, places(*given), worth)
        for given, worth in PLACES
    ],
    ("OPEN", OPEN, "words", None),
    ("OPEN", OPEN, "", "0"),
    ("OPEN", OPEN, " \n", "0"),
    ("OPEN", OPEN, None, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "question", "given", "worth"), ROWS)
def test_what_an_answer_is_worth(
    kind: str, question: questions.Content, given: Any, worth: str | None
) -> None:
    assert points(kind, question, given) == worth


@pytest.mark.parametrize(
    ("kind", "question", "most"),
    [
        ("SINGLE_CHOICE", SINGLE, "2"),
        ("MULTIPLE_CHOICE", MULTIPLE, "2.5"),
        ("TRUE_FALSE", TRUE, "3"),
        ("FILL_IN", FILL, "3"),
        ("NUMBER", NUMBER, "2"),
        ("MATCHING", MATCHING, "4.25"),
        ("ORDERING", ORDERING, "10"),
        ("HOTSPOT", HOTSPOT, "6"),
        ("OPEN", OPEN, "5"),
    ],
)
def test_what_a_question_can_give(kind: str, question: questions.Content, most: str) -> None:
    assert numbers.write(scoring.possible(kind, question.body, question.solution)) == most


ABSURD: list[tuple[str, questions.Content, Any]] = [
    ("SINGLE_CHOICE", SINGLE, ["a", "b"]),
    ("SINGLE_CHOICE", SINGLE, ["nonsense"]),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "a"]),
    ("MULTIPLE_CHOICE", MULTIPLE, ["a", "z"]),
    ("FILL_IN", FILL, [{"id": "z", "text": "x"}]),
    ("FILL_IN", FILL, [{"id": "a", "text": "x"}] * 2),
    ("FILL_IN", FILL, [{"id": "a", "text": "x" * 501}]),
    ("NUMBER", NUMBER, "about three"),
    ("NUMBER", NUMBER, "1e9999999"),
    ("NUMBER", NUMBER, "9" * 31),
    ("MATCHING", MATCHING, pairs("ad ae")),
    ("MATCHING", MATCHING, pairs("da")),
    ("MATCHING", MATCHING, pairs("ab")),
    ("ORDERING", ORDERING, list("abc")),
    ("ORDERING", ORDERING, list("abca")),
    ("ORDERING", ORDERING, list("abcde")),
    ("HOTSPOT", HOTSPOT, places((0, 0), (1, 1), (2, 2), (3, 3))),
    ("HOTSPOT", HOTSPOT, places((-0.1, 0))),
    ("HOTSPOT", HOTSPOT, places((0, 100.1))),
    ("HOTSPOT", HOTSPOT, places((float("nan"), 1))),
    ("HOTSPOT", HOTSPOT, places((float("inf"), 1))),
    ("OPEN", OPEN, "x" * 11),
]


@pytest.mark.parametrize(("kind", "question", "given"), ABSURD)
def test_what_does_not_fit_is_refused(kind: str, question: questions.Content, given: Any) -> None:
    with pytest.raises(questions.NotAllowed) as refusal:
        points(kind, question, given)
    assert refusal.value.path == responses.FIELDS[kind]


@pytest.mark.parametrize("kind", responses.FIELDS)
def test_an_answer_of_another_kind_is_refused(kind: str) -> None:
    other = "number" if kind != "NUMBER" else "text"
    with pytest.raises(questions.NotAllowed):
        responses.read(kind, {}, {other: "3"})


def test_an_answer_to_what_has_changed_since_is_wrong_and_no_failure() -> None:
    gone: list[tuple[str, questions.Content, dict[str, Any]]] = [
        ("SINGLE_CHOICE", SINGLE, {"options": ["gone"]}),
        ("FILL_IN", FILL, {"blanks": {"gone": "x"}}),
        ("MATCHING", MATCHING, {"pairs": {"gone": "d"}}),
        ("ORDERING", ORDERING, {"items": ["gone"]}),
        ("NUMBER", NUMBER, {"number": "nonsense"}),
    ]
    for kind, question, response in gone:
        marked = scoring.mark(kind, question.body, question.solution, response)
        assert marked
        assert marked.points == 0


def test_which_answers_were_met() -> None:
    response = {"options": ["d", "a"]}
    marked = scoring.mark("MULTIPLE_CHOICE", MULTIPLE.body, MULTIPLE.solution, response)
    assert marked == scoring.Marked(D(1), (3, 0))


# ---------------------------------------------------------------- scores


@pytest.mark.parametrize(
    ("got", "of", "hundredths"),
    [
        ("0", "3", 0), ("1", "3", 3333), ("2", "3", 6667), ("3", "3", 10_000), ("1", "8", 1250),
        ("1", "7", 1429),
        ("1", "20000", 1), ("1", "20001", 0), ("0.5", "1", 5000), ("99.99", "100", 9999),
        ("19999", "20000", 10_000),
        ("0", "0", 10_000), ("2.5", "4.25", 5882),
    ],
)  # fmt: skip
def test_a_score_is_kept_half_up(got: str, of: str, hundredths: int) -> None:
    assert scoring.hundredths(scoring.fraction(D(got), D(of))) == hundredths


@pytest.mark.parametrize(
    ("got", "of", "mark", "passed"),
    [
        ("2", "3", 67, False), ("2", "3", 66, True), ("19999", "20000", 100, False), ("1", "1", 100, True),
        ("0", "1", 0, True), ("0", "1", None, True), ("0.55", "1", 55, True), ("0.549", "1", 55, False),
        ("5.5", "10", 55, True), ("1", "3", 33, True), ("1", "3", 34, False),
    ],
)  # fmt: skip
def test_a_pass_mark_is_compared_with_the_exact_fraction(
    got: str, of: str, mark: int | None, passed: bool
) -> None:
    assert scoring.passes(scoring.fraction(D(got), D(of)), mark) is passed


def test_the_score_of_a_module_is_the_mean_of_its_lessons() -> None:
    lessons = [scoring.fraction(D(1), D(3)), scoring.fraction(D(50), D(50)), scoring.fraction(D(0), D(1))]
    assert scoring.mean(lessons) == Fraction(4, 9)
    assert scoring.mean([]) is None


@pytest.mark.parametrize(
    ("points_of", "total"),
    [([], "0"), (["1", "0.5"], "1.5"), (["1", None], None), (["0"], "0"), ([None], None)],
)
def test_there_is_no_total_while_something_waits(points_of: list[str | None], total: str | None) -> None:
    summed = scoring.total([None if one is None else D(one) for one in points_of])
    assert (None if summed is None else str(summed)) == total
