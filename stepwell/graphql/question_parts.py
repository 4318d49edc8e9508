"""What stands in questions, solutions and responses, as the API shows it: made of their JSON."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
import strawberry

from stepwell.graphql.fields import shape
from stepwell.kernel import drawing, scoring

CENT = Decimal("0.01")


@shape(description="Something to choose, to put in order, to match or to fill in.")
class QuestionPart:
    id: str
    text: str


@shape(description="A place on an image, in percent of its width and its height.")
class ImagePlace:
    x: float
    y: float


@shape(
    description="One answer and what it is worth. By the kind of the question some of the fields say which.",
)
class SolutionAnswer:
    option_id: str | None
    is_true: bool | None
    blank_id: str | None
    texts: list[str]
    number: str | None
    tolerance: str | None
    left_id: str | None
    right_id: str | None
    item_id: str | None
    shape: str | None = strawberry.field(description="RECTANGLE, ELLIPSE or POLYGON.")
    corners: list[ImagePlace]
    points: Decimal
    feedback: str | None


@shape(
    description="What is right, and what it is worth. The answers of an ORDERING are in the right order.",
)
class QuestionSolution:
    answers: list[SolutionAnswer]
    wrong_points: Decimal = strawberry.field(description="For what is none of the answers; never above 0.")
    matches_case: bool = strawberry.field(description="Of a FILL_IN: whether capitals matter.")
    feedback: str | None
    guidance: str | None = strawberry.field(description="For who assesses an OPEN question.")


@shape()
class FilledBlank:
    id: str
    text: str


@shape()
class MatchedPair:
    left_id: str
    right_id: str


@shape(description="What was answered: one of the fields, by the kind of the question.")
class QuestionResponse:
    option_ids: list[str]
    is_true: bool | None
    blanks: list[FilledBlank]
    number: str | None
    pairs: list[MatchedPair]
    item_ids: list[str]
    places: list[ImagePlace]
    text: str | None


# ---------------------------------------------------------------- made of JSON


def points(value: Any) -> Decimal | None:
    """Points as the database gives them: a number, or a decimal one."""
    return None if value is None else Decimal(str(value)).quantize(CENT)


def percent(got: Any, possible: Any) -> Decimal | None:
    """A score in percent, with two decimals."""
    if got is None or possible is None:
        return None
    score = scoring.fraction(Decimal(str(got)), Decimal(str(possible)))
    return (Decimal(scoring.hundredths(score)) / 100).quantize(CENT)


def parts(name: str) -> Callable[..., list[QuestionPart]]:
    """Reads the parts of a body that are called so; in the order that was drawn, where there is one."""

    def read(body: str, order: str | None = None) -> list[QuestionPart]:
        rows = drawing.arranged(orjson.loads(body), orjson.loads(order or "{}"), name)
        return [QuestionPart(id=row["id"], text=row["text"]) for row in rows]

    return read


def said(name: str) -> Callable[[str], Any]:
    """Reads one value of a body."""
    return lambda body: orjson.loads(body).get(name)


def possible(kind: str, body: str, solution: str | None) -> Decimal | None:
    """The most points that a question can give."""
    if solution is None:
        return None
    return points(scoring.possible(kind, orjson.loads(body), orjson.loads(solution)))


def solution(text: str | None) -> QuestionSolution | None:
    """A solution; None for who may not see it."""
    if text is None:
        return None
    found = orjson.loads(text)
    return QuestionSolution(
        answers=[_answer(answer) for answer in found["answers"]],
        wrong_points=_worth(found.get("wrong")),
        matches_case=bool(found.get("matches_case")),
        feedback=found.get("feedback"),
        guidance=found.get("guidance"),
    )


def guidance(text: str | None) -> str | None:
    """What a solution says to who assesses."""
    return None if text is None else orjson.loads(text).get("guidance")


def _answer(answer: Mapping[str, Any]) -> SolutionAnswer:
    return SolutionAnswer(
        option_id=answer.get("option"),
        is_true=answer["value"] if isinstance(answer.get("value"), bool) else None,
        blank_id=answer.get("blank"),
        texts=answer.get("texts", []),
        number=answer["value"] if isinstance(answer.get("value"), str) else None,
        tolerance=answer.get("tolerance"),
        left_id=answer.get("left"),
        right_id=answer.get("right"),
        item_id=answer.get("item"),
        shape=answer.get("shape"),
        corners=_places(answer.get("corners", [])),
        points=_worth(answer["points"]),
        feedback=answer.get("feedback"),
    )


def _worth(value: str | None) -> Decimal:
    return Decimal(value or 0).quantize(CENT)


def _places(places: Sequence[Sequence[int]]) -> list[ImagePlace]:
    return [ImagePlace(x=x / 100, y=y / 100) for x, y in places]


def response(text: str | None) -> QuestionResponse | None:
    """What was answered; None for nothing."""
    if text is None:
        return None
    found = orjson.loads(text)
    return QuestionResponse(
        option_ids=found.get("options", []),
        is_true=found.get("value"),
        blanks=[FilledBlank(id=id, text=filled) for id, filled in found.get("blanks", {}).items()],
        number=found.get("number"),
        pairs=[MatchedPair(left_id=left, right_id=right) for left, right in found.get("pairs", {}).items()],
        item_ids=found.get("items", []),
        places=_places(found.get("places", [])),
        text=found.get("text"),
    )


def answer_feedback(kind: str, body: str, solution: str | None, response: str | None) -> list[str]:
    """The feedback on what was answered, and then that on the question; nothing for who may not see it."""
    if solution is None:
        return []
    right = orjson.loads(solution)
    marked = scoring.mark(kind, orjson.loads(body), right, orjson.loads(response) if response else None)
    met = [right["answers"][at].get("feedback") for at in (marked.met if marked else ())]
    return [text for text in (*met, right.get("feedback")) if text]
