"""Quizzes for tests: questions of every kind, and how they are answered rightly and wrongly."""

import json
from decimal import Decimal
from itertools import count
from typing import Any

from stepwell.kernel import questions as kernel
from stepwell.models import (
    Lesson,
    Module,
    ModuleKind,
    Question,
    QuestionKind,
    QuestionPool,
    Quiz,
    StoredFile,
    Training,
)
from tests import makers

_ids = count(1)

GIVEN: dict[str, dict[str, Any]] = {
    "SINGLE_CHOICE": {"options": [{"text": "Call 112", "points": Decimal(2)}, {"text": "Wait"}]},
    "MULTIPLE_CHOICE": {
        "options": [
            {"text": "Helmet", "points": Decimal(1)},
            {"text": "Boots", "points": Decimal(1), "feedback": "Boots-feedback"},
            {"text": "Sandals", "points": Decimal(-1), "feedback": "Sandals-feedback"},
        ]
    },
    "TRUE_FALSE": {"is_true": True, "true_feedback": "True-feedback"},
    "FILL_IN": {"blanks": [{"text": "Fire class of oil", "accepted": [{"texts": ["classbravo"]}]}]},
    "NUMBER": {"numbers": [{"value": Decimal("7341.25"), "tolerance": Decimal("0.5")}], "unit": "m"},
    "MATCHING": {
        "pairs": [{"left": "Blue", "right": "Must"}, {"left": "Red", "right": "Must not"}],
        "distractors": ["May"],
    },
    "ORDERING": {
        "items": [{"text": "Look"}, {"text": "Ask"}, {"text": "Help"}],
        "feedback": "Order-feedback",
    },
    "HOTSPOT": {
        "areas": [{"shape": "RECTANGLE", "corners": [{"x": 11.11, "y": 22.22}, {"x": 33.33, "y": 44.44}]}]
    },
    "OPEN": {"points": Decimal(3), "guidance": "Secret-guidance"},
}


def module(training: Training | None = None, **settings: Any) -> Module:
    """A quiz module in a training, with a quiz of these settings and no questions."""
    training = training or makers.training()
    made = makers.module(makers.module_group(training), ModuleKind.QUIZ)
    Quiz.objects.create(module=made, **settings)
    return made


def of(owner: Module | Lesson) -> Quiz:
    """The quiz of a module or a lesson."""
    found: Quiz = Quiz.objects.get(**{"module" if isinstance(owner, Module) else "lesson": owner})
    return found


def question(
    quiz: Quiz,
    kind: str,
    given: dict[str, Any] | None = None,
    *,
    pool: QuestionPool | None = None,
    **fields: Any,
) -> Question:
    """The next question of a quiz; a hotspot shows a file."""
    held = kernel.read(kind, given or GIVEN[kind], new_id=lambda: f"{next(_ids):04x}"[::-1])
    image: StoredFile | None = makers.stored_file() if kind == "HOTSPOT" else None
    columns = {"position": quiz.questions.count(), "text": f"<p>{kind}</p>", "image": image} | fields
    row: Question = Question.objects.create(
        quiz=quiz,
        pool=pool,
        kind=kind,
        body=json.dumps(held.body),
        solution=json.dumps(held.solution),
        **columns,
    )
    return row


def of_every_kind(quiz: Quiz) -> dict[str, Question]:
    """One question of each kind."""
    return {kind: question(quiz, kind) for kind in QuestionKind}


def right(row: Question) -> dict[str, Any]:
    """The best answer to a question, as a caller gives it (`QuestionResponseInput`)."""
    answers = json.loads(row.solution)["answers"]
    good = [answer for answer in answers if Decimal(answer["points"]) > 0]
    match row.kind:
        case "SINGLE_CHOICE" | "MULTIPLE_CHOICE":
            return {"optionIds": [answer["option"] for answer in good]}
        case "TRUE_FALSE":
            return {"isTrue": good[0]["value"]}
        case "FILL_IN":
            return {"blanks": [{"id": answer["blank"], "text": answer["texts"][0]} for answer in good]}
        case "NUMBER":
            return {"number": good[0]["value"]}
        case "MATCHING":
            return {"pairs": [{"leftId": answer["left"], "rightId": answer["right"]} for answer in good]}
        case "ORDERING":
            return {"itemIds": [answer["item"] for answer in answers]}
        case "HOTSPOT":
            x, y = answers[0]["corners"][0]
            return {"places": [{"x": x / 100, "y": y / 100}]}
    return {"text": "In my own words."}


def wrong(row: Question) -> dict[str, Any]:
    """An answer that gives nothing."""
    body, answers = json.loads(row.body), json.loads(row.solution)["answers"]
    match row.kind:
        case "SINGLE_CHOICE" | "MULTIPLE_CHOICE":
            return {"optionIds": [next(a["option"] for a in answers if Decimal(a["points"]) <= 0)]}
        case "TRUE_FALSE":
            return {"isTrue": not right(row)["isTrue"]}
        case "FILL_IN":
            return {"blanks": [{"id": body["blanks"][0]["id"], "text": "nonsense"}]}
        case "NUMBER":
            return {"number": "1"}
        case "MATCHING":
            rights = {answer["right"] for answer in answers}
            other = next(one["id"] for one in body["right"] if one["id"] not in rights)
            return {"pairs": [{"leftId": body["left"][0]["id"], "rightId": other}]}
        case "ORDERING":
            return {"itemIds": [answers[at]["item"] for at in (1, 2, 0)]}
        case "HOTSPOT":
            return {"places": [{"x": 99, "y": 99}]}
    return {"text": " "}
