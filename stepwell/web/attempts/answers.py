"""Answers as a form gives them and as it shows them again."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from stepwell.problems import InvalidInput

type Question = Mapping[str, Any]
type Given = dict[str, Any]


def given(question: Question, form: QueryDict) -> Given:
    """What was answered, as `attempts.answer` takes it. Raises `InvalidInput` for what cannot be read."""
    return READERS[question["kind"]](question, form)


def _options(_question: Question, form: QueryDict) -> Given:
    return {"optionIds": form.getlist("option")}


def _true_false(_question: Question, form: QueryDict) -> Given:
    return {"isTrue": {"true": True, "false": False}.get(form.get("value", ""))}


def _fill_in(question: Question, form: QueryDict) -> Given:
    rows = [{"id": blank["id"], "text": form.get(f"blank-{blank['id']}", "")} for blank in question["blanks"]]
    return {"blanks": rows}


def _number(_question: Question, form: QueryDict) -> Given:
    return {"number": form.get("number", "")}


def _matching(question: Question, form: QueryDict) -> Given:
    chosen = [(left["id"], form.get(f"left-{left['id']}", "")) for left in question["left"]]
    return {"pairs": [{"left_id": left, "right_id": right} for left, right in chosen if right]}


def _ordering(question: Question, form: QueryDict) -> Given:
    ids = [item["id"] for item in question["items"]]
    places = {id: form.get(f"item-{id}", "") for id in ids}
    if sorted(places.values()) != sorted(str(at + 1) for at in range(len(ids))):
        raise InvalidInput(_("Give each place once, from 1 to %(last)d.") % {"last": len(ids)})
    return {"itemIds": sorted(ids, key=lambda id: int(places[id]))}


def _hotspot(question: Question, form: QueryDict) -> Given:
    rows = []
    for at in range(question["clicks"]):
        x, y = (form.get(f"{name}-{at}", "").strip().replace(",", ".") for name in ("x", "y"))
        if not x and not y:
            continue
        try:
            rows.append({"x": float(x), "y": float(y)})
        except ValueError:
            raise InvalidInput(_("A place is two numbers from 0 to 100.")) from None
    return {"places": rows}


def _open(_question: Question, form: QueryDict) -> Given:
    return {"text": form.get("text", "")}


READERS: dict[str, Callable[[Question, QueryDict], Given]] = {
    "SINGLE_CHOICE": _options,
    "MULTIPLE_CHOICE": _options,
    "TRUE_FALSE": _true_false,
    "FILL_IN": _fill_in,
    "NUMBER": _number,
    "MATCHING": _matching,
    "ORDERING": _ordering,
    "HOTSPOT": _hotspot,
    "OPEN": _open,
}


# ---------------------------------------------------------------- shown again


def shown(question: Question) -> Given:
    """A question with, on each of its parts, what was answered and, once it may be known, what is right."""
    response = question["response"] or {}
    answers = (question["solution"] or {}).get("answers", [])
    return {**question, **SHOWN[question["kind"]](question, response, answers)}


def _shown_options(question: Question, response: Given, answers: Any) -> Given:
    worth = {answer["optionId"]: float(answer["points"]) for answer in answers}
    chosen = response.get("optionIds", ())
    return {
        "options": [
            {**one, "chosen": one["id"] in chosen, "right": worth.get(one["id"], 0) > 0}
            for one in question["options"]
        ]
    }


def _shown_true_false(_question: Question, response: Given, answers: Any) -> Given:
    right = {answer["isTrue"] for answer in answers if float(answer["points"]) > 0}
    said = response.get("isTrue")
    return {
        "options": [
            {"id": name, "text": text, "chosen": said is value, "right": value in right}
            for name, value, text in (("true", True, _("True")), ("false", False, _("False")))
        ]
    }


def _shown_fill_in(question: Question, response: Given, answers: Any) -> Given:
    filled = {one["id"]: one["text"] for one in response.get("blanks", ())}
    right: dict[str, list[str]] = {}
    for answer in answers:
        if float(answer["points"]) > 0:
            right.setdefault(answer["blankId"], []).extend(answer["texts"])
    return {
        "blanks": [
            {**one, "label": one["text"], "filled": filled.get(one["id"], ""), "right": right.get(one["id"])}
            for one in question["blanks"]
        ]
    }


def _shown_number(_question: Question, response: Given, answers: Any) -> Given:
    right = [answer["number"] for answer in answers if float(answer["points"]) > 0]
    return {"filled": response.get("number") or "", "right": right}


def _shown_matching(question: Question, response: Given, answers: Any) -> Given:
    pairs = {pair["leftId"]: pair["rightId"] for pair in response.get("pairs", ())}
    texts = {one["id"]: one["text"] for one in question["right"]}
    right: dict[str, list[str]] = {}
    for answer in answers:
        if float(answer["points"]) > 0:
            right.setdefault(answer["leftId"], []).append(texts[answer["rightId"]])
    return {
        "left": [
            {
                **one,
                "chosen": pairs.get(one["id"], ""),
                "said": texts.get(pairs.get(one["id"], ""), ""),
                "right": right.get(one["id"]),
            }
            for one in question["left"]
        ]
    }


def _shown_ordering(question: Question, response: Given, answers: Any) -> Given:
    texts = {one["id"]: one["text"] for one in question["items"]}
    # A question that was corrected meanwhile may hold other items than were put in order.
    known = [id for id in response.get("itemIds", ()) if id in texts]
    ids = known + [id for id in texts if id not in known]
    return {
        "items": [{"id": id, "text": texts[id], "place": at + 1} for at, id in enumerate(ids)],
        "right": [texts[answer["itemId"]] for answer in answers if answer["itemId"] in texts],
    }


def _shown_hotspot(question: Question, response: Given, answers: Any) -> Given:
    places = list(response.get("places", ()))
    empty = [{"x": "", "y": ""}] * (question["clicks"] - len(places))
    return {"places": [*places, *empty]}


def _shown_open(_question: Question, response: Given, answers: Any) -> Given:
    return {"filled": response.get("text") or ""}


SHOWN: dict[str, Callable[[Question, Given, Any], Given]] = {
    "SINGLE_CHOICE": _shown_options,
    "MULTIPLE_CHOICE": _shown_options,
    "TRUE_FALSE": _shown_true_false,
    "FILL_IN": _shown_fill_in,
    "NUMBER": _shown_number,
    "MATCHING": _shown_matching,
    "ORDERING": _shown_ordering,
    "HOTSPOT": _shown_hotspot,
    "OPEN": _shown_open,
}
