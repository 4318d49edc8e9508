"""The pages of learning as axe sees them, and a quiz answered by the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.cli import demo_pictures, demo_video
from stepwell.models import Answer, Module, Question
from tests import makers, quizzing
from tests.browser.conftest import Opened
from tests.browser.test_accessibility import LONG, examine
from tests.web.learning_scene import ABOUT
from tests.web.scene import Scene


@pytest.fixture
def scene(address: str, manager: Actor) -> Scene:
    made = Scene(manager)
    for n, title in enumerate((LONG, "مريم العلي"), 1):
        made.learn_more(n)
        made.step.modules.filter(title=f"Another {n}").update(title=title)
    picture = makers.stored_file(demo_pictures.still(0.5), name="x.png", content_type="image/png")
    Question.objects.filter(kind="HOTSPOT").update(image=picture)
    return made


def test_pages_of_learning(opened: Opened, scene: Scene, manager: Actor) -> None:
    page = opened(manager)
    # The page of a video shows a film of another host; see below.
    for name in sorted(ABOUT.keys() - {"module:VIDEO"}):
        page.goto(scene.path(name))
        examine(page)


def test_pages_of_who_teaches(opened: Opened, scene: Scene) -> None:
    page = opened(permissions.of_user(scene.tess))
    page.goto("/")
    page.locator(".figure").wait_for()
    examine(page)
    for name in ("assess", "submission", "answer", "training-people", "training-person"):
        page.goto(scene.path(name))
        examine(page)


def test_questions(opened: Opened, scene: Scene, manager: Actor) -> None:
    page = opened(manager)
    for kind in quizzing.GIVEN:
        open_question(page, scene, kind)
        examine(page)


@pytest.mark.parametrize("is_ours", [True, False], ids=["our own", "embedded"])
def test_a_video(opened: Opened, scene: Scene, manager: Actor, is_ours: bool) -> None:
    if is_ours:
        film = makers.stored_file(demo_video.film(2), name="film.mp4", content_type="video/mp4")
        Module.objects.filter(kind="VIDEO").update(file=film, settings='{"durationSeconds":2}')
    page = opened(manager)
    page.route(
        "https://www.youtube-nocookie.com/**",
        lambda route: route.fulfill(
            content_type="text/html", body='<html lang="en"><title>A film</title><main><h1>A film</h1></main>'
        ),
    )
    page.goto(scene.path("module:VIDEO"))
    page.locator("video" if is_ours else "iframe").wait_for()
    examine(page)


def test_an_assignment_with_errors(opened: Opened, scene: Scene) -> None:
    page = opened(permissions.of_user(scene.lena))
    page.goto(scene.path("module:ASSIGNMENT"))
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("alert").wait_for()
    examine(page)


def test_things_are_put_in_order_by_the_keyboard(opened: Opened, scene: Scene, manager: Actor) -> None:
    page = opened(manager)
    open_question(page, scene, "ORDERING")
    before = page.locator("[data-sort] [data-text]").all_inner_texts()
    page.locator("[data-sort] > li").nth(1).get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    wanted = [before[1], before[0], *before[2:]]
    assert page.locator("[data-sort] [data-text]").all_inner_texts() == wanted
    expect(page.locator("[data-said]")).to_have_text(f"{before[1]}: 1 / {len(before)}")
    page.get_by_role("button", name="Hand in").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/finish/")
    row = Answer.objects.get(attempt=scene.attempt, question__kind="ORDERING")
    assert row.response is not None


def test_a_place_is_given_by_numbers(opened: Opened, scene: Scene, manager: Actor) -> None:
    page = opened(manager)
    open_question(page, scene, "HOTSPOT")
    page.get_by_label("From the left, %").first.focus()
    page.keyboard.type("25.5")
    page.keyboard.press("Tab")
    page.keyboard.type("40")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    row = Answer.objects.get(attempt=scene.attempt, question__kind="HOTSPOT")
    assert row.response == '{"places": [[2550, 4000]]}'


def open_question(page: Page, scene: Scene, kind: str) -> None:
    asked = list(Answer.objects.filter(attempt=scene.attempt).order_by("position"))
    number = next(n for n, row in enumerate(asked, 1) if row.question.kind == kind)
    page.goto(f"{scene.path('attempt')}?question={number}")
