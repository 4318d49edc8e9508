"""A quiz of every kind of question, begun, answered and handed in by the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from stepwell import permissions
from stepwell.cli import demo_pictures
from stepwell.models import Answer, Question, QuestionKind, QuizAttempt, User
from tests import makers, quizzing
from tests.browser.conftest import PHONE, Opened

MOST = 60  # presses of Tab until something is reached

HAS_FOCUS = "one => one === document.activeElement"
# Around itself, or around the card that it stands for.
IS_OUTLINED = """one => {
  while (one && getComputedStyle(one).outlineStyle === "none") one = one.parentElement;
  return one !== null;
}"""


@pytest.fixture
def learner(address: str) -> User:
    """Lena takes part in a training with a quiz of every kind."""
    lena = makers.user("Lena Learner")
    module = quizzing.module(makers.training(participants=[lena]))
    quizzing.of_every_kind(quizzing.of(module))
    picture = makers.stored_file(demo_pictures.still(0.5), name="x.png", content_type="image/png")
    Question.objects.filter(kind="HOTSPOT").update(image=picture)
    return lena


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_whole_quiz_by_the_keyboard(opened: Opened, learner: User, phone: bool) -> None:
    page = opened(permissions.of_user(learner))
    if phone:
        page.set_viewport_size(PHONE)
    page.goto("/trainings/")
    enter(page, page.get_by_role("link", name="Safe at work"))
    enter(page, page.locator("main").get_by_role("link", name="Quiz").first)
    enter(page, page.get_by_role("button", name="Begin"))
    for number, kind in enumerate(QuestionKind, 1):
        expect(page.get_by_role("heading", name=f"Question {number} of 9")).to_be_visible()
        ANSWERS[kind](page)
        enter(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    enter(page, page.get_by_role("button", name="Hand in"))
    expect(page.get_by_text("1 answer waits for a trainer.")).to_be_visible()
    attempt = QuizAttempt.objects.get()
    assert attempt.finished_at
    for row in Answer.objects.filter(attempt=attempt).select_related("question"):
        assert row.points == (None if row.question.kind == "OPEN" else row.possible), row.question.kind


# ---------------------------------------------------------------- keys


def to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus; the focus is to be seen."""
    wanted.wait_for()
    for _ in range(MOST):
        if wanted.evaluate(HAS_FOCUS):
            assert wanted.evaluate(IS_OUTLINED), wanted
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


def enter(page: Page, wanted: Locator) -> None:
    """Go there, and press Enter, which leads to another page."""
    to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


# ---------------------------------------------------------------- answers


def choose(*names: str) -> Callable[[Page], None]:
    def answer(page: Page) -> None:
        for name in names:
            box = page.get_by_label(name, exact=True)
            if box.get_attribute("type") == "radio":
                # One of a group has the focus; the arrows lead to the others, and choose.
                to_group(page, box)
            else:
                to(page, box)
                page.keyboard.press("Space")
            expect(box).to_be_checked()

    return answer


def to_group(page: Page, wanted: Locator) -> None:
    name = wanted.get_attribute("name")
    for _ in range(MOST):
        if page.evaluate("document.activeElement.name") == name:
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(9):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")


def write(label: str, text: str) -> Callable[[Page], None]:
    def answer(page: Page) -> None:
        to(page, page.get_by_label(label))
        page.keyboard.type(text)

    return answer


def match(page: Page) -> None:
    for left, right in (("Blue", "Must"), ("Red", "Must not")):
        box = page.get_by_label(left, exact=True)
        to(page, box)
        for _ in range(9):
            if box.evaluate("one => one.selectedOptions[0].text") == right:
                break
            page.keyboard.press("ArrowDown")


def put_in_order(page: Page) -> None:
    for place, text in enumerate(("Look", "Ask", "Help")):
        item = page.locator("[data-sort] > li").filter(has_text=text)
        while item.evaluate("one => [...one.parentElement.children].indexOf(one)") > place:
            to_back(page, item.get_by_role("button").first)
            page.keyboard.press("Enter")


def to_back(page: Page, wanted: Locator) -> None:
    """By Shift and Tab where it lies behind."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(MOST):
            if wanted.evaluate(HAS_FOCUS):
                return
            page.keyboard.press(key)
    raise AssertionError(f"{wanted} is not reached")


def place(page: Page) -> None:
    to(page, page.get_by_label("From the left, %").first)
    page.keyboard.type("20")
    page.keyboard.press("Tab")
    page.keyboard.type("30")


ANSWERS: dict[Any, Callable[[Page], None]] = {
    QuestionKind.SINGLE_CHOICE: choose("Call 112"),
    QuestionKind.MULTIPLE_CHOICE: choose("Helmet", "Boots"),
    QuestionKind.TRUE_FALSE: choose("True"),
    QuestionKind.FILL_IN: write("Fire class of oil", "classbravo"),
    QuestionKind.NUMBER: write("Your answer", "7341.25"),
    QuestionKind.MATCHING: match,
    QuestionKind.ORDERING: put_in_order,
    QuestionKind.HOTSPOT: place,
    QuestionKind.OPEN: write("Your answer", "In my own words."),
}
